"""The journal: what the sandbox received and answered, without tokens and secrets."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl

from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.sandbox.http.bodies import BodyError, parse_json
from connector_harness.sandbox.state.masking import Mask

KEPT_ENTRIES = 1000
KEPT_BYTES = 8 * 1024
"""The longest body the journal keeps whole."""


@dataclass(frozen=True, slots=True)
class KeptBody:
    """A body as far as the journal keeps it, and how many bytes it has."""

    content: bytes
    size: int
    is_form: bool = False


def kept(body: bytes, *, is_form: bool = False) -> KeptBody:
    """Return what the journal keeps of a body: at most `KEPT_BYTES`."""
    return KeptBody(body[:KEPT_BYTES], len(body), is_form)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One call as it came and went; masked only when it is shown.

    ``status`` is None where the call was neither carried out nor answered; ``fault`` is the name
    of the fault it had.
    """

    at: float
    account: str
    consumer: str | None
    operation: str
    method: str
    path: str
    query: str
    status: int | None
    request: KeptBody
    response: KeptBody
    fault: str | None = None


class Journal:
    """The last calls, newest last."""

    def __init__(self, most: int = KEPT_ENTRIES) -> None:
        self._entries: deque[tuple[int, Entry]] = deque(maxlen=most)
        self._received = 0

    def record(self, entry: Entry) -> None:
        """Keep one call; the oldest may be let go for it."""
        self._received += 1
        self._entries.append((self._received, entry))

    def read(
        self,
        *,
        account: str | None = None,
        consumer: str | None = None,
        limit: int | None = None,
        secrets: Iterable[str] = (),
    ) -> JsonObject:
        """Return the calls, of one account or consumer if given, the last *limit* of them.

        Tokens, *secrets* and personal data are masked.

        Shape: ``{"entries": [{"number", "at", "account", "consumer", "operation", "method",
        "path", "status", "request", "response", "fault"?}], "dropped": int}``; a body that was
        cut is ``{"cut": true, "size": int, "text": str}``, one that is no JSON a string.
        """
        chosen = [
            (number, entry)
            for number, entry in self._entries
            if account in (None, entry.account) and consumer in (None, entry.consumer)
        ]
        first = 0 if limit is None else max(len(chosen) - limit, 0)
        mask = Mask(secrets)
        shown: list[JsonValue] = [_shown(number, entry, mask) for number, entry in chosen[first:]]
        return {"entries": shown, "dropped": self._received - len(self._entries)}


def _shown(number: int, entry: Entry, mask: Mask) -> JsonObject:
    query = f"?{mask.form(entry.query)}" if entry.query else ""
    return {
        "number": number,
        "at": entry.at,
        "account": entry.account,
        "consumer": entry.consumer,
        "operation": entry.operation,
        "method": entry.method,
        "path": mask.text(entry.path) + query,
        "status": entry.status,
        "request": _shown_body(entry.request, mask),
        "response": _shown_body(entry.response, mask),
        **({} if entry.fault is None else {"fault": entry.fault}),
    }


def _shown_body(body: KeptBody, mask: Mask) -> JsonValue:
    decoded = body.content.decode(errors="replace")
    text = mask.form(decoded) if body.is_form else mask.text(decoded)
    if body.size > len(body.content):
        return {"cut": True, "size": body.size, "text": text}
    if body.is_form:
        return dict(parse_qsl(text, keep_blank_values=True))
    try:
        return parse_json(text.encode()) if text else None
    except BodyError:
        return text
