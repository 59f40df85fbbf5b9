"""The rules of metadata: what may accompany a command. Source: API facts §5.9."""

from connector_harness.sandbox.rules.shapes import (
    Shape,
    anything,
    array,
    between,
    by_member,
    integer,
    members,
    text,
)

LONGEST = 64
"""Longest text in a metadata item, in characters."""


def _closed(required: dict[str, Shape], optional: dict[str, Shape]) -> Shape:
    return members({"type": anything, **required}, optional, closed=True)


def _bot_response() -> Shape:
    intent = members({"id": text(LONGEST), "confidence": between(0, 1)}, {"name": text(LONGEST)})
    cases, intents = array(text(LONGEST)), array(intent)
    return _closed(
        {},
        {
            "externalConversationId": text(LONGEST),
            "businessCases": cases,
            "intents": intents,
        },
    )


def _watson_info() -> Shape:
    names = "branch_exited branch_exited_reason capability referred_capability"
    lists = "nodes_visited referred_nodes entities"
    return _closed(
        {"referred_visitor_message_sequences": array(integer)},
        {
            **dict.fromkeys(names.split(), anything),
            **dict.fromkeys(lists.split(), array(anything)),
        },
    )


METADATA = array(
    by_member(
        "type",
        {
            "ExternalId": _closed({"id": text(LONGEST)}, {}),
            "ActionReason": _closed({}, {"reasonId": text(LONGEST), "reason": text(LONGEST)}),
            "BotResponse": _bot_response(),
            "IBMWatsonInfo": _watson_info(),
            **dict.fromkeys(("Answer", "Question"), members({}, {})),
        },
    )
)
"""The shape of a list of metadata items; a type that no page names is refused."""
