"""What is kept of each conversation, within limits; reaching one is remembered."""

from collections import OrderedDict
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from itertools import islice

from connector_harness.receiver.notification import Change, Notification


@dataclass(slots=True)
class ConversationRecord:
    """What has been delivered of one conversation, in the order of arrival.

    Attributes:
        notifications: The deliveries that name it.
        changes: What they tell of it.
        size: How many bytes the bodies have together.
    """

    notifications: list[Notification] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    size: int = 0

    def add(self, notification: Notification, conversation_id: str | None) -> None:
        """Keep *notification* and what it tells of the conversation."""
        self.notifications.append(notification)
        self.size += len(notification.body)
        told = notification.changes
        self.changes += [each for each in told if each.conversation_id == conversation_id]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much is kept.

    Attributes:
        deliveries: In all.
        of_one: Deliveries of one conversation.
        size: Bytes of all bodies together.
    """

    deliveries: int
    of_one: int
    size: int


class _Losses:
    """How many deliveries were lost to a limit, and the first conversation that lost some."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._count = 0
        self._first: str | None = None

    def count(self, deliveries: int, conversation_id: str | None) -> None:
        if not self._count:
            self._first = conversation_id
        self._count += deliveries

    def lines(self) -> list[str]:
        if not self._count:
            return []
        first = f"conversation {self._first!r}" if self._first else "no conversation"
        return [f"{self._what}; deliveries lost: {self._count}, the first of {first}"]


class Records:
    """The records of all conversations; those silent for longest make room for new ones.

    Deliveries that name no conversation are kept as those of None. For one thread at a time.
    """

    def __init__(self, limits: Limits) -> None:
        """Keep nothing yet."""
        self._limits = limits
        # In the order of the latest delivery.
        self._records: OrderedDict[str | None, ConversationRecord] = OrderedDict()
        self._deliveries = 0
        self._size = 0
        self._refused = _Losses(f"a conversation keeps {limits.of_one} deliveries")
        self._full = _Losses(f"the inbox keeps {limits.deliveries} deliveries, {limits.size} bytes")

    def __iter__(self) -> Iterator[tuple[str | None, ConversationRecord]]:
        return iter(self._records.items())

    def of(self, conversation_id: str | None) -> ConversationRecord:
        """Return the record of a conversation, an empty one if nothing is kept."""
        return self._records.get(conversation_id) or ConversationRecord()

    def add(self, notification: Notification, *, spare: Container[str | None]) -> None:
        """Keep *notification* with every conversation it names, as far as there is room.

        Room is never made at the cost of the conversations in *spare*.
        """
        size = len(notification.body)
        for id_ in notification.conversation_ids or (None,):
            if len(self.of(id_).notifications) >= self._limits.of_one:
                self._refused.count(1, id_)
            elif not self._make_room(size, {id_}, spare):
                self._full.count(1, id_)
            else:
                self._records.setdefault(id_, ConversationRecord()).add(notification, id_)
                self._records.move_to_end(id_)
                self._deliveries += 1
                self._size += size

    def drop(self, conversation_id: str | None) -> int:
        """Keep nothing of a conversation any more, and return how many deliveries that were."""
        record = self._records.pop(conversation_id, None)
        if record is None:
            return 0
        self._deliveries -= len(record.notifications)
        self._size -= record.size
        return len(record.notifications)

    def losses(self) -> list[str]:
        """Return which limits have been reached, and what was lost by that."""
        return [*self._refused.lines(), *self._full.lines()]

    def _make_room(self, size: int, own: set[str | None], spare: Container[str | None]) -> bool:
        limits = self._limits
        while self._deliveries >= limits.deliveries or self._size + size > limits.size:
            others = (each for each in self._records if each not in own and each not in spare)
            silent = list(islice(others, 1))
            if not silent:
                return False
            self._full.count(self.drop(silent[0]), silent[0])
        return True
