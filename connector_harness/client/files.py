"""Where a file may be put or got, for about a minute. Source: API facts §7."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Self
from urllib.parse import quote, urlencode

from connector_harness.client.http.exchange import Exchange
from connector_harness.client.reply import Reply

SIGNATURE: Final = "temp_url_sig"
"""The query parameter that lets whoever knows it put or get the file; never shown."""

# In characters; those of the API have about 250.
_LONGEST: Final = 4_000
# What may stand in a path as it is; an escape that is already there must not be escaped again.
_PATH: Final = "/%:@!$&'()*+,;=~"


class AddressError(Exception):
    """An answer was to name the address of a file, and names none."""

    def __init__(self, exchange: Exchange) -> None:
        """Keep *exchange* beside the message, which does not show the answer."""
        super().__init__(
            "the answer names no usable address for the file\n"
            f"  at: {exchange.title}, members relativePath and queryParams of its body\n"
            "  next: see the attached exchange; look at the status before reading the address"
        )
        self.exchange = exchange


@dataclass(frozen=True, slots=True)
class FileAddress:
    """Where one file may be put or got, as an answer said it.

    Attributes:
        relative_path: The path at the file service; messages name the file by it.
        query: What permits the call: signature and expiry, in the order of the answer.
    """

    relative_path: str
    query: Mapping[str, str] = field(repr=False)

    @classmethod
    def of(cls, reply: Reply) -> Self:
        """Return the address in *reply*; its signature is masked in reports from now on.

        Raises:
            AddressError: The reply names none, as a refusal does.
        """
        match reply.exchange.document_if_any:
            case {"body": {"relativePath": str(path), "queryParams": dict(found)}} if path:
                query = {name: str(value) for name, value in found.items()}
            case _:
                raise AddressError(reply.exchange)
        # Half a surrogate pair, which JSON can hold, has no place in a URL; nor has a book.
        text = "".join([path, *query, *query.values()])
        if not text.isprintable() or len(text) > _LONGEST:
            raise AddressError(reply.exchange)
        reply.redactor.add_token(query.get(SIGNATURE, ""), kind="file signature")
        return cls(path, query)

    @property
    def target(self) -> str:
        """Path and query as they stand in a URL; what is escaped already stays as it is."""
        path = quote(self.relative_path, safe=_PATH)
        path = path if path.startswith("/") else f"/{path}"
        return f"{path}?{urlencode(self.query)}" if self.query else path

    def forged(self) -> "FileAddress":
        """Return this address with a signature that nobody gave."""
        return replace(self, query={**self.query, SIGNATURE: "0" * 40})

    def unsigned(self) -> "FileAddress":
        """Return this address without its signature."""
        left = {name: value for name, value in self.query.items() if name != SIGNATURE}
        return replace(self, query=left)

    def prolonged(self, *, seconds: int) -> "FileAddress":
        """Return this address with an expiry so much later than the one that was signed.

        Raises:
            ValueError: The address tells no expiry in seconds.
        """
        expires = int(self.query.get("temp_url_expires", "")) + seconds
        return replace(self, query={**self.query, "temp_url_expires": str(expires)})
