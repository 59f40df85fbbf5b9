"""The grammar of structured content, with its limits. Source: API facts §5.8, §12.6."""

from functools import lru_cache

from connector_harness.json_types import JsonValue
from connector_harness.sandbox.assumptions import Assumptions
from connector_harness.sandbox.rules.metadata import metadata_items
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


@lru_cache(maxsize=8)
def element(assumptions: Assumptions) -> Shape:
    """Return the shape of an element: a basic one, a template or a container of others."""

    def check(document: JsonValue, at: str) -> str | None:
        return kinds(document, at)

    inner = array(check)
    container = members({"type": anything, "elements": inner}, {})
    kinds = by_member(
        "type",
        {"vertical": container, "horizontal": container, **_basic_elements(assumptions)},
    )
    return check


@lru_cache(maxsize=8)
def quick_replies(assumptions: Assumptions) -> Shape:
    """Return the shape of the quick replies that hang off a text."""
    button = by_member("type", {"button": _basic_elements(assumptions)["button"]})
    return members(
        {"type": one_of("quickReplies"), "replies": array(button)}, {"itemsPerRow": integer}
    )


def _basic_elements(assumptions: Assumptions) -> dict[str, Shape]:
    everywhere: dict[str, Shape] = {
        "rtl": boolean,
        "tooltip": string,
        "style": members({}, {}),
        "click": _click(assumptions),
    }
    url, title = text(LONGEST_URL), text(LONGEST_TITLE)
    template: dict[str, Shape] = {
        "templateType": one_of("quickReply"),
        "title": text(LONGEST_TEXT),
        "resp": array(text(LONGEST_RESPONSE), least=1),
    }
    return {
        "text": members({"text": text(LONGEST_TEXT)}, everywhere),
        "image": members({"url": url}, {"caption": text(LONGEST_CAPTION), **everywhere}),
        "button": members({"title": title}, everywhere),
        "map": members({"la": number, "lo": number}, everywhere),
        "linkPreview": members({"url": url}, {"title": title, **everywhere}),
        "template": members(template, everywhere),
    }


def _click(assumptions: Assumptions) -> Shape:
    action = by_member(
        "type",
        {
            "publishText": members({"text": string}, {}),
            "navigate": members({"la": number, "lo": number}, {"name": string}),
            "link": members({"uri": string}, {"name": string}),
        },
    )
    return members(
        {},
        {
            "actions": array(action, most=assumptions.most_actions),
            "metadata": metadata_items(assumptions),
        },
    )
