"""An event loop that skips waiting while somebody waits for it.

A preview of a scenario in which an endpoint stays silent for twenty seconds should not take twenty
seconds. Between calls the loop's time goes on as that of the machine.
"""

import asyncio
import selectors
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class _Skipping(selectors.DefaultSelector):
    """Instead of waiting for a time to come, makes it come, while it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.skipped_s = 0.0
        self.hurries = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, Any]]:  # type: ignore[override,unused-ignore]  # each platform's selector declares it in another way
        ready = super().select(0)
        if ready or timeout is None or timeout <= 0:
            return ready or super().select(timeout)
        if not self.hurries:
            return super().select(timeout)
        self.skipped_s += timeout
        return []


class HurriedLoop(asyncio.SelectorEventLoop):
    """A loop whose time is that of the machine and what has been skipped."""

    def __init__(self) -> None:
        self._skipping = _Skipping()
        super().__init__(self._skipping)

    @property
    def skipped_s(self) -> float:
        """How much time has been skipped, in seconds."""
        return self._skipping.skipped_s

    def skip(self, seconds: float) -> None:
        """Let *seconds* pass at once."""
        self._skipping.skipped_s += seconds

    def time(self) -> float:
        """Return the loop's time, in seconds."""
        return super().time() + self._skipping.skipped_s

    @contextmanager
    def hurried(self) -> Iterator[None]:
        """Skip all waiting until the context ends."""
        self._skipping.hurries += 1
        try:
            yield
        finally:
            self._skipping.hurries -= 1
