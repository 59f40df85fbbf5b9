"""What is pending for an app: single events, and their order within each conversation."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from connector_harness.sandbox.webhooks.subscriptions import Receiver


@dataclass(eq=False, slots=True, kw_only=True)
class Pending:
    """One event pending for one app; times are those of its consumer.

    Args:
        kind: The key of the manifest it is told under.
        conversation: The id of the conversation it is about.
        consumer: The external id of that conversation's consumer.
        body: The notification, as it is sent.
        receiver: Where it is told.
        since: When it happened, in seconds since the epoch.
        due: When it is tried, None for as soon as it is its turn.
        attempts: How often it was tried.
        taken: Whether somebody has it, to try it when it is due.
        unordered: Whether it waits outside of its conversation's order, as that has been given up.
        fault: The injected fault that was applied when it happened, None for none.
    """

    kind: str
    conversation: str
    consumer: str
    body: bytes = field(repr=False)
    receiver: Receiver
    since: float
    due: float | None = None
    attempts: int = 0
    taken: bool = False
    unordered: bool = False
    fault: str | None = None


class ConversationOrder:
    """Events in the order of their conversations; only the first of each may go."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Pending]] = {}

    def append(self, pending: Pending) -> bool:
        """Put an event last in its conversation and return whether it is the first too."""
        events = self._waiting.setdefault(pending.conversation, deque())
        events.append(pending)
        return len(events) == 1

    def firsts(self) -> Iterator[Pending]:
        """Yield the first event of each conversation that something waits for."""
        return (events[0] for events in self._waiting.values())

    def is_empty(self, conversation: str) -> bool:
        """Return whether nothing waits for a conversation."""
        return conversation not in self._waiting

    def conversations(self) -> set[str]:
        """Return the conversations that something waits for."""
        return set(self._waiting)

    def remove(self, pending: Pending) -> Pending | None:
        """Take an event out and return the one that is the first of its conversation now."""
        events = self._waiting[pending.conversation]
        events.remove(pending)
        if not events:
            del self._waiting[pending.conversation]
            return None
        return events[0]
