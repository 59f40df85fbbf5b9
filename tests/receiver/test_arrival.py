"""A wait in vain tells what was heard meanwhile, and what to do."""

from connector_harness.receiver.arrival import SHOWN, report
from connector_harness.receiver.notification import Notification
from tests.receiver.deliveries import event_item, notification, state_item, text


def told(*notifications: Notification, head: str = "head", losses: tuple[str, ...] = ()) -> str:
    """Return the report of a wait that began at 100 s."""
    return report(
        head, conversation_id="c-1", notifications=notifications, began=100.0, losses=losses
    )


def test_whole_message() -> None:
    """Head, conversation, what was heard with times, and the next step, in this order."""
    hello = notification(event_item(text("Hi"), 0, role="CONSUMER"), at=98.76)
    bad = notification(event_item(text("No"), 1)).with_faults("off the schema\n  at $.x")
    bad = Notification(100.31, 0, (), b"", changes=bad.changes, faults=bad.faults)
    assert told(hello, bad, head="waited 10 s in vain").splitlines() == [
        "waited 10 s in vain",
        "  conversation: 'c-1'",
        "  heard, in seconds since the first:",
        "      0.000 s  the shopper says 'Hi' (0)",
        "      1.240 s  (the waiting begins)",
        "      1.550 s  the agent says 'No' (1)",
        "      1.550 s  wrong: off the schema",
        "  next: correct what is wrong first: a delivery with a bad signature does not count",
    ]


def test_nothing_heard() -> None:
    """Silence is told as such, with what usually causes it."""
    *_, heard, advice = told().splitlines()
    assert heard == "  heard: nothing"
    assert advice.startswith("  next: check that the app's webhooks name the receiver's address")


def test_something_else_heard() -> None:
    """What came instead is to be compared."""
    assert "\n  next: compare what came with what was waited for" in told(
        notification(state_item())
    )


def test_only_the_latest_are_listed() -> None:
    """A long conversation does not drown its message; how many came before is told."""
    items = [event_item(text("a"), number) for number in range(100)]
    lines = told(notification(*items)).splitlines()
    assert lines[3] == f"  … {100 - SHOWN} earlier"
    assert lines[-2].endswith("(99)")
    assert len(lines) == SHOWN + 6


def test_losses_are_told() -> None:
    """A limit that has been reached may be why it did not arrive."""
    assert "\n  lost: the inbox keeps 5\n  next: " in told(losses=("the inbox keeps 5",))
