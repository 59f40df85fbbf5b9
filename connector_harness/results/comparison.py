"""What was expected and what came, where a step compared two values."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final, TypeAlias

from connector_harness.contract.differences import MAX_DIFFERENCES, path_text
from connector_harness.redaction.terminal_safe import MAX_VALUE, shortened

LONGEST_VALUE: Final = 200
"""Longest value that is shown whole, in characters."""

_AROUND: Final = 20
_ABSENT: Final = object()
_CHOICES: Final = (tuple, set, frozenset, range)
_WORDS: Final[Mapping[str, str]] = {
    "==": "",
    "is": "",
    "!=": "other than ",
    "is not": "other than ",
    "<": "less than ",
    "<=": "at most ",
    ">": "more than ",
    ">=": "at least ",
    "in": "one of ",
    "not in": "none of ",
}

Mask: TypeAlias = Callable[[str], str]
"""Masks the secrets in a text."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison that did not hold, told: secrets masked, long values shortened.

    The steps compare what came, on the left, with what was expected, on the right.
    """

    expected: str
    came: str
    differences: tuple[str, ...] = ()

    @property
    def headline(self) -> str:
        """Both in one line; of what differs in places, how many there are."""
        if self.differences and not self._is_short:
            count = len(self.differences)
            return f"not what was expected, in {count} place{'s' * (count != 1)}"
        expected, came = (shortened(text, MAX_VALUE) for text in (self.expected, self.came))
        return f"expected {expected}; {came} came"

    @property
    def lines(self) -> list[str]:
        """Both, one above the other, and every difference."""
        if self.differences and not self._is_short:
            return list(self.differences)
        return [f"expected: {self.expected}", f"came:     {self.came}", *self.differences]

    @property
    def _is_short(self) -> bool:
        return max(len(self.expected), len(self.came)) <= LONGEST_VALUE


def compare(operator: str, left: object, right: object, mask: Mask) -> Comparison:
    """Return what a comparison that did not hold tells.

    Args:
        operator: Python's, as ``==`` or ``not in``.
        left: What came; what is looked for where something must be part of a text or list.
        right: What was expected.
        mask: Masks the secrets.
    """
    if operator in ("in", "not in") and not isinstance(right, _CHOICES):
        word = "something with" if operator == "in" else "nothing with"
        return Comparison(f"{word} {_shown(left, mask)}", _shown(right, mask))
    expected = f"{_WORDS.get(operator, operator + ' ')}{_shown(right, mask)}"
    found = tuple(_told(left, right, mask)) if operator == "==" else ()
    return Comparison(expected, _shown(left, mask), found)


def _shown(value: object, mask: Mask, name: str | int | None = None) -> str:
    """Return *value* as a message has it; the whole, or what stands at *name*."""
    # The mask knows some values by their names only, so the name stands before the value.
    label = f"{name!r}: " if isinstance(name, str) else ""
    text = mask(label + repr(value)).removeprefix(label)
    return shortened(text, LONGEST_VALUE if name is None else MAX_VALUE)


def _told(left: object, right: object, mask: Mask) -> Iterator[str]:
    """Yield a line for each place where the two differ, as many as anybody reads."""
    if isinstance(left, str) and isinstance(right, str):
        yield from _first_difference(left, right, mask)
        return
    found = list(_differences(left, right, []))
    if not (found and found[0][0]):
        return
    for path, came, expected in found[:MAX_DIFFERENCES]:
        name = path[-1]
        if came is _ABSENT:
            what = f"is missing; expected {_shown(expected, mask, name)}"
        elif expected is _ABSENT:
            what = f"was not expected: {_shown(came, mask, name)}"
        else:
            what = f"expected {_shown(expected, mask, name)}, came {_shown(came, mask, name)}"
        yield f"at {path_text(path)}: {what}"
    if len(found) > MAX_DIFFERENCES:
        yield f"… and {len(found) - MAX_DIFFERENCES} more"


Difference: TypeAlias = tuple[list[str | int], object, object]
"""Where two values differ, what came there and what was expected; `_ABSENT` for nothing."""


def _differences(left: object, right: object, path: list[str | int]) -> Iterator[Difference]:
    if isinstance(left, dict) and isinstance(right, dict):
        for name in {**right, **left}:
            pair = (left.get(name, _ABSENT), right.get(name, _ABSENT))
            yield from _differences(*pair, [*path, name])
    elif isinstance(left, list) and isinstance(right, list):
        for place, pair in enumerate(zip_longest(left, right, fillvalue=_ABSENT)):
            yield from _differences(*pair, [*path, place])
    elif left != right:
        yield path, left, right


def _first_difference(left: str, right: str, mask: Mask) -> Iterator[str]:
    """Yield where two texts part, unless that is plain to see."""
    # Masked first: the place would give away where a secret begins.
    left, right = mask(left), mask(right)
    if max(len(left), len(right)) <= MAX_VALUE:
        return
    at = next((n for n, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), None)
    at = min(len(left), len(right)) if at is None else at
    expected, came = (repr(text[max(0, at - _AROUND) : at + _AROUND]) for text in (right, left))
    yield f"at character {at + 1:,}: expected …{expected}…, came …{came}…"
