"""The envelope of a command: its id, its type and its length. Source: API facts §5.3, §12.1."""

import json

from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.sandbox.assumptions import Assumptions
from connector_harness.sandbox.rules.shapes import Shape, array, members, one_of, pattern

ID: Shape = pattern(r"(?s).{1,64}", "an id of 1 to 64 characters")
ANY_OBJECT: Shape = members({}, {})
ANY_OBJECTS: Shape = array(ANY_OBJECT)


def envelope(*kinds: str, body: Shape = ANY_OBJECT, metadata: Shape = ANY_OBJECTS) -> Shape:
    """Return the shape of a command of one of the types *kinds*."""
    return members(
        {"id": ID, "type": one_of(*kinds), "body": body},
        {"kind": one_of("req"), "metadata": metadata},
    )


def first_id(document: JsonValue) -> str:
    """Return the first usable request id of a body, or an empty string."""
    first = document[0] if isinstance(document, list) and document else document
    candidate = first.get("id") if isinstance(first, dict) else None
    return str(candidate) if ID(candidate, "$") is None else ""


def find_length(command: JsonValue, at: str, assumptions: Assumptions) -> str | None:
    """Return why a command is too long, or None. Source: API facts §5.4, §16."""
    if not assumptions.preview_counts:
        command = _without_preview(command)
    length = len(json.dumps(command, ensure_ascii=False, separators=(",", ":")))
    if length <= assumptions.longest_command:
        return None
    return f"{at} has {length} characters, more than {assumptions.longest_command}"


def _without_preview(command: JsonValue) -> JsonValue:
    """Return a command as it is without the preview of the file it publishes."""
    path = ("body", "event", "message")
    parents: list[JsonObject] = []
    inner: JsonValue = command
    for name in path:
        if not isinstance(inner, dict):
            return command
        parents.append(inner)
        inner = inner.get(name)
    if not isinstance(inner, dict) or "preview" not in inner:
        return command
    rest: JsonObject = {name: value for name, value in inner.items() if name != "preview"}
    for parent, name in zip(reversed(parents), reversed(path), strict=True):
        rest = {**parent, name: rest}
    return rest
