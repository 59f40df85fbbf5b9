"""What is still pending for one app when its deliveries are repeated for a time.

The app goes from UP to FAILED with the first failure, and back by way of IN_TRANSITION and
RECOVERED. Source: API facts §9.4.
"""

from collections.abc import Callable

from connector_harness.sandbox.webhooks.pending import Pending
from connector_harness.sandbox.webhooks.queue import Queue
from connector_harness.sandbox.webhooks.retries import (
    DRAIN_S,
    RECOVERED_S,
    AppState,
    gap_by_time,
)

_GRACE_S = 0.5
"""So much later than its retention time an event is still tried, as first attempts take time."""

Now = Callable[[str], float]
"""The time of a consumer."""


class RetentionQueue(Queue):
    """The events pending for an app whose deliveries are repeated for its retention time.

    While it is FAILED one event is tried again and again and all others are stored; once that
    one has arrived the stored ones follow, in order within each conversation.

    Args:
        limit: How many events are kept; one more, and the oldest is let go.
        retention_s: For how many seconds an event is kept.
        now: Tells the time of a consumer.
    """

    def __init__(self, limit: int, *, retention_s: float, now: Now) -> None:
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
            self._replaying = self._order.conversations()
            self._affected = {pending.conversation, *self._replaying}
            self._free = [first for first in self._order.firsts() if not first.taken]
        self._note_replayed(pending, ended_at)

    def _note_replayed(self, pending: Pending, ended_at: float) -> None:
        if self._state is not AppState.IN_TRANSITION:
            return
        if self._order.is_empty(pending.conversation):
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
            self._order.append(pending)

    def _fail_again(self, probe: Pending, at: float, took: float) -> list[Pending]:
        self._failures += 1
        gone = [
            pending
            for pending in self._all
            if not pending.taken and self._is_over(pending, probe, at)
        ]
        for pending in gone:
            self._remove(pending)
        if probe in gone:
            self._probe_first(probe.consumer, at)
        else:
            probe.due = max(at + gap_by_time(self._failures), at + took)
            self._free = [probe]
        return gone

    def _is_over(self, pending: Pending, probe: Pending, at: float) -> bool:
        next_at = self._next_at(pending, probe.consumer, at)
        return next_at > pending.since + self._retention_s + _GRACE_S

    def _next_at(self, pending: Pending, consumer: str, at: float) -> float:
        # Times of two consumers cannot be compared; only the gap is the same for both.
        start = at if pending.consumer == consumer else self._now(pending.consumer)
        return start + gap_by_time(self._failures)

    def _probe_first(self, consumer: str, at: float) -> None:
        self._probe = next((first for first in self._order.firsts() if not first.taken), None)
        if self._probe is None:
            # Nothing is left that could tell whether the app is back; the next event will.
            self._state = AppState.UP
            return
        self._probe.due = self._next_at(self._probe, consumer, at)
        self._free = [self._probe]
