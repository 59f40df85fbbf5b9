"""The webhooks of all accounts: who is subscribed, and what is pending. Source: API facts §9."""

import asyncio
import itertools
import json
from collections.abc import Container
from typing import TYPE_CHECKING

from connector_harness.json_types import JsonObject
from connector_harness.sandbox.assumptions import Assumptions
from connector_harness.sandbox.faults.faults import Fault, FaultBook
from connector_harness.sandbox.state.clocks import Clocks
from connector_harness.sandbox.webhooks.delivery_loop import (
    DeliveryLog,
    DeliveryLoop,
    WebhookFaults,
)
from connector_harness.sandbox.webhooks.notifications import Notification
from connector_harness.sandbox.webhooks.queue import Queue, RetentionQueue
from connector_harness.sandbox.webhooks.send import Sender
from connector_harness.sandbox.webhooks.subscriptions import Subscription

# Loaded only once an app subscribes.
if TYPE_CHECKING:
    import httpx

MOST_APPS = 100
"""How many apps of an account may subscribe."""

MOST_PENDING = 10_000
"""How many webhooks are pending for an app at the most."""

PATIENCE_S = 2.0
"""For how long at the most somebody who asks waits for what is being delivered."""


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
        self._most_pending = most_pending
        self._clocks = clocks or Clocks()
        self._assumptions = assumptions or Assumptions()
        self._faults = faults or FaultBook()
        self._sender = Sender(self._assumptions, carrier)
        self._loops: dict[str, dict[str, DeliveryLoop]] = {}
        self._logs: dict[str, DeliveryLog] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._goes_first = itertools.cycle(
            {"before": [True], "either": [True, False]}.get(
                self._assumptions.first_webhook, [False]
            )
        )

    def subscribe(self, account_id: str, subscription: Subscription) -> None:
        """Tell an app from now on; what is pending from its last subscription is let go."""
        self.unsubscribe(account_id, subscription.client_id)
        self._sender.open()
        loops = self._loops.setdefault(account_id, {})
        loops[subscription.client_id] = DeliveryLoop(
            account_id,
            subscription,
            active_at=self._clocks.now() + self._assumptions.webhook_activation_s,
            queue=self._queue(subscription),
            sender=self._sender,
            clocks=self._clocks,
            log=self._logs.setdefault(account_id, DeliveryLog()),
            faults=WebhookFaults(self._faults, account_id, subscription.client_id),
        )

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
        log = self._logs.get(account_id, DeliveryLog())
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
        await self._sender.close()

    def _queue(self, subscription: Subscription) -> Queue:
        most, retention_s = self._most_pending, subscription.retention_s
        if retention_s is None:
            return Queue(most)
        return RetentionQueue(most, retention_s=retention_s, now=self._clocks.now)
