"""The grammar of structured content, each limit from both sides."""

from typing import Any

import pytest

from connector_harness.json_types import JsonObject
from connector_harness.sandbox.rules.events import QUICK_REPLIES, element

PUBLISH = {"type": "publishText", "text": "Yes"}
BUTTON: JsonObject = {"type": "button", "title": "Yes"}
REPLIES: JsonObject = {"type": "quickReplies", "itemsPerRow": 8, "replies": [BUTTON]}


def _clicking(*actions: Any, **members: Any) -> Any:  # noqa: ANN401
    return {**BUTTON, "click": {"actions": list(actions), **members}}


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ({"type": "horizontal", "elements": [{"type": "vertical", "elements": [BUTTON]}]}, None),
        ({**BUTTON, "rtl": True, "tooltip": "t", "style": {"bold": True}, "tag": "any"}, None),
        (_clicking(*[PUBLISH] * 4, metadata=[{"type": "ExternalId", "id": "x"}]), None),
        ({**BUTTON, "click": {}}, None),
        ({"type": "video", "url": "u"}, "$.type is 'video', not one of vertical, horizontal"),
        ({"type": "vertical", "elements": [BUTTON, {}]}, "$.elements[1] lacks 'type'"),
        ({"type": "text", "text": "x" * 5001}, "$.text has 5001 characters, more than 5000"),
        (_clicking(*[PUBLISH] * 5), "$.click.actions has 5 items, not 0 to 4"),
        (_clicking({"type": "publishText"}), "$.click.actions[0] lacks 'text'"),
        (_clicking(metadata=[{"type": "ExternalId"}]), "$.click.metadata[0] lacks 'id'"),
    ],
)
def test_fault_is_named_with_its_place(document: Any, fault: str | None) -> None:  # noqa: ANN401
    """What breaks the grammar is told; what else there is, `test_requests` judges."""
    found = element(document, "$")

    assert found is None if fault is None else fault in (found or "")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({}, None),
        ({"type": "replies"}, "$.type is 'replies', not one of quickReplies"),
        ({"itemsPerRow": "8"}, "$.itemsPerRow is '8', not an integer"),
        ({"replies": BUTTON}, "$.replies is an object, not an array"),
        ({"replies": [{"type": "text", "text": "x"}]}, "$.replies[0].type is 'text'"),
        ({"replies": [{"type": "button", "title": "t" * 129}]}, "title has 129 characters"),
    ],
    ids=repr,
)
def test_quick_replies_are_buttons(changes: dict[str, Any], fault: str | None) -> None:
    """Quick replies are a row of buttons."""
    found = QUICK_REPLIES({**REPLIES, **changes}, "$")

    assert found is None if fault is None else fault in (found or "")
