"""What was waited for in vain, and what was observed meanwhile."""

from collections.abc import Iterator, Sequence
from typing import Final

from connector_harness.receiver.notification import Notification

SHOWN: Final = 30
"""How many of the latest observations a message lists."""


class NotArrivedError(AssertionError):
    """Something waited for did not come; the message lists what was observed, with times.

    Attributes:
        is_hopeless: Whether it could not come any more, so that more time would not have helped.
    """

    def __init__(self, message: str, *, is_hopeless: bool = False) -> None:
        """Keep the whole message."""
        super().__init__(message)
        self.is_hopeless = is_hopeless


def report(
    head: str,
    *,
    conversation_id: str,
    notifications: Sequence[Notification],
    began: float,
    losses: Sequence[str],
) -> str:
    """Return the whole message: what happened where, what was delivered there, what was lost.

    The waiting *began* at a time of the monotonic clock; *losses* are limits that were reached.
    """
    lines = [head, f"  conversation: {conversation_id!r}", *timeline(notifications, began=began)]
    lost = (f"  lost: {each}" for each in losses)
    return "\n".join([*lines, *lost, f"  next: {_advice(notifications)}"])


def timeline(notifications: Sequence[Notification], *, began: float | None = None) -> list[str]:
    """Return what was heard, a line each below a head, with times from the first of them.

    When the waiting *began*, by the monotonic clock, has a line as well unless it is None.
    """
    if not notifications:
        return ["  heard: nothing"]
    first = notifications[0].received_at
    told = [(each.received_at, line) for each in notifications for line in _told(each)]
    earlier = [f"  … {len(told) - SHOWN} earlier"] if len(told) > SHOWN else []
    told = told[-SHOWN:]
    if began is not None:
        place = sum(at < began for at, _ in told)
        told.insert(place, (began, "(the waiting begins)"))
    lines = [f"  {at - first:9.3f} s  {line}" for at, line in told]
    return ["  heard, in seconds since the first:", *earlier, *lines]


def _told(notification: Notification) -> Iterator[str]:
    yield from map(str, notification.changes)
    for fault in notification.faults:
        yield f"wrong: {fault.splitlines()[0] if fault else 'unknown'}"


def _advice(notifications: Sequence[Notification]) -> str:
    if not notifications:
        return "check that the app's webhooks name the receiver's address, and that it is reached"
    if any(each.faults for each in notifications):
        return "correct what is wrong first: a delivery with a bad signature does not count"
    return "compare what came with what was waited for; more time helps only what is under way"
