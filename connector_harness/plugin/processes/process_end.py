"""A step that ends the process fails, as one that calls ``sys.exit`` does."""

import os
import threading
from collections.abc import Callable
from typing import Final, NoReturn

import pytest

ENDS: Final = ("_exit", "execv", "execve")
"""What of `os` ends a process, or puts another in its place; all else there ends in these."""


_exit: Final = os._exit


class ProcessEndError(Exception):
    """What was called would have ended the run in the middle, with whatever exit code it liked."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"os.{name} would have ended the run in the middle\n"
            "  next: do that in a process of its own, with subprocess"
        )


def guard_process() -> Callable[[], None]:
    """Let nothing in this process end it without a word, and return what ends that.

    In the main thread the call raises `ProcessEndError`; elsewhere, where nobody would hear that,
    the process ends as asked, but never with the exit code of a good run, as it may with another.
    Processes that are forked from this one do as they like.
    """
    patch = pytest.MonkeyPatch()
    for name in ENDS:
        patch.setattr(os, name, _guarded(name, getattr(os, name), os.getpid()))
    return patch.undo


def _guarded(name: str, end: Callable[..., NoReturn], pid: int) -> Callable[..., NoReturn]:
    def guarded(*args: object) -> NoReturn:
        is_red = name == "_exit" and args != (0,)
        if os.getpid() != pid or is_red:
            end(*args)
        if threading.current_thread() is threading.main_thread():
            raise ProcessEndError(name)
        _exit(1)

    return guarded
