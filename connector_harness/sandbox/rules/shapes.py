"""Shapes of JSON documents: each finds the first fault in a document, or none."""

import re
from collections.abc import Callable

from connector_harness.json_types import JsonObject, JsonValue

Shape = Callable[[JsonValue, str], str | None]
"""Takes a document and its place; returns what is wrong and where, or None."""

_SHOWN = 60


def string(document: JsonValue, at: str) -> str | None:
    """Admit any string."""
    return None if isinstance(document, str) else _fault(document, at, "a string")


def non_empty_string(document: JsonValue, at: str) -> str | None:
    """Admit any string but the empty one."""
    full = isinstance(document, str) and document != ""
    return None if full else _fault(document, at, "a string with characters")


def integer(document: JsonValue, at: str) -> str | None:
    """Admit whole numbers; true and false are none."""
    whole = isinstance(document, int) and not isinstance(document, bool)
    return None if whole else _fault(document, at, "an integer")


def number(document: JsonValue, at: str) -> str | None:
    """Admit numbers; true and false are none."""
    real = isinstance(document, int | float) and not isinstance(document, bool)
    return None if real else _fault(document, at, "a number")


def boolean(document: JsonValue, at: str) -> str | None:
    """Admit true and false."""
    return None if isinstance(document, bool) else _fault(document, at, "true or false")


def anything(_document: JsonValue, _at: str) -> str | None:
    """Admit every document."""
    return None


def text(longest: int) -> Shape:
    """Return a shape that admits strings of at most *longest* characters."""

    def check(document: JsonValue, at: str) -> str | None:
        if not isinstance(document, str):
            return _fault(document, at, "a string")
        if len(document) <= longest:
            return None
        return f"{at} has {len(document)} characters, more than {longest}"

    return check


def between(least: float, most: float, shape: Shape = number) -> Shape:
    """Return a shape that admits what *shape* admits, from *least* to *most*."""

    def check(document: JsonValue, at: str) -> str | None:
        fault = shape(document, at)
        if fault or (isinstance(document, int | float) and least <= document <= most):
            return fault
        return _fault(document, at, f"from {least} to {most}")

    return check


def string_or_integer(document: JsonValue, at: str) -> str | None:
    """Admit what ids arrive as. Source: API facts §13, row 18."""
    if string(document, at) is None or integer(document, at) is None:
        return None
    return _fault(document, at, "a string or an integer")


def one_of(*values: str | None) -> Shape:
    """Return a shape that admits the given values only."""

    def check(document: JsonValue, at: str) -> str | None:
        if (document is None or isinstance(document, str)) and document in values:
            return None
        return _fault(document, at, f"one of {', '.join(map(str, values))}")

    return check


def pattern(expression: str, meaning: str) -> Shape:
    """Return a shape that admits strings and integers spelled as *expression* says."""
    compiled = re.compile(expression)

    def check(document: JsonValue, at: str) -> str | None:
        spelled = string_or_integer(document, at) is None
        if spelled and compiled.fullmatch(str(document)):
            return None
        return _fault(document, at, meaning)

    return check


def array(item: Shape, *, least: int = 0, most: int | None = None) -> Shape:
    """Return a shape that admits arrays whose items all have the shape *item*.

    Args:
        item: The shape of each item.
        least: The smallest number of items.
        most: The largest number of items, None for any.
    """

    def check(document: JsonValue, at: str) -> str | None:
        if not isinstance(document, list):
            return _fault(document, at, "an array")
        if most is not None and not least <= len(document) <= most:
            return f"{at} has {len(document)} items, not {least} to {most}"
        if len(document) < least:
            return f"{at} has {len(document)} items, fewer than {least}"
        faults = (item(value, f"{at}[{index}]") for index, value in enumerate(document))
        return next((fault for fault in faults if fault), None)

    return check


def by_member(name: str, kinds: dict[str, Shape]) -> Shape:
    """Return a shape that admits objects of several kinds; their member *name* says which."""
    named = members({name: one_of(*kinds)}, {})

    def check(document: JsonValue, at: str) -> str | None:
        fault = named(document, at)
        if fault or not isinstance(document, dict):
            return fault
        return kinds[str(document[name])](document, at)

    return check


def members(
    required: dict[str, Shape],
    optional: dict[str, Shape],
    *,
    null_means_absent: bool = False,
    closed: bool = False,
) -> Shape:
    """Return a shape that admits objects with these members.

    Args:
        required: The members that must be there.
        optional: The members that may be there.
        null_means_absent: Whether an optional member may be null.
        closed: Whether there may be no others.
    """
    known = {**required, **optional}

    def check(document: JsonValue, at: str) -> str | None:
        if not isinstance(document, dict):
            return _fault(document, at, "an object")
        for name, shape in known.items():
            if name not in document:
                if name in required:
                    return f"{at} lacks {name!r}"
                continue
            value = document[name]
            if value is None and null_means_absent and name in optional:
                continue
            fault = shape(value, f"{at}.{name}")
            if fault:
                return fault
        return _find_stranger(document, known, at) if closed else None

    return check


def _find_stranger(document: JsonObject, known: dict[str, Shape], at: str) -> str | None:
    stranger = next((name for name in document if name not in known), None)
    return None if stranger is None else f"{at} has {stranger[:_SHOWN]!r}, which is not known"


def _fault(document: JsonValue, at: str, expected: str) -> str:
    return f"{at} is {_shortened(document)}, not {expected}"


def _shortened(document: JsonValue) -> str:
    if isinstance(document, dict | list):
        return "an object" if isinstance(document, dict) else "an array"
    text = repr(document)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
