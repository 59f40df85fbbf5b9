"""Delivers to one app what is pending for it, each event in a task of its own."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Container
from dataclasses import replace

from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.sandbox.faults.faults import WEBHOOK, Fault, FaultBook
from connector_harness.sandbox.state.clocks import Clocks
from connector_harness.sandbox.webhooks.notifications import Notification
from connector_harness.sandbox.webhooks.queue import Pending, Queue
from connector_harness.sandbox.webhooks.send import ACCEPTED, Sender
from connector_harness.sandbox.webhooks.subscriptions import Subscription

KEPT_ATTEMPTS = 10_000
MOST_HELD_BACK = 1000
"""How many webhooks of an app wait to be overtaken at the most; one more goes in order."""

DELIVERED, FAILED, DROPPED = "delivered", "failed", "dropped"
_WHEN_ADDED = ("late", "twice", "out_of_order")
_WHEN_SENT = ("wrong_signature",)
_logger = logging.getLogger(__name__)


class DeliveryLog:
    """The last attempts to deliver, of one account, newest last, for whoever asks about them."""

    def __init__(self) -> None:
        self._entries: deque[tuple[str, JsonObject]] = deque(maxlen=KEPT_ATTEMPTS)
        self._recorded = 0

    @property
    def dropped(self) -> int:
        """How many attempts the log has let go, oldest first."""
        return self._recorded - len(self._entries)

    def record(self, consumer: str, entry: JsonObject) -> None:
        """Keep one attempt, or the loss of an event that was not tried any more."""
        self._recorded += 1
        self._entries.append((consumer, entry))

    def read(self, consumer: str | None = None) -> list[JsonValue]:
        """Return the attempts, all or those about one consumer's conversations.

        Shape: ``[{"clientId", "conversation", "type", "attempt": int, "at": seconds, "status":
        int | None, "outcome": "delivered" | "failed" | "dropped", "fault"?}]``.
        """
        return [entry for whose, entry in self._entries if consumer in (None, whose)]


class WebhookFaults:
    """What the faults of an account do to the webhooks of one app."""

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
        fault.applied += 1
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
        if fault is not None:
            fault.applied += 1
        return fault is not None

    def _find(self, pending: Pending, among: tuple[str, ...]) -> Fault | None:
        if not self._book.is_armed(self._account_id):
            return None
        about = {"client_id": self._client_id, "type": pending.kind}
        return self._book.find(
            self._account_id, WEBHOOK, pending.consumer, about=about, among=among
        )


class DeliveryLoop:
    """Delivers to one app what is pending for it, when the queue says so.

    Attributes:
        subscription: What the app wants to be told, from *active_at* on, in seconds.
        overflowed: How many events the queue had to let go because it was full.
    """

    def __init__(
        self,
        account_id: str,
        subscription: Subscription,
        *,
        active_at: float,
        queue: Queue,
        sender: Sender,
        clocks: Clocks,
        log: DeliveryLog,
        faults: WebhookFaults,
    ) -> None:
        self.subscription = subscription
        self.overflowed = 0
        self._account_id = account_id
        self._active_at = active_at
        self._queue = queue
        self._sender = sender
        self._clocks = clocks
        self._log = log
        self._faults = faults
        self._tasks: dict[Pending, asyncio.Task[None]] = {}
        self._ending: set[asyncio.Task[None]] = set()

    @property
    def state(self) -> str:
        """How the deliveries to the app stand. Source: API facts §9.4."""
        return self._queue.state.value

    @property
    def pending(self) -> int:
        """How many events the app has not got yet."""
        return len(self._queue) + self._faults.held_back

    def deliver(self, notification: Notification, body: bytes) -> None:
        """Deliver a notification if the app wants to be told of such, starting at once."""
        receiver = self.subscription.receivers.get(notification.subscription)
        since = self._clocks.now(notification.consumer)
        if receiver is None or since < self._active_at:
            return
        pending = Pending(
            kind=notification.subscription,
            conversation=notification.conversation,
            consumer=notification.consumer,
            body=body,
            receiver=receiver,
            since=since,
        )
        self._add(self._faults.arrange(pending))

    def release(self, ended: Container[Fault]) -> None:
        """Deliver what faults that have ended held back."""
        self._add(self._faults.release(ended))

    def due(self, consumer: str | None = None) -> list[asyncio.Task[None]]:
        """Return the tasks that try something of a consumer, or anybody, now and not later."""
        return [
            task
            for pending, task in self._tasks.items()
            if consumer in (None, pending.consumer)
            and (pending.due is None or pending.due <= self._clocks.now(pending.consumer))
        ]

    def stop(self) -> list[asyncio.Task[None]]:
        """Let everything that is pending go and return the tasks that are about to end."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        self._tasks.clear()
        return tasks

    def _add(self, events: list[Pending]) -> None:
        for pending in events:
            dropped = self._queue.add(pending)
            if dropped is not None:
                self._overflow(dropped)
        self._go()

    def _go(self) -> None:
        for pending in self._queue.take():
            # The time it was due rather than the time it will be: advancing may leap over several
            # attempts, and each of them still counts as made when its time had come.
            at = self._clocks.now(pending.consumer) if pending.due is None else pending.due
            self._tasks[pending] = asyncio.get_running_loop().create_task(self._bring(pending, at))

    async def _bring(self, pending: Pending, at: float) -> None:
        await self._clocks.wait_until(pending.consumer, at)
        if self._queue.begin(pending):
            await self._try(pending, at)
        del self._tasks[pending]
        self._go()

    async def _try(self, pending: Pending, at: float) -> None:
        forged = self._faults.forge(pending)
        started = time.monotonic()
        status = await self._sender.send(
            self._account_id, self.subscription, pending, forged=forged
        )
        took = time.monotonic() - started
        delivered = status in ACCEPTED
        given_up = self._queue.settle(pending, delivered=delivered, at=at, took=took)
        outcome = DELIVERED if delivered else DROPPED if pending in given_up else FAILED
        fault = "wrong_signature" if forged else pending.fault
        self._record(pending, outcome, at=at, status=status, fault=fault)
        for lost in given_up:
            if lost is not pending:
                self._record(lost, DROPPED)

    def _overflow(self, pending: Pending) -> None:
        task = self._tasks.pop(pending, None)
        if task is not None:
            self._end(task)
        self.overflowed += 1
        if self.overflowed == 1:
            _logger.warning(
                "webhooks: too much is pending for app %r; the oldest is lost",
                self.subscription.client_id,
            )
        self._record(pending, DROPPED)

    def _end(self, task: asyncio.Task[None]) -> None:
        task.cancel()
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    def _record(
        self,
        pending: Pending,
        outcome: str,
        *,
        at: float | None = None,
        status: int | None = None,
        fault: str | None = None,
    ) -> None:
        entry: JsonObject = {
            "clientId": self.subscription.client_id,
            "conversation": pending.conversation,
            "type": pending.kind,
            "attempt": pending.attempts,
            "at": self._clocks.now(pending.consumer) if at is None else at,
            "status": status,
            "outcome": outcome,
            **({} if fault is None else {"fault": fault}),
        }
        self._log.record(pending.consumer, entry)
        if outcome != DELIVERED:
            _logger.info(
                "webhook %s to app %r, attempt %d: %s, answer %s",
                *(entry[name] for name in ("type", "clientId", "attempt", "outcome", "status")),
            )
