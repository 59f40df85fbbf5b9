"""The rules of commands: envelope, length and metadata, and what the call announces beside them.

Source: API facts §5.3, §5.9, §8, §12.1.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from connector_harness.json_types import JsonError, JsonObject, JsonValue, read_json
from connector_harness.sandbox.rules.shapes import (
    ANY_OBJECT,
    Shape,
    anything,
    array,
    as_list,
    between,
    by_member,
    integer,
    members,
    one_of,
    pattern,
    text,
)

LONGEST_COMMAND = 5000
"""The longest command, in characters of its JSON without spaces and escapes. Source: §5.4, §16."""

LONGEST = 64
ID: Shape = pattern(r"(?s).{1,64}", "an id of 1 to 64 characters")
PROPERTIES_TYPES = (".ams.headers.ClientProperties", ".ClientProperties", "ClientProperties")


def envelope(*kinds: str, body: Shape = ANY_OBJECT, metadata: Shape | None = None) -> Shape:
    """Return the shape of a command of one of the types *kinds*."""
    return members(
        {"id": ID, "type": one_of(*kinds), "body": body},
        {"kind": one_of("req"), "metadata": metadata or array(ANY_OBJECT)},
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
    name, *rest = path or ("body", "event", "message", "preview")
    if not isinstance(command, dict) or name not in command:
        return command
    if not rest:
        return {other: value for other, value in command.items() if other != name}
    return {**command, name: _without_preview(command[name], *rest)}


def _item(required: dict[str, Shape], optional: dict[str, Shape]) -> Shape:
    return members({"type": anything, **required}, optional, closed=True)


_TEXT = text(LONGEST)
_INTENT = members({"id": _TEXT, "confidence": between(0, 1)}, {"name": _TEXT})
_WATSON = ("branch_exited", "branch_exited_reason", "capability", "referred_capability")
_WATSON_LISTS = ("nodes_visited", "referred_nodes", "entities")
METADATA = array(
    by_member(
        "type",
        {
            "ExternalId": _item({"id": _TEXT}, {}),
            "ActionReason": _item({}, {"reasonId": _TEXT, "reason": _TEXT}),
            "BotResponse": _item(
                {},
                {
                    "externalConversationId": _TEXT,
                    "businessCases": array(_TEXT),
                    "intents": array(_INTENT),
                },
            ),
            "IBMWatsonInfo": _item(
                {"referred_visitor_message_sequences": array(integer)},
                {
                    **dict.fromkeys(_WATSON, anything),
                    **dict.fromkeys(_WATSON_LISTS, array(anything)),
                },
            ),
            **dict.fromkeys(("Answer", "Question"), ANY_OBJECT),
        },
    )
)
"""The shape of a list of metadata items; a type that no page names is refused."""


@dataclass(frozen=True, slots=True)
class ClientProperties:
    """What one call announced; ``document`` is None where it announced nothing readable."""

    features: frozenset[str] = frozenset()
    document: JsonObject | None = None


def read_properties(headers: Mapping[str, str]) -> ClientProperties:
    """Return what the headers of a call announce, by their names in lower case.

    Clients send anything here, so what cannot be read is no fault but announces nothing.
    """
    try:
        text_ = headers.get("client-properties", "").encode("latin-1")
        document = read_json(text_, deepest=10)
    except (JsonError, UnicodeEncodeError):
        return ClientProperties()
    if not isinstance(document, dict) or document.get("type") not in PROPERTIES_TYPES:
        return ClientProperties()
    names = as_list(document.get("features"))
    return ClientProperties(frozenset(name for name in names if isinstance(name, str)), document)
