"""Tests of the sentences about what a conversation holds."""

from contextlib import nullcontext
from typing import cast

import pytest

from connector_harness.client.conversation import Conversation
from connector_harness.client.reply import Reply
from connector_harness.control.routes import SandboxView
from connector_harness.json_types import JsonObject
from connector_harness.receiver.inbox import Inbox
from steps import shown_message as sentences
from steps.answer import CLOSED
from steps.shown_message import PROBE, MessageCounts
from tests.receiver.deliveries import event_item, notification
from tests.receiver.deliveries import text as text_event
from tests.steps.answers import accepted, refused, reply_to


class Held:
    """What a sandbox would show of a conversation ``c-1`` of so many messages."""

    def __init__(self, *texts: str) -> None:
        self._texts = texts

    def conversations(self, consumer: str) -> list[JsonObject]:
        """Return the one conversation, and another one before it."""
        dialog: JsonObject = {
            "id": "c-1",
            "messages": [{"sequence": n, "text": text} for n, text in enumerate(self._texts)],
        }
        return [{"id": "c-0", "dialogs": []}, {"id": "c-1", "of": consumer, "dialogs": [dialog]}]


class Talk:
    """A conversation whose next message is answered with *reply*."""

    id = dialog_id = "c-1"
    consumer = "ada"

    def __init__(self, reply: Reply) -> None:
        self._reply = reply

    def send_text(self, text: str) -> Reply:
        """Answer whatever is said."""
        assert text
        return self._reply


def talk(reply: Reply | None = None) -> Conversation:
    """Return a conversation whose next message is answered with *reply*."""
    return cast("Conversation", Talk(reply or reply_to(accepted({"sequence": 1}))))


def held(*texts: str) -> SandboxView:
    """Return a look at a conversation that holds *texts*."""
    return cast("SandboxView", Held(*texts))


def one_said() -> MessageCounts:
    """Return the count after one accepted message."""
    counts = MessageCounts()
    counts.note_number("c-1", 0)
    return counts


def test_agent_who_knows_no_numbers_uses_the_next() -> None:
    """A person who plays the agent cannot tell; the count goes on all the same."""
    counts = one_said()
    counts.note_agents("c-1", None)
    assert counts.of("c-1") == 2

    counts.note_agents("c-1", 4)
    assert counts.of("c-1") == 5


def test_accepted_answers_are_counted() -> None:
    """An accepted event uses a number; a refused one and typing in another dialog do not."""
    counts = MessageCounts()
    counts.note(reply_to(accepted({"sequence": 4})))
    counts.note(reply_to(refused(), status=400))
    counts.note_number("d-2", None)

    assert (counts.of("d-1"), counts.of("d-2")) == (5, 0)


def test_count_never_falls() -> None:
    """Typing, answered with 0, takes nothing back."""
    counts = MessageCounts({"d-1": 3})
    counts.note(reply_to(accepted({"sequence": 0})))

    assert counts.of("d-1") == 3


def test_further_message_is_seen() -> None:
    """Where anybody can look, a message that was not accepted is seen."""
    sentences.the_conversation_shows_no_further_message(talk(), one_said(), held("Hello"))

    with pytest.raises(AssertionError, match=r"expected 1 message\(s\)"):
        sentences.the_conversation_shows_no_further_message(talk(), one_said(), held("a", "b"))


def test_used_number_is_noticed() -> None:
    """Where nobody can look, the next number tells."""
    sentences.the_conversation_shows_no_further_message(talk(), one_said(), None)

    with pytest.raises(AssertionError, match="expected number 1"):
        sentences.the_conversation_shows_no_further_message(
            talk(reply_to(accepted({"sequence": 2}))), one_said(), None
        )


def test_closed_conversation_shows_nothing_further() -> None:
    """A conversation that refuses as closed has taken nothing more."""
    closed = talk(reply_to(refused(CLOSED), status=400))

    sentences.the_conversation_shows_no_further_message(closed, one_said(), None)


def test_last_message_is_compared() -> None:
    """The text held last is the one expected; what checks have said does not count."""
    reply = reply_to(accepted({"sequence": 1}))
    sentences.the_conversation_shows(talk(), reply, held("Hello", PROBE), None, "Hello")

    for view in (held("Hello", "a"), held()):
        with pytest.raises(AssertionError, match="expected 'Hello'"):
            sentences.the_conversation_shows_it_unchanged(talk(), reply, view, None)


@pytest.mark.parametrize(("text", "is_sent"), [("Hello", True), ("Hallo", False)])
def test_echo_is_compared_where_nobody_can_look(text: str, is_sent: bool) -> None:  # noqa: FBT001
    """What comes back under the number of the answer is compared with what was sent."""
    item = event_item(text_event(text), 1, role="CONSUMER", conversation="c-1")
    inbox, reply = Inbox(), reply_to(accepted({"sequence": 1}))
    inbox.deliver(notification(item))

    with nullcontext() if is_sent else pytest.raises(AssertionError, match="expected 'Hello'"):
        sentences.the_conversation_shows(talk(), reply, None, inbox, "Hello")


def test_what_nobody_can_see_is_no_pass() -> None:
    """Where nothing can be looked into or heard, a scenario that got there does not pass."""
    with pytest.raises(AssertionError, match="something else tells"):
        sentences.the_conversation_shows(
            talk(), reply_to(accepted({"sequence": 1})), None, None, "Hello"
        )


def test_next_number_is_compared() -> None:
    """A gap left by a refusal is noticed."""
    sentences.the_next_message_takes_number(talk(), MessageCounts(), 1)

    with pytest.raises(AssertionError, match="expected number 0"):
        sentences.the_next_message_takes_number(talk(), MessageCounts(), 0)


def test_checks_do_not_disturb_each_other() -> None:
    """What a check has said moves the numbers that the others expect."""
    counts = one_said()
    sentences.the_next_number_is_free(talk(), counts)

    sentences.the_next_message_takes_number(talk(reply_to(accepted({"sequence": 2}))), counts, 1)


@pytest.mark.parametrize(
    ("answer", "status"), [(refused(CLOSED), 400), (accepted({"sequence": 2}), 200)]
)
def test_end_and_gap_are_told_from_an_open_conversation(answer: JsonObject, status: int) -> None:
    """A conversation that was closed, or has an unknown number, is no more as it was."""
    with pytest.raises(AssertionError, match="expected"):
        sentences.the_conversation_is_still_open(
            talk(reply_to(answer, status=status)), one_said(), held("Hello")
        )
