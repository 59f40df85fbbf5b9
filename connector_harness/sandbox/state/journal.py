"""The journal: what the sandbox received and answered, without tokens, secrets and personal data.

It shares no code with the client's side, and needs less: it knows what it has issued itself.
"""

import json
import logging
import re
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, quote, quote_plus, urlencode

from connector_harness.json_types import JsonError, JsonObject, JsonValue, read_json

KEPT_ENTRIES = 1000
KEPT_BYTES = 8 * 1024
MOST_BYTES = 64 * 1024 * 1024
"""How much of all entries is kept at the most; the oldest go first."""

MASK: Final = "***"
SHORTEST: Final = 6
"""Shorter secrets, which somebody chose, are masked by their names alone."""

_NAMES: Final = (
    r"access_token|authorization|client_?secret|temp_url_sig|token|(?:x-)?lp-on-behalf"
    "|phone|e?mail|mobileNum"
)
_STRING, _LIST, _OTHER = r'"(?:[^"\\]|\\.)*+"?', r"\[[^\]]*\]?", r"[^\s,}\]]+"
_MEMBER: Final = re.compile(
    rf'("(?:{_NAMES})"\s*:\s*)(?:{_STRING}|{_LIST}|{_OTHER})', re.IGNORECASE
)
_FIELD: Final = re.compile(rf'(\b(?:{_NAMES})=)[^&"\s]*', re.IGNORECASE)
# As in the reason "$[0].body.privateData.mail is 5, not a text".
_REASON: Final = re.compile(rf"(\.(?:{_NAMES}) is ).+?(?=, not |$)")
_TOKEN: Final = r"eyJ[\w-]{8,}(?:\.[\w-]*){0,2}"  # noqa: S105  # the form of one


@dataclass(frozen=True, slots=True)
class _Entry:
    """One call as it came and went; masked only when it is shown."""

    told: JsonObject
    query: str
    request: bytes
    response: bytes
    sizes: tuple[int, int]
    is_form: bool

    @property
    def size(self) -> int:
        """How much it holds, about."""
        texts = (self.query, *(value for value in self.told.values() if isinstance(value, str)))
        return sum(map(len, texts)) + len(self.request) + len(self.response)


class Journal:
    """The last calls, newest last."""

    def __init__(self, most: int = KEPT_ENTRIES) -> None:
        self._entries: deque[_Entry] = deque()
        self._most = most
        self._size = 0
        self._received = 0

    def record(
        self,
        told: JsonObject,
        *,
        query: str,
        request: bytes,
        response: bytes,
        is_form: bool = False,
    ) -> None:
        """Keep one call, of its bodies at most `KEPT_BYTES`; the oldest may be let go for it.

        *told* is what `read` shows of it, other than ``number`` and the bodies.
        """
        self._received += 1
        sizes = (len(request), len(response))
        kept = (request[:KEPT_BYTES], response[:KEPT_BYTES])
        told = {"number": self._received, **told}
        self._entries.append(entry := _Entry(told, query, *kept, sizes, is_form))
        self._size += entry.size
        while len(self._entries) > self._most or self._size > MOST_BYTES:
            self._size -= self._entries.popleft().size

    def read(
        self,
        *,
        account: str | None = None,
        consumer: str | None = None,
        secrets: Iterable[str] = (),
    ) -> JsonObject:
        """Return the calls, of one account or consumer if given.

        Tokens, *secrets* and personal data are masked.

        Shape: ``{"entries": [{"number", "at", "account", "consumer", "operation", "method",
        "path", "status", "request", "response", "fault"?}], "dropped": int}``; a body that was
        cut is ``{"cut": true, "size": int, "text": str}``, one that is no JSON a string.
        """
        mask = Mask(secrets)
        shown: list[JsonValue] = [
            _shown(entry, mask)
            for entry in self._entries
            if account in (None, entry.told["account"])
            and consumer in (None, entry.told["consumer"])
        ]
        return {"entries": shown, "dropped": self._received - len(self._entries)}


def _shown(entry: _Entry, mask: "Mask") -> JsonObject:
    query = f"?{mask.form(entry.query)}" if entry.query else ""
    asked, answered = entry.sizes
    return {
        **entry.told,
        "path": mask.text(str(entry.told["path"])) + query,
        "request": _shown_body(entry.request, asked, mask, is_form=entry.is_form),
        "response": _shown_body(entry.response, answered, mask),
    }


def _shown_body(body: bytes, size: int, mask: "Mask", *, is_form: bool = False) -> JsonValue:
    decoded = body.decode(errors="replace")
    text = mask.form(decoded) if is_form else mask.text(decoded)
    if size > len(body):
        return {"cut": True, "size": size, "text": text}
    if is_form:
        return dict(parse_qsl(text, keep_blank_values=True))
    try:
        return read_json(text.encode()) if text else None
    except JsonError:
        return text


class Mask:
    """Masks tokens, personal data, and the *secrets* of the sandbox's accounts."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = (secret for secret in secrets if len(secret) >= SHORTEST)
        forms = {re.escape(form) for secret in known for form in _forms(secret)}
        longest_first = sorted(forms, key=len, reverse=True)
        self._values = re.compile("|".join([*longest_first, _TOKEN]))

    def text(self, text: str) -> str:
        """Return *text* without tokens, secrets, and values that their names tell to be such."""
        named = _FIELD.sub(rf"\1{MASK}", _MEMBER.sub(rf'\1"{MASK}"', text))
        return self._values.sub(MASK, _REASON.sub(rf"\1{MASK}", named))

    def form(self, form: str) -> str:
        """Return a form, or a query, likewise, spelled in the usual way."""
        return self.text(urlencode(parse_qsl(form, keep_blank_values=True), safe="*"))


def _forms(secret: str) -> tuple[str, ...]:
    in_json = (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])
    return (secret, quote(secret, safe=""), quote_plus(secret), *in_json)


def mask_log(mask: Callable[[], Mask]) -> None:
    """Let every handler of the log write what *mask* leaves, which may change with the accounts."""

    def masked(record: logging.LogRecord) -> bool:
        record.msg, record.args = mask().text(record.getMessage()), None
        return True

    for handler in logging.getLogger().handlers:
        handler.addFilter(masked)
