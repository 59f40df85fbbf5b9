"""What one app is still owed when its deliveries are repeated for a time.

The app goes from UP to FAILED with the first failure, and back by way of IN_TRANSITION and
RECOVERED. Source: API facts §9.4.
"""

from collections.abc import Callable

from connector_harness.sandbox.webhooks.pending import Owed
from connector_harness.sandbox.webhooks.queue import Outbox
from connector_harness.sandbox.webhooks.retries import DRAIN_S, AppState, gap_by_time

_GRACE_S = 0.5
"""So much later than its retention time an event is still tried, as first attempts take time."""

Now = Callable[[str], float]
"""The time of a consumer."""


class RecoveringOutbox(Outbox):
    """The events owed to an app whose deliveries are repeated for its retention time.

    While it is FAILED one event is tried again and again and all others are stored; once that
    one has arrived the stored ones follow, in order within each conversation.

    Args:
        limit: How many events are kept; one more, and the oldest is let go.
        retention_s: For how many seconds an event is kept.
        recovered_s: For how many seconds an app counts as RECOVERED before it is UP.
        now: Tells the time of a consumer.
    """

    def __init__(self, limit: int, *, retention_s: float, recovered_s: float, now: Now) -> None:
        super().__init__(limit)
        self._retention_s = retention_s
        self._recovered_s = recovered_s
        self._now = now
        self._state = AppState.UP
        self._failures = 0
        self._probe: Owed | None = None
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

    def begin(self, owed: Owed) -> bool:
        """Return whether an event that was taken is to be tried; if not, it may be stored."""
        if self._state is not AppState.FAILED or owed is self._probe or owed not in self._all:
            return super().begin(owed)
        owed.taken = False
        self._store(owed)
        return False

    def _place(self, owed: Owed) -> None:
        if self.state is AppState.RECOVERED and owed.conversation in self._affected:
            owed.loose = True
            owed.due = owed.since + DRAIN_S
            self._release(owed)
            return
        super()._place(owed)

    def _release(self, owed: Owed) -> None:
        if self._state is not AppState.FAILED:
            super()._release(owed)

    def _let_go(self, owed: Owed) -> None:
        super()._let_go(owed)
        if owed is self._probe:
            self._probe_first(owed.consumer, owed.due or owed.since)

    def _note_success(self, owed: Owed, ended_at: float) -> None:
        if owed is self._probe:
            self._state, self._probe = AppState.IN_TRANSITION, None
            self._replaying = self._lanes.conversations()
            self._affected = {owed.conversation, *self._replaying}
            self._free = [first for first in self._lanes.firsts() if not first.taken]
        self._note_replayed(owed, ended_at)

    def _note_replayed(self, owed: Owed, ended_at: float) -> None:
        if self._state is not AppState.IN_TRANSITION:
            return
        if self._lanes.is_empty(owed.conversation):
            self._replaying.discard(owed.conversation)
        if not self._replaying:
            self._state = AppState.RECOVERED
            self._up_at = (owed.consumer, ended_at + self._recovered_s)

    def _fail(self, owed: Owed, at: float, took: float) -> list[Owed]:
        if self.state is not AppState.FAILED:
            if owed.receiver.max_retries == 0:
                self._remove(owed)
                self._note_replayed(owed, at + took)
                return [owed]
            self._state, self._failures, self._probe = AppState.FAILED, 0, owed
        self._store(owed)
        return self._fail_again(owed, at, took) if owed is self._probe else []

    def _store(self, owed: Owed) -> None:
        owed.due = None
        if owed.loose:
            owed.loose = False
            self._lanes.append(owed)

    def _fail_again(self, probe: Owed, at: float, took: float) -> list[Owed]:
        self._failures += 1
        gone = [owed for owed in self._all if not owed.taken and self._is_over(owed, probe, at)]
        for owed in gone:
            self._remove(owed)
        if probe in gone:
            self._probe_first(probe.consumer, at)
        else:
            probe.due = max(at + gap_by_time(self._failures), at + took)
            self._free = [probe]
        return gone

    def _is_over(self, owed: Owed, probe: Owed, at: float) -> bool:
        next_at = self._next_at(owed, probe.consumer, at)
        return next_at > owed.since + self._retention_s + _GRACE_S

    def _next_at(self, owed: Owed, consumer: str, at: float) -> float:
        # Times of two consumers cannot be compared; only the gap is the same for both.
        start = at if owed.consumer == consumer else self._now(owed.consumer)
        return start + gap_by_time(self._failures)

    def _probe_first(self, consumer: str, at: float) -> None:
        self._probe = next((first for first in self._lanes.firsts() if not first.taken), None)
        if self._probe is None:
            # Nothing is left that could tell whether the app is back; the next event will.
            self._state = AppState.UP
            return
        self._probe.due = self._next_at(self._probe, consumer, at)
        self._free = [self._probe]
