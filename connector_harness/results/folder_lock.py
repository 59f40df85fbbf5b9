"""One process at a time writes a folder of results; the system lets go of it when that dies."""

import contextlib
import os
import shlex
import socket
import sys
import weakref
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from connector_harness.results.journal import ResultsError

try:
    import fcntl
except ImportError:
    # Where there are no such locks, everybody passes.
    fcntl = None  # type: ignore[assignment]  # looked at before it is used

NAME: Final = "run.lock"
"""The name of the file in the folder; while somebody has the folder, it says who."""

_MOST: Final = 1 << 16


class Holder(msgspec.Struct, frozen=True):
    """Who has a folder."""

    pid: int
    host: str
    since: str
    command: str

    def __str__(self) -> str:
        where = "" if self.host == socket.gethostname() else f" on {self.host}"
        return f"process {self.pid}{where}, since {self.since}: {self.command}"


class FolderInUseError(ResultsError):
    """Another process writes the folder; the message says which."""


class FolderLock:
    """Keeps other processes from writing a folder of results.

    Args:
        folder: Which one; it is there when it is taken.
        mask: Masks the secrets of a command line.
    """

    def __init__(self, folder: Path, mask: Callable[[str], str] = str) -> None:
        self._folder = folder
        self._mask = mask
        self._descriptor: int | None = None

    def take(self) -> None:
        """Take the folder, unless it is taken by this already.

        Raises:
            FolderInUseError: Another process has it.
            OSError: Nothing can be written there.
        """
        if self._descriptor is not None:
            return
        descriptor = os.open(self._folder / NAME, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            if fcntl is not None:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            told = os.read(descriptor, _MOST)
            os.close(descriptor)
            raise FolderInUseError(self._who(told)) from None
        except OSError:
            # Some file systems of other machines cannot lock.
            os.close(descriptor)
            return
        self._descriptor = descriptor
        _taken.add(self)
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, 0)
            os.write(descriptor, msgspec.json.encode(self._me()))

    def release(self) -> None:
        """Let others have the folder."""
        if self._descriptor is not None:
            with contextlib.suppress(OSError):
                os.ftruncate(self._descriptor, 0)
        self.forget()

    def forget(self) -> None:
        """Close the file, whoever else has it open; a lock ends with the last that closes it."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def _me(self) -> Holder:
        command = shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])
        since = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
        return Holder(os.getpid(), socket.gethostname(), since, self._mask(command))

    def _who(self, told: bytes) -> str:
        try:
            holder = str(msgspec.json.decode(told, type=Holder))
        except ValueError:
            holder = "a process that has not yet said which it is"
        return f"{self._folder.as_posix()} is being written by another run: {holder}"


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Have *folder*, which is made if it is missing, for as long as this lasts.

    Raises:
        FolderInUseError: Another process has it.
        OSError: It cannot be made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FolderLock(folder)
    lock.take()
    try:
        yield
    finally:
        lock.release()


_taken: Final[weakref.WeakSet[FolderLock]] = weakref.WeakSet()


def _let_go() -> None:
    for lock in [*_taken]:
        lock.forget()


if hasattr(os, "register_at_fork"):
    # What a step forks may outlive the run, and has no part in it.
    os.register_at_fork(after_in_child=_let_go)
