"""The last exchange before a failure, in short."""

import shlex
from collections.abc import Iterator
from typing import Final

from connector_harness.client.http.exchange import Exchange
from connector_harness.contract.differences import MAX_DOCUMENT, quoted
from connector_harness.redaction.redactor import MASK, Redactor
from connector_harness.redaction.terminal_safe import shortened
from connector_harness.results.record import RecordedExchange, masked

HINT: Final = f"  (with your own values where {MASK} stands)"
"""What a curl line with masked values needs before it runs."""

LONGEST_ARGUMENT: Final = 100_000
"""The longest request body that a curl line spells out, in bytes."""


class ShownExchange:
    """What the terminal shows of an exchange, or of none; the report holds it whole."""

    def __init__(self, exchange: Exchange | None, redactor: Redactor) -> None:
        self._exchange: RecordedExchange | None = None
        self._text = self._document = ""
        if exchange is not None:
            self._exchange = masked(RecordedExchange.of(exchange), redactor)
            answer = self._exchange.response
            self._text = " ".join(answer.content.decode(errors="replace").split())
            if answer.document is not None:
                self._document = quoted(answer.document, redactor)

    def lines(self) -> Iterator[str]:
        """Yield title, answer and a line of curl that repeats the request; nothing for None."""
        exchange = self._exchange
        if exchange is None:
            return
        yield ""
        yield f"last exchange: {exchange.title} in {exchange.duration_ms} ms"
        if exchange.status is not None:
            answer = self._document or shortened(self._text, MAX_DOCUMENT) or "empty"
            yield f"  answer: {answer}"
        line = curl(exchange)
        yield f"  repeat: {line}"
        if MASK in line:
            yield HINT

    def shows(self, line: str) -> bool:
        """Return whether *line* of a message only repeats the answer, or how it begins."""
        name, _, rest = line.strip().partition(": ")
        if not rest:
            return False
        return (name == "answer" and self._text.startswith(rest)) or (
            name == "document" and self._document == rest
        )


def curl(exchange: RecordedExchange) -> str:
    """Return a line for the shell that repeats the request of *exchange*, masked by now."""
    words = ["curl", *(["-X", exchange.method] if exchange.method != "GET" else [])]
    words.append(_shell(exchange.url))
    for each in exchange.request_headers:
        # curl writes these two itself, and a masked body has another length.
        if each.name.lower() not in {"host", "content-length"}:
            words += ["-H", _shell(f"{each.name}: {each.value}")]
    body = exchange.request.content
    if len(body) > LONGEST_ARGUMENT:
        # No shell takes it, and nobody reads it; the report has the bytes.
        words += ["--data-binary", "@request-body"]
    elif body:
        words += ["--data-raw", _shell(body.decode(errors="surrogateescape"))]
    return " ".join(words)


def _shell(word: str) -> str:
    if word.isprintable():
        return shlex.quote(word)
    return f"$'{''.join(map(_escape, word))}'"


def _escape(character: str) -> str:
    if character in "\\'":
        return f"\\{character}"
    if character.isprintable():
        return character
    return "".join(f"\\x{byte:02x}" for byte in character.encode(errors="surrogateescape"))
