"""A conversation is spoken in with words; each becomes one documented command."""

import json
from collections.abc import Callable

import pytest

from connector_harness.client import fields
from connector_harness.client.connector import Connector
from connector_harness.client.conversation import Conversation
from connector_harness.client.files import AddressError
from connector_harness.client.http.transport import TransportError
from connector_harness.client.reply import Reply
from connector_harness.json_types import JsonObject
from tests.client.conftest import Record
from tests.client.server import ADDRESS, FILE_NAME, FILE_PATH, PUBLISHED, LocalServer

Speak = Callable[[Conversation], Reply]
METADATA: list[JsonObject] = [{"type": "ExternalId", "id": "btn-yes"}]
BUTTON: JsonObject = {
    "type": "button",
    "title": "Yes, please",
    "click": {
        "metadata": [*METADATA],
        "actions": [
            {"type": "link", "uri": "https://shop.example.test"},
            {"type": "publishText", "text": "Yes"},
        ],
    },
}


@pytest.fixture
def conversation(connector: Connector) -> Conversation:
    """An open conversation of shopper-1."""
    return Conversation(connector, consumer="shopper-1", id="c-1")


def commands_sent(server: LocalServer) -> list[JsonObject]:
    """Return the commands that the server got, in order."""
    return [json.loads(request.body) for request in server.requests("send")]


def message(text: str) -> JsonObject:
    """Return the event of one written message."""
    return {"type": "ContentEvent", "contentType": "text/plain", "message": text}


def test_text(conversation: Conversation, server: LocalServer) -> None:
    """A message goes to the main dialog, whose id is the conversation's, with both ids."""
    assert conversation.send_text("Where is my parcel?").sequence == 0
    assert commands_sent(server) == [
        {
            "kind": "req",
            "id": "1",
            "type": "ms.PublishEvent",
            "body": {
                "dialogId": "c-1",
                "conversationId": "c-1",
                "event": message("Where is my parcel?"),
            },
        }
    ]


@pytest.mark.parametrize(
    ("speak", "event"),
    [
        (
            lambda conversation: conversation.send_chat_state("COMPOSING"),
            {"type": "ChatStateEvent", "chatState": "COMPOSING"},
        ),
        (
            lambda conversation: conversation.send_receipt("READ", [2, 3]),
            {"type": "AcceptStatusEvent", "status": "READ", "sequenceList": [2, 3]},
        ),
        (
            lambda conversation: conversation.send_rich_content({"type": "text", "text": "Hi"}),
            {"type": "RichContentEvent", "content": {"type": "text", "text": "Hi"}},
        ),
        (lambda conversation: conversation.send_event(message("Hi")), message("Hi")),
    ],
    ids=["typing", "receipt", "structured", "any"],
)
def test_event(
    conversation: Conversation, server: LocalServer, speak: Speak, event: JsonObject
) -> None:
    """Each kind of event is published to the dialog, without metadata."""
    speak(conversation)
    command = commands_sent(server)[0]
    assert command["body"] == {"dialogId": "c-1", "conversationId": "c-1", "event": event}
    assert "metadata" not in command


@pytest.mark.parametrize(
    "speak",
    [
        lambda conversation: conversation.send_text("Hi", metadata=METADATA),
        lambda conversation: conversation.send_receipt("READ", [0], metadata=METADATA),
        lambda conversation: conversation.send_rich_content({}, metadata=METADATA),
        lambda conversation: conversation.send_event({}, metadata=METADATA),
    ],
    ids=["text", "receipt", "structured", "any"],
)
def test_metadata(conversation: Conversation, server: LocalServer, speak: Speak) -> None:
    """Metadata travels beside the body."""
    speak(conversation)
    assert commands_sent(server)[0]["metadata"] == METADATA


@pytest.mark.parametrize(
    ("speak", "field"),
    [
        (lambda conversation: conversation.close(), fields.conversation_state_field()),
        (lambda conversation: conversation.close_everything(), fields.stage_field()),
        (lambda conversation: conversation.close_dialog(), fields.dialog_change_field("c-1")),
        (
            lambda conversation: conversation.close_dialog(cause="Done"),
            fields.dialog_change_field("c-1", cause="Done"),
        ),
        (
            lambda conversation: conversation.rate(4, resolved=True),
            fields.csat_rate_field(4, resolved=True, status="FILLED"),
        ),
        (
            lambda conversation: conversation.rate(1, resolved=False, status="SKIPPED"),
            fields.csat_rate_field(1, resolved=False, status="SKIPPED"),
        ),
        (
            lambda conversation: conversation.set_response_time("URGENT", seconds=60),
            fields.ttr_field("URGENT", seconds=60),
        ),
        (
            lambda conversation: conversation.update(fields.skill_field("7")),
            fields.skill_field("7"),
        ),
    ],
    ids=[
        "close",
        "everything",
        "dialog",
        "cause",
        "rating",
        "skipped",
        "time",
        "any",
    ],
)
def test_field_update(
    conversation: Conversation, server: LocalServer, speak: Speak, field: JsonObject
) -> None:
    """Each change of the conversation is the update of one field."""
    speak(conversation)
    command = commands_sent(server)[0]
    assert command["type"] == "cm.UpdateConversationField"
    assert command["body"] == {"conversationId": "c-1", "conversationField": field}


def test_profile(conversation: Conversation, server: LocalServer) -> None:
    """A profile can be set during the conversation."""
    conversation.set_profile({"role": "consumer"})
    command = commands_sent(server)[0]
    assert (command["type"], command["body"]) == (
        "userprofile.SetUserProfile",
        {"role": "consumer"},
    )


def test_ids_count_up(conversation: Conversation, server: LocalServer) -> None:
    """Commands are numbered from 1, whichever dialog they go to."""
    conversation.send_text("Hi")
    survey = conversation.in_dialog("survey-1")
    survey.send_text("5")
    conversation.close()
    assert [command["id"] for command in commands_sent(server)] == ["1", "2", "3"]


def test_conversations_count_apart(
    conversation: Conversation, connector: Connector, server: LocalServer
) -> None:
    """Each conversation numbers its own commands."""
    conversation.send_text("Hi")
    Conversation(connector, consumer="shopper-2", id="c-2").send_text("Hi")
    assert [command["id"] for command in commands_sent(server)] == ["1", "1"]


def test_survey_dialog(conversation: Conversation, server: LocalServer) -> None:
    """In another dialog the conversation stays the same, and so does its consumer."""
    survey = conversation.in_dialog("survey-1")
    survey.send_text("5")
    survey.close_dialog()
    answer, closing = (command["body"] for command in commands_sent(server))
    ids = {"dialogId": "survey-1", "conversationId": "c-1"}
    assert answer == {**ids, "event": message("5")}
    assert closing == {
        "conversationId": "c-1",
        "conversationField": fields.dialog_change_field("survey-1"),
    }
    assert (survey.consumer, conversation.dialog_id) == ("shopper-1", "c-1")


def test_button(conversation: Conversation, server: LocalServer) -> None:
    """A button is pressed with a receipt and its text, both with the button's metadata."""
    replies = conversation.press_button(BUTTON, sequence=4)
    receipt, text = commands_sent(server)
    event: JsonObject = {"type": "AcceptStatusEvent", "status": "ACTION", "sequenceList": [4]}
    assert receipt["body"] == {"dialogId": "c-1", "conversationId": "c-1", "event": event}
    assert text["body"] == {"dialogId": "c-1", "conversationId": "c-1", "event": message("Yes")}
    assert (receipt["metadata"], text["metadata"]) == (METADATA, METADATA)
    assert [reply.status for reply in replies] == [200, 200]


def test_button_without_metadata(conversation: Conversation, server: LocalServer) -> None:
    """Where the button carries no metadata, none travels."""
    click: JsonObject = {"actions": [{"type": "publishText", "text": "Yes"}]}
    conversation.press_button({"type": "button", "title": "Yes", "click": click}, sequence=4)
    assert ["metadata" in command for command in commands_sent(server)] == [False, False]


def test_refused_button(conversation: Conversation, server: LocalServer) -> None:
    """Both replies come back, also where the receipt is refused."""
    server.will_answer("send", 400, {"code": "BAD_REQUEST"})
    receipt, text = conversation.press_button(BUTTON, sequence=4)
    assert (receipt.status, text.status) == (400, 200)


@pytest.mark.parametrize(
    "click",
    [None, {}, {"actions": "publishText"}, {"actions": [{"type": "link"}, 7]}],
)
def test_button_without_text(
    conversation: Conversation, server: LocalServer, click: JsonObject | None
) -> None:
    """A button that publishes no text cannot be pressed, and nothing is sent."""
    with pytest.raises(ValueError, match="the button 'Shop' publishes no text"):
        conversation.press_button({"title": "Shop", "click": click}, sequence=4)
    assert server.received == []


def test_requests_for_addresses(conversation: Conversation, server: LocalServer) -> None:
    """Addresses are asked for with the size and type of a file, or with its path."""
    conversation.request_upload(size=20480, file_type="PNG")
    conversation.request_download(FILE_PATH)
    bodies = [command["body"] for command in commands_sent(server)]
    assert bodies == [{"fileSize": "20480", "fileType": "PNG"}, {"relativePath": FILE_PATH}]


def test_file_upload(conversation: Conversation, server: LocalServer) -> None:
    """A file is uploaded to the address asked for, then published by its path."""
    server.will_answer("send", 200, ADDRESS)
    server.will_answer(FILE_NAME, 201, b"")
    reply = conversation.upload_file(b"\x89PNG", file_type="PNG", caption="Receipt")
    asking, publishing = commands_sent(server)
    assert (reply.document, server.requests(FILE_NAME)[0].body) == (PUBLISHED, b"\x89PNG")
    assert asking["body"] == {"fileSize": "4", "fileType": "PNG"}
    assert publishing["body"] == {
        "dialogId": "c-1",
        "conversationId": "c-1",
        "event": {
            "type": "ContentEvent",
            "contentType": "hosted/file",
            "message": {"relativePath": FILE_PATH, "fileType": "PNG", "caption": "Receipt"},
        },
    }


def test_upload_without_an_address(conversation: Conversation, server: LocalServer) -> None:
    """Where no address is given, that refusal is the reply and nothing is uploaded."""
    server.will_answer("send", 400, {"code": "BAD_REQUEST", "body": {"msg": "Bad Request"}})
    assert conversation.upload_file(b"x", file_type="PNG").code == "BAD_REQUEST"
    assert len(server.requests("send")) + len(server.requests(FILE_NAME)) == 1


@pytest.mark.parametrize("status", [200, 401])
def test_refused_upload(conversation: Conversation, server: LocalServer, status: int) -> None:
    """Unless the file has been created, that is the reply and nothing is published."""
    server.will_answer("send", 200, ADDRESS)
    server.will_answer(FILE_NAME, status, b"Temp URL invalid")
    reply = conversation.upload_file(b"x", file_type="PNG")
    assert (reply.status, reply.exchange.operation) == (status, "put_file")
    assert len(commands_sent(server)) == 1


def test_file_download(conversation: Conversation, server: LocalServer) -> None:
    """A file is got from the address asked for."""
    server.will_answer("send", 200, ADDRESS)
    assert conversation.download_file(FILE_PATH).content == b"bytes of a file"
    assert server.requests(FILE_NAME)[0].method == "GET"


def test_download_without_an_address(conversation: Conversation, server: LocalServer) -> None:
    """Where no address is given, that refusal is the reply and nothing is got."""
    server.will_answer("send", 400, {"code": "BAD_REQUEST"})
    assert conversation.download_file(FILE_PATH).status == 400
    assert server.requests(FILE_NAME) == []


@pytest.mark.parametrize(
    "speak",
    [
        lambda conversation: conversation.upload_file(b"x", file_type="PNG"),
        lambda conversation: conversation.download_file(FILE_PATH),
    ],
    ids=["upload", "download"],
)
def test_accepted_without_an_address(conversation: Conversation, speak: Speak) -> None:
    """An accepted request that names no address is no outcome to go on with."""
    with pytest.raises(AddressError):
        speak(conversation)


def test_refusal_is_a_reply(conversation: Conversation, server: LocalServer) -> None:
    """A refusal comes back like any answer."""
    closed = {"code": "BAD_REQUEST", "body": {"msg": "Bad Request, Conversation is close"}}
    server.will_answer("send", 400, closed)
    reply = conversation.send_text("One more thing")
    assert (reply.status, reply.message) == (400, "Bad Request, Conversation is close")


def test_lost_connection_is_no_reply(conversation: Conversation, server: LocalServer) -> None:
    """Only a call without an answer raises."""
    server.close()
    with pytest.raises(TransportError):
        conversation.send_text("Hi")


def test_commands_are_judged_before_they_leave(conversation: Conversation, record: Record) -> None:
    """The witness sees each command before the server does."""
    conversation.send_text("Hi")
    conversation.close()
    operations = [name for name, _ in record.sent if "token" not in name]
    assert operations == ["publish_event", "update_conversation_field"]


def test_conversation_in_a_traceback(conversation: Conversation) -> None:
    """A conversation shows whose it is, and which dialog where that is not the main one."""
    assert repr(conversation) == "<Conversation 'c-1' of 'shopper-1'>"
    assert repr(conversation.in_dialog("s")) == "<Conversation 'c-1', dialog 's' of 'shopper-1'>"
