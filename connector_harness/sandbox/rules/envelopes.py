"""The envelope of a command: its id, its type and its length. Source: API facts §5.3, §12.1."""

import json

from connector_harness.json_types import JsonValue
from connector_harness.sandbox.rules.shapes import Shape, array, members, one_of, pattern

LONGEST_COMMAND = 5000
"""The longest command, in characters of its JSON without spaces and escapes. Source: §5.4, §16."""

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


def find_length(command: JsonValue, at: str) -> str | None:
    """Return why a command is too long, the preview of a file left out, or None.

    Source: API facts §5.4, §7, §16.
    """
    whole = _without_preview(command)
    length = len(json.dumps(whole, ensure_ascii=False, separators=(",", ":")))
    if length <= LONGEST_COMMAND:
        return None
    return f"{at} has {length} characters, more than {LONGEST_COMMAND}"


def _without_preview(command: JsonValue, *path: str) -> JsonValue:
    """Return a command as it is without the preview of the file it publishes."""
    name, *rest = path or ("body", "event", "message", "preview")
    if not isinstance(command, dict) or name not in command:
        return command
    if not rest:
        return {other: value for other, value in command.items() if other != name}
    return {**command, name: _without_preview(command[name], *rest)}
