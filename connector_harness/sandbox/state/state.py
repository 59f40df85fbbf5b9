"""What the sandbox remembers: accounts, their consumers and their conversations."""

import itertools
import secrets
import uuid
from dataclasses import dataclass, field

from connector_harness.json_types import JsonObject
from connector_harness.sandbox.state.dialogs import Dialog, Participant
from connector_harness.sandbox.state.tokens import Consumer

DEFAULT_ACCOUNT = "70000001"
ANY_SKILL = "-1"
MOST_CONVERSATIONS = 100_000
"""How many conversations, and how many profiles, are kept for an account at the most."""


class StateError(Exception):
    """A change that the state does not allow; the message says which rule forbids it."""


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

    ``surveys`` has the question for each skill that asks one.
    """

    id: str
    client_id: str
    client_secret: str = field(repr=False)
    profiles: dict[str, JsonObject] = field(default_factory=dict)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    surveys: dict[str, str] = field(default_factory=dict)
    survey_app: str = field(default_factory=lambda: str(uuid.uuid4()))
    survey_bot: str = field(default_factory=lambda: str(uuid.uuid4()))
    controller: str = field(default_factory=lambda: str(uuid.uuid4()))
    _latest: dict[str, Conversation] = field(default_factory=dict)

    def latest_conversation_of(self, consumer: Consumer) -> Conversation | None:
        """Return the conversation the consumer opened last, if any."""
        return self._latest.get(consumer.lp_id)

    def open_conversation_of(
        self, consumer: Consumer, *, survey_counts: bool = True
    ) -> Conversation | None:
        """Return the conversation the consumer has open, if any.

        Source: API facts §4.9.

        Args:
            consumer: Who asks.
            survey_counts: Whether one that is open only for its survey is open.
        """
        latest = self._latest.get(consumer.lp_id)
        if latest is None:
            return None
        status = latest.stage if survey_counts else latest.state
        return latest if status == "OPEN" else None

    def open(self, consumer: Consumer, request: JsonObject, *, at_ms: int = 0) -> Conversation:
        """Open a conversation with its main dialog and return it."""
        conversation = Conversation(
            str(uuid.uuid4()),
            consumer,
            request,
            self.id,
            started_ms=at_ms,
            changed_ms=at_ms,
            waiting_since_ms=at_ms,
        )
        person = Participant(consumer.lp_id, "CONSUMER")
        conversation.dialogs.append(
            Dialog(
                conversation.id,
                participants=[person],
                started_ms=at_ms,
                changed_ms=at_ms,
                active_ms=at_ms,
            )
        )
        self.conversations[conversation.id] = conversation
        self._latest[consumer.lp_id] = conversation
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
        account_id = account_id or self._unused_id()
        if account_id in self._accounts:
            raise StateError(f"account {account_id!r} exists already")
        account = Account(
            account_id, client_id or str(uuid.uuid4()), client_secret or secrets.token_urlsafe(24)
        )
        self._accounts[account_id] = account
        return account

    @property
    def secrets(self) -> list[str]:
        """The secrets of all accounts."""
        return [account.client_secret for account in self._accounts.values()]

    def _unused_id(self) -> str:
        return next(name for number in self._numbers if (name := str(number)) not in self._accounts)
