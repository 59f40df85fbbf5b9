"""What is owed to an app whose deliveries are repeated by count."""

import pytest

from connector_harness.sandbox.webhooks.pending import Owed
from connector_harness.sandbox.webhooks.queue import Outbox
from tests.sandbox.owing import owed


def _bodies(events: list[Owed]) -> list[str]:
    return [each.body.decode() for each in events]


@pytest.fixture
def outbox() -> Outbox:
    """An outbox that keeps three events."""
    return Outbox(3)


def test_conversation_is_kept_in_order(outbox: Outbox) -> None:
    """The second event of a conversation is not tried before the first has arrived."""
    for body in ("first", "second"):
        outbox.add(owed(body))
    (first,) = outbox.take()
    assert outbox.take() == []

    outbox.settle(first, delivered=True, at=0)

    assert _bodies(outbox.take()) == ["second"]


def test_conversations_do_not_wait_for_each_other(outbox: Outbox) -> None:
    """Each conversation has its own first."""
    outbox.add(owed("a", conversation="c-1"))
    outbox.add(owed("b", conversation="c-2"))

    assert _bodies(outbox.take()) == ["a", "b"]


def test_event_is_taken_once(outbox: Outbox) -> None:
    """Nobody else gets what somebody has."""
    outbox.add(owed())

    assert len(outbox.take()) == 1
    assert outbox.take() == []


@pytest.mark.parametrize(("max_retries", "times"), [(None, [0]), (0, [0]), (2, [0, 30, 60])])
def test_failing_event_is_given_up_after_its_retries(
    outbox: Outbox, max_retries: int | None, times: list[float]
) -> None:
    """An event is tried every 30 s, then it is lost and no longer owed."""
    outbox.add(owed(max_retries=max_retries))
    tried: list[float] = []
    given_up: list[Owed] = []
    while not given_up:
        (event,) = outbox.take()
        tried.append(event.due or 0.0)
        given_up = outbox.settle(event, delivered=False, at=tried[-1])

    assert (tried, given_up, len(outbox)) == (times, [event], 0)


def test_failing_event_does_not_hold_up_the_others(outbox: Outbox) -> None:
    """While one waits for its next attempt, those after it go on."""
    for body in ("first", "second"):
        outbox.add(owed(body, max_retries=1))
    (first,) = outbox.take()

    assert outbox.settle(first, delivered=False, at=0) == []

    assert [(each.body, each.due) for each in outbox.take()] == [(b"second", None), (b"first", 30)]


def test_repeated_event_is_delivered(outbox: Outbox) -> None:
    """A later attempt may succeed; then nothing is owed."""
    outbox.add(owed(max_retries=1))
    for delivered, at in ((False, 0), (True, 30)):
        (event,) = outbox.take()
        outbox.settle(event, delivered=delivered, at=at)

    assert (len(outbox), event.attempts, outbox.take()) == (0, 2, [])


def test_slow_failure_delays_the_next_attempt(outbox: Outbox) -> None:
    """The next attempt does not begin before the last one has ended."""
    outbox.add(owed(max_retries=1))
    (event,) = outbox.take()

    outbox.settle(event, delivered=False, at=0, took=31.5)

    assert event.due == 31.5


def test_full_outbox_lets_the_oldest_go(outbox: Outbox) -> None:
    """One event too many costs the oldest, and the next of its conversation may go."""
    events = [owed(str(number)) for number in range(4)]
    dropped = [outbox.add(each) for each in events]

    assert dropped == [None, None, None, events[0]]
    assert len(outbox) == 3
    assert outbox.take() == [events[1]]


def test_event_that_was_let_go_is_not_begun(outbox: Outbox) -> None:
    """Who has taken it is told that it is gone."""
    events = [owed(str(number), conversation=str(number)) for number in range(4)]
    for each in events[:3]:
        outbox.add(each)
    taken = outbox.take()

    outbox.add(events[3])

    assert [outbox.begin(each) for each in taken] == [False, True, True]


def test_app_is_always_up(outbox: Outbox) -> None:
    """Who counts attempts has no states."""
    outbox.add(owed(max_retries=5))
    outbox.settle(outbox.take()[0], delivered=False, at=0)

    assert outbox.state == "UP"
