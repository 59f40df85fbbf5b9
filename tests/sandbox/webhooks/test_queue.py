"""What is pending for an app whose deliveries are repeated by count."""

import pytest

from connector_harness.sandbox.webhooks.queue import Pending, Queue
from tests.sandbox.pending import pending


def _bodies(events: list[Pending]) -> list[str]:
    return [each.body.decode() for each in events]


@pytest.fixture
def queue() -> Queue:
    """An queue that keeps three events."""
    return Queue(3)


def test_conversation_is_kept_in_order(queue: Queue) -> None:
    """The second event of a conversation is not tried before the first has arrived."""
    for body in ("first", "second"):
        queue.add(pending(body))
    (first,) = queue.take()
    assert queue.take() == []

    queue.settle(first, delivered=True, at=0)

    assert _bodies(queue.take()) == ["second"]


def test_conversations_do_not_wait_for_each_other(queue: Queue) -> None:
    """Each conversation has its own first."""
    queue.add(pending("a", conversation="c-1"))
    queue.add(pending("b", conversation="c-2"))

    assert _bodies(queue.take()) == ["a", "b"]


def test_event_is_taken_once(queue: Queue) -> None:
    """Nobody else gets what somebody has."""
    queue.add(pending())

    assert len(queue.take()) == 1
    assert queue.take() == []


@pytest.mark.parametrize(("max_retries", "times"), [(None, [0]), (0, [0]), (2, [0, 30, 60])])
def test_failing_event_is_given_up_after_its_retries(
    queue: Queue, max_retries: int | None, times: list[float]
) -> None:
    """An event is tried every 30 s, then it is lost and no longer pending."""
    queue.add(pending(max_retries=max_retries))
    tried: list[float] = []
    given_up: list[Pending] = []
    while not given_up:
        (event,) = queue.take()
        tried.append(event.due or 0.0)
        given_up = queue.settle(event, delivered=False, at=tried[-1])

    assert (tried, given_up, len(queue)) == (times, [event], 0)


def test_failing_event_does_not_hold_up_the_others(queue: Queue) -> None:
    """While one waits for its next attempt, those after it go on."""
    for body in ("first", "second"):
        queue.add(pending(body, max_retries=1))
    (first,) = queue.take()

    assert queue.settle(first, delivered=False, at=0) == []

    assert [(each.body, each.due) for each in queue.take()] == [(b"second", None), (b"first", 30)]


def test_repeated_event_is_delivered(queue: Queue) -> None:
    """A later attempt may succeed; then nothing is pending."""
    queue.add(pending(max_retries=1))
    for delivered, at in ((False, 0), (True, 30)):
        (event,) = queue.take()
        queue.settle(event, delivered=delivered, at=at)

    assert (len(queue), event.attempts, queue.take()) == (0, 2, [])


def test_slow_failure_delays_the_next_attempt(queue: Queue) -> None:
    """The next attempt does not begin before the last one has ended."""
    queue.add(pending(max_retries=1))
    (event,) = queue.take()

    queue.settle(event, delivered=False, at=0, took=31.5)

    assert event.due == 31.5


def test_full_queue_lets_the_oldest_go(queue: Queue) -> None:
    """One event too many costs the oldest, and the next of its conversation may go."""
    events = [pending(str(number)) for number in range(4)]
    dropped = [queue.add(each) for each in events]

    assert dropped == [None, None, None, events[0]]
    assert len(queue) == 3
    assert queue.take() == [events[1]]


def test_event_that_was_let_go_is_not_begun(queue: Queue) -> None:
    """Who has taken it is told that it is gone."""
    events = [pending(str(number), conversation=str(number)) for number in range(4)]
    for each in events[:3]:
        queue.add(each)
    taken = queue.take()

    queue.add(events[3])

    assert [queue.begin(each) for each in taken] == [False, True, True]


def test_app_is_always_up(queue: Queue) -> None:
    """Who counts attempts has no states."""
    queue.add(pending(max_retries=5))
    queue.settle(queue.take()[0], delivered=False, at=0)

    assert queue.state == "UP"
