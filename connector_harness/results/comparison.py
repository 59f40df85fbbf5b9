"""What was expected and what came, where a step compared two values."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final, TypeAlias, TypeGuard

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

DIFFERS: Final = ("at $", "at row ", "at place ")
"""What the line of a difference begins with."""

Mask: TypeAlias = Callable[[str], str]
"""Masks the secrets in a text."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison that did not hold, told: secrets masked, long values shortened.

    The steps compare what came, on the left, with what was expected, on the right.

    Attributes:
        expected: What was expected.
        came: What came.
        differences: Where they differ, as many as anybody reads, a line each.
        count: In how many places they do.
    """

    expected: str
    came: str
    differences: tuple[str, ...] = ()
    count: int = 0

    @property
    def headline(self) -> str:
        """Both in one line; of what differs in places, how many there are."""
        if self.differences and not (self._is_short and self._is_one_line):
            return f"not what was expected, in {self.count} place{'s' * (self.count != 1)}"
        expected, came = (shortened(text, MAX_VALUE) for text in (self.expected, self.came))
        return f"expected {expected}; {came} came"

    @property
    def lines(self) -> list[str]:
        """Both, one above the other, and every difference."""
        if self.differences and not self._is_short:
            return list(self.differences)
        if self._is_one_line:
            return [f"expected: {self.expected}", f"came:     {self.came}", *self.differences]
        expected, came = (row.replace("\n", "\n  ") for row in (self.expected, self.came))
        return [*f"expected:\n  {expected}\ncame:\n  {came}".split("\n"), *self.differences]

    @property
    def _is_one_line(self) -> bool:
        return "\n" not in self.expected + self.came

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
    is_anything = right is None and operator in ("is not", "!=")
    told = f"{_WORDS.get(operator, operator + ' ')}{_shown(right, mask)}"
    expected = "something" if is_anything else told
    count, found = _told(left, right, mask) if operator == "==" else (0, ())
    return Comparison(expected, _shown(left, mask), (*found,), count)


def _shown(value: object, mask: Mask, name: str | int | None = None) -> str:
    """Return *value* as a message has it; the whole, or what stands at *name*."""
    # The mask knows some values by their names only, so the name stands before the value.
    label = f"{name!r}: " if isinstance(name, str) else ""
    text = mask(label + in_words(value)).removeprefix(label)
    return shortened(text, LONGEST_VALUE if name is None else MAX_VALUE)


def in_words(value: object) -> str:
    """Return *value* as features and JSON have it: rows of a table, a list, a document."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if _is_table(value):
        return "\n".join(f"| {' | '.join(map(str, cells))} |" for cells in value)
    if isinstance(value, dict | list):
        told = json.dumps(value, ensure_ascii=False, default=str)
        return "an empty list" if value == [] else told
    if isinstance(value, tuple | set | frozenset | range):
        each = value if isinstance(value, Sequence) else sorted(value, key=repr)
        return ", ".join(map(in_words, each)) or "nothing"
    return repr(value)


def _is_table(value: object) -> TypeGuard[list[tuple[object, ...]]]:
    return isinstance(value, list) and bool(value) and all(isinstance(e, tuple) for e in value)


def _told(left: object, right: object, mask: Mask) -> tuple[int, Iterable[str]]:
    """Return in how many places the two differ, and a line for each."""
    if isinstance(left, str) and isinstance(right, str):
        first = list(_first_difference(left, right, mask))
        return len(first), first
    found = list(_differences(left, right, []))
    if not (found and found[0][0]):
        return 0, ()
    return len(found), _lines(found, left, right, mask)


def _lines(found: Sequence["Difference"], left: object, right: object, mask: Mask) -> Iterator[str]:
    """Yield a line for each of what was *found* to differ, as many as anybody reads."""
    is_table = _is_table(left) or _is_table(right)
    for path, *values in found[:MAX_DIFFERENCES]:
        came, expected = (
            _shown([value] if is_table else value, mask, path[-1]) for value in values
        )
        if values[0] is _ABSENT:
            what = f"is missing; expected {expected}"
        elif values[1] is _ABSENT:
            what = f"was not expected: {came}"
        else:
            what = f"expected {expected}, came {came}"
        yield f"at {_place(path, left, right)}: {what}"
    if len(found) > MAX_DIFFERENCES:
        yield f"… and {len(found) - MAX_DIFFERENCES} more"


def _place(path: list[str | int], left: object, right: object) -> str:
    """Return where a difference is: in a table or list of plain values, as people count."""
    if len(path) == 1 and isinstance(path[0], int):
        kind = "row" if _is_table(left) or _is_table(right) else "place"
        return f"{kind} {path[0] + 1}"
    return path_text(path)


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
