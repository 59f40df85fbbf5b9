"""One delivery to the receiver, and the changes it tells of."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final, Self

from connector_harness.json_types import JsonError, JsonObject, JsonValue, read_json
from connector_harness.wording.changes import (
    EVENTS,
    MESSAGES,
    content_text,
    event_kind,
    state_of,
    what_was_done,
)
from connector_harness.wording.roles import who_is

MESSAGING: Final = "ms.MessagingEventNotification"
"""The type of notifications about events: messages, receipts, typing."""

CONVERSATION: Final = "cqm.ExConversationChangeNotification"
"""The type of notifications about the conversation itself."""

SUBSCRIPTIONS: Final = (
    *(f"{MESSAGING}.{each}" for each in dict.fromkeys(kind.type for kind in EVENTS)),
    CONVERSATION,
)
"""Everything an app can be told: every type of event, and changes. Source: API facts §9.1."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happened in a conversation; its text tells it in words.

    Whatever the delivery left out, or gave in another shape, is None or empty.

    Attributes:
        kind: The name of one of `EVENTS`, as ``"text"``; ``"conversation"``, or ``"other"``.
        conversation_id: Where it happened; the dialog's id where only that was told.
        dialog_id: The dialog; None for a change of the conversation itself.
        sequence: The event's number in its dialog.
        event: The event as it arrived; empty for a change of the conversation itself.
        details: The ``conversationDetails``; empty for an event.
        item: The whole item of ``changes`` as it arrived.
        received_at: When it arrived, in seconds of the monotonic clock.
    """

    kind: str
    conversation_id: str | None
    dialog_id: str | None = None
    sequence: int | None = None
    originator_id: str | None = None
    role: str | None = None
    event: JsonObject = field(default_factory=dict)
    details: JsonObject = field(default_factory=dict)
    metadata: list[JsonValue] = field(default_factory=list)
    item: JsonObject = field(default_factory=dict, repr=False)
    received_at: float = 0.0

    @property
    def is_content(self) -> bool:
        """Whether it is a message: a text, a file, rich content, or content of another type."""
        return self.event.get("type") in MESSAGES

    @property
    def text(self) -> str:
        """What an event tells: a message's text, ``[file] caption``, or ``(read 0, 2)``."""
        return content_text(self.kind, self.event)

    def __str__(self) -> str:
        """Return it in words, as ``the agent says 'On its way.' (2)``."""
        if self.kind == "conversation":
            return state_of(self.details)
        number = "" if self.sequence is None else f" ({self.sequence})"
        elsewhere = self.dialog_id not in (None, self.conversation_id)
        place = f" in dialog {self.dialog_id!r}" if elsewhere else ""
        # The robot that asks a survey has an agent's role, in a dialog of its own.
        who = who_is(self.role, in_survey=elsewhere)
        return f"{who} {what_was_done(self.kind, self.event)}{number}{place}"


@dataclass(frozen=True, slots=True, repr=False)
class Notification:
    """One delivery, as it arrived and as it reads.

    Attributes:
        received_at: When it arrived, in seconds of the monotonic clock; *at*, since the epoch.
        headers: The header fields, names in lower case.
        body: The bytes, exactly as they were signed.
        document: The body as JSON; None if it is none.
        changes: What it tells; empty if it is badly signed or of another shape.
        conversation_ids: The conversations it names, each once.
        consumer_ids: The consumers it names, by the API's own ids.
        faults: What is wrong with it.
        expected: Whether somebody has said beforehand that its signature would be wrong.
        lost_with: The status that was answered in place of keeping it; None where it is kept.
    """

    received_at: float
    at: float
    headers: tuple[tuple[str, str], ...]
    body: bytes
    document: JsonValue = None
    changes: tuple[Change, ...] = ()
    conversation_ids: tuple[str, ...] = ()
    consumer_ids: frozenset[str] = frozenset()
    faults: tuple[str, ...] = ()
    signed: bool = True
    expected: bool = False
    lost_with: int | None = None

    def __repr__(self) -> str:
        """Return type and conversation: bodies carry what people wrote."""
        return f"<Notification {self.subscription} of {self.conversation_id}>"

    @property
    def conversation_id(self) -> str | None:
        """The conversation it is about, the first if it names several."""
        return self.conversation_ids[0] if self.conversation_ids else None

    @property
    def subscription(self) -> str | None:
        """The key of the app manifest that asks for it, as ``ms.….ContentEvent``."""
        if not isinstance(self.document, dict):
            return None
        kind = _text(self.document.get("type"))
        if kind != MESSAGING:
            return kind
        event = self.changes[0].event.get("type") if self.changes else None
        return f"{MESSAGING}.{event}" if isinstance(event, str) else MESSAGING

    def header(self, name: str) -> str | None:
        """Return the first value of the header *name*, which must be in lower case."""
        return next((value for key, value in self.headers if key == name), None)

    def with_faults(self, *faults: str) -> Self:
        """Return it with *faults* added."""
        return replace(self, faults=(*self.faults, *faults))

    def unsigned(self, fault: str) -> Self:
        """Return it as nobody's word: with the bytes and whom they name, and nothing told."""
        return replace(self, document=None, changes=(), faults=(fault,), signed=False)


def read_notification(
    headers: tuple[tuple[str, str], ...], body: bytes, *, received_at: float, at: float
) -> Notification:
    """Return what *body* tells; that it is not JSON is a fault of the notification.

    Shape: ``{"kind", "type", "body": {"changes": […]}}``; see API facts §9.6. The arguments are
    the members of a `Notification`.
    """
    try:
        document = read_json(body)
    except JsonError as error:
        return Notification(received_at, at, headers, body, faults=(f"the body is {error}",))
    changes = tuple(_change(item, received_at) for item in _items(document))
    ids = dict.fromkeys(each.conversation_id for each in changes if each.conversation_id)
    consumers = frozenset(id_ for each in changes for id_ in _consumers(each))
    return Notification(received_at, at, headers, body, document, changes, tuple(ids), consumers)


def _items(document: JsonValue) -> Iterator[JsonObject]:
    changes = _object(_object(document).get("body")).get("changes")
    return (item for item in _array(changes) if isinstance(item, dict))


def _change(item: JsonObject, received_at: float) -> Change:
    result = item.get("result")
    if isinstance(result, dict):
        return Change(
            "conversation",
            _text(result.get("convId")),
            details=_object(result.get("conversationDetails")),
            metadata=_array(item.get("metadata")),
            item=item,
            received_at=received_at,
        )
    event = _object(item.get("event"))
    sequence = item.get("sequence")
    dialog_id = _text(item.get("dialogId"))
    return Change(
        event_kind(event).name,
        # Older notifications name the dialog only; that of the main dialog is the conversation's.
        _text(item.get("conversationId")) or dialog_id,
        dialog_id,
        sequence if isinstance(sequence, int) and not isinstance(sequence, bool) else None,
        _text(item.get("originatorId")),
        _text(_object(item.get("originatorMetadata")).get("role")),
        event,
        metadata=_array(item.get("metadata")),
        item=item,
        received_at=received_at,
    )


def _consumers(change: Change) -> Iterator[str]:
    if change.role == "CONSUMER" and change.originator_id:
        yield change.originator_id
    for each in _array(change.details.get("participants")):
        participant = _object(each)
        if participant.get("role") == "CONSUMER" and (id_ := _text(participant.get("id"))):
            yield id_


def _object(value: JsonValue) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _array(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def _text(value: JsonValue) -> str | None:
    return value if isinstance(value, str) else None
