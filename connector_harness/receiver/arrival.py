"""What was waited for in vain, and what was observed meanwhile."""

from collections.abc import Iterator, Sequence
from typing import Final

from connector_harness.receiver.notification import Notification

SHOWN: Final = 30
"""How many of the latest observations a message lists."""


class NotArrivedError(AssertionError):
    """Something waited for did not come; the message lists what was observed, with times."""


def in_vain(what: str, within_s: float) -> str:
    """Return the head of the message when time ran out."""
    return f"waited {within_s:g} s in vain for {what}"


def hopeless(what: str, reason: str, after_s: float) -> str:
    """Return the head of the message when the goal could not be reached any more."""
    return f"no use in waiting for {what}: {reason} (after {after_s:.1f} s)"


def report(
    head: str,
    *,
    conversation_id: str,
    notifications: Sequence[Notification],
    began: float,
    losses: Sequence[str],
) -> str:
    """Return the whole message.

    Args:
        head: What happened.
        conversation_id: Where it was waited for.
        notifications: What was delivered there.
        began: When the waiting began, in seconds of the monotonic clock; times count from it.
        losses: Which limits of the inbox have been reached.
    """
    lines = list(_observed(notifications, began))
    if len(lines) > SHOWN:
        lines = [f"  … {len(lines) - SHOWN} earlier", *lines[-SHOWN:]]
    return "\n".join(
        [
            head,
            f"  conversation: {conversation_id!r}",
            "  observed, in seconds from when the waiting began:"
            if lines
            else "  observed: nothing",
            *lines,
            *(f"  lost: {each}" for each in losses),
            f"  next: {_advice(notifications)}",
        ]
    )


def _observed(notifications: Sequence[Notification], began: float) -> Iterator[str]:
    for each in notifications:
        time = f"  {each.received_at - began:+7.1f} s  "
        for change in each.changes:
            yield f"{time}{change}"
        for fault in each.faults:
            yield f"{time}wrong: {fault.splitlines()[0] if fault else 'unknown'}"


def _advice(notifications: Sequence[Notification]) -> str:
    if not notifications:
        return "check that the app's webhooks name the receiver's address, and that it is reached"
    if any(each.faults for each in notifications):
        return "correct what is wrong first: a delivery with a bad signature does not count"
    return "compare what came with what was waited for; more time helps only what is under way"
