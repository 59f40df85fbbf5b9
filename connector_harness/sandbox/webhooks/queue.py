"""What is still pending for one app, without sending it: who goes next, and what a failure means.

Whoever delivers *takes* what may go, asks to *begin* it once it is due, and *settles* it.
Source: API facts §9.4.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from connector_harness.sandbox.webhooks.subscriptions import Receiver

COUNT_GAP_S = 30.0
"""Seconds between the attempts of an app that has them counted."""

FIRST_GAP_S = 2.0
"""Seconds between the first two attempts of an app that has them for a time; then they double."""

LONGEST_GAP_S = 300.0
DRAIN_S = 4.0
"""Seconds that an event waits while its app has recovered and is not yet up."""

RECOVERED_S = 4.0
_GRACE_S = 0.5
"""So much later than its retention time an event is still tried, as first attempts take time."""

_MOST_DOUBLINGS = 8


class AppState(StrEnum):
    """How the deliveries to an app stand; one without a retention time is always up."""

    UP = "UP"
    FAILED = "FAILED"
    IN_TRANSITION = "IN_TRANSITION"
    RECOVERED = "RECOVERED"


def due_by_count(at: float, *, attempts: int, max_retries: int | None) -> float | None:
    """Return when an event is tried again after an attempt *at*, or None when it is given up.

    *attempts* counts the first one; no number of retries is like 0.
    """
    return at + COUNT_GAP_S if attempts <= (max_retries or 0) else None


def gap_by_time(failures: int) -> float:
    """Return the seconds between an attempt and the next, after 1 or more failures in a row."""
    return min(FIRST_GAP_S * (1 << min(failures - 1, _MOST_DOUBLINGS)), LONGEST_GAP_S)


@dataclass(eq=False, slots=True, kw_only=True)
class Pending:
    """One event pending for one app; times are those of its consumer, since the epoch.

    ``kind`` is the key of the manifest; ``since`` when it happened; ``due`` when it is tried, None
    for as soon as it is its turn; ``taken`` whether somebody has it until then; ``unordered``
    whether the order of its conversation has been given up for it.
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


class Queue:
    """The events pending for an app whose deliveries are repeated by count, *limit* at the most.

    Events of a conversation are tried in order for the first time; one that fails waits for
    its next attempt by itself, and the others go on. ``size`` is that of all bodies, in bytes.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.size = 0
        self._all: dict[Pending, None] = {}
        # Of each conversation, only the first may go.
        self._order: dict[str, deque[Pending]] = {}
        self._free: list[Pending] = []

    def __len__(self) -> int:
        return len(self._all)

    @property
    def state(self) -> AppState:
        """How the deliveries to the app stand."""
        return AppState.UP

    def add(self, pending: Pending) -> Pending | None:
        """Take over an event, and return the oldest if that was let go for it."""
        oldest = self.drop() if len(self._all) >= self._limit else None
        self._all[pending] = None
        self.size += len(pending.body)
        self._place(pending)
        return oldest

    def drop(self) -> Pending:
        """Let the oldest event go, and return it."""
        oldest = next(iter(self._all))
        self._let_go(oldest)
        return oldest

    def take(self) -> list[Pending]:
        """Return what may be tried, each as soon as it is due; nobody else gets it."""
        taken = [pending for pending in self._free if pending in self._all]
        self._free.clear()
        for pending in taken:
            pending.taken = True
        return taken

    def begin(self, pending: Pending) -> bool:
        """Return whether an event that was taken is to be tried, now that it is due."""
        return pending in self._all

    def settle(
        self, pending: Pending, *, delivered: bool, at: float, took: float = 0.0
    ) -> list[Pending]:
        """Note how an attempt, begun *at*, ended, and return the events given up with it."""
        pending.attempts += 1
        pending.taken = False
        if not delivered:
            return self._fail(pending, at, took)
        self._remove(pending)
        self._note_success(pending, at + took)
        return []

    def _place(self, pending: Pending) -> None:
        self._put_in_order(pending)
        if self._order[pending.conversation][0] is pending:
            self._release(pending)

    def _put_in_order(self, pending: Pending) -> None:
        self._order.setdefault(pending.conversation, deque()).append(pending)

    def _release(self, pending: Pending) -> None:
        self._free.append(pending)

    def _let_go(self, pending: Pending) -> None:
        self._remove(pending)

    def _remove(self, pending: Pending) -> None:
        del self._all[pending]
        self.size -= len(pending.body)
        self._leave_order(pending)

    def _note_success(self, pending: Pending, ended_at: float) -> None:
        """Do nothing more: the state of an app does not depend on successes here."""

    def _leave_order(self, pending: Pending) -> None:
        if pending.unordered:
            return
        events = self._order[pending.conversation]
        events.remove(pending)
        if not events:
            del self._order[pending.conversation]
        elif not events[0].taken:
            self._release(events[0])

    def _fail(self, pending: Pending, at: float, took: float) -> list[Pending]:
        due = due_by_count(at, attempts=pending.attempts, max_retries=pending.receiver.max_retries)
        if due is None:
            self._remove(pending)
            return [pending]
        pending.due = max(due, at + took)
        self._leave_order(pending)
        pending.unordered = True
        self._release(pending)
        return []


class RetentionQueue(Queue):
    """The events pending for an app whose deliveries are repeated for its retention time.

    The app goes from UP to FAILED with the first failure, and back by way of IN_TRANSITION and
    RECOVERED. While it is FAILED one event is tried again and again and all others are stored;
    once that one has arrived the stored ones follow, in order within each conversation. *now*
    tells the time of a consumer.
    """

    def __init__(self, limit: int, *, retention_s: float, now: Callable[[str], float]) -> None:
        super().__init__(limit)
        self._retention_s = retention_s
        self._now = now
        self._state = AppState.UP
        self._failures = 0
        self._probe: Pending | None = None
        self._affected: set[str] = set()
        self._replaying: set[str] = set()
        self._up_at: tuple[str, float] = ("", 0.0)

    @property
    def state(self) -> AppState:
        """How the deliveries to the app stand."""
        consumer, at = self._up_at
        if self._state is AppState.RECOVERED and self._now(consumer) >= at:
            self._state = AppState.UP
        return self._state

    def begin(self, pending: Pending) -> bool:
        """Return whether an event that was taken is to be tried; if not, it may be stored."""
        if self._state is not AppState.FAILED or pending is self._probe or pending not in self._all:
            return super().begin(pending)
        pending.taken = False
        self._store(pending)
        return False

    def _place(self, pending: Pending) -> None:
        if self.state is AppState.RECOVERED and pending.conversation in self._affected:
            pending.unordered = True
            pending.due = pending.since + DRAIN_S
            self._release(pending)
            return
        super()._place(pending)

    def _release(self, pending: Pending) -> None:
        if self._state is not AppState.FAILED:
            super()._release(pending)

    def _let_go(self, pending: Pending) -> None:
        super()._let_go(pending)
        if pending is self._probe:
            self._probe_first(pending.consumer, pending.due or pending.since)

    def _note_success(self, pending: Pending, ended_at: float) -> None:
        if pending is self._probe:
            self._state, self._probe = AppState.IN_TRANSITION, None
            self._replaying = set(self._order)
            self._affected = {pending.conversation, *self._replaying}
            self._free = [events[0] for events in self._order.values() if not events[0].taken]
        self._note_replayed(pending, ended_at)

    def _note_replayed(self, pending: Pending, ended_at: float) -> None:
        if self._state is not AppState.IN_TRANSITION:
            return
        if pending.conversation not in self._order:
            self._replaying.discard(pending.conversation)
        if not self._replaying:
            self._state = AppState.RECOVERED
            self._up_at = (pending.consumer, ended_at + RECOVERED_S)

    def _fail(self, pending: Pending, at: float, took: float) -> list[Pending]:
        if self.state is not AppState.FAILED:
            if pending.receiver.max_retries == 0:
                self._remove(pending)
                self._note_replayed(pending, at + took)
                return [pending]
            self._state, self._failures, self._probe = AppState.FAILED, 0, pending
        self._store(pending)
        return self._fail_again(pending, at, took) if pending is self._probe else []

    def _store(self, pending: Pending) -> None:
        pending.due = None
        if pending.unordered:
            pending.unordered = False
            self._put_in_order(pending)

    def _fail_again(self, probe: Pending, at: float, took: float) -> list[Pending]:
        self._failures += 1
        ends_in = self._retention_s + _GRACE_S
        gone = [
            pending
            for pending in self._all
            if not pending.taken
            and self._next_at(pending, probe.consumer, at) > pending.since + ends_in
        ]
        for pending in gone:
            self._remove(pending)
        if probe in gone:
            self._probe_first(probe.consumer, at)
        else:
            probe.due = max(at + gap_by_time(self._failures), at + took)
            self._free = [probe]
        return gone

    def _next_at(self, pending: Pending, consumer: str, at: float) -> float:
        # Times of two consumers cannot be compared; only the gap is the same for both.
        start = at if pending.consumer == consumer else self._now(pending.consumer)
        return start + gap_by_time(self._failures)

    def _probe_first(self, consumer: str, at: float) -> None:
        firsts = (events[0] for events in self._order.values())
        self._probe = next((first for first in firsts if not first.taken), None)
        if self._probe is None:
            # Nothing is left that could tell whether the app is back; the next event will.
            self._state = AppState.UP
            return
        self._probe.due = self._next_at(self._probe, consumer, at)
        self._free = [self._probe]
