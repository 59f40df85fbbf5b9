"""Tests of the sentences about what the connector hears no more of."""

from typing import Any, cast

import pytest

from connector_harness.client.connector import Connector
from connector_harness.client.conversation import Conversation
from connector_harness.client.reply import Reply
from connector_harness.client.settings import Endpoint
from connector_harness.receiver.inbox import Inbox
from steps import notification as sentences
from steps.shown_message import PROBE, MessageCounts
from tests.receiver.deliveries import event_item, notification, state_item, text
from tests.steps.answers import accepted, reply_to
from tests.steps.talks import settled

TALK = Conversation(cast("Connector", None), consumer="ada", id="c-1")


def quiet(*items: Any) -> sentences.SettledInbox:  # noqa: ANN401
    """Return what knows of *items*, told at once, that nothing is under way."""
    inbox = Inbox()
    inbox.deliver(notification(*items))
    return settled(inbox, MessageCounts({"c-1": 1}))


def message(number: int, words: str = "Hello") -> dict[str, Any]:
    """Return an item of ``changes`` about a message of the shopper."""
    return event_item(text(words), number, role="CONSUMER", conversation="c-1")


def no_further_message(told: sentences.SettledInbox) -> None:
    """Judge what was *told*."""
    sentences.the_connector_hears_of_no_further_message(told, TALK, told.counts)


def test_accepted_messages_are_no_further_ones() -> None:
    """What has been accepted may be told, and told twice, whenever it arrives."""
    no_further_message(quiet(message(0)))
    no_further_message(quiet(message(0), message(0)))


@pytest.mark.parametrize("further", [message(1), message(0, "Other")], ids=["number", "words"])
def test_further_message_is_found(further: dict[str, Any]) -> None:
    """A number that no answer gave is found, and so are other words under a known one."""
    with pytest.raises(AssertionError, match="expected nothing further; the connector heard"):
        no_further_message(quiet(message(0), further))


def test_further_change_is_found_in_a_closed_conversation() -> None:
    """Nothing is said to find it: a closed conversation would not take it."""
    told = quiet(state_item(conversation="c-1"))

    with pytest.raises(AssertionError, match="heard: the conversation is open"):
        sentences.the_connector_hears_of_no_further_change(told, TALK)


class Talker:
    """A conversation at an endpoint that is no sandbox: whoever speaks is told at once."""

    consumer = "ada"

    def __init__(self, inbox: Inbox, *, reply: Reply | None = None) -> None:
        self.id = self.dialog_id = "d-1"
        self._inbox = inbox
        self._reply = reply

    def send_text(self, words: str) -> Reply:
        """Answer, and tell of *words* in the conversation ``d-1``."""
        item = event_item(text(words), 1, role="CONSUMER", conversation="d-1")
        self._inbox.deliver(notification(item))
        return self._reply or reply_to(accepted({"sequence": 1}))


def test_marker_tells_elsewhere() -> None:
    """Without a look at the endpoint, a further message is heard first, and counted."""
    inbox, counts = Inbox(), MessageCounts({"d-1": 1})
    far = sentences.SettledInbox(
        inbox, None, cast("Connector", None), cast("Endpoint", None), counts
    )
    talk = cast("Conversation", Talker(inbox))
    sentences.the_connector_hears_of_no_further_message(far, talk, counts)

    assert [change.text for change in inbox.of("d-1")] == [PROBE]
    assert (counts.of("d-1"), counts.asked(talk)) == (2, 1)
