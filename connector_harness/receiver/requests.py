"""One HTTP request, as the receiver got it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, repr=False)
class Request:
    """One HTTP request, read to its end.

    Attributes:
        method: The HTTP method.
        path: The path, without the query.
        headers: The header fields, names in lower case.
        body: The bytes of the body.
    """

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def __repr__(self) -> str:
        """Return method and path."""
        return f"<Request {self.method} {self.path}>"
