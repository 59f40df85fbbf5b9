"""The signals that end a run, Ctrl-C, SIGTERM and SIGHUP: none in the middle of a result."""

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest


class Terminated(KeyboardInterrupt):
    """A signal asked the run to end; pytest then ends it as at Ctrl-C, with the same exit code."""


# pytest shows an exception with its module; this one is for people who know neither.
Terminated.__module__ = "builtins"


def stop_in_words(error: BaseException) -> str:
    """Return who stops the run by *error*, as every output has it."""
    if type(error) is KeyboardInterrupt:
        return "the run was stopped: Ctrl-C"
    kind = "" if isinstance(error, Terminated) else f"{type(error).__name__}: "
    return f"the run was stopped: {kind}{error}".removesuffix(": ")


class StopSignals:
    """Turns the signals that end a run into exceptions, once what must be whole is whole.

    Further ones, SIGINT excepted, are ignored while the run tidies up; a second Ctrl-C is not.
    Registered as a plugin in every process of a run. Where `held` is set, as before a result is
    written, a signal has to wait for `release`.
    """

    def __init__(self, *, full_trace: bool = False) -> None:
        self.held = False
        self._full_trace = full_trace
        self._waiting: KeyboardInterrupt | None = None
        self._is_ending = False
        self._before: dict[int, Any] = {}

    def install(self) -> Callable[[], None]:
        """Take the signals over where nobody else has, and return what gives them back."""
        if threading.current_thread() is threading.main_thread():
            self._take(signal.SIGINT, self._interrupt, signal.default_int_handler)
            self._take(signal.SIGTERM, self._terminate, signal.SIG_DFL)
            if hasattr(signal, "SIGHUP"):
                # Under nohup it is ignored, and stays so.
                self._take(signal.SIGHUP, self._terminate, signal.SIG_DFL)
        return self._give_back

    @pytest.hookimpl(tryfirst=True)
    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Keep the last step of the way there: pytest takes long to word what it does not show."""
        steps = excinfo.traceback.filter(excinfo)
        if steps and not self._full_trace:
            excinfo.traceback = type(steps)(steps[-1:])

    @property
    def hears_sigterm(self) -> bool:
        """Whether SIGTERM ends the run in order."""
        return signal.SIGTERM in self._before

    def release(self) -> None:
        """Let signals through again.

        Raises:
            KeyboardInterrupt: One came in the meantime.
        """
        __tracebackhide__ = True
        self.held = False
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            raise waiting

    def _take(self, number: int, handler: Callable[..., None], usual: object) -> None:
        before = signal.getsignal(number)
        if before == usual:
            self._before[number] = before
            signal.signal(number, handler)

    def _give_back(self) -> None:
        while self._before:
            signal.signal(*self._before.popitem())

    # Hidden, so that pytest names the line that was interrupted.
    def _interrupt(self, _number: int, _frame: FrameType | None) -> None:
        __tracebackhide__ = True
        self._is_ending = True
        self._stop(KeyboardInterrupt())

    def _terminate(self, number: int, _frame: FrameType | None) -> None:
        __tracebackhide__ = True
        if not self._is_ending:
            self._is_ending = True
            self._stop(Terminated(f"{signal.Signals(number).name} asked the run to end"))

    def _stop(self, why: KeyboardInterrupt) -> None:
        __tracebackhide__ = True
        if not self.held:
            raise why
        self._waiting = why


SIGNALS = pytest.StashKey[StopSignals]()
"""The signals of this process."""
