"""What is pending for an app whose deliveries are repeated for a time, by its states."""

import pytest

from connector_harness.sandbox.webhooks.queue import Pending, RetentionQueue
from tests.sandbox.pending import pending


class Bench:
    """An queue under times that the test sets.

    Attributes:
        times: The time of each consumer; 0 to begin with.
    """

    def __init__(self, limit: int = 100, retention_s: int = 60) -> None:
        self.times: dict[str, float] = {}
        self.queue = RetentionQueue(limit, retention_s=retention_s, now=self.now)

    def now(self, consumer: str) -> float:
        """Return the time of a consumer."""
        return self.times.get(consumer, 0.0)

    def add(self, body: str, *, conversation: str = "c-1", consumer: str = "ada") -> Pending:
        """Add an event that happens now, and return it."""
        event = pending(
            body, conversation=conversation, consumer=consumer, since=self.now(consumer)
        )
        self.queue.add(event)
        return event

    def try_next(self, *, delivered: bool) -> tuple[str, float]:
        """Try the one event that may go when it is due, and return it and the time."""
        (event,) = self.queue.take()
        at = self.now(event.consumer) if event.due is None else event.due
        self.times[event.consumer] = max(at, self.now(event.consumer))
        assert self.queue.begin(event)
        self.queue.settle(event, delivered=delivered, at=at)
        return event.body.decode(), at

    def take(self) -> list[tuple[str, float | None]]:
        """Return what may go, and when each is due."""
        return [(each.body.decode(), each.due) for each in self.queue.take()]


@pytest.fixture
def bench() -> Bench:
    """An queue and its times."""
    return Bench()


@pytest.fixture
def recovered(bench: Bench) -> Bench:
    """An app that was down for conversation c-1 and has just recovered, at 2 s."""
    bench.add("first")
    bench.try_next(delivered=False)
    bench.try_next(delivered=True)
    assert bench.queue.state == "RECOVERED"
    return bench


def test_app_starts_up(bench: Bench) -> None:
    """As long as nothing fails, events go at once and the app stays UP."""
    bench.add("first")

    assert bench.try_next(delivered=True) == ("first", 0)
    assert (bench.queue.state, len(bench.queue)) == ("UP", 0)


def test_gaps_double_until_the_retention_time(bench: Bench) -> None:
    """Kept for 60 s, an event is tried after 0, 2, 6, 14 and 30 s; 62 s would be too late."""
    bench.add("first")

    times = []
    while len(bench.queue):
        times.append(bench.try_next(delivered=False)[1])

    assert times == [0, 2, 6, 14, 30]


@pytest.mark.parametrize(("late", "attempts"), [(0.4, 2), (0.6, 1)])
def test_attempt_at_the_end_of_the_time_is_made(late: float, attempts: int) -> None:
    """That the first attempt begins a little late does not cost the last one."""
    bench = Bench(retention_s=2)
    event = bench.add("first")
    bench.times["ada"] = late

    while len(bench.queue):
        bench.try_next(delivered=False)

    assert event.attempts == attempts


def test_app_is_up_when_nothing_is_left_to_try(bench: Bench) -> None:
    """Once all that was pending is lost, the next event goes at once and decides anew."""
    bench.add("first")
    while len(bench.queue):
        bench.try_next(delivered=False)
    assert bench.queue.state == "UP"

    bench.add("second")

    assert bench.try_next(delivered=False) == ("second", 30)
    assert bench.take() == [("second", 32)]


def test_failing_app_is_told_nothing_else(bench: Bench) -> None:
    """While the app is FAILED, all conversations are stored behind the event that failed."""
    bench.add("first")
    bench.try_next(delivered=False)

    bench.add("second")
    bench.add("other", conversation="c-2")

    assert bench.queue.state == "FAILED"
    assert bench.take() == [("first", 2)]


def test_stored_events_follow_in_order(bench: Bench) -> None:
    """Once the app is back, each conversation goes on where it stopped; then it has RECOVERED."""
    bench.add("first")
    bench.try_next(delivered=False)
    bench.add("second")
    bench.add("third")
    told = [bench.try_next(delivered=True) for _ in range(2)]
    assert bench.queue.state == "IN_TRANSITION"

    told.append(bench.try_next(delivered=True))

    assert told == [("first", 2), ("second", 2), ("third", 2)]
    assert bench.queue.state == "RECOVERED"


def test_stored_conversations_follow_together(bench: Bench) -> None:
    """The first event of every stored conversation may go as soon as the app is back."""
    bench.add("first")
    bench.try_next(delivered=False)
    for conversation in ("c-2", "c-3"):
        bench.add(conversation, conversation=conversation)
    bench.add("last", conversation="c-2")

    bench.try_next(delivered=True)

    assert bench.take() == [("c-2", None), ("c-3", None)]


def test_in_transition_new_conversations_go_directly(bench: Bench) -> None:
    """What is stored is appended to; what is new does not wait for it."""
    bench.add("first")
    bench.try_next(delivered=False)
    bench.add("second")
    bench.try_next(delivered=True)
    assert bench.take() == [("second", None)]

    bench.add("third")
    bench.add("new", conversation="c-2")

    assert bench.queue.state == "IN_TRANSITION"
    assert bench.take() == [("new", None)]


def test_failure_in_transition_is_a_failure_again(bench: Bench) -> None:
    """The app is FAILED again and its gaps start anew with the event that failed."""
    bench.add("first")
    bench.try_next(delivered=False)
    bench.add("second")
    bench.try_next(delivered=True)

    assert bench.try_next(delivered=False) == ("second", 2)

    assert bench.queue.state == "FAILED"
    assert bench.take() == [("second", 4)]


def test_recovered_app_is_told_late(recovered: Bench) -> None:
    """In the drain period each event of an affected conversation waits 4 s, others do not."""
    recovered.add("second")
    recovered.times["ada"] = 3.0
    recovered.add("third")
    recovered.add("new", conversation="c-2")

    assert recovered.take() == [("second", 6.0), ("third", 7.0), ("new", None)]


@pytest.mark.parametrize(("at", "state"), [(5.9, "RECOVERED"), (6.0, "UP")])
def test_recovered_app_comes_up_after_4_seconds(recovered: Bench, at: float, state: str) -> None:
    """The drain period ends by itself."""
    recovered.times["ada"] = at

    assert recovered.queue.state == state


def test_order_is_given_up_after_the_drain_period(recovered: Bench) -> None:
    """What happens once the app is UP may overtake what waits from before."""
    recovered.times["ada"] = 5.9
    recovered.add("late")
    recovered.times["ada"] = 6.0

    recovered.add("early")

    assert recovered.take() == [("late", 9.9), ("early", None)]


def test_failure_of_a_recovered_app_is_a_failure_again(recovered: Bench) -> None:
    """The event that failed goes back to its conversation and is tried again."""
    recovered.add("second")
    assert recovered.try_next(delivered=False) == ("second", 6.0)

    recovered.add("third")

    assert recovered.queue.state == "FAILED"
    assert recovered.take() == [("second", 8.0)]


def test_waiting_event_is_stored_when_the_app_fails(recovered: Bench) -> None:
    """What waits in the drain period is not tried once the app is FAILED, but follows later."""
    waiting = recovered.add("waiting")
    recovered.queue.take()
    recovered.add("new", conversation="c-2")
    recovered.try_next(delivered=False)

    assert recovered.queue.begin(waiting) is False
    assert recovered.try_next(delivered=True) == ("new", 4.0)
    assert recovered.take() == [("waiting", None)]


def test_type_without_retries_is_lost_alone(bench: Bench) -> None:
    """A type that names 0 retries is dropped when it fails, and the app stays UP."""
    event = pending(max_retries=0)
    bench.queue.add(event)
    bench.queue.take()

    assert bench.queue.settle(event, delivered=False, at=0) == [event]
    assert (bench.queue.state, len(bench.queue)) == ("UP", 0)


def test_type_without_retries_is_stored_like_the_others(bench: Bench) -> None:
    """While the app is FAILED such a type is kept and delivered with the rest."""
    bench.add("first")
    bench.try_next(delivered=False)
    bench.queue.add(pending("no retries", max_retries=0))

    bench.try_next(delivered=True)

    assert bench.try_next(delivered=True) == ("no retries", 2)


def test_type_without_retries_is_lost_in_transition(bench: Bench) -> None:
    """Its failure does not make the app FAILED again."""
    bench.add("first")
    bench.try_next(delivered=False)
    bench.queue.add(pending("no retries", max_retries=0))
    bench.try_next(delivered=True)

    bench.try_next(delivered=False)

    assert (bench.queue.state, len(bench.queue)) == ("RECOVERED", 0)


def test_counted_retries_do_not_matter(bench: Bench) -> None:
    """The retention time wins over the number of a type."""
    bench.queue.add(pending(max_retries=1))

    times = [bench.try_next(delivered=False)[1] for _ in range(5)]

    assert times == [0, 2, 6, 14, 30]


def test_what_was_on_its_way_is_stored_when_it_fails_too(bench: Bench) -> None:
    """Of two events that fail at the same time, the first one is tried again."""
    events = [bench.add("first"), bench.add("other", conversation="c-2")]
    bench.queue.take()
    for event in events:
        bench.queue.settle(event, delivered=False, at=0)

    assert bench.try_next(delivered=True) == ("first", 2)
    assert bench.take() == [("other", None)]


def test_two_that_waited_fail_together(recovered: Bench) -> None:
    """The second of them is stored and goes as soon as the app is back."""
    events = [recovered.add("second"), recovered.add("third")]
    recovered.queue.take()
    for event in events:
        recovered.queue.settle(event, delivered=False, at=6.0)

    assert recovered.try_next(delivered=True) == ("second", 8.0)
    assert recovered.take() == [("third", None)]


def test_what_is_on_its_way_is_not_sent_twice(bench: Bench) -> None:
    """When the app is back while an event of another conversation is on its way, it stays so."""
    events = [bench.add("first"), bench.add("other", conversation="c-2")]
    bench.queue.take()
    bench.queue.settle(events[0], delivered=False, at=0)

    bench.try_next(delivered=True)

    assert (bench.queue.state, bench.take()) == ("IN_TRANSITION", [])


def test_what_is_on_its_way_is_not_given_up(bench: Bench) -> None:
    """An event that is being tried is neither too old nor the next to be tried."""
    first, other = bench.add("first"), bench.add("other", conversation="c-2")
    bench.queue.take()
    bench.queue.settle(first, delivered=False, at=0)

    while first.attempts < 5:
        bench.try_next(delivered=False)
    assert (bench.queue.state, len(bench.queue), bench.take()) == ("UP", 1, [])

    assert bench.queue.settle(other, delivered=False, at=100) == [other]


def test_letting_one_go_does_not_send_another_twice(recovered: Bench) -> None:
    """The first of a conversation that is on its way stays so when one behind it is let go."""
    waiting = recovered.add("waiting")
    recovered.queue.take()
    recovered.times["ada"] = 6.0
    overtaking = recovered.add("overtaking")
    new = recovered.add("new", conversation="c-2")
    assert recovered.queue.take() == [overtaking, new]
    recovered.queue.settle(new, delivered=False, at=6.0)
    assert recovered.queue.begin(waiting) is False
    recovered.try_next(delivered=True)

    for number in range(100):
        recovered.add("more", conversation=str(number))

    assert overtaking not in recovered.queue.take()


def test_what_was_on_its_way_may_arrive(bench: Bench) -> None:
    """What another conversation has delivered in the meantime does not end the failure."""
    events = [bench.add("first"), bench.add("other", conversation="c-2")]
    bench.add("next", conversation="c-2")
    bench.queue.take()
    for event, delivered in zip(events, (False, True), strict=True):
        bench.queue.settle(event, delivered=delivered, at=0)

    assert bench.queue.state == "FAILED"
    assert bench.take() == [("first", 2)]


def test_next_stored_event_is_tried_when_one_is_lost(bench: Bench) -> None:
    """The app stays FAILED, and the gaps go on from where they were."""
    bench.add("first")
    for _ in range(4):
        bench.try_next(delivered=False)
    bench.times["ada"] = 20.0
    bench.add("second")
    bench.try_next(delivered=False)

    assert bench.queue.state == "FAILED"
    assert bench.take() == [("second", 62.0)]


def test_what_is_too_old_is_lost_together(bench: Bench) -> None:
    """Stored events whose time would be over at the next attempt go with the one that is tried."""
    events = [bench.add("first"), bench.add("second")]
    for _ in range(4):
        bench.try_next(delivered=False)
    bench.add("third", conversation="c-2", consumer="ben")
    (probe,) = bench.queue.take()

    gone = bench.queue.settle(probe, delivered=False, at=30.0)

    assert gone == events
    assert bench.take() == [("third", 32.0)]


def test_consumers_have_their_own_time(bench: Bench) -> None:
    """An event is not too old because another consumer's clock was put forward."""
    bench.times["ada"] = 1e9
    bench.add("first")
    bench.try_next(delivered=False)
    bench.add("other", conversation="c-2", consumer="ben")

    while len(bench.queue) > 1:
        bench.try_next(delivered=False)

    assert bench.take() == [("other", 32.0)]


def test_slow_failure_delays_the_next_attempt(bench: Bench) -> None:
    """The next attempt does not begin before the last one has ended."""
    event = bench.add("first")
    bench.queue.take()

    bench.queue.settle(event, delivered=False, at=0, took=5.5)

    assert event.due == 5.5


@pytest.mark.parametrize(
    ("others", "left"),
    [
        ([], [("new", None)]),
        (["second"], [("second", 4.0)]),
    ],
    ids=["alone", "others stored"],
)
def test_event_that_is_tried_may_be_let_go(
    others: list[str], left: list[tuple[str, float | None]]
) -> None:
    """When the queue is full the next stored event is tried in place of the oldest."""
    bench = Bench(limit=1 + len(others))
    bench.add("first")
    bench.try_next(delivered=False)
    for body in others:
        bench.add(body, conversation="c-2")

    bench.add("new", conversation="c-3")

    assert bench.take() == left


def test_thousand_events_arrive_in_order(bench: Bench) -> None:
    """A long conversation that was stored is replayed whole and in order."""
    bench = Bench(limit=2000)
    for number in range(1000):
        bench.add(str(number))
    bench.try_next(delivered=False)

    told = [bench.try_next(delivered=True)[0] for _ in range(1000)]

    assert told == [str(number) for number in range(1000)]
