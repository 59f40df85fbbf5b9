"""Breaking one function at a time, and proof that what was broken has been used."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

Broken = Callable[..., Any]


@dataclass
class Play:
    """What a broken function is handed first.

    Attributes:
        original: The function as it was.
        strikes: How often the broken one has done something else than that.
    """

    original: Callable[..., Any]
    strikes: int = 0

    def strike(self) -> None:
        """Note that something else is done than the original would."""
        self.strikes += 1


@dataclass
class Breakages:
    """Ways to break this process, of which one at a time is on."""

    known: dict[str, list[tuple[Any, str, Broken]]] = field(default_factory=dict)
    _on: list[tuple[Any, str, Play]] = field(default_factory=list)

    def breaks(self, place: object, name: str) -> Callable[[Broken], Broken]:
        """Register a way to break the function *name* of a module or class under its own name."""

        def register(broken: Broken) -> Broken:
            self.known.setdefault(broken.__name__, []).append((place, name, broken))
            return broken

        return register

    def turn_on(self, breakage: str) -> None:
        """Break this process so from now on."""
        for place, name, broken in self.known[breakage]:
            play = Play(getattr(place, name))
            self._on.append((place, name, play))
            setattr(place, name, _bound(broken, play))

    def turn_off(self) -> int:
        """Mend this process and return how often the breakage has struck."""
        plays = [play for _, _, play in self._on]
        while self._on:
            place, name, play = self._on.pop()
            setattr(place, name, play.original)
        return sum(play.strikes for play in plays)


def _bound(broken: Broken, play: Play) -> Callable[..., Any]:
    call = partial(broken, play)

    # A function, not a partial: only a function becomes a method of a class.
    def instead(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401  # whatever it is
        return call(*arguments, **named)

    return instead
