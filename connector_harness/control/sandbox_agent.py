"""The agent's side of a conversation, played by the sandbox."""

import base64
from collections.abc import Sequence

from connector_harness.client import events
from connector_harness.control.agent import Agent
from connector_harness.control.routes import SandboxControl
from connector_harness.json_types import JsonObject, JsonValue


class SandboxAgent(Agent):
    """Plays the agent, and the survey bot, in the conversations of one account.

    Every method raises `SandboxControlError` where the state of the conversation does not allow
    what the agent is to do.
    """

    def __init__(self, control: SandboxControl) -> None:
        self._control = control

    def join(self, conversation_id: str) -> str:
        """Let somebody new join and return their id."""
        return str(self._act(conversation_id, "join", {})["agent"])

    def publish(
        self, conversation_id: str, event: JsonObject, metadata: Sequence[JsonObject] | None = None
    ) -> int | None:
        """Publish *event* and return its number; None if events of its kind have none."""
        details: JsonObject = {"event": event}
        if metadata is not None:
            details["metadata"] = list(metadata)
        number = self._act(conversation_id, "publish", details).get("sequence")
        return number if isinstance(number, int) else None

    def say(
        self, conversation_id: str, text: str, *, metadata: Sequence[JsonObject] | None = None
    ) -> int | None:
        """Write *text* and return its number."""
        return self.publish(conversation_id, events.text_event(text), metadata=metadata)

    def type(self, conversation_id: str, chat_state: str) -> None:
        """Appear as *chat_state* says, as ``COMPOSING``."""
        self.publish(conversation_id, events.chat_state_event(chat_state))

    def receipt(self, conversation_id: str, status: str, sequences: Sequence[int]) -> int | None:
        """Give a receipt, as ``READ``, for the messages with these numbers; return its own."""
        return self.publish(conversation_id, events.accept_status_event(status, sequences))

    def transfer(self, conversation_id: str, skill: str) -> None:
        """Hand the conversation to another skill; the agent leaves."""
        self._act(conversation_id, "transfer", {"skill": skill})

    def close(self, conversation_id: str) -> None:
        """Close the main dialog; a survey begins where the skill has one."""
        self._act(conversation_id, "close", {})

    def close_survey(self, conversation_id: str) -> None:
        """Let the survey be complete."""
        self._act(conversation_id, "survey_close", {})

    def send_file(
        self, conversation_id: str, content: bytes, *, file_type: str, caption: str | None = None
    ) -> str:
        """Upload a file, publish it, and return its relative path."""
        document: dict[str, JsonValue] = {
            "conversation": conversation_id,
            "fileType": file_type,
            "content": base64.b64encode(content).decode(),
        }
        path = str(self._control.tell("files", document)["relativePath"])
        self.publish(
            conversation_id,
            events.hosted_file_event(path, file_type=file_type, caption=caption),
        )
        return path

    def survey(self, skill: str, question: str) -> None:
        """Let conversations that end with *skill* be followed by a survey."""
        self._control.tell("surveys", {"skill": skill, "question": question})

    def _act(self, conversation_id: str, action: str, details: JsonObject) -> JsonObject:
        request: JsonObject = {"conversation": conversation_id, "action": action, **details}
        return self._control.tell("agent", request)
