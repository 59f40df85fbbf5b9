"""The last exchange before a failure, in short."""

from collections.abc import Iterator
from typing import Final

from connector_harness.client.http.exchange import Exchange, NotJsonError
from connector_harness.contract.differences import MAX_DOCUMENT, quoted
from connector_harness.redaction.redactor import MASK, Redactor
from connector_harness.redaction.terminal_safe import shortened

HINT: Final = f"  (with your own values where {MASK} stands)"
"""What a curl line with masked values needs before it runs."""


class ShownExchange:
    """What the terminal shows of an exchange; the report holds it whole.

    Args:
        exchange: The exchange; None where nothing was sent.
        redactor: Masks the secrets.
    """

    def __init__(self, exchange: Exchange | None, redactor: Redactor) -> None:
        self._exchange = exchange
        self._redactor = redactor
        # Masked before it is cut: half a secret is not recognised as one.
        body = b"" if exchange is None else exchange.response_body
        self._text = " ".join(redactor.text(body.decode(errors="replace")).split())
        self._document = "" if exchange is None else _document(exchange, redactor)

    def lines(self) -> Iterator[str]:
        """Yield title, answer and a line of curl that repeats the request; nothing for None."""
        exchange = self._exchange
        if exchange is None:
            return
        yield ""
        yield f"last exchange: {exchange.title} in {exchange.elapsed_s * 1000:.0f} ms"
        if exchange.status is not None:
            answer = self._document or shortened(self._text, MAX_DOCUMENT) or "empty"
            yield f"  answer: {answer}"
        curl = self._redactor.curl(exchange)
        yield f"  repeat: {curl}"
        if MASK in curl:
            yield HINT

    def shows(self, line: str) -> bool:
        """Return whether *line* of a message only repeats the answer, or how it begins."""
        name, _, rest = line.strip().partition(": ")
        if not rest:
            return False
        return (name == "answer" and self._text.startswith(rest)) or (
            name == "document" and self._document == rest
        )


def _document(exchange: Exchange, redactor: Redactor) -> str:
    """Return the answer as JSON in one line; empty where it is none."""
    try:
        return quoted(exchange.document, redactor) if exchange.response_body else ""
    except NotJsonError:
        return ""
