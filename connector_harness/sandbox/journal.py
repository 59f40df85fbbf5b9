"""The journal: what the sandbox received and answered, without tokens and secrets."""

import re
from collections import deque
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from connector_harness.documents import JsonObject, JsonValue
from connector_harness.sandbox.bodies import BodyError, parse_json

MASK = "***"
KEPT_ENTRIES = 1000
KEPT_BYTES = 8 * 1024
"""The longest body the journal keeps whole."""
SHOWN_DEPTH = 100
"""The deepest document the journal shows as JSON; a deeper one is shown as text."""

SECRET_NAMES = frozenset(
    {
        *("access_token", "authorization", "client_secret", "clientsecret", "temp_url_sig"),
        *("token", "x-lp-on-behalf"),
    }
)
_TOKEN = re.compile(r"eyJ[\w-]{8,}(?:\.[\w-]*){0,2}")
_SECRET_MEMBER = re.compile(
    r'("(?:access_token|client_?secret|temp_url_sig|token)"\s*:\s*")[^"]*|(\bclient_secret=)[^&"]*',
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One call as it came and went; masked only when it is shown."""

    number: int
    at: float
    account: str
    consumer: str | None
    operation: str
    method: str
    path: str
    query: str
    status: int
    request: bytes
    request_size: int
    form: bool
    response: bytes
    response_size: int


class Journal:
    """The last calls, newest last."""

    def __init__(self, kept: int = KEPT_ENTRIES) -> None:
        self._entries: deque[Entry] = deque(maxlen=kept)
        self._received = 0

    @property
    def dropped(self) -> int:
        """How many calls the journal has let go, oldest first."""
        return self._received - len(self._entries)

    def record(
        self,
        *,
        at: float,
        account: str,
        consumer: str | None,
        operation: str,
        method: str,
        path: str,
        query: str,
        status: int,
        request: bytes,
        form: bool,
        response: bytes,
    ) -> None:
        """Keep one call; what is longer than `KEPT_BYTES` is cut."""
        self._received += 1
        self._entries.append(
            Entry(
                number=self._received,
                at=at,
                account=account,
                consumer=consumer,
                operation=operation,
                method=method,
                path=path,
                query=query,
                status=status,
                request=request[:KEPT_BYTES],
                request_size=len(request),
                form=form,
                response=response[:KEPT_BYTES],
                response_size=len(response),
            )
        )

    def read(
        self, *, account: str | None = None, consumer: str | None = None, limit: int | None = None
    ) -> JsonObject:
        """Return the calls, of one account or consumer if given, the last *limit* of them.

        Shape: ``{"entries": [{"number", "at", "account", "consumer", "operation", "method",
        "path", "status", "request", "response"}], "dropped": int}``; a body that was cut is
        ``{"cut": true, "size": int, "text": str}``, one that is no JSON a string.
        """
        chosen = [
            entry
            for entry in self._entries
            if account in (None, entry.account) and consumer in (None, entry.consumer)
        ]
        if limit is not None:
            chosen = chosen[max(len(chosen) - limit, 0) :]
        return {"entries": [_shown(entry) for entry in chosen], "dropped": self.dropped}


def _shown(entry: Entry) -> JsonObject:
    query = f"?{_masked_query(entry.query)}" if entry.query else ""
    return {
        "number": entry.number,
        "at": entry.at,
        "account": entry.account,
        "consumer": entry.consumer,
        "operation": entry.operation,
        "method": entry.method,
        "path": _masked_text(entry.path) + query,
        "status": entry.status,
        "request": _shown_body(entry.request, entry.request_size, form=entry.form),
        "response": _shown_body(entry.response, entry.response_size, form=False),
    }


def _shown_body(body: bytes, size: int, *, form: bool) -> JsonValue:
    text = body.decode(errors="replace")
    if size > len(body):
        return {
            "cut": True,
            "size": size,
            "text": _masked_query(text) if form else _masked_text(text),
        }
    if form:
        return dict(_masked_pairs(text))
    if not text:
        return None
    try:
        return _masked(parse_json(body, deepest=SHOWN_DEPTH))
    except BodyError:
        return _masked_text(text)


def _masked_query(text: str) -> str:
    return urlencode(_masked_pairs(text), safe="*")


def _masked_pairs(text: str) -> list[tuple[str, str]]:
    pairs = parse_qsl(text, keep_blank_values=True)
    return [(name, str(_masked_member(name, value))) for name, value in pairs]


def _masked_member(name: str, value: JsonValue) -> JsonValue:
    return MASK if name.lower() in SECRET_NAMES else _masked(value)


def _masked(document: JsonValue) -> JsonValue:
    if isinstance(document, str):
        return _TOKEN.sub(MASK, document)
    if isinstance(document, list):
        return [_masked(item) for item in document]
    if isinstance(document, dict):
        return {
            _TOKEN.sub(MASK, name): _masked_member(name, value) for name, value in document.items()
        }
    return document


def _masked_text(text: str) -> str:
    return _TOKEN.sub(MASK, _SECRET_MEMBER.sub(r"\1\2" + MASK, text))
