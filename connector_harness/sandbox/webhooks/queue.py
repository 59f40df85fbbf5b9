"""What is still pending for one app, without sending it: who goes next, and what a failure means.

Whoever delivers *takes* what may go, asks to *begin* it once it is due, and *settles* it.
"""

from connector_harness.sandbox.webhooks.pending import ConversationOrder, Pending
from connector_harness.sandbox.webhooks.retries import AppState, due_by_count


class Queue:
    """The events pending for an app whose deliveries are repeated by count.

    Events of a conversation are tried in order for the first time; one that fails waits for
    its next attempt by itself, and the others go on. Source: API facts §9.4.

    Args:
        limit: How many events are kept; one more, and the oldest is let go.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._all: dict[Pending, None] = {}
        self._order = ConversationOrder()
        self._free: list[Pending] = []

    def __len__(self) -> int:
        return len(self._all)

    @property
    def state(self) -> AppState:
        """How the deliveries to the app stand."""
        return AppState.UP

    def add(self, pending: Pending) -> Pending | None:
        """Take over an event, and return the one that was let go for it, if any."""
        oldest = next(iter(self._all)) if len(self._all) >= self._limit else None
        if oldest is not None:
            self._let_go(oldest)
        self._all[pending] = None
        self._place(pending)
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
        """Note how an attempt ended, and return the events that are given up with it.

        Args:
            pending: What was tried.
            delivered: Whether the app has it.
            at: When the attempt began, by the consumer's clock.
            took: How many seconds it lasted.
        """
        pending.attempts += 1
        pending.taken = False
        if not delivered:
            return self._fail(pending, at, took)
        self._remove(pending)
        self._note_success(pending, at + took)
        return []

    def _place(self, pending: Pending) -> None:
        if self._order.append(pending):
            self._release(pending)

    def _release(self, pending: Pending) -> None:
        self._free.append(pending)

    def _let_go(self, pending: Pending) -> None:
        self._remove(pending)

    def _remove(self, pending: Pending) -> None:
        del self._all[pending]
        self._leave_order(pending)

    def _leave_order(self, pending: Pending) -> None:
        first = None if pending.unordered else self._order.remove(pending)
        if first is not None and not first.taken:
            self._release(first)

    def _note_success(self, pending: Pending, ended_at: float) -> None:
        """Do nothing more: the state of an app does not depend on successes here."""

    def _fail(self, pending: Pending, at: float, took: float) -> list[Pending]:
        due = due_by_count(at, attempts=pending.attempts, max_retries=pending.receiver.max_retries)
        if due is None:
            self._remove(pending)
            return [pending]
        pending.due = max(due, at + took)
        if not pending.unordered:
            self._leave_order(pending)
            pending.unordered = True
        self._release(pending)
        return []
