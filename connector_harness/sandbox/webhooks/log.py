"""The attempts to deliver, for whoever asks the sandbox about them."""

from collections import deque

from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.sandbox.webhooks.pending import Pending

KEPT_ATTEMPTS = 10_000
DELIVERED, FAILED, DROPPED = "delivered", "failed", "dropped"


class DeliveryLog:
    """The last attempts of one account, newest last."""

    def __init__(self, kept: int = KEPT_ATTEMPTS) -> None:
        self._entries: deque[tuple[str, JsonObject]] = deque(maxlen=kept)
        self._recorded = 0

    @property
    def dropped(self) -> int:
        """How many attempts the log has let go, oldest first."""
        return self._recorded - len(self._entries)

    def record(
        self,
        client_id: str,
        pending: Pending,
        *,
        at: float,
        status: int | None,
        outcome: str,
        fault: str | None = None,
    ) -> None:
        """Keep one attempt, or the loss of an event that was not tried any more.

        Args:
            client_id: Which app.
            pending: What was to be delivered; its attempts are counted already.
            at: When, by the consumer's clock.
            status: What the app answered; None for nothing.
            outcome: `DELIVERED`, `FAILED` (it is tried again) or `DROPPED` (it is lost).
            fault: The injected fault that was applied to it, None for none.
        """
        self._recorded += 1
        entry: JsonObject = {
            "clientId": client_id,
            "conversation": pending.conversation,
            "type": pending.kind,
            "attempt": pending.attempts,
            "at": at,
            "status": status,
            "outcome": outcome,
            **({} if fault is None else {"fault": fault}),
        }
        self._entries.append((pending.consumer, entry))

    def read(self, consumer: str | None = None) -> list[JsonValue]:
        """Return the attempts, all or those about one consumer's conversations.

        Shape: ``[{"clientId", "conversation", "type", "attempt": int, "at": seconds, "status":
        int | None, "outcome": "delivered" | "failed" | "dropped", "fault"?}]``.
        """
        return [entry for whose, entry in self._entries if consumer in (None, whose)]
