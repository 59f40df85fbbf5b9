"""What is owed to an app: single events, and the lanes they wait in, one for each conversation."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from connector_harness.sandbox.webhooks.subscriptions import Receiver


@dataclass(eq=False, slots=True, kw_only=True)
class Owed:
    """One event owed to one app; times are those of its consumer.

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
        loose: Whether it waits outside the lanes, as its order has been given up.
        fault: The injected fault that struck it when it happened, None for none.
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
    loose: bool = False
    fault: str | None = None


class Lanes:
    """Events in order, one lane for each conversation; only the first of a lane may go."""

    def __init__(self) -> None:
        self._lanes: dict[str, deque[Owed]] = {}

    def append(self, owed: Owed) -> bool:
        """Put an event last in its lane and return whether it is the first there too."""
        lane = self._lanes.setdefault(owed.conversation, deque())
        lane.append(owed)
        return len(lane) == 1

    def firsts(self) -> Iterator[Owed]:
        """Yield the first event of each lane, oldest lane first."""
        return (lane[0] for lane in self._lanes.values())

    def is_empty(self, conversation: str) -> bool:
        """Return whether nothing waits for a conversation."""
        return conversation not in self._lanes

    def conversations(self) -> set[str]:
        """Return the conversations that something waits for."""
        return set(self._lanes)

    def remove(self, owed: Owed) -> Owed | None:
        """Take an event out of its lane and return who is the first there now."""
        lane = self._lanes[owed.conversation]
        lane.remove(owed)
        if not lane:
            del self._lanes[owed.conversation]
            return None
        return lane[0]
