"""The agent's side, played by a person at a terminal who has an agent workspace open."""

import os
import select
import tempfile
import termios
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from connector_harness.control.agent import Agent, AgentTimeoutError, NotSupportedError
from connector_harness.json_types import JsonObject

TERMINAL: Final = Path("/dev/tty")
"""The terminal of this process, wherever its input and output go."""

PATIENCE_S: Final = 120
"""How long a person may take for one thing, in seconds."""

_LINE: Final = 1024


def somebody_is_there(terminal: Path = TERMINAL) -> bool:
    """Return whether this process has a terminal and may read from it."""
    try:
        descriptor = os.open(terminal, os.O_RDWR | os.O_NOCTTY)
    except OSError:
        return False
    try:
        # What runs in the background is stopped when it reads.
        return os.tcgetpgrp(descriptor) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(descriptor)


class Person:
    """Is asked to do things, one after the other, at a terminal, and says when they are done."""

    def __init__(self, terminal: Path = TERMINAL, *, patience_s: float = PATIENCE_S) -> None:
        self._terminal = terminal
        self._patience_s = patience_s
        self._has_gone = False

    def ask(self, request: str) -> None:
        """Ask for something, as ``please answer: 'On its way.'``, and wait until it is done.

        Raises:
            NotSupportedError: The person skips it, or has let an earlier one run out of time.
            AgentTimeoutError: Nobody says that it is done.
        """
        if self._has_gone:
            raise NotSupportedError("nobody is at the terminal any more")
        descriptor = os.open(self._terminal, os.O_RDWR | os.O_NOCTTY)
        try:
            # What was typed before the question is no answer to it.
            termios.tcflush(descriptor, termios.TCIFLUSH)
            _write(descriptor, f"\n\n{request}\n")
            self._wait(descriptor, request)
        finally:
            os.close(descriptor)

    def _wait(self, descriptor: int, request: str) -> None:
        limit = time.monotonic() + self._patience_s
        while True:
            _write(
                descriptor, f"  Enter when done ({self._patience_s:g} s), or s and why to skip: "
            )
            remaining = max(0.0, limit - time.monotonic())
            if not select.select([descriptor], [], [], remaining)[0]:
                self._has_gone = True
                _write(descriptor, "\n  nobody has answered\n")
                raise AgentTimeoutError(
                    f"nobody said within {self._patience_s:g} s that it is done\n"
                    f"  asked for: {request}\n"
                    "  next: run it when somebody is at the terminal, or leave the agent's "
                    "scenarios out"
                )
            line = os.read(descriptor, _LINE).decode("utf-8", "replace")
            answer = line.strip()
            # Ctrl-D, or whatever else ends the input, is no line and says nothing.
            if line and not answer:
                return
            word, _, reason = answer.partition(" ")
            if word in {"s", "S"}:
                raise NotSupportedError(reason.strip() or "skipped at the terminal")


def _write(descriptor: int, text: str) -> None:
    os.write(descriptor, text.encode())


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
