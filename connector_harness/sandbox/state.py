"""What the sandbox remembers: accounts, conversations, dialogs and messages."""

import itertools
import secrets
import uuid
from dataclasses import dataclass, field

from connector_harness.documents import JsonObject
from connector_harness.sandbox.tokens import Consumer

DEFAULT_ACCOUNT = "70000001"


class StateError(Exception):
    """A change that the state does not allow; the message says which rule forbids it."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a dialog."""

    sequence: int
    event: JsonObject
    author: str


@dataclass(slots=True)
class Dialog:
    """One dialog of a conversation; its messages are numbered from 0."""

    id: str
    kind: str = "MAIN"
    state: str = "OPEN"
    messages: list[Message] = field(default_factory=list)

    def publish(self, event: JsonObject, *, author: str) -> Message:
        """Append an event and return it with its number."""
        message = Message(len(self.messages), event, author)
        self.messages.append(message)
        return message


@dataclass(slots=True)
class Conversation:
    """One conversation of one consumer, as the consumer asked for it.

    ``request`` is the body of the command that opened it.
    """

    id: str
    consumer: Consumer
    request: JsonObject
    stage: str = "OPEN"
    state: str = "OPEN"
    dialogs: list[Dialog] = field(default_factory=list)

    @property
    def main(self) -> Dialog:
        """The dialog every conversation starts with; it has the conversation's id."""
        return self.dialogs[0]


@dataclass(slots=True)
class Account:
    """One account: its app's credentials, its consumers and their conversations."""

    id: str
    client_id: str
    client_secret: str = field(repr=False)
    profiles: dict[str, JsonObject] = field(default_factory=dict)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    _latest: dict[str, Conversation] = field(default_factory=dict)

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

    def open(self, consumer: Consumer, request: JsonObject) -> Conversation:
        """Open a conversation with its main dialog and return it."""
        conversation = Conversation(str(uuid.uuid4()), consumer, request)
        conversation.dialogs.append(Dialog(conversation.id))
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

    def _unused_id(self) -> str:
        return next(name for number in self._numbers if (name := str(number)) not in self._accounts)
