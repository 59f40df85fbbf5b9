"""Messages are read in both forms in which an endpoint tells of them."""

from typing import Any

import pytest

from connector_harness.client.reading.held_messages import (
    HeldMessage,
    UnreadableError,
    history_message,
    messaging_rest_message,
    sequence_in,
)
from connector_harness.json_types import JsonObject
from tests.client.held import message, recorded

CARD: JsonObject = {"type": "vertical", "elements": []}
FILE: JsonObject = {"relativePath": "/v1/f.PNG", "fileType": "PNG"}
AGENT = {"originator": {"role": "ASSIGNED_AGENT"}}


def without(item: dict[str, Any], name: str) -> dict[str, Any]:
    """Return *item* without a member."""
    return {each: value for each, value in item.items() if each != name}


@pytest.mark.parametrize(
    ("value", "sequence"),
    [
        *((0, 0), (12, 12), (-1, None), (1.5, None), (True, None), (None, None)),
        *(("0", 0), ("12", 12), ("-1", None), ("1.5", None), ("", None), ("²", None)),
        ("9" * 5_000, None),
    ],
    ids=repr,
)
def test_sequence(value: Any, sequence: int | None) -> None:  # noqa: ANN401
    """A sequence is a whole number from 0 on, written as a number or in digits."""
    assert sequence_in(value) == sequence


@pytest.mark.parametrize(
    ("item", "held"),
    [
        (message(3), HeldMessage(3, "CONSUMER", "c-1", "text", text="Hi")),
        (message("3", "", **AGENT), HeldMessage(3, "ASSIGNED_AGENT", "c-1", "text", text="")),
        (
            message(4, type="RICH_CONTENT", content=CARD),
            HeldMessage(4, "CONSUMER", "c-1", "rich", content=CARD),
        ),
        (
            message(5, type="HOSTED_FILE", content=FILE),
            HeldMessage(5, "CONSUMER", "c-1", "file", content=FILE),
        ),
        (
            message(6, type="VOICE", content={"text": "Hi"}),
            HeldMessage(6, "CONSUMER", "c-1", "other", content={"text": "Hi"}),
        ),
        (
            without(without(message(7), "dialogId"), "messageAudience"),
            HeldMessage(7, "CONSUMER", "c-1", "text", text="Hi"),
        ),
    ],
)
def test_item_of_a_page(item: dict[str, Any], held: HeldMessage) -> None:
    """An item tells number, role, kind and content; what is not known is passed on as it is."""
    assert messaging_rest_message(item, dialog_id="c-1") == held


@pytest.mark.parametrize(
    "item",
    [
        {"type": "CHAT_STATE", "dialogId": "c-1"},
        message(1, type="ACCEPT_STATUS", content={"status": "READ"}),
        message(1, messageAudience="AGENTS_AND_MANAGERS"),
    ],
)
def test_item_that_is_no_message_for_the_shopper(item: dict[str, Any]) -> None:
    """Typing, receipts and what agents say to each other are no messages."""
    assert messaging_rest_message(item, dialog_id="c-1") is None


@pytest.mark.parametrize(
    ("item", "why"),
    [
        (without(message(1), "type"), "a message lacks its type, or who said it"),
        (message(1, originator={"id": "a"}), "a message lacks its type, or who said it"),
        (without(message(1), "sequence"), "a message has no sequence"),
        (message(1, dialogId="s-1"), "a message is of another dialog than was read"),
        (message(1, content="Hi"), "a text has no text"),
        (message(1, content={"text": None}), "a text has no text"),
    ],
)
def test_unreadable_item(item: dict[str, Any], why: str) -> None:
    """What is missing is told, and nothing of what is there."""
    with pytest.raises(UnreadableError) as caught:
        messaging_rest_message(item, dialog_id="c-1")
    assert str(caught.value) == why


@pytest.mark.parametrize(
    ("record", "held"),
    [
        (recorded(3), HeldMessage(3, "CONSUMER", "c-1", "text", text="Hi")),
        (recorded("3", sentBy="agent"), HeldMessage(3, "AGENT", "c-1", "text", text="Hi")),
        (
            recorded(3, messageData={"msg": {"text": "Hi"}, "quickReplies": {"content": "{}"}}),
            HeldMessage(3, "CONSUMER", "c-1", "text", text="Hi"),
        ),
        (
            recorded(
                3, messageData={"richContent": {"content": "undefined"}, "msg": {"text": "Hi"}}
            ),
            HeldMessage(3, "CONSUMER", "c-1", "text", text="Hi"),
        ),
        (
            recorded(4, messageData={"richContent": {"content": '{"type":"map"}'}}),
            HeldMessage(4, "CONSUMER", "c-1", "rich", content={"type": "map"}),
        ),
        (
            recorded(5, messageData={"file": {**FILE, "caption": "undefined"}}),
            HeldMessage(5, "CONSUMER", "c-1", "file", content=FILE),
        ),
        (recorded(5, messageData=FILE), HeldMessage(5, "CONSUMER", "c-1", "file", content=FILE)),
        (
            recorded(6, messageData={"link": {"url": "x"}}),
            HeldMessage(6, "CONSUMER", "c-1", "other", content={"link": {"url": "x"}}),
        ),
    ],
)
def test_record_of_the_history(record: dict[str, Any], held: HeldMessage) -> None:
    """A record tells the same as an item, in other words; a file is known by its path."""
    assert history_message(record, dialog_id="c-1") == held


@pytest.mark.parametrize("members", [{"dialogId": "s-1"}, {"audience": "AGENTS_AND_MANAGERS"}])
def test_record_of_another_place(members: dict[str, str]) -> None:
    """What is of another dialog, or among agents, is no message here."""
    assert history_message(recorded(1, **members), dialog_id="c-1") is None


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (without(recorded(1), "sentBy"), "a message lacks its data, or who said it"),
        (recorded(1, messageData="Hi"), "a message lacks its data, or who said it"),
        (without(recorded(1), "seq"), "a message has no sequence"),
        (
            recorded(1, messageData={"richContent": {"content": "{"}}),
            "structured content is no JSON",
        ),
    ],
)
def test_unreadable_record(record: dict[str, Any], why: str) -> None:
    """What is missing is told, and nothing of what is there."""
    with pytest.raises(UnreadableError) as caught:
        history_message(record, dialog_id="c-1")
    assert str(caught.value) == why
