"""Shapes: what they admit, and how they name a fault."""

import pytest

from connector_harness.json_types import JsonValue
from connector_harness.sandbox.rules.shapes import (
    Shape,
    anything,
    array,
    between,
    boolean,
    by_member,
    integer,
    members,
    non_empty_string,
    number,
    one_of,
    pattern,
    string,
    string_or_integer,
    text,
)

THING = members({"name": string}, {"sizes": array(integer)})
KINDS = by_member("type", {"A": THING, "B": members({}, {})})
CLOSED = members({}, {"name": string}, closed=True)
LENIENT = members({}, {"name": string}, null_means_absent=True)


@pytest.mark.parametrize(
    ("shape", "document"),
    [
        (string, ""),
        (non_empty_string, "x"),
        (integer, -1),
        (number, 0.5),
        (string_or_integer, 7),
        (one_of("A", None), None),
        (pattern("[0-9]+", "digits"), "12"),
        (pattern("[0-9]+", "digits"), 345),
        (THING, {"name": "n", "sizes": [], "other": None}),
        (LENIENT, {"name": None}),
        (boolean, False),
        (anything, [None]),
        (text(2), "é" * 2),
        (between(1, 5), 1),
        (between(1, 5), 5.0),
        (array(string, least=1, most=2), ["a", "b"]),
        (KINDS, {"type": "A", "name": "n"}),
        (CLOSED, {"name": "n"}),
    ],
)
def test_what_fits_has_no_fault(shape: Shape, document: JsonValue) -> None:
    """A document of the shape passes, with whatever members beside."""
    assert shape(document, "$") is None


@pytest.mark.parametrize(
    ("shape", "document", "fault"),
    [
        (string, 1, "$ is 1, not a string"),
        (non_empty_string, "", "$ is '', not a string with characters"),
        (integer, True, "$ is True, not an integer"),
        (integer, 1.0, "$ is 1.0, not an integer"),
        (number, False, "$ is False, not a number"),
        (string_or_integer, None, "$ is None, not a string or an integer"),
        (one_of("A", None), [], "$ is an array, not one of A, None"),
        (one_of("A"), "a" * 99, f"$ is '{'a' * 59}…, not one of A"),
        (pattern("[0-9]+", "digits"), "1x", "$ is '1x', not digits"),
        (array(string), {}, "$ is an object, not an array"),
        (array(string), ["a", 2], "$[1] is 2, not a string"),
        (THING, "n", "$ is 'n', not an object"),
        (THING, {}, "$ lacks 'name'"),
        (THING, {"name": None}, "$.name is None, not a string"),
        (THING, {"name": "n", "sizes": [1, "x"]}, "$.sizes[1] is 'x', not an integer"),
        (boolean, 0, "$ is 0, not true or false"),
        (text(2), None, "$ is None, not a string"),
        (text(2), "abc", "$ has 3 characters, more than 2"),
        (between(1, 5), 0.9, "$ is 0.9, not from 1 to 5"),
        (between(1, 5, integer), 6, "$ is 6, not from 1 to 5"),
        (between(1, 5, integer), 1.5, "$ is 1.5, not an integer"),
        (array(string, least=1), [], "$ has 0 items, fewer than 1"),
        (array(string, most=1), ["a", "b"], "$ has 2 items, not 0 to 1"),
        (KINDS, 1, "$ is 1, not an object"),
        (KINDS, {"type": "C"}, "$.type is 'C', not one of A, B"),
        (KINDS, {"type": "A"}, "$ lacks 'name'"),
        (CLOSED, {"name": "n", "more": 1}, "$ has 'more', which is not known"),
    ],
)
def test_fault_is_named_with_its_place(shape: Shape, document: JsonValue, fault: str) -> None:
    """The first fault is told with the value, its place and what was expected."""
    assert shape(document, "$") == fault
