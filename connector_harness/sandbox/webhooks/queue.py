"""What one app is still owed, without sending it: who goes next, and what a failure means.

Whoever delivers *takes* what may go, asks to *begin* it once it is due, and *settles* it.
"""

from connector_harness.sandbox.webhooks.pending import Lanes, Owed
from connector_harness.sandbox.webhooks.retries import AppState, due_by_count


class Outbox:
    """The events owed to an app whose deliveries are repeated by count.

    Events of a conversation are tried in order for the first time; one that fails waits for
    its next attempt by itself, and the others go on. Source: API facts §9.4.

    Args:
        limit: How many events are kept; one more, and the oldest is let go.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._all: dict[Owed, None] = {}
        self._lanes = Lanes()
        self._free: list[Owed] = []

    def __len__(self) -> int:
        return len(self._all)

    @property
    def state(self) -> AppState:
        """How the deliveries to the app stand."""
        return AppState.UP

    def add(self, owed: Owed) -> Owed | None:
        """Take over an event, and return the one that was let go for it, if any."""
        oldest = next(iter(self._all)) if len(self._all) >= self._limit else None
        if oldest is not None:
            self._let_go(oldest)
        self._all[owed] = None
        self._place(owed)
        return oldest

    def take(self) -> list[Owed]:
        """Return what may be tried, each as soon as it is due; nobody else gets it."""
        taken = [owed for owed in self._free if owed in self._all]
        self._free.clear()
        for owed in taken:
            owed.taken = True
        return taken

    def begin(self, owed: Owed) -> bool:
        """Return whether an event that was taken is to be tried, now that it is due."""
        return owed in self._all

    def settle(self, owed: Owed, *, delivered: bool, at: float, took: float = 0.0) -> list[Owed]:
        """Note how an attempt ended, and return the events that are given up with it.

        Args:
            owed: What was tried.
            delivered: Whether the app has it.
            at: When the attempt began, by the consumer's clock.
            took: How many seconds it lasted.
        """
        owed.attempts += 1
        owed.taken = False
        if not delivered:
            return self._fail(owed, at, took)
        self._remove(owed)
        self._note_success(owed, at + took)
        return []

    def _place(self, owed: Owed) -> None:
        if self._lanes.append(owed):
            self._release(owed)

    def _release(self, owed: Owed) -> None:
        self._free.append(owed)

    def _let_go(self, owed: Owed) -> None:
        self._remove(owed)

    def _remove(self, owed: Owed) -> None:
        del self._all[owed]
        self._leave_lane(owed)

    def _leave_lane(self, owed: Owed) -> None:
        first = None if owed.loose else self._lanes.remove(owed)
        if first is not None and not first.taken:
            self._release(first)

    def _note_success(self, owed: Owed, ended_at: float) -> None:
        """Do nothing more: the state of an app does not depend on successes here."""

    def _fail(self, owed: Owed, at: float, took: float) -> list[Owed]:
        due = due_by_count(at, attempts=owed.attempts, max_retries=owed.receiver.max_retries)
        if due is None:
            self._remove(owed)
            return [owed]
        owed.due = max(due, at + took)
        if not owed.loose:
            self._leave_lane(owed)
            owed.loose = True
        self._release(owed)
        return []
