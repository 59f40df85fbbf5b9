"""Sentences about what a conversation holds after an answer, and the count that they rest on."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import pytest
from pytest_bdd import parsers, then

from connector_harness.client.connector import Connector
from connector_harness.client.conversation import Conversation
from connector_harness.client.reply import Reply
from connector_harness.control.routes import SandboxView
from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.receiver.inbox import Inbox
from connector_harness.receiver.notification import Change
from steps.answer import CLOSED
from steps.conversation import answered
from steps.webhook import LatestActions, hear

PROBE: Final = "Is there anything else to be heard?"
"""What a check says in a conversation, to see the next number or to hear all that came before."""


@dataclass
class MessageCounts:
    """How many numbers each dialog has used, as the answers of the scenario told.

    Attributes:
        counts: By the id of the dialog.
        asides: How many of them were taken by what checks have said, by the id of the dialog.
        apart: Keeps what checks say apart from what is to go wrong on its way, while it lasts.
        latest: Tells what was there before the latest actions.
        elsewhere: Where checks speak instead of in a conversation that is closed, by its id.
    """

    counts: dict[str, int] = field(default_factory=dict)
    asides: dict[str, int] = field(default_factory=dict)
    apart: Callable[[], AbstractContextManager[None]] = nullcontext
    latest: LatestActions = field(default_factory=LatestActions)
    elsewhere: dict[str, Conversation] = field(default_factory=dict)
    _before: dict[str, int] = field(default_factory=dict)
    _place: int | None = None

    def note(self, reply: Reply) -> Reply:
        """Count what *reply* accepts, if it does, and return it."""
        if reply.status != 200:
            # Nothing was accepted; and of a file that was not put, not even the request is JSON.
            return reply
        match reply.exchange.request_document:
            case {"body": {"dialogId": str(dialog_id)}}:
                self.note_number(dialog_id, reply.sequence)
        return reply

    def note_number(self, dialog_id: str, number: int | None) -> None:
        """Count an event that got *number*; typing gets none."""
        self._look_back()
        if number is not None:
            self.counts[dialog_id] = max(self.of(dialog_id), number + 1)

    def note_agents(self, dialog_id: str, number: int | None) -> None:
        """Count an event of the agent, who may not know its number: then it is the next one."""
        self.note_number(dialog_id, self.of(dialog_id) if number is None else number)

    def ask(self, conversation: Conversation) -> Reply:
        """Say `PROBE` in *conversation*, which no other check takes for something further."""
        with self.apart():
            reply = self.note(conversation.send_text(PROBE))
        if reply.status == 200:
            self.asides[conversation.dialog_id] = self.asked(conversation) + 1
            self._before[conversation.dialog_id] = self.before(conversation.dialog_id) + 1
        return reply

    def asked(self, conversation: Conversation) -> int:
        """Return how many numbers checks have taken in the dialog of *conversation*."""
        return self.asides.get(conversation.dialog_id, 0)

    def of(self, dialog_id: str) -> int:
        """Return how many numbers a dialog has used: the next one."""
        return self.counts.get(dialog_id, 0)

    def before(self, dialog_id: str) -> int:
        """Return how many a dialog had used before the latest actions, and by checks since."""
        self._look_back()
        return self._before.get(dialog_id, 0)

    def _look_back(self) -> None:
        """Keep the numbers as they are where other actions have begun."""
        place, _ = self.latest.began
        if place != self._place or place < 0:
            self._place, self._before = place, dict(self.counts)


def is_probe(change: Change) -> bool:
    """Return whether *change* tells of what a check has said."""
    return change.event.get("message") == PROBE


@pytest.fixture
def counts(connector: Connector, latest: LatestActions) -> MessageCounts:
    """The count of what has been accepted in the scenario's conversation."""
    return MessageCounts(apart=lambda: connector.through(None), latest=latest)


TextsOf: TypeAlias = Callable[[Conversation], list[JsonValue]]
"""Returns the texts that the main dialog of a conversation holds."""


@pytest.fixture
def texts_of(
    sandbox_view: SandboxView | None, held: Inbox | None, counts: MessageCounts
) -> TextsOf:
    """What the endpoint holds: as the sandbox has it, or as it is told.

    Where it is told, a further message shows that no other is under way.
    """

    def look(conversation: Conversation) -> list[JsonValue]:
        assert sandbox_view is not None
        return [each["text"] for each in messages_of(dialogs(sandbox_view, conversation)[0])]

    def hear_all(conversation: Conversation) -> list[JsonValue]:
        assert held is not None
        asked = counts.ask(conversation)
        changes = held.wait_until(
            conversation.id,
            lambda changes: any(change.sequence == asked.sequence for change in changes),
            what=repr(PROBE),
        )
        return [change.text for change in changes if change.is_content]

    return hear_all if sandbox_view is None else look


@then("the conversation shows no further message")
def the_conversation_shows_no_further_message(
    conversation: Conversation, counts: MessageCounts, sandbox_view: SandboxView | None
) -> None:
    """Expect every dialog to hold what it held before the latest Whens, and nothing else.

    Where nobody can look, the next message tells: it gets the next number, or is refused
    because the conversation is closed. No other check is disturbed by it.
    """
    if sandbox_view is None:
        the_next_number_is_free(conversation, counts)
        return
    for dialog in dialogs(sandbox_view, conversation):
        messages, expected = messages_of(dialog), counts.before(str(dialog["id"]))
        further = ", ".join(repr(each["text"]) for each in messages[expected:])
        assert len(messages) == expected, (
            f"expected {expected} message(s) and no further one; "
            f"it holds {len(messages)}, further: {further or 'none'}"
        )


def the_next_number_is_free(conversation: Conversation, counts: MessageCounts) -> None:
    """Expect a further message to get the number after the last, unless all is closed."""
    expected = counts.before(conversation.dialog_id)
    reply = counts.ask(conversation)
    if reply.message != CLOSED:
        assert reply.sequence == expected, answered(reply, f"number {expected}")


@then("the conversation is still open, and shows no further message")
def the_conversation_is_still_open(
    conversation: Conversation, counts: MessageCounts, sandbox_view: SandboxView | None
) -> None:
    """Expect that a further message is taken and gets the number after the last."""
    the_conversation_shows_no_further_message(conversation, counts, sandbox_view)
    expected = counts.before(conversation.dialog_id)
    reply = counts.ask(conversation)
    assert reply.status == 200, answered(reply, "the conversation still open")
    assert reply.sequence == expected, answered(reply, f"number {expected}")


@then(parsers.parse('the conversation shows "{text}"'))
def the_conversation_shows(
    conversation: Conversation,
    reply: Reply,
    sandbox_view: SandboxView | None,
    held: Inbox | None,
    text: str,
) -> None:
    """Expect *text* as the last message: as the sandbox holds it, or as it is told."""
    if sandbox_view is not None:
        shown = last_text(sandbox_view, conversation)
    else:
        assert held is not None, "the endpoint is no sandbox, so something else tells"
        shown = echo_of(reply, held, conversation).text
    came = "nothing" if shown is None else repr(str(shown)[:80])
    assert shown == text, f"expected {text[:80]!r}; the conversation shows {came}"


@then("the conversation shows it unchanged")
def the_conversation_shows_it_unchanged(
    conversation: Conversation, reply: Reply, sandbox_view: SandboxView | None, held: Inbox | None
) -> None:
    """Expect the text that was sent as the last message."""
    the_conversation_shows(conversation, reply, sandbox_view, held, str(sent_text(reply)))


def last_text(view: SandboxView, conversation: Conversation) -> JsonValue:
    """Return the text of the last message that no check has said, as the sandbox holds it."""
    messages = messages_of(dialogs(view, conversation)[0])
    texts = [each["text"] for each in messages if each["text"] != PROBE]
    return texts[-1] if texts else None


def echo_of(reply: Reply, inbox: Inbox, conversation: Conversation) -> Change:
    """Return the notification of the message that *reply* accepted, as soon as it is there."""
    assert reply.sequence is not None, answered(reply, "a message", of=("publish_event",))
    return hear(
        inbox,
        conversation,
        lambda change: change.is_content and change.sequence == reply.sequence,
        what=f"message {reply.sequence}",
    )


@then(parsers.parse("the shopper's next message takes number {number:d}"))
def the_next_message_takes_number(
    conversation: Conversation, counts: MessageCounts, number: int
) -> None:
    """Expect a further message to get *number*; what checks have said counts as not said."""
    expected = number + counts.asked(conversation)
    reply = counts.ask(conversation)
    assert reply.sequence == expected, answered(reply, f"number {expected}")


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
