"""Sentences about what a conversation holds after an answer, and the count that they rest on."""

from dataclasses import dataclass, field

import pytest
from pytest_bdd import parsers, then

from connector_harness.client.conversation import Conversation
from connector_harness.client.reply import Reply
from connector_harness.documents import JsonObject, JsonValue
from connector_harness.sandbox_view import SandboxView
from steps.answer import CLOSED
from steps.conversation import answered


@dataclass
class Said:
    """How many numbers each dialog has used, as the answers of the scenario told.

    Attributes:
        counts: By the id of the dialog.
    """

    counts: dict[str, int] = field(default_factory=dict)

    def note(self, reply: Reply) -> Reply:
        """Count what *reply* accepts, if it does, and return it."""
        match reply.exchange.request_document:
            case {"body": {"dialogId": str(dialog_id)}} if reply.status == 200:
                self.note_number(dialog_id, reply.sequence)
        return reply

    def note_number(self, dialog_id: str, number: int | None) -> None:
        """Count an event that got *number*; typing gets none."""
        if number is not None:
            self.counts[dialog_id] = max(self.of(dialog_id), number + 1)

    def of(self, dialog_id: str) -> int:
        """Return how many numbers a dialog has used: the next one."""
        return self.counts.get(dialog_id, 0)


@pytest.fixture
def said() -> Said:
    """The count of what has been accepted in the scenario's conversation."""
    return Said()


@then("the conversation shows no further message")
def the_conversation_shows_no_further_message(
    conversation: Conversation, said: Said, sandbox_view: SandboxView | None
) -> None:
    """Expect every dialog to hold what was accepted, and nothing else.

    Where nobody can look, the next message tells: it gets the next number, or is refused
    because the conversation is closed.
    """
    if sandbox_view is None:
        the_next_number_is_free(conversation, said)
        return
    for dialog in dialogs(sandbox_view, conversation):
        messages, expected = messages_of(dialog), said.of(str(dialog["id"]))
        assert len(messages) == expected, f"expected {expected} message(s); it holds {messages}"


def the_next_number_is_free(conversation: Conversation, said: Said) -> None:
    """Expect a further message to get the number after the last."""
    reply = conversation.send_text("Is this still the next message?")
    if reply.message != CLOSED:
        expected = said.of(conversation.dialog_id)
        assert reply.sequence == expected, answered(reply, f"number {expected}")


@then(parsers.parse('the conversation shows "{text}"'))
def the_conversation_shows(
    conversation: Conversation, reply: Reply, sandbox_view: SandboxView | None, text: str
) -> None:
    """Expect *text* as the last message; where nobody can look, that it was sent and taken."""
    shown = sent_text(reply)
    if sandbox_view is not None:
        messages = messages_of(dialogs(sandbox_view, conversation)[0])
        shown = messages[-1]["text"] if messages else None
    assert shown == text, f"expected {text[:80]!r}; the conversation shows {str(shown)[:80]!r}"


@then("the conversation shows it unchanged")
def the_conversation_shows_it_unchanged(
    conversation: Conversation, reply: Reply, sandbox_view: SandboxView | None
) -> None:
    """Expect the text that was sent as the last message."""
    the_conversation_shows(conversation, reply, sandbox_view, str(sent_text(reply)))


@then(parsers.parse("the shopper's next message takes number {number:d}"))
def the_next_message_takes_number(conversation: Conversation, number: int) -> None:
    """Expect a further message to get *number*."""
    reply = conversation.send_text("And now?")
    assert reply.sequence == number, answered(reply, f"number {number}")


def sent_text(reply: Reply) -> JsonValue:
    """Return the text that was sent in the command of *reply*."""
    match reply.exchange.request_document:
        case {"body": {"event": {"message": text}}}:
            return text
    return None


def dialogs(view: SandboxView, conversation: Conversation) -> list[JsonObject]:
    """Return the dialogs of *conversation*, the main one first, as the sandbox holds them."""
    held = view.conversations(conversation.consumer)
    [found] = [each for each in held if each["id"] == conversation.id]
    match found["dialogs"]:
        case [*listed]:
            return [dialog for dialog in listed if isinstance(dialog, dict)]
    raise AssertionError(f"the sandbox holds something else: {sorted(found)}")


def messages_of(dialog: JsonObject) -> list[JsonObject]:
    """Return the numbered events of *dialog*."""
    match dialog:
        case {"messages": [*messages]}:
            return [message for message in messages if isinstance(message, dict)]
    raise AssertionError(f"the sandbox holds something else: {sorted(dialog)}")
