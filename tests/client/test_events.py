"""The builders make the documented events; a broken one has the one fault its name tells."""

import pytest

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


def test_structured_content_under_both_names() -> None:
    """Structured content travels as content, and on request under the schema's name."""
    content: JsonObject = {"type": "text", "text": "Hello"}
    assert events.rich_content_event(content) == {"type": "RichContentEvent", "content": content}
    assert events.rich_content_event_by_schema(content)["message"] == content


def test_smallest_file() -> None:
    """A file needs its place and type; caption and preview are left out when not given."""
    assert events.hosted_file_event("/v1/a.PNG", file_type="PNG") == {
        "type": "ContentEvent",
        "contentType": "hosted/file",
        "message": {"relativePath": "/v1/a.PNG", "fileType": "PNG"},
    }


def test_file_with_caption_and_preview() -> None:
    """Caption and preview stand beside the file's place, empty ones too."""
    event = events.hosted_file_event("/v1/a.PNG", file_type="PNG", caption="", preview="data:,")
    assert event["message"] == {
        "relativePath": "/v1/a.PNG",
        "fileType": "PNG",
        "caption": "",
        "preview": "data:,",
    }


def test_events_share_nothing() -> None:
    """Changing what went in later changes no event already built."""
    numbers, content = [1], JsonObject()
    receipt, rich = events.accept_status_event("READ", numbers), events.rich_content_event(content)
    numbers.append(2)
    content["type"] = "text"
    assert (receipt["sequenceList"], rich["content"]) == ([1], {})


TEXT = events.text_event("Hi")
RECEIPT = events.accept_status_event("READ", [0])


@pytest.mark.parametrize(
    ("broken", "sound", "fault"),
    [
        (events.unknown_event(), {}, {"type"}),
        (events.event_without_type("Hi"), TEXT, {"type"}),
        (events.text_event_without_message(), TEXT, {"message"}),
        (events.text_event_with_number(7), TEXT, {"message"}),
        (events.content_event_of_unknown_type("Hi"), TEXT, {"contentType"}),
        (events.secure_form_event(), TEXT, {"contentType", "message"}),
        (events.unknown_chat_state_event(), events.chat_state_event("GONE"), {"chatState"}),
        (events.unknown_accept_status_event([0]), RECEIPT, {"status"}),
        (events.accept_status_event_without_sequences("READ"), RECEIPT, {"sequenceList"}),
        (events.accept_status_event_of_words("READ"), RECEIPT, {"sequenceList"}),
        (events.rich_content_event_without_content(), events.rich_content_event({}), {"content"}),
        (
            events.hosted_file_event_without_path(file_type="PNG"),
            events.hosted_file_event("/v1/a.PNG", file_type="PNG"),
            {"message"},
        ),
    ],
)
def test_fault_is_the_named_one(broken: JsonObject, sound: JsonObject, fault: set[str]) -> None:
    """A broken event differs from a sound one in nothing but its fault."""
    differing = {name for name in {*broken, *sound} if broken.get(name) != sound.get(name)}
    assert differing == fault


def test_file_without_path() -> None:
    """A file without a path still tells its type."""
    event = events.hosted_file_event_without_path(file_type="PNG")
    assert event["message"] == {"fileType": "PNG"}
