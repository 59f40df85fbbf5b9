"""No token, secret or personal data in what the sandbox shows of its calls and writes to its log.

It shares no code with the client's side, and needs less: it knows what it has issued itself.
"""

import json
import logging
import re
from collections.abc import Callable, Iterable
from typing import Final
from urllib.parse import parse_qsl, quote, quote_plus, urlencode

MASK: Final = "***"
"""What stands where something is not shown."""

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


class Mask:
    """Masks what must not be shown.

    Args:
        secrets: The secrets of the sandbox's accounts.
    """

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
