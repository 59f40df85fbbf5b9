"""How many requests are under way at once."""

import contextlib
import threading
from collections.abc import Iterator

from tests.client.server import LocalServer, Scripted

GRACE_S = 0.1
"""How long a request is held for one too many to show up; a run without one is right at once."""


class Gauge:
    """Holds every request until as many are under way as may be, and looks for one too many.

    Args:
        allowed: How many may be under way at once.

    Attributes:
        most: How many were.
    """

    def __init__(self, allowed: int) -> None:
        """Begin with none."""
        self.most = 0
        self._allowed = allowed
        self._now = 0
        self._changed = threading.Condition()

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        """Count a request, and hold it."""
        with self._changed:
            self._now += 1
            self.most = max(self.most, self._now)
            self._changed.notify_all()
            self._changed.wait_for(lambda: self.most >= self._allowed, 20)
            self._changed.wait_for(lambda: self.most > self._allowed, GRACE_S)
        try:
            yield
        finally:
            with self._changed:
                self._now -= 1


class GaugedServer(LocalServer):
    """Answers as a working endpoint, and measures how many requests are under way at once.

    Args:
        allowed: How many may be.
    """

    def __init__(self, allowed: int) -> None:
        """Listen on a free port of the loopback address."""
        self.gauge = Gauge(allowed)
        super().__init__()

    def next_answer(self, path: str) -> Scripted:
        """Hold the request, and return the answer to it."""
        with self.gauge.inside():
            return super().next_answer(path)
