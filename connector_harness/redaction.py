"""The one place that knows secrets; everything written goes through it."""

import base64
import json
import re
import shlex
from collections.abc import Iterable
from typing import Final, Protocol
from urllib.parse import quote, quote_plus

MASK: Final = "***"
"""What stands where a secret stood."""

SHORTEST: Final = 6
"""How many characters a secret must have; masking shorter ones would mask ordinary words."""

SECRET_HEADERS: Final = frozenset(
    {"authorization", "x-lp-on-behalf", "proxy-authorization", "cookie", "set-cookie"}
)
"""The header fields, in lower case, whose values are never shown."""

# How long a text is, and how many there are, whose masked form is remembered.
_SHORT: Final = 400
_REMEMBERED: Final = 2_000
# A text that holds none of these, in lower case, holds no named secret.
_NEEDLES: Final = ("token", "secret", "temp_url_sig", "authorization", "on-behalf", "cookie")
_NAME: Final = (
    r"(?:[a-z_]*token|client_?secret|temp_url_sig"
    r"|(?:proxy-)?authorization|x-lp-on-behalf|(?:set-)?cookie)"
)
# A token cut short by a message's length limit is masked as well: only its begin is needed.
_JWT: Final = re.compile(r"eyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]+){0,2}")
# "name": "value" in JSON and in Python's repr, also inside strings, where the quotes are escaped
# once or more. The value ends at the first quote escaped as the opening one is.
_MEMBER: Final = re.compile(
    rf"""(?P<q>\\*+["']){_NAME}(?P=q)\s*:\s*(?P<v>\\*+["'])"""
    r"""(?P<value>[^"'\\]*+.*?)(?:(?<!\\)(?P=v)|\Z)""",
    re.IGNORECASE | re.DOTALL,
)
_FORM: Final = re.compile(
    rf"""(?<![A-Za-z0-9]){_NAME}(?:=|%3D)(?P<value>(?:(?!%26)[^&\s"'\\])+)""", re.IGNORECASE
)
_HEADER: Final = re.compile(
    r"\b(?:(?:proxy-)?authorization|x-lp-on-behalf|(?:set-)?cookie):[ \t]*"
    r"""(?P<value>[^\r\n"'\\]+)""",
    re.IGNORECASE,
)
_RUN: Final = re.compile(r"[A-Za-z0-9_-]{6,}")


class Sent(Protocol):
    """A request as it was sent."""

    @property
    def method(self) -> str:
        """The HTTP method."""

    @property
    def url(self) -> str:
        """The full address."""

    @property
    def request_headers(self) -> Iterable[tuple[str, str]]:
        """The header fields."""

    @property
    def request_body(self) -> bytes:
        """The body."""


LONGEST_ARGUMENT: Final = 100_000
"""The longest request body that a curl line spells out, in bytes."""


class Redactor:
    """Masks secrets in whatever is about to be written.

    Masked are the secrets and tokens it was told, in plain form and, for secrets, URL-encoded,
    JSON-escaped and in Base64; anything shaped like a JWT; and the values of members, form fields
    and headers with a secret's name. The cost depends on the text alone, however many tokens are
    known.
    """

    shortest: Final = SHORTEST

    def __init__(self) -> None:
        """Know no secrets yet."""
        self._forms: list[str] = []
        self._tokens: set[str] = set()
        # Titles, labels and header values come again with every scenario.
        self._masked: dict[str, str] = {}

    def add(self, *secrets: str) -> None:
        """Mask *secrets* from now on, in all their forms.

        Meant for the few configured ones; `add_token` is for what a run collects.

        Raises:
            ValueError: One is shorter than `SHORTEST` characters; the message does not show it.
        """
        for secret in secrets:
            if len(secret) < SHORTEST:
                raise ValueError(
                    f"a secret of {len(secret)} character(s) cannot be masked without masking "
                    f"ordinary text\n  next: use one of at least {SHORTEST} characters"
                )
        forms = {form for secret in secrets for form in _forms(secret)}
        self._forms = sorted(forms.union(self._forms), key=len, reverse=True)
        self._masked.clear()

    def add_token(self, token: str) -> None:
        """Mask *token* from now on, wherever it stands as a word of its own.

        A token shorter than `SHORTEST` is masked only where its name tells what it is.
        """
        if _JWT.fullmatch(token) or len(token) < SHORTEST:
            return
        if _RUN.fullmatch(token):
            self._tokens.add(token)
            self._masked.clear()
        else:
            self.add(token)

    def text(self, text: str) -> str:
        """Return *text* with every secret masked, also those that only their name tells."""
        if len(text) > _SHORT:
            return self._mask(text)
        masked = self._masked.get(text)
        if masked is None:
            if len(self._masked) >= _REMEMBERED:
                self._masked.clear()
            masked = self._masked[text] = self._mask(text)
        return masked

    def _mask(self, text: str) -> str:
        text = self.known(text)
        lower = text.lower()
        found = [needle for needle in _NEEDLES if needle in lower]
        if not found:
            return text
        if len(lower) != len(text):
            # A few letters grow when they become small; the places would be off.
            lower = "".join(letter.lower()[0] for letter in text)
        return _mask_named(text, _places(found, lower))

    def known(self, text: str) -> str:
        """Return *text* with every known secret masked, and whatever is shaped like a JWT.

        Much cheaper than `text` for a long document whose values went through that one by one.
        """
        for form in self._forms:
            if form in text:
                text = text.replace(form, MASK)
        if self._tokens and not self._tokens.isdisjoint(_RUN.findall(text)):
            text = _RUN.sub(self._mask_token, text)
        return _JWT.sub(MASK, text) if "eyJ" in text else text

    def _mask_token(self, word: re.Match[str]) -> str:
        return MASK if word.group() in self._tokens else word.group()

    def content(self, content: bytes) -> bytes:
        """Return *content* with every secret masked; bytes that are no text stay as they are."""
        text = content.decode(errors="surrogateescape")
        masked = self.text(text)
        return content if masked == text else masked.encode(errors="surrogateescape")

    def headers(self, headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return *headers* with every secret masked, and all of a header meant for secrets."""
        return [
            (name, MASK if name.lower() in SECRET_HEADERS else self.text(value))
            for name, value in headers
        ]

    def curl(self, exchange: Sent) -> str:
        """Return a line for the shell that repeats the request of *exchange*, secrets masked."""
        words = ["curl"]
        if exchange.method != "GET":
            words += ["-X", exchange.method]
        words.append(_shell(self.text(exchange.url)))
        for name, value in self.headers(exchange.request_headers):
            # curl writes these two itself, and a masked body has another length.
            if name.lower() not in {"host", "content-length"}:
                words += ["-H", _shell(f"{name}: {value}")]
        if len(exchange.request_body) > LONGEST_ARGUMENT:
            # No shell takes it, and nobody reads it; the report has the bytes.
            words += ["--data-binary", "@request-body"]
        elif exchange.request_body:
            body = self.content(exchange.request_body).decode(errors="surrogateescape")
            words += ["--data-raw", _shell(body)]
        return " ".join(words)


def _mask_named(text: str, places: list[int]) -> str:
    """Mask the values that a name gives away; such a name is around one of *places*."""
    pieces, done = [], 0
    for at in places:
        start, end = _value(text, at) if at >= done else (0, 0)
        if start >= done and end:
            pieces += [text[done:start], MASK]
            done = end
    return "".join([*pieces, text[done:]])


def _places(needles: list[str], lower: str) -> list[int]:
    places = []
    for needle in needles:
        at = lower.find(needle)
        while at >= 0:
            places.append(at)
            at = lower.find(needle, at + 1)
    return sorted(places)


def _value(text: str, at: int) -> tuple[int, int]:
    """Return where the value starts and ends that belongs to the name around *at*, or zeros."""
    start = at
    while start and (text[start - 1].isalpha() or text[start - 1] in "_-"):
        start -= 1
    quote_start = start
    while quote_start and text[quote_start - 1] in "\"'\\":
        quote_start -= 1
    starts = [*range(quote_start, start), start]
    starts += [before + 1 for before in range(start, at) if not text[before].isascii()]
    starts += [before + 1 for before in range(start, at) if text[before] in "_-"]
    for begin in starts:
        for pattern in (_MEMBER, _FORM, _HEADER):
            match = pattern.match(text, begin)
            if match is not None:
                return match.span("value")
    return 0, 0


def _forms(secret: str) -> set[str]:
    escaped = json.dumps(secret)[1:-1]
    plain = {
        secret,
        quote(secret, safe=""),
        quote(secret),
        quote_plus(secret),
        escaped,
        json.dumps(escaped)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
    }
    lower = {re.sub(r"%[0-9A-F]{2}", lambda code: code.group().lower(), form) for form in plain}
    return plain | lower | _base64_forms(secret.encode())


def _base64_forms(secret: bytes) -> set[str]:
    forms = set()
    # What stands before a secret (as in "id:secret") shifts its letters by none, one or two
    # bytes; the letters it shares with its neighbours are left out.
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + secret)
        start = (before * 8 + 5) // 6
        end = (before + len(secret)) * 8 // 6
        letters = encoded[start:end].decode()
        forms |= {letters, letters.translate(str.maketrans("+/", "-_"))}
    return forms


def _shell(word: str) -> str:
    if word.isprintable():
        return shlex.quote(word)
    escaped = "".join(_escape(character) for character in word)
    return f"$'{escaped}'"


def _escape(character: str) -> str:
    if character in "\\'":
        return f"\\{character}"
    if character.isprintable():
        return character
    return "".join(f"\\x{byte:02x}" for byte in character.encode(errors="surrogateescape"))
