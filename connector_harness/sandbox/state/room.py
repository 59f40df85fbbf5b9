"""How much the sandbox keeps of what it is told: everything but files, which are counted apart."""

from typing import Final

from connector_harness.sandbox.http import full

MOST_BYTES: Final = 512 * 1024 * 1024
CALL_SIZE: Final = 1024
"""What a call counts beside the bytes of its body, for what is kept around those."""


class Room:
    """The room of one sandbox; it only fills up, since nothing that is kept is ever forgotten.

    What one call leaves is counted by what it brings, and not measured.
    """

    def __init__(self, most: int = MOST_BYTES) -> None:
        self.size = 0
        self._most = most

    def check(self, body: bytes) -> None:
        """Accept a call with this body, or refuse it."""
        if self.size + len(body) + CALL_SIZE > self._most:
            raise full(f"the sandbox keeps {self.size} bytes of calls, and no more; start another")

    def take(self, body: bytes) -> None:
        """Count a call that was carried out."""
        self.size += len(body) + CALL_SIZE
