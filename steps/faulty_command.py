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
    return commands.publish_event_without_dialog(events.text_event("Hello"), id="m-1")


def without_content(conversation: Conversation) -> JsonValue:
    """Return a message that says nothing at all."""
    return commands.publish_event_without_event(id="m-1", dialog_id=conversation.dialog_id)


def two_at_once(conversation: Conversation) -> JsonValue:
    """Return two messages where one is expected."""
    return [publishing(conversation, events.text_event("Hello"))] * 2


MISTAKES: Final[dict[str, Mistake]] = {
    "a message to no dialog": to_no_dialog,
    "a message without content": without_content,
    "a message without text": of(events.text_event_without_message()),
    "a number instead of a text": of(events.text_event_with_number(42)),
    "an event of an unknown kind": of(events.unknown_event()),
    "an event of no kind": of(events.event_without_type("Hello")),
    "a page instead of a text": of(events.content_event_of_unknown_type("<p>Hello</p>")),
    "a filled in secure form": of(events.secure_form_event()),
    "a command of an unknown kind": lambda _: commands.unknown_command(id="m-1"),
    "a list of two commands": two_at_once,
    "a receipt of an unknown kind": of(events.unknown_accept_status_event([0])),
    "a receipt for nothing": of(events.accept_status_event_without_sequences("READ")),
    "a receipt for a word": of(events.accept_status_event_of_words("READ")),
    "a file that is nowhere": of(events.hosted_file_event(NOWHERE, file_type="PNG")),
    "a type without a place": of(events.hosted_file_event_without_path(file_type="PNG")),
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
