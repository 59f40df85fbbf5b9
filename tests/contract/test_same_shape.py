"""Documents have one shape if no schema can tell them apart."""

import pytest

from connector_harness.contract.same_shape import Shapes
from connector_harness.json_types import JsonValue

SHAPES = Shapes(
    [
        {"properties": {"id": {"minLength": 2, "pattern": "^[a-z]"}, "kind": {"enum": ["A", 7]}}},
        {"items": {"minimum": 1, "maximum": 5}, "properties": {"ip": {"format": "ipv4"}}},
    ]
)

ALIKE = [({"id": "wxy"}, {"id": "abcd"}), ([2], [3]), ({"a": 1, "b": 2}, {"b": 2, "a": 1})]
APART = [
    ("ab", "a"),
    ("ab", "1b"),
    ("A", "B"),
    ("127.0.0.1", "999.0.0.1"),
    ("ab", "a***"),
    (5, 6),
    (7, 8),
    (2, 2.5),
    (1, True),
    (None, "None"),
    ([2], [2, 2]),
    ({"id": "ab"}, {"ie": "ab"}),
    ([], {}),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_alike(one: JsonValue, other: JsonValue) -> None:
    """What no keyword asks about makes no difference."""
    assert SHAPES.of(one) == SHAPES.of(other)


@pytest.mark.parametrize(("one", "other"), APART)
def test_apart(one: JsonValue, other: JsonValue) -> None:
    """What a keyword asks about does."""
    assert SHAPES.of(one) != SHAPES.of(other)


@pytest.mark.parametrize("schema", [{"uniqueItems": True}, {"const": ["a"]}, {"multipleOf": 2}])
def test_comparing_schemas_see_every_difference(schema: dict[str, JsonValue]) -> None:
    """Where a schema compares values, no two documents are alike."""
    shapes = Shapes([schema])

    assert shapes.of(["b"]) != shapes.of(["c"])
    assert shapes.of({"a": 1, "b": 2}) == shapes.of({"b": 2, "a": 1})
