"""The rules of metadata."""

from typing import Any

import pytest

from connector_harness.sandbox.rules.commands import METADATA

WATSON = {"type": "IBMWatsonInfo", "referred_visitor_message_sequences": [1, 2]}
INTENT = {"id": "i", "confidence": 0.5}


def _fault(*items: Any) -> str | None:  # noqa: ANN401
    return METADATA(list(items), "$")


@pytest.mark.parametrize(
    ("item", "fault"),
    [
        ({**WATSON, "nodes_visited": ["n"], "entities": [{}], "branch_exited": True}, None),
        ({"type": "Answer", "questionId": "q", "id": "1", "provider": "p", "more": 1}, None),
        ({"type": "Other"}, "$[0].type is 'Other', not one of ExternalId, "),
        ({"type": "ExternalId", "id": "x" * 65}, "$[0].id has 65 characters, more than 64"),
        ({"type": "ExternalId", "id": "x", "more": 1}, "$[0] has 'more', which is not known"),
        ({"type": "BotResponse", "intents": [{**INTENT, "confidence": 1.1}]}, "not from 0 to 1"),
    ],
    ids=repr,
)
def test_fault_is_named_with_its_place(item: Any, fault: str | None) -> None:  # noqa: ANN401
    """What breaks the rules is told; what else there is, `test_requests` judges."""
    found = _fault(item)

    assert found is None if fault is None else fault in (found or "")


def test_every_item_is_judged() -> None:
    """The second item counts as the first does; no items are no fault."""
    good = {"type": "ExternalId", "id": "x"}

    assert _fault() is None
    assert "$[1] lacks 'id'" in (_fault(good, {"type": "ExternalId"}) or "")
