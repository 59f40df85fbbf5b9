"""What is owed to an app whose deliveries are repeated for a time, by its states."""

import pytest

from connector_harness.sandbox.webhooks.pending import Owed
from connector_harness.sandbox.webhooks.retry_for_a_time import RecoveringOutbox
from tests.sandbox.owing import owed


class Bench:
    """An outbox under times that the test sets.

    Attributes:
        times: The time of each consumer; 0 to begin with.
    """

    def __init__(self, limit: int = 100, retention_s: int = 60) -> None:
        self.times: dict[str, float] = {}
        self.outbox = RecoveringOutbox(limit, retention_s=retention_s, recovered_s=4, now=self.now)

    def now(self, consumer: str) -> float:
        """Return the time of a consumer."""
        return self.times.get(consumer, 0.0)

    def owe(self, body: str, *, conversation: str = "c-1", consumer: str = "ada") -> Owed:
        """Add an event that happens now, and return it."""
        event = owed(body, conversation=conversation, consumer=consumer, since=self.now(consumer))
        self.outbox.add(event)
        return event

    def try_next(self, *, delivered: bool) -> tuple[str, float]:
        """Try the one event that may go when it is due, and return it and the time."""
        (event,) = self.outbox.take()
        at = self.now(event.consumer) if event.due is None else event.due
        self.times[event.consumer] = max(at, self.now(event.consumer))
        assert self.outbox.begin(event)
        self.outbox.settle(event, delivered=delivered, at=at)
        return event.body.decode(), at

    def take(self) -> list[tuple[str, float | None]]:
        """Return what may go, and when each is due."""
        return [(each.body.decode(), each.due) for each in self.outbox.take()]


@pytest.fixture
def bench() -> Bench:
    """An outbox and its times."""
    return Bench()


@pytest.fixture
def recovered(bench: Bench) -> Bench:
    """An app that was down for conversation c-1 and has just recovered, at 2 s."""
    bench.owe("first")
    bench.try_next(delivered=False)
    bench.try_next(delivered=True)
    assert bench.outbox.state == "RECOVERED"
    return bench


def test_app_starts_up(bench: Bench) -> None:
    """As long as nothing fails, events go at once and the app stays UP."""
    bench.owe("first")

    assert bench.try_next(delivered=True) == ("first", 0)
    assert (bench.outbox.state, len(bench.outbox)) == ("UP", 0)


def test_gaps_double_until_the_retention_time(bench: Bench) -> None:
    """Kept for 60 s, an event is tried after 0, 2, 6, 14 and 30 s; 62 s would be too late."""
    bench.owe("first")

    times = []
    while len(bench.outbox):
        times.append(bench.try_next(delivered=False)[1])

    assert times == [0, 2, 6, 14, 30]


@pytest.mark.parametrize(("late", "attempts"), [(0.4, 2), (0.6, 1)])
def test_attempt_at_the_end_of_the_time_is_made(late: float, attempts: int) -> None:
    """That the first attempt begins a little late does not cost the last one."""
    bench = Bench(retention_s=2)
    event = bench.owe("first")
    bench.times["ada"] = late

    while len(bench.outbox):
        bench.try_next(delivered=False)

    assert event.attempts == attempts


def test_app_is_up_when_nothing_is_left_to_try(bench: Bench) -> None:
    """Once all that was owed is lost, the next event goes at once and decides anew."""
    bench.owe("first")
    while len(bench.outbox):
        bench.try_next(delivered=False)
    assert bench.outbox.state == "UP"

    bench.owe("second")

    assert bench.try_next(delivered=False) == ("second", 30)
    assert bench.take() == [("second", 32)]


def test_failing_app_is_told_nothing_else(bench: Bench) -> None:
    """While the app is FAILED, all conversations are stored behind the event that failed."""
    bench.owe("first")
    bench.try_next(delivered=False)

    bench.owe("second")
    bench.owe("other", conversation="c-2")

    assert bench.outbox.state == "FAILED"
    assert bench.take() == [("first", 2)]


def test_stored_events_follow_in_order(bench: Bench) -> None:
    """Once the app is back, each conversation goes on where it stopped; then it has RECOVERED."""
    bench.owe("first")
    bench.try_next(delivered=False)
    bench.owe("second")
    bench.owe("third")
    told = [bench.try_next(delivered=True) for _ in range(2)]
    assert bench.outbox.state == "IN_TRANSITION"

    told.append(bench.try_next(delivered=True))

    assert told == [("first", 2), ("second", 2), ("third", 2)]
    assert bench.outbox.state == "RECOVERED"


def test_stored_conversations_follow_together(bench: Bench) -> None:
    """The first event of every stored conversation may go as soon as the app is back."""
    bench.owe("first")
    bench.try_next(delivered=False)
    for conversation in ("c-2", "c-3"):
        bench.owe(conversation, conversation=conversation)
    bench.owe("last", conversation="c-2")

    bench.try_next(delivered=True)

    assert bench.take() == [("c-2", None), ("c-3", None)]


def test_in_transition_new_conversations_go_directly(bench: Bench) -> None:
    """What is stored is appended to; what is new does not wait for it."""
    bench.owe("first")
    bench.try_next(delivered=False)
    bench.owe("second")
    bench.try_next(delivered=True)
    assert bench.take() == [("second", None)]

    bench.owe("third")
    bench.owe("new", conversation="c-2")

    assert bench.outbox.state == "IN_TRANSITION"
    assert bench.take() == [("new", None)]


def test_failure_in_transition_is_a_failure_again(bench: Bench) -> None:
    """The app is FAILED again and its gaps start anew with the event that failed."""
    bench.owe("first")
    bench.try_next(delivered=False)
    bench.owe("second")
    bench.try_next(delivered=True)

    assert bench.try_next(delivered=False) == ("second", 2)

    assert bench.outbox.state == "FAILED"
    assert bench.take() == [("second", 4)]


def test_recovered_app_is_told_late(recovered: Bench) -> None:
    """In the drain period each event of an affected conversation waits 4 s, others do not."""
    recovered.owe("second")
    recovered.times["ada"] = 3.0
    recovered.owe("third")
    recovered.owe("new", conversation="c-2")

    assert recovered.take() == [("second", 6.0), ("third", 7.0), ("new", None)]


@pytest.mark.parametrize(("at", "state"), [(5.9, "RECOVERED"), (6.0, "UP")])
def test_recovered_app_comes_up_after_4_seconds(recovered: Bench, at: float, state: str) -> None:
    """The drain period ends by itself."""
    recovered.times["ada"] = at

    assert recovered.outbox.state == state


def test_order_is_given_up_after_the_drain_period(recovered: Bench) -> None:
    """What happens once the app is UP may overtake what waits from before."""
    recovered.times["ada"] = 5.9
    recovered.owe("late")
    recovered.times["ada"] = 6.0

    recovered.owe("early")

    assert recovered.take() == [("late", 9.9), ("early", None)]


def test_failure_of_a_recovered_app_is_a_failure_again(recovered: Bench) -> None:
    """The event that failed goes back to its conversation and is tried again."""
    recovered.owe("second")
    assert recovered.try_next(delivered=False) == ("second", 6.0)

    recovered.owe("third")

    assert recovered.outbox.state == "FAILED"
    assert recovered.take() == [("second", 8.0)]


def test_waiting_event_is_stored_when_the_app_fails(recovered: Bench) -> None:
    """What waits in the drain period is not tried once the app is FAILED, but follows later."""
    waiting = recovered.owe("waiting")
    recovered.outbox.take()
    recovered.owe("new", conversation="c-2")
    recovered.try_next(delivered=False)

    assert recovered.outbox.begin(waiting) is False
    assert recovered.try_next(delivered=True) == ("new", 4.0)
    assert recovered.take() == [("waiting", None)]


def test_type_without_retries_is_lost_alone(bench: Bench) -> None:
    """A type that names 0 retries is dropped when it fails, and the app stays UP."""
    event = owed(max_retries=0)
    bench.outbox.add(event)
    bench.outbox.take()

    assert bench.outbox.settle(event, delivered=False, at=0) == [event]
    assert (bench.outbox.state, len(bench.outbox)) == ("UP", 0)


def test_type_without_retries_is_stored_like_the_others(bench: Bench) -> None:
    """While the app is FAILED such a type is kept and delivered with the rest."""
    bench.owe("first")
    bench.try_next(delivered=False)
    bench.outbox.add(owed("no retries", max_retries=0))

    bench.try_next(delivered=True)

    assert bench.try_next(delivered=True) == ("no retries", 2)


def test_type_without_retries_is_lost_in_transition(bench: Bench) -> None:
    """Its failure does not make the app FAILED again."""
    bench.owe("first")
    bench.try_next(delivered=False)
    bench.outbox.add(owed("no retries", max_retries=0))
    bench.try_next(delivered=True)

    bench.try_next(delivered=False)

    assert (bench.outbox.state, len(bench.outbox)) == ("RECOVERED", 0)


def test_counted_retries_do_not_matter(bench: Bench) -> None:
    """The retention time wins over the number of a type."""
    bench.outbox.add(owed(max_retries=1))

    times = [bench.try_next(delivered=False)[1] for _ in range(5)]

    assert times == [0, 2, 6, 14, 30]


def test_what_was_on_its_way_is_stored_when_it_fails_too(bench: Bench) -> None:
    """Of two events that fail at the same time, the first one is tried again."""
    events = [bench.owe("first"), bench.owe("other", conversation="c-2")]
    bench.outbox.take()
    for event in events:
        bench.outbox.settle(event, delivered=False, at=0)

    assert bench.try_next(delivered=True) == ("first", 2)
    assert bench.take() == [("other", None)]


def test_two_that_waited_fail_together(recovered: Bench) -> None:
    """The second of them is stored and goes as soon as the app is back."""
    events = [recovered.owe("second"), recovered.owe("third")]
    recovered.outbox.take()
    for event in events:
        recovered.outbox.settle(event, delivered=False, at=6.0)

    assert recovered.try_next(delivered=True) == ("second", 8.0)
    assert recovered.take() == [("third", None)]


def test_what_is_on_its_way_is_not_sent_twice(bench: Bench) -> None:
    """When the app is back while an event of another conversation is on its way, it stays so."""
    events = [bench.owe("first"), bench.owe("other", conversation="c-2")]
    bench.outbox.take()
    bench.outbox.settle(events[0], delivered=False, at=0)

    bench.try_next(delivered=True)

    assert (bench.outbox.state, bench.take()) == ("IN_TRANSITION", [])


def test_what_is_on_its_way_is_not_given_up(bench: Bench) -> None:
    """An event that is being tried is neither too old nor the next to be tried."""
    first, other = bench.owe("first"), bench.owe("other", conversation="c-2")
    bench.outbox.take()
    bench.outbox.settle(first, delivered=False, at=0)

    while first.attempts < 5:
        bench.try_next(delivered=False)
    assert (bench.outbox.state, len(bench.outbox), bench.take()) == ("UP", 1, [])

    assert bench.outbox.settle(other, delivered=False, at=100) == [other]


def test_letting_one_go_does_not_send_another_twice(recovered: Bench) -> None:
    """The first of a conversation that is on its way stays so when one behind it is let go."""
    waiting = recovered.owe("waiting")
    recovered.outbox.take()
    recovered.times["ada"] = 6.0
    overtaking = recovered.owe("overtaking")
    new = recovered.owe("new", conversation="c-2")
    assert recovered.outbox.take() == [overtaking, new]
    recovered.outbox.settle(new, delivered=False, at=6.0)
    assert recovered.outbox.begin(waiting) is False
    recovered.try_next(delivered=True)

    for number in range(100):
        recovered.owe("more", conversation=str(number))

    assert overtaking not in recovered.outbox.take()


def test_what_was_on_its_way_may_arrive(bench: Bench) -> None:
    """What another conversation has delivered in the meantime does not end the failure."""
    events = [bench.owe("first"), bench.owe("other", conversation="c-2")]
    bench.owe("next", conversation="c-2")
    bench.outbox.take()
    for event, delivered in zip(events, (False, True), strict=True):
        bench.outbox.settle(event, delivered=delivered, at=0)

    assert bench.outbox.state == "FAILED"
    assert bench.take() == [("first", 2)]


def test_next_stored_event_is_tried_when_one_is_lost(bench: Bench) -> None:
    """The app stays FAILED, and the gaps go on from where they were."""
    bench.owe("first")
    for _ in range(4):
        bench.try_next(delivered=False)
    bench.times["ada"] = 20.0
    bench.owe("second")
    bench.try_next(delivered=False)

    assert bench.outbox.state == "FAILED"
    assert bench.take() == [("second", 62.0)]


def test_what_is_too_old_is_lost_together(bench: Bench) -> None:
    """Stored events whose time would be over at the next attempt go with the one that is tried."""
    events = [bench.owe("first"), bench.owe("second")]
    for _ in range(4):
        bench.try_next(delivered=False)
    bench.owe("third", conversation="c-2", consumer="ben")
    (probe,) = bench.outbox.take()

    gone = bench.outbox.settle(probe, delivered=False, at=30.0)

    assert gone == events
    assert bench.take() == [("third", 32.0)]


def test_consumers_have_their_own_time(bench: Bench) -> None:
    """An event is not too old because another consumer's clock was put forward."""
    bench.times["ada"] = 1e9
    bench.owe("first")
    bench.try_next(delivered=False)
    bench.owe("other", conversation="c-2", consumer="ben")

    while len(bench.outbox) > 1:
        bench.try_next(delivered=False)

    assert bench.take() == [("other", 32.0)]


def test_slow_failure_delays_the_next_attempt(bench: Bench) -> None:
    """The next attempt does not begin before the last one has ended."""
    event = bench.owe("first")
    bench.outbox.take()

    bench.outbox.settle(event, delivered=False, at=0, took=5.5)

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
    """When the outbox is full the next stored event is tried in place of the oldest."""
    bench = Bench(limit=1 + len(others))
    bench.owe("first")
    bench.try_next(delivered=False)
    for body in others:
        bench.owe(body, conversation="c-2")

    bench.owe("new", conversation="c-3")

    assert bench.take() == left


def test_thousand_events_arrive_in_order(bench: Bench) -> None:
    """A long conversation that was stored is replayed whole and in order."""
    bench = Bench(limit=2000)
    for number in range(1000):
        bench.owe(str(number))
    bench.try_next(delivered=False)

    told = [bench.try_next(delivered=True)[0] for _ in range(1000)]

    assert told == [str(number) for number in range(1000)]
