"""One command of a send call: what it says, who sent it, and its answers."""

from dataclasses import dataclass, field

from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.sandbox.api.closing import close_idle
from connector_harness.sandbox.api.context import Sandbox
from connector_harness.sandbox.http import (
    Answer,
    RefusedError,
    authentication_error,
    ok,
    rejected,
)
from connector_harness.sandbox.rules.commands import ClientProperties
from connector_harness.sandbox.rules.shapes import Shape
from connector_harness.sandbox.state.state import Account, Conversation, Dialog
from connector_harness.sandbox.state.tokens import Consumer


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

    def refused(self, reason: str, *, message: str = "Bad Request") -> RefusedError:
        """Return the refusal of the command. Source: API facts §10.2."""
        return RefusedError(400, rejected(message, self.id), reason)

    def closed(self, what: str) -> RefusedError:
        """Return the refusal where *what* it is for is closed, in the literal words of the API.

        Source: API facts §10.2.
        """
        return self.refused(f"the {what} is closed", message="Bad Request, Conversation is close")

    def judge(self, shape: Shape) -> None:
        """Accept a body of a shape, or refuse the command."""
        fault = shape(self.body, "$.body")
        if fault:
            raise self.refused(fault)

    def find_conversation(self, conversation_id: str) -> Conversation:
        """Return a conversation of the one who speaks, or refuse the command.

        Source: API facts §5.3, §16.
        """
        conversation = self.account.conversations.get(conversation_id)
        if conversation is None:
            raise self.refused(f"no conversation {conversation_id[:64]!r}")
        if conversation.consumer != self.consumer:
            raise authentication_error(40103, "the conversation is another consumer's")
        close_idle(self.sandbox, conversation)
        return conversation

    def find_dialog(self, conversation: Conversation, dialog_id: str) -> Dialog:
        """Return a dialog of a conversation, or refuse the command."""
        dialog = conversation.dialog(dialog_id)
        if dialog is None:
            raise self.refused(f"the conversation has no dialog {dialog_id[:64]!r}")
        return dialog
