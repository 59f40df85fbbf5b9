"""What in a schema judges nothing is found, and what only looks like that is not."""

import json
from pathlib import Path

import pytest

from connector_harness.contract.keywords import judging_nothing
from connector_harness.contract.schemas import DIALECT, SchemaError, read_schemas
from connector_harness.json_types import JsonObject

OF_OTHER_DRAFTS: dict[str, JsonObject] = {
    "additionalItems": {"type": "array", "additionalItems": False},
    "dependencies": {"type": "object", "dependencies": {"a": ["b"]}},
    "$recursiveRef": {"type": "object", "$recursiveRef": "#"},
    "divisibleBy": {"type": "number", "divisibleBy": 2},
    "nullable": {"type": "string", "nullable": True},
    "id": {"type": "string", "id": "https://schemas.test/x"},
}


@pytest.mark.parametrize(
    ("schema", "place", "what"),
    [
        ({"type": "object", "requierd": ["a"]}, "requierd", "did you mean 'required'?"),
        ({"type": "object", "propertis": {}}, "propertis", "did you mean 'properties'?"),
        ({"type": "object", "Required": ["a"]}, "Required", "did you mean 'required'?"),
        ({"type": "string", "enums": ["a"]}, "enums", "did you mean 'enum'?"),
        ({"type": "object", "zzz": 1}, "zzz", "'zzz' is no keyword of this dialect"),
        ({"title": "T", "description": "D"}, "", "every document fits"),
        ({"then": {"type": "string"}, "type": "string"}, "then", "where there is no 'if'"),
        ({"if": {"type": "string"}}, "if", "there is no 'then' and no 'else'"),
        ({"type": "array", "minContains": 2}, "minContains", "where there is no 'contains'"),
        ({"type": "string", "required": ["a"]}, "required", "judges objects, and the type is"),
        ({"type": ["array", "null"], "minLength": 1}, "minLength", "judges strings, and the"),
        (
            {"type": "object", "properties": {"text": {}}, "required": ["txet", "txt"]},
            "required/1",
            "'txt' is no property here; did you mean 'text'?",
        ),
        *(
            (schema, name, f"{name!r} is no keyword of this dialect, which says ")
            for name, schema in OF_OTHER_DRAFTS.items()
        ),
    ],
)
def test_it_is_named_with_what_was_meant(schema: JsonObject, place: str, what: str) -> None:
    """The way to it is told, and the closest keyword, wherever it stands."""
    [(way, told)] = judging_nothing(schema)
    assert ("/".join(map(str, way)), what in told) == (place, True), told
    if place:
        deep: JsonObject = {"allOf": [{"$defs": {"x": {"items": schema}}}, {"type": "object"}]}
        [(way, _)] = judging_nothing(deep)
        assert "/".join(map(str, way)) == f"allOf/0/$defs/x/items/{place}"


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "other.json"},
        {"$defs": {"part": {"type": "string"}}},
        {"type": "object", "definitions": {"part": {"type": "string"}}},
        {"type": "object", "properties": {"requierd": {}, "id": {"type": "integer"}}},
        {"enum": [{"propertis": 1}], "examples": [{"requierd": 1}], "default": {"zzz": 1}},
        {"const": {"format": "e-mail"}},
        {"type": "object", "x-note": "mine", "$comment": "mine"},
        {"type": "object", "required": ["a"], "properties": {"b": {}}},
        {"type": ["string", "integer"], "minLength": 1, "minimum": 0},
        {"if": {"type": "string"}, "then": {"minLength": 1}, "properties": {"a": True}},
    ],
)
def test_what_judges_is_no_finding(schema: JsonObject) -> None:
    """Names of members, values and one's own notes are no keywords."""
    assert list(judging_nothing(schema)) == []


def test_regular_expression_that_is_none_is_refused(tmp_path: Path) -> None:
    """A pattern is read before anything is judged by it."""
    head = {"$schema": DIALECT, "$id": "https://schemas.test/a.json", "pattern": "("}
    (tmp_path / "a.json").write_text(json.dumps(head), encoding="utf-8")

    with pytest.raises(SchemaError, match=r"a\.json#/pattern: '\(' is not a 'regex'"):
        read_schemas(tmp_path)
