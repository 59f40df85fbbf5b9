"""Tests of the sentences about notifications that come late, twice, out of order, or unsigned."""

from typing import Final, cast

import pytest

from connector_harness.client.connector import Connector
from connector_harness.client.conversation import Conversation
from connector_harness.receiver.inbox import Inbox
from steps import webhook_fault as sentences
from steps.notification import SettledInbox
from tests.receiver.deliveries import CONVERSATION, event_item, notification, text
from tests.steps.talks import settled

TALK: Final = Conversation(cast("Connector", None), consumer="ada", id=CONVERSATION)


def hearing(*said: tuple[str, int]) -> SettledInbox:
    """Return what was told of these texts and their numbers, in this order, and no more."""
    inbox = Inbox()
    for words, number in said:
        inbox.deliver(notification(event_item(text(words), number)))
    return settled(inbox)


def test_what_came_twice_is_heard_twice_and_read_once() -> None:
    """Two notifications of one number are two that were heard, and one message."""
    quiet = hearing(("a", 0), ("a", 0))

    sentences.the_connector_hears_twice(quiet, TALK, 0, "a")
    sentences.the_connector_still_reads(quiet, TALK, "a")


def test_three_times_is_not_twice() -> None:
    """What came once more after that was not heard twice."""
    with pytest.raises(AssertionError, match="expected 'a' twice; 3 times came"):
        sentences.the_connector_hears_twice(hearing(*[("a", 0)] * 3), TALK, 0, "a")


@pytest.mark.parametrize("said", [[("a", 0)], [("a", 0), ("b", 0)], []])
def test_once_is_not_twice(said: list[tuple[str, int]]) -> None:
    """One notification is not two, nor is that of another text."""
    with pytest.raises(AssertionError, match="in vain for 'a' twice"):
        sentences.the_connector_hears_twice(hearing(*said), TALK, 0, "a")


def test_what_came_out_of_order_is_read_in_order() -> None:
    """The order of arrival is one thing, that of the numbers another."""
    quiet = hearing(("b", 1), ("a", 0))

    sentences.the_connector_hears_before(quiet.inbox, TALK, 0, "b", "a")
    sentences.the_connector_still_reads(quiet, TALK, "a", "b")


def test_order_of_arrival_counts() -> None:
    """What came in order did not come in the other one."""
    with pytest.raises(AssertionError, match="expected 'b' before 'a'"):
        sentences.the_connector_hears_before(hearing(("a", 0), ("b", 1)).inbox, TALK, 0, "b", "a")


@pytest.mark.parametrize(
    "said",
    [[("a", 0)], [("b", 0), ("a", 1)], [("a", 0), ("b", 2)], [("a", 0), ("b", 1), ("c", 2)]],
)
def test_other_texts_or_numbers_are_not_what_was_said(said: list[tuple[str, int]]) -> None:
    """A message too few or too many, or one with another number, is not what is read."""
    with pytest.raises(AssertionError, match="expected "):
        sentences.the_connector_still_reads(hearing(*said), TALK, "a", "b")


@pytest.mark.parametrize("said", [[("a", 0), ("b", 1)], [("a", 2)], []])
def test_missing_number_is_the_one(said: list[tuple[str, int]]) -> None:
    """Nothing missing, or more than that, is not what was expected."""
    sentences.the_connector_knows_what_is_missing(hearing(("b", 1)), TALK, 0)

    with pytest.raises(AssertionError, match="expected number 0 missing"):
        sentences.the_connector_knows_what_is_missing(hearing(*said), TALK, 0)
