"""A person at a terminal is asked, answers, skips, or does not answer in time."""

import os
import pty
import select
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector_harness.control.agent import AgentTimeoutError, NotSupportedError
from connector_harness.control.manual_agent import Person, somebody_is_there


class Terminal:
    """A terminal with somebody at it."""

    def __init__(self) -> None:
        """Open it."""
        self._screen, self._line = pty.openpty()
        self.path = Path(os.ttyname(self._line))
        self.shown = ""

    def answer(self, *lines: str) -> threading.Thread:
        """Type each of *lines* when the next question is there, meanwhile."""
        typing = threading.Thread(target=self._type, args=(lines,))
        typing.start()
        return typing

    def _type(self, lines: tuple[str, ...]) -> None:
        for number, line in enumerate(lines, start=1):
            while self.shown.count("why to skip: ") < number:
                self.read()
            end = "" if line == "\x04" else "\n"
            os.write(self._screen, f"{line}{end}".encode())

    def read(self) -> None:
        """Read what is on the screen by now."""
        assert select.select([self._screen], [], [], 5)[0], self.shown
        self.shown += os.read(self._screen, 4096).decode()

    def type_ahead(self, line: str) -> None:
        """Type a line before anything was asked."""
        os.write(self._screen, f"{line}\n".encode())

    def close(self) -> None:
        """Close it."""
        os.close(self._screen)
        os.close(self._line)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    """A terminal of the test's own."""
    terminal = Terminal()
    yield terminal
    terminal.close()


def test_enter_means_done(terminal: Terminal) -> None:
    """The person reads what to do and for how long it is waited, and presses Enter."""
    typing = terminal.answer("")

    Person(terminal.path, patience_s=20).ask("please answer 'On its way.'")

    typing.join()
    assert "please answer 'On its way.'\r\n  Enter when done (20 s)" in terminal.shown


@pytest.mark.parametrize(
    ("line", "reason"),
    [("s", "skipped at the terminal"), ("s nobody is on duty", "nobody is on duty")],
)
def test_s_skips_with_the_reason(terminal: Terminal, line: str, reason: str) -> None:
    """What the person gives as reason is what the scenario is skipped with."""
    typing = terminal.answer("what?", line)

    with pytest.raises(NotSupportedError, match=f"^{reason}$"):
        Person(terminal.path, patience_s=20).ask("please take it up")

    typing.join()


def test_end_of_input_is_not_done(terminal: Terminal) -> None:
    """Ctrl-D, as of a terminal that is left, does not say that anything was done."""
    typing = terminal.answer("\x04", "s the desk is closed")

    with pytest.raises(NotSupportedError, match="the desk is closed"):
        Person(terminal.path, patience_s=20).ask("please take it up")

    typing.join()


def test_other_words_buy_no_time(terminal: Terminal) -> None:
    """Whoever types on, and never says that it is done, is asked again only until time is up."""

    def chatter() -> None:
        while not is_over.wait(0.2):
            terminal.type_ahead("one moment")

    is_over = threading.Event()
    chatting, limit = threading.Thread(target=chatter), threading.Timer(5, is_over.set)
    chatting.start()
    limit.start()
    with pytest.raises(AgentTimeoutError):
        Person(terminal.path, patience_s=0.5).ask("please take it up")

    assert not is_over.is_set()
    limit.cancel()
    is_over.set()
    chatting.join()


def test_nobody_is_waited_for_once(terminal: Terminal) -> None:
    """After the first question without an answer, further ones are skipped at once."""
    person = Person(terminal.path, patience_s=0.05)

    with pytest.raises(AgentTimeoutError, match=r"within 0\.05 s that it is done\n  asked for: A"):
        person.ask("A")
    with pytest.raises(NotSupportedError, match="nobody is at the terminal any more"):
        person.ask("B")


def test_what_was_typed_before_is_no_answer(terminal: Terminal) -> None:
    """An Enter too many does not answer the next question."""
    terminal.type_ahead("")

    with pytest.raises(AgentTimeoutError):
        Person(terminal.path, patience_s=0.05).ask("please take it up")


def test_terminal_of_another_session_is_none(terminal: Terminal) -> None:
    """Only a terminal that this process may read from has somebody at it."""
    assert not somebody_is_there(terminal.path)
    assert not somebody_is_there(Path("/nowhere"))
