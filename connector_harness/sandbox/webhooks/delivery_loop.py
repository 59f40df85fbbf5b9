"""Delivers to one app what is pending for it, each event in a task of its own."""

import asyncio
import logging
import time
from collections.abc import Container

from connector_harness.sandbox.faults.faults import Fault
from connector_harness.sandbox.state.clocks import Clocks
from connector_harness.sandbox.webhooks.log import DELIVERED, DROPPED, FAILED, DeliveryLog
from connector_harness.sandbox.webhooks.notifications import Notification
from connector_harness.sandbox.webhooks.pending import Pending
from connector_harness.sandbox.webhooks.queue import Queue
from connector_harness.sandbox.webhooks.send import ACCEPTED, Sender
from connector_harness.sandbox.webhooks.subscriptions import Subscription
from connector_harness.sandbox.webhooks.webhook_faults import WebhookFaults

_logger = logging.getLogger(__name__)


class DeliveryLoop:
    """Delivers to one app what is pending for it, when the queue says so.

    Attributes:
        subscription: What the app wants to be told.
        overflowed: How many events the queue had to let go because it was full.

    Args:
        account_id: The account that the app is installed in.
        subscription: What the app wants to be told.
        active_at: From when on it is told, in seconds since the epoch.
        queue: Says what goes next.
        sender: Sends it.
        clocks: Tell when it is due.
        log: Is told of every attempt.
        faults: What goes wrong on purpose.
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
        """Return the tasks that try something now, rather than wait for a time to come.

        Args:
            consumer: Whose events, None for all.
        """
        return [
            task
            for pending, task in self._tasks.items()
            if consumer in (None, pending.consumer) and self._is_due(pending)
        ]

    def stop(self) -> list[asyncio.Task[None]]:
        """Let everything that is pending go and return the tasks that are about to end."""
        for task in self._tasks.values():
            self._end(task)
        self._tasks.clear()
        return list(self._ending)

    def _is_due(self, pending: Pending) -> bool:
        return pending.due is None or pending.due <= self._clocks.now(pending.consumer)

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
        self._record(pending, at=at, status=status, outcome=outcome, fault=fault)
        for lost in given_up:
            if lost is not pending:
                self._record(lost, at=self._clocks.now(lost.consumer), status=None, outcome=DROPPED)

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
        self._record(pending, at=self._clocks.now(pending.consumer), status=None, outcome=DROPPED)

    def _end(self, task: asyncio.Task[None]) -> None:
        task.cancel()
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    def _record(
        self,
        pending: Pending,
        *,
        at: float,
        status: int | None,
        outcome: str,
        fault: str | None = None,
    ) -> None:
        client_id = self.subscription.client_id
        self._log.record(client_id, pending, at=at, status=status, outcome=outcome, fault=fault)
        if outcome != DELIVERED:
            _logger.info(
                "webhook %s to app %r, attempt %d: %s, answer %s",
                pending.kind,
                client_id,
                pending.attempts,
                outcome,
                status,
            )
