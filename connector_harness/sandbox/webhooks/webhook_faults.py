"""Faults of the webhooks to one app: late, twice, out of order, wrongly signed."""

from collections.abc import Container, Iterable
from dataclasses import replace

from connector_harness.sandbox.faults.faults import WEBHOOK, Fault, FaultBook
from connector_harness.sandbox.webhooks.pending import Pending

MOST_HELD_BACK = 1000
"""How many webhooks of an app wait to be overtaken at the most; one more goes in order."""

_WHEN_ADDED = ("late", "twice", "out_of_order")
_WHEN_SENT = ("wrong_signature",)


class WebhookFaults:
    """What the faults of an account do to the webhooks of one app.

    Args:
        book: The faults of all accounts.
        account_id: The account.
        client_id: The app.
    """

    def __init__(self, book: FaultBook, account_id: str, client_id: str) -> None:
        self._book = book
        self._account_id = account_id
        self._client_id = client_id
        self._held_back: dict[str, tuple[Pending, Fault]] = {}

    @property
    def held_back(self) -> int:
        """How many webhooks wait to be overtaken."""
        return len(self._held_back)

    def arrange(self, pending: Pending) -> list[Pending]:
        """Return what is to be delivered now, in this order, that *pending* has happened."""
        overtaken = self._held_back.pop(pending.conversation, None)
        if overtaken is not None:
            return [pending, overtaken[0]]
        fault = self._find(pending, _WHEN_ADDED)
        if fault is None or (fault.name == "out_of_order" and self.held_back >= MOST_HELD_BACK):
            return [pending]
        self._book.apply(self._account_id, fault)
        if fault.name == "twice":
            return [pending, replace(pending, fault=fault.name)]
        pending.fault = fault.name
        if fault.name == "late":
            pending.due = pending.since + fault.seconds("delay_s")
            return [pending]
        self._held_back[pending.conversation] = (pending, fault)
        return []

    def release(self, ended: Container[Fault]) -> list[Pending]:
        """Return what faults that have ended held back."""
        free = [pending for pending, fault in self._held_back.values() if fault in ended]
        for pending in free:
            del self._held_back[pending.conversation]
        return free

    def forge(self, pending: Pending) -> bool:
        """Return whether the signature is to be wrong, at this attempt."""
        fault = self._find(pending, _WHEN_SENT)
        if fault is None:
            return False
        self._book.apply(self._account_id, fault)
        return True

    def _find(self, pending: Pending, among: Iterable[str]) -> Fault | None:
        if not self._book.is_armed(self._account_id):
            return None
        about = {"client_id": self._client_id, "type": pending.kind}
        return self._book.find(
            self._account_id, WEBHOOK, pending.consumer, about=about, among=tuple(among)
        )
