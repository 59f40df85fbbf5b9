"""The inbox keeps what is delivered, within limits, and waits for what is to come."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence

import pytest

from connector_harness.receiver.arrival import NotArrivedError
from connector_harness.receiver.inbox import Inbox, closed
from connector_harness.receiver.notification import Change
from tests.receiver.deliveries import (
    CONVERSATION,
    SURVEY,
    TYPING,
    change,
    event_item,
    notification,
    state_item,
    text,
)

Later = Callable[[Callable[[], None]], None]


@pytest.fixture
def inbox() -> Inbox:
    """An inbox with room."""
    return Inbox()


@pytest.fixture
def later() -> Iterator[Later]:
    """Do something in another thread, a little later."""
    timers: list[threading.Timer] = []

    def start(action: Callable[[], None]) -> None:
        timers.append(threading.Timer(0.05, action))
        timers[-1].start()

    yield start
    for timer in timers:
        timer.join()


def says(words: str) -> Callable[[Change], bool]:
    """Return whether a change is a message that says *words*."""
    return lambda each: each.text == words


def listed(changes: Sequence[Change]) -> list[int | None]:
    """Return the numbers of *changes*."""
    return [each.sequence for each in changes]


def test_changes_by_conversation(inbox: Inbox) -> None:
    """Each conversation has its changes in the order of arrival."""
    inbox.deliver(notification(event_item(text("a"), 1), event_item(text("b"), 0)))
    inbox.deliver(notification(event_item(text("c"), 5, conversation="c-2")))
    assert listed(inbox.of(CONVERSATION)) == [1, 0]
    assert listed(inbox.of("c-2")) == [5]
    assert inbox.of("c-3") == []


def test_one_delivery_about_two_conversations(inbox: Inbox) -> None:
    """Each conversation gets its part of a delivery that tells of two."""
    items = event_item(text("a"), 1), event_item(text("b"), 2, conversation="c-2")
    inbox.deliver(notification(*items).with_faults("odd"))
    assert (listed(inbox.of(CONVERSATION)), listed(inbox.of("c-2"))) == ([1], [2])
    assert inbox.faults_of(CONVERSATION) == inbox.faults_of("c-2") == ["odd"]


def test_second_delivery_is_kept_as_a_duplicate(inbox: Inbox) -> None:
    """The same number of the same dialog twice is a duplicate; both stay."""
    for number in (0, 1, 1, 0):
        inbox.deliver(notification(event_item(text("a"), number)))
    assert listed(inbox.of(CONVERSATION)) == [0, 1, 1, 0]
    assert listed(inbox.duplicates(CONVERSATION)) == [1, 0]


def test_no_duplicate_without_the_same_number(inbox: Inbox) -> None:
    """Another dialog counts on its own, and typing does not count."""
    inbox.deliver(notification(event_item(text("a"), 0), event_item(text("a"), 0, dialog=SURVEY)))
    inbox.deliver(notification(event_item(TYPING), event_item(TYPING), state_item(), state_item()))
    assert inbox.duplicates(CONVERSATION) == []


def test_unsigned_delivery_is_a_fault_and_nothing_else(inbox: Inbox) -> None:
    """What nobody vouches for is not among the changes."""
    inbox.deliver(notification(event_item(text("a"), 0)).unsigned("no signature"))
    assert inbox.of(CONVERSATION) == []
    assert inbox.faults_of(CONVERSATION) == ["no signature"]


def test_strangers(inbox: Inbox) -> None:
    """Deliveries of conversations nobody knows, or of none, can be listed."""
    mine, other, nobody = (
        notification(state_item()),
        notification(event_item(TYPING)),
        notification(),
    )
    inbox.deliver(mine)
    inbox.deliver(notification(state_item(conversation="c-2")))
    inbox.deliver(nobody.with_faults("no changes"))
    assert inbox.strangers({CONVERSATION, "c-2"}) == inbox.notifications_of(None)
    assert [each.conversation_id for each in inbox.strangers({CONVERSATION})] == ["c-2", None]
    assert inbox.faults_of(None) == ["no changes"]
    assert other not in inbox.strangers(())


def test_limit_of_one_conversation() -> None:
    """A conversation at its limit keeps what it has, and the loss is told."""
    inbox = Inbox(limit_per_conversation=2)
    for number in range(5):
        inbox.deliver(notification(event_item(text("a"), number)))
    assert listed(inbox.of(CONVERSATION)) == [0, 1]
    (loss,) = inbox.overflow
    assert loss.startswith("a conversation keeps 2 deliveries; deliveries lost: 3, the first of")


def test_limit_of_all() -> None:
    """A full inbox lets go the conversation silent for longest, and the loss is told."""
    inbox = Inbox(limit=3)
    for id_ in ("c-1", "c-2", "c-1", "c-3"):
        inbox.deliver(notification(state_item(conversation=id_)))
    assert [len(inbox.of(id_)) for id_ in ("c-1", "c-2", "c-3")] == [2, 0, 1]
    assert "deliveries lost: 1, the first of conversation 'c-2'" in inbox.overflow[0]


def test_limit_of_bytes() -> None:
    """Few large deliveries reach a limit too, and one too large for all is not kept."""
    large = notification(event_item(text("x" * 900), 0, conversation="c-1"))
    inbox = Inbox(limit_bytes=2_000)
    for delivery in (
        large,
        notification(event_item(text("y" * 900), 0)),
        notification(state_item()),
    ):
        inbox.deliver(delivery)
    assert [len(inbox.of(id_)) for id_ in ("c-1", CONVERSATION)] == [0, 2]
    inbox.deliver(notification(event_item(text("x" * 9_000), 0, conversation="c-1")))
    assert inbox.of("c-1") == []


def test_flood_of_nobodys_deliveries_is_bounded() -> None:
    """Deliveries that name no conversation fill no more than their share."""
    inbox = Inbox(limit_per_conversation=10)
    for _ in range(1_000):
        inbox.deliver(notification())
    assert len(inbox.strangers(())) == 10
    assert "deliveries lost: 990, the first of no conversation" in inbox.overflow[0]


def test_what_is_waited_for_is_not_let_go(later: Later) -> None:
    """A flood from elsewhere takes nothing from a conversation somebody waits for."""
    inbox = Inbox(limit=5)
    inbox.deliver(notification(event_item(text("before"), 0)))

    def flood() -> None:
        for number in range(50):
            inbox.deliver(notification(state_item(conversation=f"c-{number}")))
        inbox.deliver(notification(event_item(text("after"), 1)))

    later(flood)
    inbox.wait_for(CONVERSATION, says("after"), what="the answer", within_s=30)
    assert listed(inbox.of(CONVERSATION)) == [0, 1]


def test_goal_met_before(inbox: Inbox) -> None:
    """What has arrived already is not waited for."""
    inbox.deliver(notification(event_item(text("first"), 0), event_item(text("first"), 1)))
    found = inbox.wait_for(CONVERSATION, says("first"), what="it", within_s=0)
    assert found.sequence == 0


def test_goal_met_while_waiting(inbox: Inbox, later: Later) -> None:
    """The wait ends as soon as the goal is met, long before its time is up."""
    later(lambda: inbox.deliver(notification(event_item(text("other"), 0))))
    later(lambda: inbox.deliver(notification(event_item(text("it"), 1))))
    began = time.monotonic()
    assert inbox.wait_for(CONVERSATION, says("it"), what="it", within_s=30).sequence == 1
    assert time.monotonic() - began < 15


def test_hopeless_while_waiting(inbox: Inbox, later: Later) -> None:
    """The wait ends at once, with the reason, when the goal cannot be reached any more."""
    later(lambda: inbox.deliver(notification(state_item(state="CLOSE", stage="CLOSE"))))
    began = time.monotonic()
    with pytest.raises(
        NotArrivedError,
        match=r"no use in waiting for it: the conversation is closed \(after 0\.\d s\)",
    ):
        inbox.wait_for(CONVERSATION, says("it"), what="it", within_s=30, hopeless=closed)
    assert time.monotonic() - began < 15


def test_goal_counts_before_hopelessness(inbox: Inbox) -> None:
    """What has arrived is found, even if nothing more can come."""
    inbox.deliver(notification(event_item(text("it"), 0)))
    inbox.deliver(notification(state_item(state="CLOSE", stage="CLOSE")))
    assert inbox.wait_for(CONVERSATION, says("it"), what="it", within_s=0, hopeless=closed)


def test_wait_in_vain(inbox: Inbox) -> None:
    """The wait lasts its time, and not much longer."""
    began = time.monotonic()
    with pytest.raises(NotArrivedError, match=r"waited 0\.1 s in vain for the answer"):
        inbox.wait_for(CONVERSATION, says("it"), what="the answer", within_s=0.1)
    assert 0.1 <= time.monotonic() - began < 15


def test_wait_takes_as_long_as_is_usual_there() -> None:
    """Whoever does not say for how long waits as long as the inbox says."""
    with pytest.raises(NotArrivedError, match=r"waited 0\.2 s in vain for the answer"):
        Inbox(wait_s=0.2).wait_for(CONVERSATION, says("it"), what="the answer")


def test_wait_ends_in_spite_of_a_flood(inbox: Inbox) -> None:
    """Ever new changes do not prolong a wait."""
    began = time.monotonic()

    def more_comes(_: Change) -> bool:
        inbox.deliver(notification(event_item(TYPING)))
        assert time.monotonic() - began < 15
        return False

    inbox.deliver(notification(event_item(TYPING)))
    with pytest.raises(NotArrivedError):
        inbox.wait_for(CONVERSATION, more_comes, what="it", within_s=0.1)


def test_goal_over_the_whole(inbox: Inbox, later: Later) -> None:
    """A goal may look at all changes together, and gets them as they were when it held."""
    inbox.deliver(notification(event_item(TYPING)))
    later(lambda: inbox.deliver(notification(event_item(TYPING))))
    changes = inbox.wait_until(
        CONVERSATION, lambda changes: len(changes) == 2, what="two", within_s=30
    )
    assert [each.kind for each in changes] == ["typing", "typing"]


def test_goal_over_the_whole_may_hold_with_nothing(inbox: Inbox) -> None:
    """An empty conversation can be what was wanted."""
    assert inbox.wait_until(CONVERSATION, lambda each: not each, what="silence", within_s=0) == []


@pytest.mark.parametrize(
    ("details", "is_closed"),
    [
        ({"state": "CLOSE", "stage": "CLOSE"}, True),
        ({"state": "CLOSE", "stage": "OPEN"}, False),
        ({"state": "CLOSE", "stage": None}, False),
        ({}, False),
    ],
)
def test_closed_conversation(details: dict[str, str], *, is_closed: bool) -> None:
    """A conversation whose survey is open is not closed, whatever its state says."""
    changes = [change(state_item(**details)), change(event_item(TYPING))]
    assert (closed(changes) is not None) is is_closed


def test_many_threads_deliver(inbox: Inbox) -> None:
    """Nothing is lost when deliveries come from several threads."""

    def deliver() -> None:
        for number in range(200):
            inbox.deliver(notification(event_item(text("a"), number)))

    threads = [threading.Thread(target=deliver) for _ in range(4)]
    for thread in threads:
        thread.start()
    inbox.wait_until(CONVERSATION, lambda each: len(each) == 800, what="all", within_s=20)
    for thread in threads:
        thread.join()
    assert len(inbox.duplicates(CONVERSATION)) == 600


def test_what_is_like_it_has_come_instead(inbox: Inbox) -> None:
    """Once time is up it is told what came, and more time would not help."""
    inbox.deliver(notification(event_item(text("other"), 0)))

    with pytest.raises(NotArrivedError, match=r"^expected it; .*'other'.* came\n") as caught:
        inbox.wait_for(
            CONVERSATION, says("it"), what="it", within_s=0, like=lambda change: change.is_content
        )

    assert caught.value.is_hopeless
