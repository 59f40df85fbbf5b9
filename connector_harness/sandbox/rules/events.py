"""The rules of events: which may be published, and by whom. Source: API facts §5.4 to §5.8."""

from functools import lru_cache

from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.sandbox.assumptions import Assumptions
from connector_harness.sandbox.rules.shapes import (
    Shape,
    array,
    by_member,
    integer,
    members,
    non_empty_string,
    one_of,
    string,
)
from connector_harness.sandbox.rules.structured_content import QUICK_REPLIES, element
from connector_harness.sandbox.state.dialogs import CHAT_STATE

CONTENT, RICH_CONTENT, RECEIPT = "ContentEvent", "RichContentEvent", "AcceptStatusEvent"
FILE = "hosted/file"
CHAT_STATES = ("ACTIVE", "INACTIVE", "GONE", "COMPOSING", "PAUSE")
RECEIPTS = ("ACCEPT", "READ", "ACCESS", "NACK", "ACTION")


def find_fault(
    event: JsonValue, at: str, *, by_agent: bool, assumptions: Assumptions
) -> str | None:
    """Return why an event may not be published, or None.

    Args:
        event: The event as it was sent.
        at: Its place, for the reason.
        by_agent: Whether somebody of the brand publishes it, not the consumer.
        assumptions: The answers to what the API leaves open.
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
    kinds: dict[str, Shape] = {
        CONTENT: _content(assumptions, by_agent=by_agent),
        CHAT_STATE: members({"chatState": one_of(*CHAT_STATES)}, {}),
        RECEIPT: members({"status": one_of(*RECEIPTS), "sequenceList": array(integer)}, {}),
        RICH_CONTENT: _rich_content,
    }
    return by_member("type", kinds)


def _content(assumptions: Assumptions, *, by_agent: bool) -> Shape:
    message = string if assumptions.empty_text_accepted else non_empty_string
    any_object = members({}, {})
    kinds: dict[str, Shape] = {
        "text/plain": members({"message": message}, {"quickReplies": QUICK_REPLIES}),
        # What the object holds is judged where the files are.
        FILE: members({"message": any_object}, {}),
    }
    if by_agent:
        form = members({"message": any_object}, {})
        kinds |= {"forms/secure-invitation": form, "forms/secure-submission": form}
    return by_member("contentType", kinds)


def _rich_content(document: JsonValue, at: str) -> str | None:
    named = isinstance(document, dict) and "content" not in document and "message" in document
    return (_AS_IN_THE_SCHEMA if named else _AS_NOTIFIED)(document, at)


_AS_NOTIFIED = members({"content": element}, {})
_AS_IN_THE_SCHEMA = members({"message": element}, {})
