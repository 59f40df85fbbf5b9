"""A transcript tells a dialog by its numbers: complete, once each, in order, or not."""

from typing import Any

import pytest

from connector_harness.receiver.notification import Change
from connector_harness.receiver.transcript import DialogLine, DialogTranscript
from tests.receiver.deliveries import (
    CARD,
    CONVERSATION,
    FILE,
    SURVEY,
    TYPING,
    change,
    event_item,
    receipt,
    state_item,
    text,
)


def numbered(*numbers: int) -> DialogTranscript:
    """Return the main dialog in which texts with *numbers* arrived."""
    return DialogTranscript([change(event_item(text("a"), each)) for each in numbers], CONVERSATION)


@pytest.fixture
def changes() -> list[Change]:
    """A conversation with a bit of everything, and a survey."""
    return [
        change(item)
        for item in (
            state_item(),
            event_item(text("Where is it?"), 0, role="CONSUMER"),
            event_item(text("Please wait."), 1, role="CONTROLLER"),
            event_item(receipt(0, 1), 2),
            event_item(TYPING),
            event_item(FILE, 3),
            event_item(CARD, 4),
            event_item(text("How was it?"), 0, dialog=SURVEY, role="AGENT"),
        )
    ]


def test_messages(changes: list[Change]) -> None:
    """The messages of a dialog say who, what and with which number."""
    assert DialogTranscript(changes, CONVERSATION).messages == [
        DialogLine("shopper", "Where is it?", 0),
        DialogLine("robot", "Please wait.", 1),
        DialogLine("agent", "[file] label", 3),
        DialogLine("agent", "[card] Keep the order? / Yes", 4),
    ]


def test_every_dialog_has_its_own(changes: list[Change]) -> None:
    """The survey is a transcript of its own, in which an agent's role means the bot."""
    assert DialogTranscript(changes, SURVEY).messages == [DialogLine("robot", "How was it?", 0)]


@pytest.mark.parametrize(
    ("role", "who"),
    [
        *(("AGENT", "agent"), ("ASSIGNED_MANAGER", "manager"), ("READER", "reader")),
        *(("BRAND_BOT", "robot"), ("BOT", "robot"), ("NIGHT_WATCH", "night watch")),
    ],
)
def test_who_speaks(role: str, who: str) -> None:
    """Roles become words; one that is not documented is its own word."""
    one = DialogTranscript([change(event_item(text("a"), 0, role=role))], CONVERSATION)
    assert one.messages[0].who == who


def test_somebody_without_a_role() -> None:
    """A message whose sender has no role is somebody's."""
    item = event_item(text("a"), 0) | {"originatorMetadata": {}}
    assert DialogTranscript([change(item)], CONVERSATION).messages[0].who == "somebody"


def test_caption_is_optional() -> None:
    """A file without a caption is still a file."""
    event = {**FILE, "message": {"relativePath": "/x"}}
    assert change(event_item(event, 0)).text == "[file]"


@pytest.mark.parametrize(
    ("numbers", "gaps", "duplicates", "late"),
    [
        ((), [], [], []),
        ((0, 1, 2), [], [], []),
        ((1, 3), [0, 2], [], []),
        ((0, 2, 1), [], [], [1]),
        ((0, 1, 0, 1, 2), [], [0, 1], []),
        ((2, 0, 1, 3), [], [], [0, 1]),
    ],
)
def test_numbers(
    numbers: tuple[int, ...], gaps: list[int], duplicates: list[int], late: list[int]
) -> None:
    """Gaps, duplicates and disorder are told apart."""
    one = numbered(*numbers)
    assert (one.gaps(), one.duplicates(), one.out_of_order()) == (gaps, duplicates, late)


def test_messages_come_by_number_and_once() -> None:
    """However they arrived, messages are told once each and in the order of their numbers."""
    assert [line.number for line in numbered(2, 0, 2, 1).messages] == [0, 1, 2]


def test_receipt_fills_its_number() -> None:
    """A receipt's number is no gap among the messages."""
    items: list[dict[str, Any]] = [event_item(receipt(), 0), event_item(text("a"), 1)]
    assert DialogTranscript(map(change, items), CONVERSATION).gaps() == []


def test_two_events_with_one_number() -> None:
    """A number that stands for two events is a duplicate, whatever they are."""
    items = [event_item(text(words), n) for words, n in [("a", 0), ("a", 0), ("b", 1), ("c", 1)]]
    one = DialogTranscript(map(change, items), CONVERSATION)
    assert one.duplicates() == [0, 1]


def test_wild_number_makes_no_endless_list() -> None:
    """A number out of all bounds leaves a list of gaps that can be shown."""
    assert len(numbered(0, 2**62).gaps()) == 1_000


def test_thousand_messages_stay_in_order() -> None:
    """A long dialog is told whole."""
    assert [line.number for line in numbered(*range(1_000)).messages] == list(range(1_000))
