"""What the receiver of this process was told, and whose it is."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Final

import pytest

from connector_harness.contract.contract import ContractError
from connector_harness.receiver.inbox import Inbox
from connector_harness.receiver.notification import Notification
from connector_harness.redaction.terminal_safe import one_line
from connector_harness.results.record import Body, RecordedNotification, ScenarioUnderWay

SHOWN: Final = 20
"""How many lines of each kind are listed at the end of a run."""


class NotificationJudge:
    """Hands each notification to the scenario that owns its conversation.

    They arrive in inboxes; that of an app of a scenario's own comes and goes. Which conversations
    were opened in this process grows from outside.
    """

    def __init__(self, opened: set[str]) -> None:
        self.inboxes: list[Inbox] = []
        self._opened = opened
        self._judged: dict[tuple[int, str], int] = {}
        self._shown: dict[tuple[int, str], int] = {}

    def collect(self, record: ScenarioUnderWay) -> None:
        """Judge what a scenario's conversations were told of, and show it if the scenario listens.

        What comes while a scenario does not listen depends on chance: on what other scenarios of
        the process do, and on how long this one takes. Shown, it would make no two runs alike.

        Raises:
            ContractError: A notification is wrong; all that is wrong with them is reported.
        """
        __tracebackhide__ = True
        judged = [*self._news(record.conversations, self._judged)]
        wrong = [each for each in judged if _faults(each[1])]
        shown = self._news(record.conversations, self._shown) if record.listens else wrong
        record.current.notifications.extend(_recorded(*each) for each in shown)
        faults = [fault for _, each in wrong for fault in _faults(each)]
        if faults:
            raise ContractError("\n".join([*faults, NEXT]))

    def strangers(self) -> Iterator[Notification]:
        """Yield what was told of conversations that no answer named."""
        for inbox in self.inboxes:
            yield from inbox.strangers(self._opened)

    def unclaimed(self) -> "Unclaimed":
        """Return what no scenario was told of, once the receiver has stopped."""
        news = self._news(self._opened, self._judged)
        late = [fault for _, each in news for fault in _faults(each)]
        return Unclaimed(
            late=late,
            strangers=[[each.conversation_id or "", _line(each)] for each in self.strangers()],
            losses=[line for inbox in self.inboxes for line in inbox.overflow],
            opened=sorted(self._opened),
        )

    def _news(
        self, conversations: "list[str] | set[str]", seen: dict[tuple[int, str], int]
    ) -> Iterator[tuple[int, Notification]]:
        """Yield what of some conversations has not been *seen*, with its inbox, and note it."""
        for number, inbox in enumerate(self.inboxes):
            for id_ in conversations:
                key = (number, id_)
                notifications = inbox.attempts_of(id_)
                for each in notifications[seen.get(key, 0) :]:
                    yield number, each
                if notifications:
                    seen[key] = len(notifications)


NEXT = "  next: correct what sends them; a connector would have to drop them"


@dataclass(slots=True)
class Unclaimed:
    """What a process was told and no scenario was.

    Late is what is wrong with notifications that came after their scenario had ended, strangers
    (conversation and description) belong to none, and losses are limits of an inbox.
    """

    late: list[str] = field(default_factory=list)
    strangers: list[list[str]] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)

    def add(self, other: "Unclaimed") -> None:
        """Add what another process was told."""
        for each in fields(self):
            getattr(self, each.name).extend(getattr(other, each.name))

    def lines(self) -> Iterator[str]:
        """Yield what is worth telling, a few lines of each kind."""
        opened = set(self.opened)
        nobodys = [line for id_, line in self.strangers if id_ not in opened]
        for what, lines in (
            ("a notification that came after its scenario was wrong", self.late),
            # Processes that share a receiver have been told of the same.
            ("a notification belongs to no scenario", [*dict.fromkeys(nobodys)]),
            ("notifications were lost", [*dict.fromkeys(self.losses)]),
        ):
            yield from (f"{what}: {line}" for line in lines[:SHOWN])
            if len(lines) > SHOWN:
                yield f"{what}: … and {len(lines) - SHOWN} more"


def _recorded(app: int, notification: Notification) -> RecordedNotification:
    words = "; ".join(str(change) for change in notification.changes) or "unreadable"
    if notification.lost_with is not None:
        words += f", answered with {notification.lost_with}"
    body = Body.of(notification.body, "application/json")
    return RecordedNotification(words, body, is_sound=not notification.faults, app=app)


def _faults(notification: Notification) -> list[str]:
    if notification.expected:
        return []
    return [
        f"a notification is wrong: {_line(notification)}\n  {fault}"
        for fault in notification.faults
    ]


def _line(notification: Notification) -> str:
    told = "; ".join(str(change) for change in notification.changes)
    conversation = one_line(notification.conversation_id or "unknown")
    told = told or one_line(notification.subscription or "unreadable")
    return f"{told} (conversation {conversation})"


REMAINDER: Final = pytest.StashKey[Unclaimed]()
"""What the receiver was told and no scenario was; there once a receiver has been started."""
