"""What has been delivered, by conversation: kept within limits, asked about, waited for."""

import math
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from connector_harness.client.settings import WAIT_S
from connector_harness.receiver.arrival import NotArrivedError, report
from connector_harness.receiver.notification import Change, Notification

LIMIT: Final = 50_000
LIMIT_PER_CONVERSATION: Final = 10_000
LIMIT_BYTES: Final = 32_000_000
"""How many deliveries an inbox keeps, in all and of one conversation, and how many bytes."""

_Outlook = Callable[[Sequence[Change]], str | None]


def never(_: Sequence[Change]) -> None:
    """Tell that the goal can still be reached, whatever has happened."""


def nothing(_: Change) -> bool:
    """Tell that no change would come in the place of another."""
    return False


def closed(changes: Sequence[Change]) -> str | None:
    """Tell that nothing more can come once the conversation, and not just a dialog, is closed."""
    details = next((each.details for each in reversed(changes) if each.details), {})
    stage = details.get("stage", details.get("state"))
    return "the conversation is closed" if stage == "CLOSE" else None


class Source(Protocol):
    """Where an inbox without a web server looks for what has come."""

    every_s: float
    """How long it is left alone between two looks, in seconds."""

    late_s: float
    """How much later than it happens something may be seen there, in seconds."""

    def news(self, conversation_id: str) -> Sequence[Notification]:
        """Return what has come of a conversation since it was last asked about."""


@dataclass(slots=True)
class _Kept:
    """What has been delivered of one conversation, in the order of arrival."""

    notifications: list[Notification] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    size: int = 0


class Inbox:
    """What has been delivered, by conversation; any thread may use it.

    Deliveries that name no conversation are kept as those of None. A conversation at its limit
    keeps what it has and takes no more. When the whole is full, the conversation silent for
    longest is let go, never one that is being waited for. `overflow` tells of both. Where it has a
    *source*, it looks there for what has come whenever somebody asks or waits.
    """

    def __init__(
        self,
        limit: int = LIMIT,
        *,
        limit_per_conversation: int = LIMIT_PER_CONVERSATION,
        limit_bytes: int = LIMIT_BYTES,
        source: Source | None = None,
        wait_s: float = WAIT_S,
    ) -> None:
        """Start empty; who waits and does not say for how long does so for *wait_s*."""
        self.wait_s = wait_s
        self._limit = limit
        self._limit_of_one = limit_per_conversation
        self._limit_bytes = limit_bytes
        self._source = source
        # In the order of the latest delivery.
        self._kept: OrderedDict[str | None, _Kept] = OrderedDict()
        self._deliveries = self._size = 0
        self._lost: dict[str, tuple[int, str | None]] = {}
        self._arrived = threading.Condition()
        self._waited_for: Counter[str | None] = Counter()
        self._expected: Counter[str] = Counter()

    def deliver(self, notification: Notification) -> None:
        """Keep *notification* with every conversation it names, and wake whoever waits."""
        with self._arrived:
            if not notification.signed:
                notification = self._as_expected(notification)
            for id_ in notification.conversation_ids or (None,):
                self._keep(notification, id_)
            self._arrived.notify_all()

    def expect_bad_signature(self, conversation_id: str, *, times: int = 1) -> None:
        """Take the next deliveries of a conversation that are signed wrongly as expected.

        They are refused and kept as ever; only, they are no news, and fail no scenario.
        """
        with self._arrived:
            self._expected[conversation_id] += times

    def refused(self, conversation_id: str) -> list[Notification]:
        """Return the deliveries that name a conversation and were signed wrongly."""
        return [each for each in self.notifications_of(conversation_id) if not each.signed]

    def of(self, conversation_id: str) -> list[Change]:
        """Return the changes of a conversation in the order of their arrival."""
        self._look(conversation_id)
        with self._arrived:
            return list(self._of(conversation_id).changes)

    def notifications_of(self, conversation_id: str | None) -> list[Notification]:
        """Return the deliveries that name a conversation; those that name none for None."""
        return [each for each in self.attempts_of(conversation_id) if each.lost_with is None]

    def attempts_of(self, conversation_id: str | None) -> list[Notification]:
        """Return the same with those that were not kept."""
        with self._arrived:
            return list(self._of(conversation_id).notifications)

    def faults_of(self, conversation_id: str | None) -> list[str]:
        """Return what was wrong with the deliveries that name a conversation, or none for None."""
        return [fault for each in self.notifications_of(conversation_id) for fault in each.faults]

    def duplicates(self, conversation_id: str) -> list[Change]:
        """Return the changes whose number in their dialog had been delivered before."""
        with self._arrived:
            changes = self._of(conversation_id).changes
            numbered = [each for each in changes if each.sequence is not None]
            firsts = {(each.dialog_id, each.sequence): each for each in reversed(numbered)}
            return [e for e in numbered if firsts[e.dialog_id, e.sequence] is not e]

    def strangers(self, known: Container[str]) -> list[Notification]:
        """Return the deliveries of conversations outside *known*, or of none at all."""
        with self._arrived:
            return [
                notification
                for id_, kept in self._kept.items()
                if id_ is None or id_ not in known
                for notification in kept.notifications
                if notification.lost_with is None
            ]

    @property
    def is_told(self) -> bool:
        """Whether all that is in it was delivered; else it looks for it."""
        return self._source is None

    @property
    def overflow(self) -> list[str]:
        """Which limits have been reached and what that cost; empty when nothing was lost."""
        with self._arrived:
            return [
                f"{limit}; deliveries lost: {count}, the first of "
                f"{f'conversation {first!r}' if first else 'no conversation'}"
                for limit, (count, first) in self._lost.items()
            ]

    def wait_for(
        self,
        conversation_id: str,
        goal: Callable[[Change], bool],
        *,
        what: str,
        within_s: float | None = None,
        hopeless: _Outlook = never,
        like: Callable[[Change], bool] = nothing,
    ) -> Change:
        """Return the first change that meets *goal*, as soon as there is one.

        It is waited for *within_s* at the most, as long as is usual for None. *what* words it, as
        ``"the agent's answer"``; *hopeless* tells, given all changes so far, why it cannot come any
        more, or None. What is *like* it has come instead: then time is not what lacked.

        Raises:
            NotArrivedError: It did not come in time, or cannot come any more; the message lists
                what was observed, with times.
        """
        __tracebackhide__ = True

        try:
            changes = self.wait_until(
                conversation_id,
                lambda changes: any(map(goal, changes)),
                what=what,
                within_s=within_s,
                hopeless=hopeless,
            )
        except NotArrivedError as error:
            others = [each for each in self.of(conversation_id) if like(each)]
            if error.is_hopeless or not others:
                raise
            _, _, told = str(error).partition("\n")
            message = f"expected {what}; {others[-1]} came\n{told}"
            raise NotArrivedError(message, is_hopeless=True) from None
        return next(change for change in changes if goal(change))

    def wait_until(
        self,
        conversation_id: str,
        holds: Callable[[Sequence[Change]], bool],
        *,
        what: str,
        within_s: float | None = None,
        hopeless: _Outlook = never,
    ) -> list[Change]:
        """Return all changes of a conversation as soon as they are as *holds* wants them.

        Args and errors are those of `wait_for`; *holds* is given all changes so far.

        Raises:
            NotArrivedError: It did not hold in time, or cannot hold any more.
        """
        __tracebackhide__ = True
        began = time.monotonic()
        within_s = self.wait_s if within_s is None else within_s
        within_s += 0 if self._source is None else self._source.late_s
        seen = -1
        while True:
            changes = self._other_than(seen, conversation_id, began + within_s)
            if holds(changes):
                return changes
            reason, took_s = hopeless(changes), time.monotonic() - began
            if reason is not None or took_s >= within_s:
                why = f"no use in waiting for {what}: {reason} (after {took_s:.1f} s)"
                in_vain = f"waited {within_s:g} s in vain for {what}"
                message = report(
                    why if reason is not None else in_vain,
                    conversation_id=conversation_id,
                    notifications=self.notifications_of(conversation_id),
                    began=began,
                    losses=self.overflow,
                )
                raise NotArrivedError(message, is_hopeless=reason is not None)
            seen = len(changes)

    def _of(self, conversation_id: str | None) -> _Kept:
        return self._kept.get(conversation_id) or _Kept()

    def _keep(self, notification: Notification, id_: str | None) -> None:
        size = len(notification.body)
        if len(self._of(id_).notifications) >= self._limit_of_one:
            self._lose(f"a conversation keeps {self._limit_of_one} deliveries", 1, id_)
        elif self._make_room(size, id_):
            kept = self._kept.setdefault(id_, _Kept())
            kept.notifications.append(notification)
            told = notification.changes if notification.lost_with is None else ()
            kept.changes += [each for each in told if each.conversation_id == id_]
            kept.size += size
            self._kept.move_to_end(id_)
            self._deliveries += 1
            self._size += size

    def _make_room(self, size: int, own: str | None) -> bool:
        full = f"the inbox keeps {self._limit} deliveries, {self._limit_bytes} bytes"
        while self._deliveries >= self._limit or self._size + size > self._limit_bytes:
            others = (each for each in self._kept if each != own and each not in self._waited_for)
            silent = next(others, own)
            if silent == own:
                self._lose(full, 1, own)
                return False
            gone = self._kept.pop(silent)
            self._deliveries -= len(gone.notifications)
            self._size -= gone.size
            self._lose(full, len(gone.notifications), silent)
        return True

    def _lose(self, limit: str, deliveries: int, id_: str | None) -> None:
        count, first = self._lost.get(limit, (0, id_))
        self._lost[limit] = (count + deliveries, first)

    def _look(self, conversation_id: str) -> None:
        """Take what has come where nothing is delivered."""
        if self._source is not None:
            for notification in self._source.news(conversation_id):
                self.deliver(notification)

    def _as_expected(self, notification: Notification) -> Notification:
        for id_ in notification.conversation_ids:
            if self._expected[id_] > 0:
                self._expected[id_] -= 1
                return replace(notification, expected=True)
        return notification

    def _other_than(self, seen: int, conversation_id: str, deadline: float) -> list[Change]:
        """Return the changes once they are not *seen* in number, or when the deadline has come."""
        self._look(conversation_id)
        pause_s = math.inf if self._source is None else self._source.every_s
        with self._arrived:
            self._waited_for[conversation_id] += 1
            try:
                self._arrived.wait_for(
                    lambda: len(self._of(conversation_id).changes) != seen,
                    min(pause_s, deadline - time.monotonic()),
                )
            finally:
                self._waited_for -= Counter({conversation_id: 1})
            return list(self._of(conversation_id).changes)
