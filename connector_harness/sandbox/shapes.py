"""Shapes of JSON documents: each finds the first fault in a document, or none."""

import re
from collections.abc import Callable

from connector_harness.documents import JsonValue

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


def array(item: Shape) -> Shape:
    """Return a shape that admits arrays whose items all have the shape *item*."""

    def check(document: JsonValue, at: str) -> str | None:
        if not isinstance(document, list):
            return _fault(document, at, "an array")
        faults = (item(value, f"{at}[{index}]") for index, value in enumerate(document))
        return next((fault for fault in faults if fault), None)

    return check


def members(
    required: dict[str, Shape], optional: dict[str, Shape], *, null_means_absent: bool = False
) -> Shape:
    """Return a shape that admits objects with these members, and any others beside them."""
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
        return None

    return check


def _fault(document: JsonValue, at: str, expected: str) -> str:
    return f"{at} is {_shortened(document)}, not {expected}"


def _shortened(document: JsonValue) -> str:
    if isinstance(document, dict | list):
        return "an object" if isinstance(document, dict) else "an array"
    text = repr(document)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
