"""The grammar of structured content, each limit from both sides."""

from typing import Any

import pytest

from connector_harness.json_types import JsonObject
from connector_harness.sandbox.rules.structured_content import QUICK_REPLIES, element

PUBLISH = {"type": "publishText", "text": "Yes"}
BUTTON: JsonObject = {"type": "button", "title": "Yes"}
TEMPLATE = {"type": "template", "templateType": "quickReply", "title": "t", "resp": ["a"]}
REPLIES: JsonObject = {"type": "quickReplies", "itemsPerRow": 8, "replies": [BUTTON]}


def _fault(document: Any) -> str | None:  # noqa: ANN401
    return element(document, "$")


def _clicking(*actions: Any, **members: Any) -> Any:  # noqa: ANN401
    return {**BUTTON, "click": {"actions": list(actions), **members}}


@pytest.mark.parametrize(
    "document",
    [
        {"type": "vertical", "elements": []},
        {"type": "horizontal", "elements": [{"type": "vertical", "elements": [BUTTON]}]},
        {"type": "text", "text": "x" * 5000},
        {"type": "image", "url": "u" * 2048, "caption": "c" * 128},
        {"type": "button", "title": "t" * 128},
        {"type": "map", "la": 48.1, "lo": -11},
        {"type": "linkPreview", "url": "u" * 2048, "title": "t" * 128},
        {**TEMPLATE, "title": "t" * 5000, "resp": ["r" * 128, ""]},
        {**BUTTON, "rtl": True, "tooltip": "t", "style": {"bold": True}, "tag": "any"},
        _clicking(PUBLISH, {"type": "navigate", "la": 1, "lo": 2, "name": "n"}),
        _clicking({"type": "navigate", "la": 1, "lo": 2}, {"type": "link", "uri": "u"}),
        _clicking({"type": "link", "uri": "u", "name": "n"}, *[PUBLISH] * 3),
        _clicking(metadata=[{"type": "ExternalId", "id": "x" * 64}]),
        {**BUTTON, "click": {}},
    ],
)
def test_documented_element_is_accepted(document: Any) -> None:  # noqa: ANN401
    """Every element passes, at the ends of its limits too."""
    assert _fault(document) is None


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ("x", "$ is 'x', not an object"),
        ({"type": "video", "url": "u"}, "$.type is 'video', not one of vertical, horizontal"),
        ({"type": "vertical"}, "$ lacks 'elements'"),
        ({"type": "horizontal", "elements": {}}, "$.elements is an object, not an array"),
        ({"type": "vertical", "elements": [BUTTON, {}]}, "$.elements[1] lacks 'type'"),
        ({"type": "text"}, "$ lacks 'text'"),
        ({"type": "text", "text": "x" * 5001}, "$.text has 5001 characters, more than 5000"),
        ({"type": "image"}, "$ lacks 'url'"),
        ({"type": "image", "url": "u" * 2049}, "$.url has 2049 characters, more than 2048"),
        ({"type": "image", "url": "u", "caption": "c" * 129}, "$.caption has 129 characters"),
        ({"type": "button"}, "$ lacks 'title'"),
        ({"type": "button", "title": "t" * 129}, "$.title has 129 characters, more than 128"),
        ({"type": "map", "la": 1}, "$ lacks 'lo'"),
        ({"type": "map", "la": "1", "lo": 1}, "$.la is '1', not a number"),
        ({"type": "linkPreview"}, "$ lacks 'url'"),
        ({"type": "linkPreview", "url": "u" * 2049}, "$.url has 2049 characters"),
        ({"type": "linkPreview", "url": "u", "title": "t" * 129}, "$.title has 129 characters"),
        ({**TEMPLATE, "templateType": "card"}, "$.templateType is 'card'"),
        ({**TEMPLATE, "title": "t" * 5001}, "$.title has 5001 characters"),
        ({**TEMPLATE, "resp": []}, "$.resp has 0 items, fewer than 1"),
        ({**TEMPLATE, "resp": ["r" * 129]}, "$.resp[0] has 129 characters"),
        ({**BUTTON, "rtl": "yes"}, "$.rtl is 'yes', not true or false"),
        ({**BUTTON, "tooltip": 1}, "$.tooltip is 1, not a string"),
        ({**BUTTON, "style": "bold"}, "$.style is 'bold', not an object"),
        (_clicking(*[PUBLISH] * 5), "$.click.actions has 5 items, not 0 to 4"),
        (_clicking({"type": "call"}), "$.click.actions[0].type is 'call'"),
        (_clicking({"type": "publishText"}), "$.click.actions[0] lacks 'text'"),
        (_clicking({"type": "navigate", "la": 1}), "$.click.actions[0] lacks 'lo'"),
        (_clicking({"type": "link"}), "$.click.actions[0] lacks 'uri'"),
        (_clicking(metadata=[{"type": "ExternalId"}]), "$.click.metadata[0] lacks 'id'"),
    ],
)
def test_faulty_element_is_refused(document: Any, fault: str) -> None:  # noqa: ANN401
    """What breaks the grammar is found, with its place."""
    assert fault in (_fault(document) or "")


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
