"""Dialogs: who takes part, what was published, and how they end."""

from dataclasses import dataclass, field

from connector_harness.json_types import JsonObject, JsonValue

CHAT_STATE = "ChatStateEvent"
MOST_EVENTS = 100_000
"""How many events are kept for a dialog at the most."""


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody who takes part in a dialog. Source: API facts §9.7, §9.8."""

    id: str
    role: str
    state: str = "ACTIVE"


@dataclass(frozen=True, slots=True)
class Message:
    """One event of a dialog: a message, a receipt or typing.

    ``sequence`` is None for typing, which has no number. ``at_ms`` counts from the epoch.
    """

    sequence: int | None
    event: JsonObject
    author: str
    role: str = "CONSUMER"
    at_ms: int = 0
    metadata: list[JsonValue] | None = None


@dataclass(slots=True)
class Dialog:
    """One dialog of a conversation; what is said in it is numbered from 0.

    ``kind`` is MAIN or POST_SURVEY; times are milliseconds since the epoch.
    """

    id: str
    kind: str = "MAIN"
    state: str = "OPEN"
    messages: list[Message] = field(default_factory=list)
    participants: list[Participant] = field(default_factory=list)
    started_ms: int = 0
    changed_ms: int = 0
    active_ms: int = 0
    ended_ms: int | None = None
    closed_by: str | None = None
    closed_cause: str | None = None

    def publish(
        self,
        event: JsonObject,
        *,
        author: str,
        role: str = "CONSUMER",
        at_ms: int = 0,
        metadata: list[JsonValue] | None = None,
    ) -> Message:
        """Add an event and return it with its number; typing is not kept and has none.

        Source: API facts §5.2.
        """
        is_kept = event.get("type") != CHAT_STATE
        number = len(self.messages) if is_kept else None
        message = Message(number, event, author, role, at_ms, metadata)
        if is_kept:
            self.messages.append(message)
        self.active_ms = max(self.active_ms, at_ms)
        return message

    def add(self, participant: Participant, *, at_ms: int) -> None:
        """Let somebody take part from now on."""
        self.participants.append(participant)
        self.changed_ms = at_ms

    def remove(self, participant: Participant, *, at_ms: int) -> None:
        """Let somebody who takes part leave."""
        self.participants.remove(participant)
        self.changed_ms = at_ms

    def close(self, *, by: str, at_ms: int, cause: str | None = None) -> None:
        """End the dialog. Source: API facts §9.8."""
        self.state = "CLOSE"
        self.closed_by, self.closed_cause = by, cause
        self.ended_ms = self.changed_ms = at_ms
