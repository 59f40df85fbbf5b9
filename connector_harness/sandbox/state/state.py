"""What the sandbox remembers: accounts, their consumers, conversations and dialogs."""

import itertools
import secrets
import uuid
from dataclasses import dataclass, field

from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.sandbox.state.tokens import Consumer

DEFAULT_ACCOUNT = "70000001"
ANY_SKILL = "-1"
CHAT_STATE = "ChatStateEvent"
MOST_CONVERSATIONS = 100_000
"""How many conversations, and how many profiles, are kept for an account at the most."""

MOST_EVENTS = 100_000
MOST_ACCOUNTS = 1000


class StateError(Exception):
    """A change that the state does not allow; the message says which rule forbids it."""


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

    def __post_init__(self) -> None:
        """Begin with a change."""
        self.changed_ms = max(self.changed_ms, self.started_ms)
        self.active_ms = max(self.active_ms, self.started_ms)

    @property
    def is_full(self) -> bool:
        """Whether it holds as much as the sandbox keeps."""
        return len(self.messages) >= MOST_EVENTS

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


@dataclass(frozen=True, slots=True)
class ResponseTime:
    """How soon a consumer is to be answered. Source: API facts §6.2, §9.8."""

    kind: str
    seconds: int


@dataclass(slots=True)
class Conversation:
    """One conversation of one consumer, as the consumer asked for it.

    ``request`` is the body of the command that opened it, ``features`` what its create
    call announced, ``state`` that of the main dialog, ``stage`` that of the whole.
    Times are milliseconds since the epoch.
    """

    id: str
    consumer: Consumer
    request: JsonObject
    brand: str
    stage: str = "OPEN"
    state: str = "OPEN"
    dialogs: list[Dialog] = field(default_factory=list)
    features: frozenset[str] = frozenset()
    skill: str = ANY_SKILL
    response_time: ResponseTime = field(default_factory=lambda: ResponseTime("PRIORITIZED", 600))
    rating: JsonObject | None = None
    close_reason: str | None = None
    was_joined: bool = False
    greeting_due: bool = False
    started_ms: int = 0
    changed_ms: int = 0
    waiting_since_ms: int = 0
    ended_ms: int | None = None

    @property
    def main(self) -> Dialog:
        """The dialog every conversation starts with; it has the conversation's id."""
        return self.dialogs[0]

    @property
    def survey(self) -> Dialog | None:
        """The dialog in which the consumer is asked how it went, if it came to that."""
        return self.dialogs[1] if len(self.dialogs) > 1 else None

    @property
    def agent(self) -> Participant | None:
        """The agent who has the conversation now."""
        found = (each for each in self.main.participants if each.role == "ASSIGNED_AGENT")
        return next(found, None)

    @property
    def participants(self) -> list[Participant]:
        """Everybody who takes part, once for each role they have in any dialog."""
        all_of_them = (each for dialog in self.dialogs for each in dialog.participants)
        return list({(each.id, each.role): each for each in all_of_them}.values())

    def dialog(self, dialog_id: str) -> Dialog | None:
        """Return one of the dialogs, or None when it has no such dialog."""
        return next((dialog for dialog in self.dialogs if dialog.id == dialog_id), None)

    def touch(self, at_ms: int) -> int:
        """Note a change and return its time, which is later than that of the last one.

        Receivers tell newer updates from older ones by it. Source: API facts §9.4.
        """
        self.changed_ms = max(at_ms, self.changed_ms + 1)
        return self.changed_ms


@dataclass(slots=True)
class Account:
    """One account: its app's credentials, its consumers and their conversations.

    ``latest`` has the conversation that each consumer opened last, by the API's own id;
    ``surveys`` has the question for each skill that asks one.
    """

    id: str
    client_id: str
    client_secret: str = field(repr=False)
    profiles: dict[str, JsonObject] = field(default_factory=dict)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    latest: dict[str, Conversation] = field(default_factory=dict)
    surveys: dict[str, str] = field(default_factory=dict)
    survey_app: str = field(default_factory=lambda: str(uuid.uuid4()))
    survey_bot: str = field(default_factory=lambda: str(uuid.uuid4()))
    controller: str = field(default_factory=lambda: str(uuid.uuid4()))

    def open_conversation_of(
        self, consumer: Consumer, *, survey_counts: bool = True
    ) -> Conversation | None:
        """Return the conversation the consumer has open, if any.

        One that is open only for its survey is so if *survey_counts*. Source: API facts §4.9.
        """
        latest = self.latest.get(consumer.lp_id)
        if latest is None:
            return None
        return latest if (latest.stage if survey_counts else latest.state) == "OPEN" else None

    def open(self, consumer: Consumer, request: JsonObject, *, at_ms: int = 0) -> Conversation:
        """Open a conversation with its main dialog and return it."""
        id_, person = str(uuid.uuid4()), Participant(consumer.lp_id, "CONSUMER")
        conversation = Conversation(
            id_,
            consumer,
            request,
            self.id,
            dialogs=[Dialog(id_, participants=[person], started_ms=at_ms)],
            started_ms=at_ms,
            changed_ms=at_ms,
            waiting_since_ms=at_ms,
        )
        self.conversations[id_] = self.latest[consumer.lp_id] = conversation
        return conversation


class Store:
    """All accounts of one sandbox, starting with those given."""

    def __init__(self, *accounts: Account) -> None:
        self._accounts = {account.id: account for account in accounts}
        self._numbers = itertools.count(int(DEFAULT_ACCOUNT))

    def get(self, account_id: str) -> Account | None:
        """Return an account, or None when there is no such account."""
        return self._accounts.get(account_id)

    def account(self, account_id: str) -> Account:
        """Return an account that must exist, as a token for it was issued."""
        return self._accounts[account_id]

    def add(
        self,
        account_id: str | None = None,
        *,
        client_id: str | None = None,
        client_secret: str | None = None,
    ) -> Account:
        """Add an account; what is not given is invented.

        Raises:
            StateError: The account exists already.
        """
        unused = (name for each in self._numbers if (name := str(each)) not in self._accounts)
        account_id = account_id or next(unused)
        if account_id in self._accounts:
            raise StateError(f"account {account_id!r} exists already")
        account = Account(
            account_id, client_id or str(uuid.uuid4()), client_secret or secrets.token_urlsafe(24)
        )
        self._accounts[account_id] = account
        return account

    @property
    def is_full(self) -> bool:
        """Whether it has as many accounts as the sandbox keeps."""
        return len(self._accounts) >= MOST_ACCOUNTS

    @property
    def secrets(self) -> list[str]:
        """The secrets of all accounts."""
        return [account.client_secret for account in self._accounts.values()]
