"""The envelope of a command."""

import json
from typing import Any

import pytest

from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.sandbox.rules.commands import envelope, find_length, first_id

COMMAND: JsonObject = {"kind": "req", "id": "1", "type": "A", "body": {}}


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"id": 1, "type": "B", "skillId": "beside the body"}, None),
        ({"id": "x" * 64, "metadata": []}, None),
        ({"id": "x" * 65}, "$.id is"),
        ({"id": ""}, "$.id is ''"),
        ({"kind": "resp"}, "$.kind is 'resp'"),
        ({"type": "C"}, "$.type is 'C', not one of A, B"),
        ({"body": []}, "$.body is an array, not an object"),
        ({"metadata": {}}, "$.metadata is an object, not an array"),
    ],
    ids=repr,
)
def test_command_has_id_type_and_body(changes: dict[str, Any], fault: str | None) -> None:
    """Ids may be numbers, and unknown members are no error."""
    found = envelope("A", "B")({**COMMAND, **changes}, "$")

    assert found is None if fault is None else (found or "").startswith(fault)


@pytest.mark.parametrize(
    ("document", "req_id"),
    [([{"id": "1,"}], "1,"), ({"id": 7}, "7"), ([{"id": None}], ""), ([], ""), ("x", "")],
    ids=["array", "object", "null", "empty", "text"],
)
def test_refusal_names_the_first_id(document: JsonValue, req_id: str) -> None:
    """A refused body is answered with its first usable id, or with none."""
    assert first_id(document) == req_id


def test_command_may_have_5000_characters() -> None:
    """Characters of the compact JSON count, not bytes: 5,000 pass, one more does not."""
    rest = len(json.dumps({**COMMAND, "padding": ""}, separators=(",", ":")))
    command: Any = {**COMMAND, "padding": "é" * (5000 - rest)}
    assert find_length(command, "$") is None

    command["padding"] += "é"

    assert find_length(command, "$") == "$ has 5001 characters, more than 5000"


@pytest.mark.parametrize(("member", "passes"), [("preview", True), ("caption", False)])
def test_preview_alone_does_not_count(member: str, passes: bool) -> None:  # noqa: FBT001
    """A preview may be longer than a command; what else a file message holds counts."""
    message = {"relativePath": "p", member: "x" * 6000}
    command: Any = {**COMMAND, "body": {"event": {"message": message}}}

    assert (find_length(command, "$") is None) == passes
    assert message[member] == "x" * 6000
