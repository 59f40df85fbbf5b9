"""The rules of metadata."""

from typing import Any

import pytest

from connector_harness.sandbox.rules.metadata import METADATA

WATSON = {"type": "IBMWatsonInfo", "referred_visitor_message_sequences": [1, 2]}
INTENT = {"id": "i", "confidence": 0.5}


def _fault(*items: Any) -> str | None:  # noqa: ANN401
    return METADATA(list(items), "$")


@pytest.mark.parametrize(
    "item",
    [
        {"type": "ExternalId", "id": "x" * 64},
        {"type": "ActionReason"},
        {"type": "ActionReason", "reasonId": "x" * 64, "reason": "y" * 64},
        {"type": "BotResponse"},
        {"type": "BotResponse", "externalConversationId": "x" * 64, "businessCases": ["y" * 64]},
        {"type": "BotResponse", "intents": [INTENT, {**INTENT, "name": "n" * 64}]},
        {"type": "BotResponse", "intents": [{"id": "x" * 64, "confidence": 0}]},
        {"type": "BotResponse", "intents": [{"id": "", "confidence": 1}]},
        WATSON,
        {**WATSON, "nodes_visited": ["n"], "entities": [{}], "branch_exited": True},
        {"type": "Answer", "questionId": "q", "id": "1", "provider": "p", "more": 1},
        {"type": "Question", "id": "q", "replies": []},
    ],
    ids=repr,
)
def test_documented_item_is_accepted(item: Any) -> None:  # noqa: ANN401
    """Every documented item passes, at the ends of its limits too."""
    assert _fault(item) is None


@pytest.mark.parametrize(
    ("item", "fault"),
    [
        ("x", "$[0] is 'x', not an object"),
        ({}, "$[0] lacks 'type'"),
        ({"type": "Other"}, "$[0].type is 'Other', not one of ExternalId, "),
        ({"type": "ExternalId"}, "$[0] lacks 'id'"),
        ({"type": "ExternalId", "id": "x" * 65}, "$[0].id has 65 characters, more than 64"),
        ({"type": "ExternalId", "id": "x", "more": 1}, "$[0] has 'more', which is not known"),
        ({"type": "ActionReason", "reason": "x" * 65}, "$[0].reason has 65 characters"),
        ({"type": "ActionReason", "reasonId": "x" * 65}, "$[0].reasonId has 65 characters"),
        ({"type": "BotResponse", "externalConversationId": "x" * 65}, "has 65 characters"),
        ({"type": "BotResponse", "businessCases": ["x" * 65]}, "businessCases[0] has 65"),
        ({"type": "BotResponse", "intents": [{"id": "i"}]}, "intents[0] lacks 'confidence'"),
        ({"type": "BotResponse", "intents": [{"confidence": 1}]}, "intents[0] lacks 'id'"),
        ({"type": "BotResponse", "intents": [{**INTENT, "id": "x" * 65}]}, "id has 65"),
        ({"type": "BotResponse", "intents": [{**INTENT, "name": "x" * 65}]}, "name has 65"),
        ({"type": "BotResponse", "intents": [{**INTENT, "confidence": 1.1}]}, "not from 0 to 1"),
        ({"type": "BotResponse", "intents": [{**INTENT, "confidence": -0.1}]}, "not from 0 to 1"),
        ({"type": "IBMWatsonInfo"}, "$[0] lacks 'referred_visitor_message_sequences'"),
        ({**WATSON, "referred_visitor_message_sequences": ["1"]}, "is '1', not an integer"),
        ({**WATSON, "nodes_visited": "n"}, "nodes_visited is 'n', not an array"),
        ({**WATSON, "more": 1}, "$[0] has 'more', which is not known"),
    ],
    ids=repr,
)
def test_faulty_item_is_refused(item: Any, fault: str) -> None:  # noqa: ANN401
    """What breaks the schema is found, with its place."""
    assert fault in (_fault(item) or "")


def test_every_item_is_judged() -> None:
    """The second item counts as the first does; no items are no fault."""
    good = {"type": "ExternalId", "id": "x"}

    assert _fault() is None
    assert "$[1] lacks 'id'" in (_fault(good, {"type": "ExternalId"}) or "")
