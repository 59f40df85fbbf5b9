"""A person at the terminal, who does what only people can do."""

import os
import select
import termios
import time
from pathlib import Path
from typing import Final

from connector_harness.control.agent import AgentTimeoutError, NotSupportedError

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
