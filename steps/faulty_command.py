"""Sentences about commands that are wrong on purpose."""

from collections.abc import Callable
from typing import Final, TypeAlias

from pytest_bdd import parsers, when

from connector_harness.client import commands, events
from connector_harness.client.connector import Connector
from connector_harness.client.conversation import Conversation
from connector_harness.client.reply import Reply
from connector_harness.json_types import JsonObject, JsonValue
from steps.shown_message import MessageCounts
from steps.vocabulary import Vocabulary

Mistake: TypeAlias = Callable[[Conversation], JsonValue]

NOWHERE: Final = "/v1/AUTH_async-images/nobody/nothing.PNG"
"""Where no file is."""

HELLO: Final = events.text_event("Hello")
RECEIPT: Final = events.accept_status_event("READ", [0])


def publishing(conversation: Conversation, event: JsonObject) -> JsonObject:
    """Return the command that publishes *event* in *conversation*."""
    return commands.publish_event(
        event, id="m-1", dialog_id=conversation.dialog_id, conversation_id=conversation.id
    )


def of(event: JsonObject) -> Mistake:
    """Return the mistake of publishing *event*."""
    return lambda conversation: publishing(conversation, event)


def to_no_dialog(_: Conversation) -> JsonValue:
    """Return a message that does not say where it belongs."""
    return commands.publish_event(HELLO, id="m-1")


def without_content(conversation: Conversation) -> JsonValue:
    """Return a message that says nothing at all."""
    return commands.command("ms.PublishEvent", {"dialogId": conversation.dialog_id}, id="m-1")


def two_at_once(conversation: Conversation) -> JsonValue:
    """Return two messages where one is expected."""
    return [publishing(conversation, HELLO)] * 2


MISTAKES: Final[dict[str, Mistake]] = {
    "a message to no dialog": to_no_dialog,
    "a message without content": without_content,
    "a message without text": of(commands.without(HELLO, "message")),
    "a number instead of a text": of(HELLO | {"message": 42}),
    "an event of an unknown kind": of({"type": "WaveEvent"}),
    "an event of no kind": of(commands.without(HELLO, "type")),
    "a page instead of a text": of(HELLO | {"contentType": "text/html", "message": "<p>Hello</p>"}),
    "a filled in secure form": of(
        HELLO | {"contentType": "forms/secure-submission", "message": {}}
    ),
    "a command of an unknown kind": lambda _: commands.command("ms.UnpublishEvent", {}, id="m-1"),
    "a list of two commands": two_at_once,
    "a receipt of an unknown kind": of(RECEIPT | {"status": "GUESSED"}),
    "a receipt for nothing": of(commands.without(RECEIPT, "sequenceList")),
    "a receipt for a word": of(RECEIPT | {"sequenceList": ["first"]}),
    "a file that is nowhere": of(events.hosted_file_event(NOWHERE, file_type="PNG")),
    "a type without a place": of(
        events.hosted_file_event(NOWHERE, file_type="PNG") | {"message": {"fileType": "PNG"}}
    ),
}
"""What can be sent by mistake, in the words of the features."""


def send(connector: Connector, conversation: Conversation, document: JsonValue) -> Reply:
    """Send *document* for the shopper of *conversation* exactly as it is, once."""
    return connector.send_as(document, sign_in=connector.sign_in(conversation.consumer))


@when(
    parsers.parse("the shopper mistakenly sends {mistake}"),
    converters={"mistake": Vocabulary("mistake", MISTAKES)},
    target_fixture="reply",
)
def the_shopper_mistakenly_sends(
    connector: Connector, conversation: Conversation, counts: MessageCounts, mistake: Mistake
) -> Reply:
    """Send what is no command of this conversation."""
    return counts.note(send(connector, conversation, mistake(conversation)))
