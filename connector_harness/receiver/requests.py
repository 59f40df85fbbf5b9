"""One HTTP request, as the receiver got it."""

from typing import NamedTuple


class Request(NamedTuple):
    """One HTTP request, read to its end; its path is without query, header names in lower case."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def __repr__(self) -> str:
        """Return method and path."""
        return f"<Request {self.method} {self.path}>"
