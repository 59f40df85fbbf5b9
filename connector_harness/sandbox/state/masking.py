"""No token, secret or personal data in what the sandbox shows of its calls and writes to its log.

It shares no code with the client's side, and needs less: it knows what it has issued itself.
"""

import base64
import logging
import re
from collections.abc import Callable, Iterable
from typing import Final
from urllib.parse import parse_qsl, quote, quote_plus, urlencode

from connector_harness.json_types import JsonValue

MASK: Final = "***"
"""What stands where something is not shown."""

SHORTEST: Final = 6
"""Shorter secrets, which somebody chose, are masked by their names alone."""

_NAMES: Final = (
    *("access_token", "authorization", "client_secret", "clientSecret", "temp_url_sig", "token"),
    *("x-lp-on-behalf", "lp-on-behalf", "phone", "email", "mail", "mobileNum"),
)
_LOWER: Final = frozenset(name.lower() for name in _NAMES)
_ANY: Final = "|".join(_NAMES)
_TOKEN: Final = re.compile(r"eyJ[\w-]{8,}(?:\.[\w-]*){0,2}")
_MEMBER: Final = re.compile(
    rf'("(?:{_ANY})"\s*:\s*")(?:[^"\\]|\\.)*|(\b(?:client_secret|temp_url_sig)=)[^&"\s]*',
    re.IGNORECASE,
)
# As in the reason "$[0].body.privateData.mail is 5, not a text".
_REASON: Final = re.compile(rf"(\.(?:{_ANY}) is ).+?(?=, not |$)")


class Mask:
    """Masks what must not be shown.

    Args:
        secrets: The secrets of the sandbox's accounts.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = (secret for secret in secrets if len(secret) >= SHORTEST)
        self._forms = sorted({form for one in known for form in _forms(one)}, key=len, reverse=True)

    def value(self, text: str) -> str:
        """Return *text*, which has no names in it, without tokens and secrets."""
        for form in self._forms:
            text = text.replace(form, MASK)
        return _TOKEN.sub(MASK, text)

    def text(self, text: str) -> str:
        """Return *text* without tokens, secrets, and values that their names tell to be such."""
        return self.value(_REASON.sub(rf"\1{MASK}", _MEMBER.sub(rf"\1\2{MASK}", text)))

    def document(self, document: JsonValue) -> JsonValue:
        """Return a JSON document likewise."""
        if isinstance(document, str):
            return self.value(document)
        if isinstance(document, list):
            return [self.document(item) for item in document]
        if isinstance(document, dict):
            return {self.value(name): self._member(name, item) for name, item in document.items()}
        return document

    def pairs(self, form: str) -> list[tuple[str, str]]:
        """Return the fields of a form likewise."""
        pairs = parse_qsl(form, keep_blank_values=True)
        return [(name, str(self._member(name, value))) for name, value in pairs]

    def query(self, query: str) -> str:
        """Return a form as one text likewise."""
        return urlencode(self.pairs(query), safe="*")

    def _member(self, name: str, value: JsonValue) -> JsonValue:
        return MASK if name.lower() in _LOWER else self.document(value)


def _forms(secret: str) -> set[str]:
    raw = secret.encode()
    inside = {
        base64.b64encode(b"\0" * before + raw)[before + (before > 0) : (before + len(raw)) * 8 // 6]
        for before in range(3)
    }
    encoded = {letters.decode() for letters in inside}
    return {secret, quote(secret, safe=""), quote_plus(secret), raw.hex(), *encoded}


def mask_log(mask: Callable[[], Mask]) -> None:
    """Let every handler of the log write what *mask* leaves, which may change with the accounts."""

    def masked(record: logging.LogRecord) -> bool:
        record.msg, record.args = mask().text(record.getMessage()), None
        return True

    for handler in logging.getLogger().handlers:
        handler.addFilter(masked)
