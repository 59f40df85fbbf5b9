"""Shapes: what they admit, and how they name a fault."""

import pytest

from connector_harness.documents import JsonValue
from connector_harness.sandbox.shapes import (
    Shape,
    array,
    integer,
    members,
    non_empty_string,
    number,
    one_of,
    pattern,
    string,
    string_or_integer,
)

THING = members({"name": string}, {"sizes": array(integer)})
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
    ],
)
def test_fault_is_named_with_its_place(shape: Shape, document: JsonValue, fault: str) -> None:
    """The first fault is told with the value, its place and what was expected."""
    assert shape(document, "$") == fault
