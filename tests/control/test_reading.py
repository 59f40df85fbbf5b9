"""Messages that are read back arrive in an inbox as if a webhook had told of them."""

import threading
import time
from dataclasses import dataclass, field

import pytest

from connector_harness.client.http.exchange import Exchange
from connector_harness.client.reading.held_messages import HeldMessage
from connector_harness.client.reading.read_back import MessagingRest, ReadBackError
from connector_harness.control.reading import AlteredError, ReadBackSource
from connector_harness.json_types import JsonObject
from connector_harness.receiver.arrival import NotArrivedError
from connector_harness.receiver.inbox import Inbox

CARD: JsonObject = {"type": "vertical", "elements": []}
FILE: JsonObject = {"caption": "What arrived", "relativePath": "/v1/x.png", "fileType": "PNG"}


def said(sequence: int, text: str = "Hello", role: str = "CONSUMER") -> HeldMessage:
    """Return a text as the endpoint holds it."""
    return HeldMessage(sequence, role, "c-1", "text", text)


@dataclass
class Held(MessagingRest):
    """What an endpoint holds, read as often as asked for."""

    messages_of: dict[str, list[HeldMessage]] = field(default_factory=dict)
    lag_s: float = 0.0
    error: ReadBackError | None = None

    def messages(
        self, conversation_id: str, *, consumer: str, dialog_id: str | None = None
    ) -> list[HeldMessage]:
        """Return them, or raise what the test wants."""
        assert (consumer, dialog_id) == ("ada", None)
        if self.error is not None:
            raise self.error
        return list(self.messages_of.get(conversation_id, []))


@pytest.fixture
def held() -> Held:
    """An endpoint that holds nothing yet."""
    return Held()


@pytest.fixture
def inbox(held: Held) -> Inbox:
    """What is read of Ada's conversation, the only one whose owner is known."""
    return Inbox(source=ReadBackSource(held, {"c-1": "ada"}.get))


def test_what_was_said_is_found(held: Held, inbox: Inbox) -> None:
    """A message that is held already ends the wait at once, with its number and its speaker."""
    held.messages_of["c-1"] = [said(0), said(3, "On its way", "ASSIGNED_AGENT")]

    change = inbox.wait_for("c-1", lambda each: each.sequence == 3, what="it", within_s=30)

    assert (change.text, change.role, change.dialog_id) == ("On its way", "ASSIGNED_AGENT", "c-1")
    assert not inbox.is_told


def test_each_message_is_told_once(held: Held, inbox: Inbox) -> None:
    """Reading again tells of what is new alone."""
    held.messages_of["c-1"] = [said(0)]
    inbox.of("c-1")
    held.messages_of["c-1"].append(said(1, "Anybody?"))

    assert [each.text for each in inbox.of("c-1")] == ["Hello", "Anybody?"]
    assert inbox.duplicates("c-1") == []


def test_what_comes_while_it_waits(held: Held, inbox: Inbox) -> None:
    """It looks again and again, without being told."""
    threading.Timer(0.7, held.messages_of.update, [{"c-1": [said(0)]}]).start()

    change = inbox.wait_for("c-1", lambda each: each.sequence == 0, what="it", within_s=10)

    assert change.text == "Hello"


def test_what_does_not_come(inbox: Inbox) -> None:
    """The wait ends in its time, and says what was waited for."""
    with pytest.raises(NotArrivedError, match="'Never'"):
        inbox.wait_for("c-1", lambda _: True, what="'Never'", within_s=0.2)


@pytest.mark.parametrize(
    ("message", "kind", "event"),
    [
        (
            HeldMessage(0, "AGENT", "c-1", "rich", None, CARD),
            "rich content",
            {"type": "RichContentEvent", "content": CARD},
        ),
        (
            HeldMessage(0, "AGENT", "c-1", "file", None, FILE),
            "file",
            {"type": "ContentEvent", "contentType": "hosted/file", "message": FILE},
        ),
        (
            HeldMessage(0, "AGENT", "c-1", "other", None, {"a": 1}),
            "other",
            {"type": "ContentEvent", "contentType": "unknown", "message": {"a": 1}},
        ),
    ],
)
def test_what_is_no_text(
    held: Held, inbox: Inbox, message: HeldMessage, kind: str, event: object
) -> None:
    """Structured content and files read as webhooks tell them; an unknown kind is no text."""
    held.messages_of["c-1"] = [message]

    [change] = inbox.of("c-1")

    assert (change.kind, change.event, change.role) == (kind, event, "ASSIGNED_AGENT")
    assert change.is_content


def test_conversation_of_nobody(held: Held, inbox: Inbox) -> None:
    """What nobody opened here is not read, for nobody's token would do."""
    held.messages_of["c-2"] = [said(0)]

    assert inbox.of("c-2") == []


def test_what_cannot_be_read_fails(held: Held, inbox: Inbox) -> None:
    """Nobody shall wait for what can never be read."""
    refused = Exchange("read_messages", "GET", "", (), b"", 401, (), b"", 0, 0.1)
    held.error = ReadBackError("not let in", exchange=refused)

    with pytest.raises(ReadBackError, match="not let in"):
        inbox.wait_for("c-1", lambda _: True, what="it", within_s=10)


def test_lateness_of_what_is_read(held: Held) -> None:
    """What may be told late is waited for so much longer."""
    held.lag_s = 0.8
    inbox = Inbox(source=ReadBackSource(held, {"c-1": "ada"}.get))
    began = time.monotonic()

    with pytest.raises(NotArrivedError):
        inbox.wait_for("c-1", lambda _: True, what="it", within_s=0.1)

    assert 0.8 < time.monotonic() - began < 15


def texts(inbox: Inbox) -> list[str]:
    """Return what was read so far, as it came."""
    return [each.text for each in inbox.of("c-1")]


@pytest.fixture
def late(held: Held) -> Inbox:
    """What is read where messages may be late."""
    held.lag_s = 60
    return Inbox(source=ReadBackSource(held, {"c-1": "ada"}.get))


def test_message_that_is_late(held: Held, late: Inbox) -> None:
    """One that can be read after a later one is told, and the later one not twice."""
    held.messages_of["c-1"] = [said(0), said(2, "On its way.")]
    late.of("c-1")
    held.messages_of["c-1"].insert(1, said(1, "Where is it?"))

    assert texts(late) == texts(late) == ["Hello", "On its way.", "Where is it?"]
    assert late.duplicates("c-1") == []


def test_message_that_is_not_there_for_a_moment(held: Held, late: Inbox) -> None:
    """Where messages may be late, one look may know less than the one before."""
    held.messages_of["c-1"] = [said(0)]
    late.of("c-1")
    there = held.messages_of.pop("c-1")
    late.of("c-1")
    held.messages_of["c-1"] = there

    assert texts(late) == ["Hello"]
    assert late.duplicates("c-1") == []


@pytest.mark.parametrize(
    ("then", "why"), [([said(0, "Hello!")], "reads otherwise now"), ([], "is gone")]
)
def test_message_that_does_not_stay(
    held: Held, inbox: Inbox, then: list[HeldMessage], why: str
) -> None:
    """What was read stays as it was, and is still there where everything is told at once."""
    held.messages_of["c-1"] = [said(0)]
    inbox.of("c-1")
    held.messages_of["c-1"] = then

    with pytest.raises(
        AlteredError, match=f"message 0, which was there before, {why}\n  at: .*c-1"
    ):
        inbox.of("c-1")
