"""Limits on calls that all processes keep together which share a folder.

The operating system's file locks do the waiting, and give back what a killed process held.
"""

import contextlib
import fcntl
import itertools
import os
import random
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

POLL_S: Final = 0.1
"""How often, in seconds, a call asks whether it is still held back; up to twice as seldom."""

_SECONDS = struct.Struct("d")


class RateLimit:
    """Lets so many calls run at once, and so many begin in a second, over all processes.

    Calls begin evenly spaced: a second's worth of them never begins in one burst. A call that
    finds every slot taken waits for one of them, so a slot that another call gives back first
    may stay free for a moment; the limit is never exceeded.

    Args:
        folder: Where the processes meet; each makes its files there when it first needs them.
        max_concurrent: The most calls at once; None for any number.
        requests_per_second: The most calls that begin in a second; None for any number.
        now: The time in seconds, the same in all processes.
        wait: Passes so many seconds.
    """

    def __init__(
        self,
        folder: Path,
        *,
        max_concurrent: int | None = None,
        requests_per_second: float | None = None,
        now: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._folder = folder
        self._slots = max_concurrent
        self._interval_s = None if requests_per_second is None else 1 / requests_per_second
        self._now = now
        self._wait = wait
        # Each process, and each of its calls, looks for a free slot in another place first.
        self._first = itertools.count(os.getpid())

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until a call may begin; the end of the context is the end of the call."""
        with contextlib.ExitStack() as held:
            # The slot comes first: who waited for one after the pace was set would catch up.
            if self._slots is not None:
                self._take_slot(self._slots, held)
            if self._interval_s is not None:
                self._keep_pace(self._interval_s)
            yield

    def _take_slot(self, slots: int, held: contextlib.ExitStack) -> None:
        """Lock one of *slots* files until *held* ends."""
        first = next(self._first)
        for number in range(first, first + slots):
            with contextlib.ExitStack() as tried:
                if _lock_now(self._open(f"slot-{number % slots}", tried)):
                    held.enter_context(tried.pop_all())
                    return
        fcntl.flock(self._open(f"slot-{first % slots}", held), fcntl.LOCK_EX)

    def _keep_pace(self, interval_s: float) -> None:
        """Reserve the next moment at which a call may begin, and wait for it."""
        with contextlib.ExitStack() as held:
            descriptor = self._open("pace", held)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            now = self._now()
            kept = os.pread(descriptor, _SECONDS.size, 0)
            due = max(now, _SECONDS.unpack(kept)[0]) if kept else now
            os.pwrite(descriptor, _SECONDS.pack(due + interval_s), 0)
        if due > now:
            self._wait(due - now)

    def _open(self, name: str, held: contextlib.ExitStack) -> int:
        """Return the descriptor of a file; when *held* closes it, its lock is given back."""
        descriptor = os.open(self._folder / name, os.O_RDWR | os.O_CREAT, 0o600)
        held.callback(os.close, descriptor)
        return descriptor


class FileThrottle:
    """Holds the calls of all processes back while one of them is throttled.

    One call at a time waits for its account to let it through again; those behind it come back
    one after the other, at moments that differ a little.

    Args:
        folder: Where the processes meet; nothing is written there before a call is throttled.
        wait: Passes so many seconds.
    """

    def __init__(self, folder: Path, *, wait: Callable[[float], None] = time.sleep) -> None:
        self._file = folder / "throttled"
        self._wait = wait

    def wait(self, most_s: float) -> None:
        """Wait while a call is held, *most_s* at the most."""
        with contextlib.suppress(FileNotFoundError), self._opened(os.O_RDWR) as descriptor:
            # Those who wait do not exclude each other, and keep nothing.
            self._lock(descriptor, fcntl.LOCK_SH, most_s)

    @contextlib.contextmanager
    def hold(self, most_s: float) -> Iterator[None]:
        """Hold all other calls until the context ends, after those that are held already.

        Whoever is not alone after *most_s* goes on all the same.
        """
        with self._opened(os.O_RDWR | os.O_CREAT) as descriptor:
            self._lock(descriptor, fcntl.LOCK_EX, most_s)
            yield

    def _lock(self, descriptor: int, kind: int, most_s: float) -> None:
        """Lock the file, by asking again and again: whoever waits can be told to stop."""
        while not _lock_now(descriptor, kind) and most_s > 0:
            pause_s = min(most_s, POLL_S * random.uniform(1, 2))  # noqa: S311  # no secret
            most_s -= pause_s
            self._wait(pause_s)

    @contextlib.contextmanager
    def _opened(self, flags: int) -> Iterator[int]:
        descriptor = os.open(self._file, flags, 0o600)
        try:
            yield descriptor
        finally:
            os.close(descriptor)


def _lock_now(descriptor: int, kind: int = fcntl.LOCK_EX) -> bool:
    """Lock a file if that needs no waiting, and return whether it did."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
