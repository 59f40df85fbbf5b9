"""Shapes of JSON documents: each finds the first fault in a document, or none."""

import re
from collections.abc import Callable, Mapping

from connector_harness.json_types import JsonObject, JsonValue

Shape = Callable[[JsonValue, str], str | None]
"""Takes a document and its place; returns what is wrong and where, or None."""

_SHOWN = 60


def as_object(document: JsonValue) -> JsonObject:
    """Return a document that was found to be an object; an empty one if it is none."""
    return document if isinstance(document, dict) else {}


def as_list(document: JsonValue) -> list[JsonValue]:
    """Return a document that was found to be an array; an empty one if it is none."""
    return document if isinstance(document, list) else []


def _of(expected: str, fits: Callable[[JsonValue], bool]) -> Shape:
    def check(document: JsonValue, at: str) -> str | None:
        return None if fits(document) else _fault(document, at, expected)

    return check


def _is_integer(document: JsonValue) -> bool:
    return isinstance(document, int) and not isinstance(document, bool)


def _is_number(document: JsonValue) -> bool:
    return isinstance(document, float) or _is_integer(document)


def _is_id(document: JsonValue) -> bool:
    return isinstance(document, str) or _is_integer(document)


string = _of("a string", lambda document: isinstance(document, str))
non_empty_string = _of(
    "a string with characters", lambda document: isinstance(document, str) and document != ""
)
integer = _of("an integer", _is_integer)
number = _of("a number", _is_number)
boolean = _of("true or false", lambda document: isinstance(document, bool))
anything = _of("anything", lambda _document: True)
string_or_integer = _of("a string or an integer", _is_id)
"""Admits what ids arrive as. Source: API facts §13, row 18."""


def one_of(*values: str | None) -> Shape:
    """Return a shape that admits the given values only."""
    return _of(
        f"one of {', '.join(map(str, values))}",
        lambda document: (document is None or isinstance(document, str)) and document in values,
    )


def pattern(expression: str, meaning: str) -> Shape:
    """Return a shape that admits strings and integers spelled as *expression* says."""
    spelled = re.compile(expression).fullmatch
    return _of(meaning, lambda document: _is_id(document) and bool(spelled(str(document))))


def text(longest: int) -> Shape:
    """Return a shape that admits strings of at most *longest* characters."""

    def check(document: JsonValue, at: str) -> str | None:
        if not isinstance(document, str) or len(document) <= longest:
            return string(document, at)
        return f"{at} has {len(document)} characters, more than {longest}"

    return check


def between(least: float, most: float, shape: Shape = number) -> Shape:
    """Return a shape that admits what *shape* admits, from *least* to *most*."""
    inside = _of(
        f"from {least} to {most}",
        lambda document: isinstance(document, int | float) and least <= document <= most,
    )
    return lambda document, at: shape(document, at) or inside(document, at)


def array(item: Shape, *, least: int = 0, most: int | None = None) -> Shape:
    """Return a shape that admits arrays of *least* to *most* items of the shape *item*."""

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


def by_member(name: str, kinds: Mapping[str, Shape]) -> Shape:
    """Return a shape that admits objects of several kinds; their member *name* says which."""
    named = members({name: one_of(*kinds)})

    def check(document: JsonValue, at: str) -> str | None:
        return named(document, at) or kinds[str(as_object(document)[name])](document, at)

    return check


def members(
    required: Mapping[str, Shape] | None = None,
    optional: Mapping[str, Shape] | None = None,
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
    must = required or {}
    known = {**must, **(optional or {})}

    def check(document: JsonValue, at: str) -> str | None:
        if not isinstance(document, dict):
            return _fault(document, at, "an object")
        for name, shape in known.items():
            if name not in document:
                if name in must:
                    return f"{at} lacks {name!r}"
                continue
            value = document[name]
            if value is None and null_means_absent and name not in must:
                continue
            fault = shape(value, f"{at}.{name}")
            if fault:
                return fault
        stranger = next((name for name in document if closed and name not in known), None)
        return None if stranger is None else f"{at} has {stranger[:_SHOWN]!r}, which is not known"

    return check


ANY_OBJECT = members()


def _fault(document: JsonValue, at: str, expected: str) -> str:
    if isinstance(document, dict | list):
        shown = "an object" if isinstance(document, dict) else "an array"
    else:
        shown = repr(document)
        shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
    return f"{at} is {shown}, not {expected}"
