"""The journal: what the sandbox received and answered, without tokens and secrets."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.sandbox.http.bodies import BodyError, parse_json
from connector_harness.sandbox.state.masking import Mask

KEPT_ENTRIES = 1000
KEPT_BYTES = 8 * 1024
"""The longest body the journal keeps whole."""
SHOWN_DEPTH = 100
"""The deepest document the journal shows as JSON; a deeper one is shown as text."""


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
    status: int | None
    request: bytes
    request_size: int
    form: bool
    response: bytes
    response_size: int
    fault: str | None


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
        status: int | None,
        request: bytes,
        form: bool,
        response: bytes,
        fault: str | None = None,
    ) -> None:
        """Keep one call, and its fault; what exceeds `KEPT_BYTES` is cut.

        The status is None where a call was neither carried out nor answered.
        """
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
                fault=fault,
            )
        )

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
            entry
            for entry in self._entries
            if account in (None, entry.account) and consumer in (None, entry.consumer)
        ]
        if limit is not None:
            chosen = chosen[max(len(chosen) - limit, 0) :]
        mask = Mask(secrets)
        return {"entries": [_shown(entry, mask) for entry in chosen], "dropped": self.dropped}


def _shown(entry: Entry, mask: Mask) -> JsonObject:
    query = f"?{mask.query(entry.query)}" if entry.query else ""
    return {
        "number": entry.number,
        "at": entry.at,
        "account": entry.account,
        "consumer": entry.consumer,
        "operation": entry.operation,
        "method": entry.method,
        "path": mask.text(entry.path) + query,
        "status": entry.status,
        "request": _shown_body(entry.request, entry.request_size, mask, form=entry.form),
        "response": _shown_body(entry.response, entry.response_size, mask, form=False),
        **({} if entry.fault is None else {"fault": entry.fault}),
    }


def _shown_body(body: bytes, size: int, mask: Mask, *, form: bool) -> JsonValue:
    text = body.decode(errors="replace")
    if size > len(body):
        return {"cut": True, "size": size, "text": mask.query(text) if form else mask.text(text)}
    if form:
        return dict(mask.pairs(text))
    if not text:
        return None
    try:
        return mask.document(parse_json(body, deepest=SHOWN_DEPTH))
    except BodyError:
        return mask.text(text)
