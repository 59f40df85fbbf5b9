"""The webhooks of all accounts: who is subscribed, what is pending, and how it is delivered.

Source: API facts §9.
"""

import asyncio
import itertools
import json
import logging
import time
from collections import deque
from collections.abc import Container
from dataclasses import replace
from typing import TYPE_CHECKING

from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.sandbox.assumptions import Assumptions
from connector_harness.sandbox.faults.fault import WEBHOOK, Fault
from connector_harness.sandbox.faults.faults import FaultBook
from connector_harness.sandbox.state.clocks import Clocks
from connector_harness.sandbox.webhooks.notifications import Notification
from connector_harness.sandbox.webhooks.queue import Pending, Queue, RetentionQueue
from connector_harness.sandbox.webhooks.send import ACCEPTED, Sender
from connector_harness.sandbox.webhooks.subscriptions import Subscription

# Loaded only once an app subscribes.
if TYPE_CHECKING:
    import httpx

MOST_APPS = 100
MOST_PENDING = 10_000
MOST_PENDING_BYTES = 16 * 1024 * 1024
"""How much is pending for an app at the most, and how much waits to be overtaken."""

PATIENCE_S = 2.0
"""For how long at the most somebody who asks waits for what is being delivered."""

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

    @property
    def _is_full(self) -> bool:
        size = sum(len(pending.body) for pending, _ in self._held_back.values())
        return self.held_back >= MOST_HELD_BACK or size > MOST_PENDING_BYTES

    def arrange(self, pending: Pending) -> list[Pending]:
        """Return what is to be delivered now, in this order, that *pending* has happened."""
        overtaken = self._held_back.pop(pending.conversation, None)
        if overtaken is not None:
            return [pending, overtaken[0]]
        fault = self._find(pending, _WHEN_ADDED)
        if fault is None or (fault.name == "out_of_order" and self._is_full):
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
    """Delivers to one app what is pending for it, each event in a task of its own.

    The queue says when; ``overflowed`` counts the events that it had to let go as it was full.
    """

    def __init__(self, account_id: str, subscription: Subscription, parts: "Webhooks") -> None:
        self.subscription = subscription
        self.overflowed = 0
        self._account_id = account_id
        self._parts = parts
        self._active_at = parts.clocks.now() + parts.assumptions.webhook_activation_s
        self._queue = parts.queue_of(subscription)
        self._log = parts.log_of(account_id)
        self._faults = WebhookFaults(parts.faults, account_id, subscription.client_id)
        self._tasks: dict[Pending, asyncio.Task[None]] = {}

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
        since = self._parts.clocks.now(notification.consumer)
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
            and (pending.due is None or pending.due <= self._parts.clocks.now(pending.consumer))
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
            while self._queue.size > MOST_PENDING_BYTES:
                self._overflow(self._queue.drop())
        self._go()

    def _go(self) -> None:
        for pending in self._queue.take():
            # The time it was due rather than the time it will be: advancing may leap over several
            # attempts, and each of them still counts as made when its time had come.
            at = self._parts.clocks.now(pending.consumer) if pending.due is None else pending.due
            self._tasks[pending] = asyncio.get_running_loop().create_task(self._bring(pending, at))

    async def _bring(self, pending: Pending, at: float) -> None:
        await self._parts.clocks.wait_until(pending.consumer, at)
        if self._queue.begin(pending):
            await self._try(pending, at)
        del self._tasks[pending]
        self._go()

    async def _try(self, pending: Pending, at: float) -> None:
        forged = self._faults.forge(pending)
        started = time.monotonic()
        status = await self._parts.sender.send(
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
            task.cancel()
        self.overflowed += 1
        if self.overflowed == 1:
            what = "webhooks: too much is pending for app %r; the oldest is lost"
            _logger.warning(what, self.subscription.client_id)
        self._record(pending, DROPPED)

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
            "at": self._parts.clocks.now(pending.consumer) if at is None else at,
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


class Webhooks:
    """Tells the subscribed apps what happens, in tasks of the running event loop.

    Deliveries are due by *clocks*, and travel by *carrier*; default: connections to the apps.
    """

    def __init__(
        self,
        clocks: Clocks | None = None,
        assumptions: Assumptions | None = None,
        faults: FaultBook | None = None,
        carrier: "httpx.AsyncBaseTransport | None" = None,
        *,
        most_pending: int = MOST_PENDING,
    ) -> None:
        self.clocks = clocks or Clocks()
        self.assumptions = assumptions or Assumptions()
        self.faults = faults or FaultBook()
        self.sender = Sender(self.assumptions, carrier)
        self._most_pending = most_pending
        self._loops: dict[str, dict[str, DeliveryLoop]] = {}
        self._logs: dict[str, DeliveryLog] = {}
        self._ending: set[asyncio.Task[None]] = set()
        turns = {"before": [True], "either": [True, False], "after": [False]}
        self._goes_first = itertools.cycle(turns[self.assumptions.first_webhook])

    def subscribe(self, account_id: str, subscription: Subscription) -> None:
        """Tell an app from now on; what is pending from its last subscription is let go."""
        self.unsubscribe(account_id, subscription.client_id)
        self.sender.open()
        loop = DeliveryLoop(account_id, subscription, self)
        self._loops.setdefault(account_id, {})[subscription.client_id] = loop

    def unsubscribe(self, account_id: str, client_id: str) -> bool:
        """Drop what is pending for an app, and return whether there was one."""
        loop = self._loops.get(account_id, {}).pop(client_id, None)
        if loop is None:
            return False
        for task in loop.stop():
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)
        return True

    def subscription_of(self, account_id: str, client_id: str) -> Subscription | None:
        """Return what an app has subscribed to, None for nothing."""
        loop = self._loops.get(account_id, {}).get(client_id)
        return None if loop is None else loop.subscription

    def has_room(self, account_id: str, client_id: str) -> bool:
        """Return whether an app may subscribe, as it has done so before or there are few."""
        loops = self._loops.get(account_id, {})
        return client_id in loops or len(loops) < MOST_APPS

    def notify(self, account_id: str, notification: Notification) -> None:
        """Let every app that wants it have a notification; order is kept per conversation."""
        loops = self._loops.get(account_id)
        if not loops:
            return
        # Written down now, as parts of the document may change while it waits.
        document = json.dumps(notification.document, ensure_ascii=False, separators=(",", ":"))
        body = document.encode()
        for loop in loops.values():
            loop.deliver(notification, body)

    def release(self, account_id: str, ended: Container[Fault]) -> None:
        """Let every app have what faults that have ended held back."""
        for loop in self._loops.get(account_id, {}).values():
            loop.release(ended)

    async def go_first(self, account_id: str) -> None:
        """Wait for the first webhooks where they go out before the answer of the call.

        Source: API facts §16.
        """
        if self._loops.get(account_id) and next(self._goes_first):
            await self.quiet(account_id)

    async def quiet(
        self, account_id: str, consumer: str | None = None, *, within_s: float = PATIENCE_S
    ) -> None:
        """Wait until nothing of a consumer, or of anybody, is being delivered and due.

        Events of others may never come to an end.
        """
        loops = self._loops.get(account_id, {})
        time = asyncio.get_running_loop().time
        end = time() + within_s
        while (left := end - time()) > 0:
            due = [task for loop in loops.values() for task in loop.due(consumer)]
            if not due:
                return
            await asyncio.wait(due, timeout=left)

    def show(self, account_id: str, consumer: str | None = None) -> JsonObject:
        """Return how the apps of an account stand, and what was tried for one consumer or all.

        Shape: ``{"apps": [{"clientId", "state", "pending": int, "overflowed": int}],
        "deliveries": […], "dropped": int}``; see `DeliveryLog.read` for the deliveries.
        """
        log = self.log_of(account_id)
        return {
            "apps": [
                {
                    "clientId": client_id,
                    "state": loop.state,
                    "pending": loop.pending,
                    "overflowed": loop.overflowed,
                }
                for client_id, loop in self._loops.get(account_id, {}).items()
            ],
            "deliveries": log.read(consumer),
            "dropped": log.dropped,
        }

    async def close(self) -> None:
        """Let everything that is pending go, and leave no task and no connection behind."""
        for account_id, loops in self._loops.items():
            for client_id in list(loops):
                self.unsubscribe(account_id, client_id)
        await asyncio.gather(*self._ending, return_exceptions=True)
        await self.sender.close()

    def queue_of(self, subscription: Subscription) -> Queue:
        """Return a new queue for what is pending for an app."""
        most, retention_s = self._most_pending, subscription.retention_s
        if retention_s is None:
            return Queue(most)
        return RetentionQueue(most, retention_s=retention_s, now=self.clocks.now)

    def log_of(self, account_id: str) -> DeliveryLog:
        """Return what was tried for the apps of an account."""
        return self._logs.setdefault(account_id, DeliveryLog())
