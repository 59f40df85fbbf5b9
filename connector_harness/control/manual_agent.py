"""The agent's side, played by a person who has an agent workspace open."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from connector_harness.control.agent import Agent, NotSupportedError
from connector_harness.control.person import Person
from connector_harness.json_types import JsonObject

_TYPING: Final = {
    "COMPOSING": "begin to type, and send nothing",
    "PAUSE": "stop typing, and leave there what you have typed",
    "ACTIVE": "open the conversation",
}
_RECEIPTS: Final = {
    "ACCEPT": "let message(s) {} be delivered to you, without opening the conversation",
    "READ": "open the conversation and look at message(s) {}",
}


class ManualAgent(Agent):
    """Asks a person for what an agent is to do.

    A workspace shows no ids and no numbers, so none are returned. What it has no button for, as
    structured content of one's own, is not asked for.
    """

    def __init__(self, person: Person) -> None:
        self._person = person
        self._files = tempfile.TemporaryDirectory(prefix="files-of-the-agent-")
        self._sent = 0

    def join(self, conversation_id: str) -> None:
        """Let a person take up the conversation."""
        self._ask(conversation_id, "take up the conversation")

    def say(
        self, conversation_id: str, text: str, *, metadata: Sequence[JsonObject] | None = None
    ) -> None:
        """Let a person write *text*.

        Raises:
            NotSupportedError: It is to have metadata, or the person skips it.
        """
        if metadata is not None:
            raise NotSupportedError("a person cannot send metadata with a message")
        self._ask(conversation_id, f"answer {shown(text)}")

    def type(self, conversation_id: str, chat_state: str) -> None:
        """Let a person begin to type, stop, or look at the conversation.

        Raises:
            NotSupportedError: No workspace does that by hand, or the person skips it.
        """
        if chat_state not in _TYPING:
            raise NotSupportedError(f"a person cannot appear as {chat_state}")
        self._ask(conversation_id, _TYPING[chat_state])

    def receipt(self, conversation_id: str, status: str, sequences: Sequence[int]) -> None:
        """Let a person see the messages.

        Raises:
            NotSupportedError: No workspace does that by hand, or the person skips it.
        """
        if status not in _RECEIPTS:
            raise NotSupportedError(f"a person cannot give the receipt {status}")
        numbers = ", ".join(map(str, sequences))
        self._ask(conversation_id, _RECEIPTS[status].format(numbers))

    def send_file(
        self, conversation_id: str, content: bytes, *, file_type: str, caption: str | None = None
    ) -> None:
        """Let a person send a file, which is put into a folder for them."""
        self._sent += 1
        path = Path(self._files.name, f"file-{self._sent}.{file_type.lower()}")
        path.write_bytes(content)
        below = "" if caption is None else f" with the caption {shown(caption)}"
        self._ask(conversation_id, f"send the file {path}{below}")

    def transfer(self, conversation_id: str, skill: str) -> None:
        """Let a person hand the conversation to another skill."""
        self._ask(conversation_id, f"transfer to the skill with the id {skill}")

    def close(self, conversation_id: str) -> None:
        """Let a person close the conversation."""
        self._ask(conversation_id, "close the conversation")

    def sign_out(self) -> None:
        """Remove the files."""
        self._files.cleanup()

    def _ask(self, conversation_id: str, what: str) -> None:
        head = f"conversation {conversation_id}: please, in the agent workspace"
        self._person.ask(f"{head}, {what}")


def shown(text: str) -> str:
    """Return *text* as a person is to type it: in quotes, or several lines below each other."""
    if "\n" not in text:
        return repr(text)
    lines = "".join(f"\n    {line}" for line in text.split("\n"))
    return f"in {text.count(chr(10)) + 1} lines, without the indentation:{lines}"
