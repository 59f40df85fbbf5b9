"""What is read back is told once, in whichever order it can be read."""

import pytest

from connector_harness.client.held_messages import HeldMessage
from connector_harness.client.read_back import ReadBackError
from connector_harness.control.reading import Reading

CONVERSATION = "c-1"


class Held:
    """A way to read back that has what a test says."""

    def __init__(self, *, lag_s: float = 0.0) -> None:
        self.lag_s = lag_s
        self.texts: dict[int, str] = {}

    def messages(
        self, conversation_id: str, *, consumer: str, dialog_id: str | None = None
    ) -> list[HeldMessage]:
        """Return all messages, in the order of their numbers."""
        assert (conversation_id, consumer, dialog_id) == (CONVERSATION, "ada", None)
        return [
            HeldMessage(number, "CONSUMER", conversation_id, "text", text=text)
            for number, text in sorted(self.texts.items())
        ]

    def is_open(self, conversation_id: str, *, consumer: str) -> bool:
        """Return that it is."""
        return bool(conversation_id and consumer)

    def conversations(self, consumer: str) -> None:
        """List none."""


def told(reading: Reading) -> list[tuple[int | None, str]]:
    """Return the numbers and texts of what has come."""
    news = reading.news(CONVERSATION)
    return [(each.changes[0].sequence, each.changes[0].text) for each in news]


def reading_of(held: Held) -> Reading:
    """Return what reads the conversations of Ada."""
    return Reading(held, {CONVERSATION: "ada"}.get)


def test_everything_is_told_once() -> None:
    """Only what has come since is told at the next look."""
    held = Held()
    reading = reading_of(held)
    held.texts[0] = "Hello"
    assert told(reading) == [(0, "Hello")]

    held.texts[1] = "Where is it?"
    assert (told(reading), told(reading)) == ([(1, "Where is it?")], [])


def test_message_that_is_late() -> None:
    """One that can be read after a later one is told, and the later one not twice."""
    held = Held(lag_s=60)
    reading = reading_of(held)
    held.texts = {0: "Hello", 2: "On its way."}
    assert told(reading) == [(0, "Hello"), (2, "On its way.")]

    held.texts[1] = "Where is it?"
    assert (told(reading), told(reading)) == ([(1, "Where is it?")], [])


def test_message_that_is_changed() -> None:
    """What was read before stays as it is."""
    held = Held()
    reading = reading_of(held)
    held.texts[0] = "Hello"
    reading.news(CONVERSATION)
    held.texts[0] = "Hello!"

    with pytest.raises(ReadBackError, match="message 0, which was there before, reads otherwise"):
        reading.news(CONVERSATION)


def test_message_that_is_gone() -> None:
    """What was read is still there, where everything is told at once."""
    held = Held()
    reading = reading_of(held)
    held.texts[0] = "Hello"
    reading.news(CONVERSATION)
    held.texts.clear()

    with pytest.raises(ReadBackError, match="is gone\n  at: conversation c-1\n  next: "):
        reading.news(CONVERSATION)


def test_message_that_is_not_there_for_a_moment() -> None:
    """Where messages may be late, one look may know less than the one before."""
    held = Held(lag_s=60)
    reading = reading_of(held)
    held.texts = {0: "Hello"}
    reading.news(CONVERSATION)
    held.texts = {}
    assert told(reading) == []

    held.texts = {0: "Hello"}
    assert told(reading) == []
