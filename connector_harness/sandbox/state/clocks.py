"""The time as the sandbox tells it: to each consumer that of the machine, plus what was advanced.

Advancing is for one consumer, so that scenarios which share an account do not disturb each other.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress


class Clocks:
    """The time of each consumer; *base* gives that of the machine, in seconds since the epoch."""

    def __init__(self, base: Callable[[], float] = time.time) -> None:
        self._base = base
        self._ahead: dict[str, float] = {}
        self._advance = asyncio.Event()

    @property
    def advanced(self) -> int:
        """For how many consumers the time has been advanced."""
        return len(self._ahead)

    def now(self, consumer: str | None = None) -> float:
        """Return the seconds since the epoch, of a consumer by the external id, or the machine."""
        return self._base() + (0.0 if consumer is None else self._ahead.get(consumer, 0.0))

    def advance(self, consumer: str, seconds: float) -> float:
        """Let time pass for one consumer, wake whoever waits for it, and return the new time."""
        self._ahead[consumer] = self._ahead.get(consumer, 0.0) + seconds
        self._advance.set()
        self._advance = asyncio.Event()
        return self.now(consumer)

    async def wait_until(self, consumer: str, at: float) -> None:
        """Wait until it is *at* for a consumer, by real time or because time was advanced."""
        while (left := at - self.now(consumer)) > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._advance.wait()
