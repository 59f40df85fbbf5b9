"""A search for many texts at once, whose cost hardly grows with their number."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

LEAST: Final = 6
"""The fewest characters a needle must have."""

FEW: Final = 40
"""Up to this many needles, looking for each is cheaper than looking at windows."""


@dataclass(slots=True)
class _Tier:
    """The needles from one length on.

    Of each needle the first `step` windows are known, with their offset and its length. Whoever
    looks at every `step`-th window of a text therefore meets one of them wherever the needle
    stands.
    """

    shortest: int
    step: int
    needles: set[str] = field(default_factory=set)
    windows: dict[str, set[tuple[int, int]]] = field(default_factory=dict)

    def add(self, needle: str) -> None:
        self.needles.add(needle)
        for offset in range(self.step):
            window = needle[offset : offset + self._width]
            self.windows.setdefault(window, set()).add((offset, len(needle)))

    def found(self, text: str) -> Iterator[str]:
        width, windows = self._width, self.windows
        places = range(0, len(text), self.step) if windows else ()
        for at in [at for at in places if text[at : at + width] in windows]:
            for offset, length in tuple(windows[text[at : at + width]]):
                piece = text[max(at - offset, 0) : at - offset + length]
                if piece in self.needles:
                    yield piece

    @property
    def _width(self) -> int:
        return self.shortest - self.step + 1


class Needles:
    """Texts to be found in other texts.

    More may be added in one thread while another one searches.
    """

    def __init__(self) -> None:
        """Look for nothing yet."""
        self._needles: list[str] = []
        self._known: set[str] = set()
        self._tiers = (_Tier(16, step=9), _Tier(10, step=5), _Tier(LEAST, step=1))
        self._sorted_in = 0

    def add(self, needle: str) -> None:
        """Look for *needle* from now on.

        Raises:
            ValueError: It is shorter than `LEAST`; the message does not show it.
        """
        if len(needle) < LEAST:
            raise ValueError(f"a needle of {len(needle)} character(s) is too short to look for")
        if needle not in self._known:
            self._known.add(needle)
            self._needles.append(needle)

    def found(self, text: str) -> list[str]:
        """Return the needles that stand in *text*, the longest first."""
        if len(self._needles) <= FEW:
            found = [needle for needle in self._needles if needle in text]
        else:
            self._sort_in()
            found = [needle for tier in self._tiers for needle in tier.found(text)]
        return sorted(set(found), key=len, reverse=True) if found else found

    def _sort_in(self) -> None:
        fresh = self._needles[self._sorted_in :]
        for needle in fresh:
            next(tier for tier in self._tiers if len(needle) >= tier.shortest).add(needle)
        self._sorted_in += len(fresh)
