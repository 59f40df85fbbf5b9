"""One command of a send call: what it says, who sent it, and its answers."""

from dataclasses import dataclass, field

from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.sandbox.api.closing import close_idle
from connector_harness.sandbox.api.context import Sandbox
from connector_harness.sandbox.http.answers import (
    Answer,
    Refusal,
    authentication_error,
    ok,
    rejected,
)
from connector_harness.sandbox.rules.client_properties import ClientProperties
from connector_harness.sandbox.state.state import Account, Conversation
from connector_harness.sandbox.state.tokens import Consumer

CONVERSATION_IS_CLOSE = "Bad Request, Conversation is close"
"""The literal words of the API. Source: API facts §10.2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command, found to have the form of one, and whom and what it concerns."""

    sandbox: Sandbox
    account: Account
    consumer: Consumer
    id: str
    kind: str
    body: JsonObject
    metadata: list[JsonValue] | None = None
    properties: ClientProperties = field(default_factory=ClientProperties)

    def done(self, body: JsonObject) -> Answer:
        """Return the answer to a command that was carried out. Source: API facts §5.1."""
        return Answer(200, ok(body, self.id))

    def refused(self, reason: str, *, message: str = "Bad Request", status: int = 400) -> Refusal:
        """Return the refusal of the command. Source: API facts §10.2."""
        return Refusal(status, rejected(message, self.id), reason)

    def find_conversation(self, conversation_id: str) -> Conversation | Refusal:
        """Return a conversation of the one who speaks, or why it is refused.

        Source: API facts §5.3, §16.
        """
        conversation = self.account.conversations.get(conversation_id)
        if conversation is None:
            return self.unknown(f"no conversation {conversation_id[:64]!r}")
        if conversation.consumer != self.consumer:
            code = self.sandbox.assumptions.foreign_conversation_error
            return authentication_error(code, "the conversation is another consumer's")
        close_idle(self.sandbox, conversation)
        return conversation

    def unknown(self, reason: str) -> Refusal:
        """Return the refusal of a command about a conversation or dialog that is not there."""
        return self.refused(reason, status=self.sandbox.assumptions.unknown_target_status)
