"""The builders make the documented events."""

from connector_harness.client import events
from connector_harness.json_types import JsonObject


def test_text_with_quick_replies() -> None:
    """Quick replies hang off a written message."""
    replies: JsonObject = {"type": "quickReplies", "itemsPerRow": 2, "replies": []}
    assert events.text_event("Sure?", quick_replies=replies) == {
        "type": "ContentEvent",
        "contentType": "text/plain",
        "message": "Sure?",
        "quickReplies": replies,
    }


def test_chat_state() -> None:
    """Typing says what somebody is doing, and no more."""
    assert events.chat_state_event("PAUSE") == {"type": "ChatStateEvent", "chatState": "PAUSE"}


def test_receipt_for_several_events() -> None:
    """A receipt lists the numbers as given."""
    assert events.accept_status_event("READ", (3, 2)) == {
        "type": "AcceptStatusEvent",
        "status": "READ",
        "sequenceList": [3, 2],
    }


def test_structured_content() -> None:
    """Structured content travels as content."""
    content: JsonObject = {"type": "text", "text": "Hello"}
    assert events.rich_content_event(content) == {"type": "RichContentEvent", "content": content}


def test_smallest_file() -> None:
    """A file needs its place and type; a caption is left out when not given."""
    assert events.hosted_file_event("/v1/a.PNG", file_type="PNG") == {
        "type": "ContentEvent",
        "contentType": "hosted/file",
        "message": {"relativePath": "/v1/a.PNG", "fileType": "PNG"},
    }


def test_file_with_caption() -> None:
    """A caption stands beside the file's place, an empty one too."""
    event = events.hosted_file_event("/v1/a.PNG", file_type="PNG", caption="")
    assert event["message"] == {"relativePath": "/v1/a.PNG", "fileType": "PNG", "caption": ""}


def test_events_share_nothing() -> None:
    """Changing what went in later changes no event already built."""
    numbers, content = [1], JsonObject()
    receipt, rich = events.accept_status_event("READ", numbers), events.rich_content_event(content)
    numbers.append(2)
    content["type"] = "text"
    assert (receipt["sequenceList"], rich["content"]) == ([1], {})
