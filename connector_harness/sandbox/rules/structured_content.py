"""The grammar of structured content, with its limits. Source: API facts §5.8, §12.6."""

from connector_harness.json_types import JsonValue
from connector_harness.sandbox.rules.metadata import METADATA
from connector_harness.sandbox.rules.shapes import (
    Shape,
    anything,
    array,
    boolean,
    by_member,
    integer,
    members,
    number,
    one_of,
    string,
    text,
)

LONGEST_TEXT = 5000
LONGEST_TITLE = 128
LONGEST_CAPTION = 128
LONGEST_URL = 2048
LONGEST_RESPONSE = 128
MOST_ACTIONS = 4


def element(document: JsonValue, at: str) -> str | None:
    """Admit an element: a basic one, a template, or a container of others."""
    return _ELEMENT(document, at)


_TITLE, _URL = text(LONGEST_TITLE), text(LONGEST_URL)
_ACTION = by_member(
    "type",
    {
        "publishText": members({"text": string}, {}),
        "navigate": members({"la": number, "lo": number}, {"name": string}),
        "link": members({"uri": string}, {"name": string}),
    },
)
_EVERYWHERE: dict[str, Shape] = {
    "rtl": boolean,
    "tooltip": string,
    "style": members({}, {}),
    "click": members({}, {"actions": array(_ACTION, most=MOST_ACTIONS), "metadata": METADATA}),
}
_TEMPLATE: dict[str, Shape] = {
    "templateType": one_of("quickReply"),
    "title": text(LONGEST_TEXT),
    "resp": array(text(LONGEST_RESPONSE), least=1),
}
_CONTAINER = members({"type": anything, "elements": array(element)}, {})
_BUTTON = members({"title": _TITLE}, _EVERYWHERE)
_ELEMENT = by_member(
    "type",
    {
        **dict.fromkeys(("vertical", "horizontal"), _CONTAINER),
        "text": members({"text": text(LONGEST_TEXT)}, _EVERYWHERE),
        "image": members({"url": _URL}, {"caption": text(LONGEST_CAPTION), **_EVERYWHERE}),
        "button": _BUTTON,
        "map": members({"la": number, "lo": number}, _EVERYWHERE),
        "linkPreview": members({"url": _URL}, {"title": _TITLE, **_EVERYWHERE}),
        "template": members(_TEMPLATE, _EVERYWHERE),
    },
)
QUICK_REPLIES: Shape = members(
    {"type": one_of("quickReplies"), "replies": array(by_member("type", {"button": _BUTTON}))},
    {"itemsPerRow": integer},
)
"""The shape of the quick replies that hang off a text."""
