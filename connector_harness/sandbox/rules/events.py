"""The rules of events: which may be published, and by whom. Source: API facts §5.4 to §5.8."""

from functools import lru_cache

from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.sandbox.assumptions import Assumptions
from connector_harness.sandbox.rules.commands import METADATA
from connector_harness.sandbox.rules.shapes import (
    ANY_OBJECT,
    Shape,
    anything,
    array,
    boolean,
    by_member,
    integer,
    members,
    non_empty_string,
    number,
    one_of,
    string,
    text,
)
from connector_harness.sandbox.state.state import CHAT_STATE

CONTENT, RICH_CONTENT, RECEIPT = "ContentEvent", "RichContentEvent", "AcceptStatusEvent"
FILE = "hosted/file"
FORMS = ("forms/secure-invitation", "forms/secure-submission")
CHAT_STATES = ("ACTIVE", "INACTIVE", "GONE", "COMPOSING", "PAUSE")
RECEIPTS = ("ACCEPT", "READ", "ACCESS", "NACK", "ACTION")


def find_fault(
    event: JsonValue, at: str, *, by_agent: bool, assumptions: Assumptions
) -> str | None:
    """Return why an event at the place *at* may not be published, or None.

    *by_agent* is whether somebody of the brand publishes it, not the consumer.
    """
    return _event(assumptions, by_agent=by_agent)(event, at)


def as_published(event: JsonObject) -> JsonObject:
    """Return an event as everybody is told of it: structured content is ``content``.

    Source: API facts §5.8.
    """
    if event.get("type") != RICH_CONTENT or "content" in event:
        return event
    rest = {name: value for name, value in event.items() if name != "message"}
    return {**rest, "content": event["message"]}


def hosted_file(event: JsonObject) -> JsonObject | None:
    """Return the file that an event publishes, or None. Source: API facts §7."""
    message = event.get("message")
    is_file = event.get("type") == CONTENT and event.get("contentType") == FILE
    return message if is_file and isinstance(message, dict) else None


def is_message(event: JsonObject) -> bool:
    """Return whether an event says something, and is no receipt or typing."""
    return event.get("type") in (CONTENT, RICH_CONTENT)


@lru_cache(maxsize=16)
def _event(assumptions: Assumptions, *, by_agent: bool) -> Shape:
    message = string if assumptions.empty_text_accepted else non_empty_string
    # What the object of a file holds is judged where the files are.
    objects = (FILE, *FORMS) if by_agent else (FILE,)
    contents = {
        "text/plain": members({"message": message}, {"quickReplies": QUICK_REPLIES}),
        **dict.fromkeys(objects, members({"message": ANY_OBJECT})),
    }
    return by_member("type", {CONTENT: by_member("contentType", contents), **_OTHERS})


def _rich_content(document: JsonValue, at: str) -> str | None:
    named = isinstance(document, dict) and "content" not in document and "message" in document
    return members({"message" if named else "content": element})(document, at)


_OTHERS: dict[str, Shape] = {
    RICH_CONTENT: _rich_content,
    RECEIPT: members({"status": one_of(*RECEIPTS), "sequenceList": array(integer)}),
    CHAT_STATE: members({"chatState": one_of(*CHAT_STATES)}),
}
TYPES = (CONTENT, *_OTHERS)
"""The types of all events; an app can be told of each by a webhook of its own."""


# Structured content, with its limits. Source: API facts §5.8, §12.6.


def element(document: JsonValue, at: str) -> str | None:
    """Admit an element: a basic one, a template, or a container of others."""
    return _ELEMENT(document, at)


_TEXT, _TITLE, _CAPTION, _URL = text(5000), text(128), text(128), text(2048)
_ACTION = by_member(
    "type",
    {
        "publishText": members({"text": string}),
        "navigate": members({"la": number, "lo": number}, {"name": string}),
        "link": members({"uri": string}, {"name": string}),
    },
)
_EVERYWHERE = {
    "rtl": boolean,
    "tooltip": string,
    "style": ANY_OBJECT,
    "click": members({}, {"actions": array(_ACTION, most=4), "metadata": METADATA}),
}
_TEMPLATE = {
    "templateType": one_of("quickReply"),
    "title": _TEXT,
    "resp": array(text(128), least=1),
}
_CONTAINER = members({"type": anything, "elements": array(element)})
_BUTTON = members({"title": _TITLE}, _EVERYWHERE)
_ELEMENT = by_member(
    "type",
    {
        **dict.fromkeys(("vertical", "horizontal"), _CONTAINER),
        "text": members({"text": _TEXT}, _EVERYWHERE),
        "image": members({"url": _URL}, {"caption": _CAPTION, **_EVERYWHERE}),
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
