"""The one place that knows secrets; everything written goes through it."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from connector_harness.json_types import JsonValue
from connector_harness.redaction.by_name import NamedSecrets
from connector_harness.redaction.encodings import (
    MOST,
    encoded_forms,
    plain_forms,
    revelations,
)
from connector_harness.redaction.jwt import is_token, without_tokens
from connector_harness.redaction.own_words import is_own_word
from connector_harness.redaction.search import LEAST, Needles
from connector_harness.redaction.terminal_safe import shortened

MASK: Final = "***"
"""What stands where a secret stood."""

SHORTEST: Final = LEAST
"""How many characters a secret must have; masking shorter ones would mask ordinary words."""

PERSONAL_DATA: Final = ("phone", "email", "mail", "mobileNum")
"""The members of a profile whose values are personal. Source: API facts §4.5, §12.3."""

# How long a text is, and how many there are, whose masked form is remembered.
_SHORT: Final = 400
_REMEMBERED: Final = 2_000
# From how many characters on a text with a NUL in it is taken for a picture.
_LARGE: Final = 100_000
_UNMISTAKABLE: Final = 16
# An endpoint that answers with ever new mail addresses fills no memory.
_MOST_LEARNED: Final = 10_000
_LONGEST_LEARNED: Final = 1_000
_decode: Final = json.JSONDecoder().raw_decode


@dataclass(frozen=True, slots=True)
class KnownSecret:
    """A text that must not be written, and its kind as messages name it: ``client secret``.

    One that is a word counts only where no letter and no digit stands beside it: a short one
    stands inside of other words and numbers by chance.
    """

    kind: str
    value: str = field(repr=False)
    is_word: bool = False


class Redactor:
    """Masks secrets in whatever is about to be written.

    Masked are the secrets it was told of and the personal data it has seen, in plain form,
    escaped for URLs, JSON or HTML, in Base64, hexadecimal digits and wide letters; anything
    shaped like a JWT; and the values of members, form fields and headers with a telling name. The
    cost depends on the text, and hardly on how many secrets are known.

    The values of members called as in *personal_data* are personal: those of fewer than
    `SHORTEST` characters, and words that our own documents are made of, are masked there alone,
    others wherever they appear.
    """

    def __init__(self, personal_data: Iterable[str] = PERSONAL_DATA) -> None:
        personal = tuple(personal_data)
        self.personal_data = frozenset(personal)
        self._named = NamedSecrets(personal)
        names = "|".join(map(re.escape, personal)).encode()
        self._member = re.compile(rb'"(' + names + rb')"\s*:')
        self._known: dict[str, KnownSecret] = {}
        self._learned = 0
        self._needles = Needles()
        # What each form stands for, and whether it counts as a word alone.
        self._meant: dict[str, KnownSecret] = {}
        # Titles, labels and header values come again with every scenario.
        self._masked: dict[str, str] = {}

    @property
    def secrets(self) -> list[KnownSecret]:
        """All it was told of or has seen; what is shaped like a JWT is not remembered."""
        return list(self._known.values())

    def add(self, *secrets: str, kind: str = "client secret") -> None:
        """Mask *secrets* from now on, in all their forms, also inside of words.

        Raises:
            ValueError: One is shorter than `SHORTEST` characters, or a word that our own documents
                are made of; the message does not show it.
        """
        for secret in secrets:
            if is_own_word(secret):
                raise ValueError(
                    "a secret cannot be masked that is a word of every report\n"
                    "  next: use one that is no word"
                )
            if len(secret) < SHORTEST:
                raise ValueError(
                    f"a secret of {len(secret)} character(s) cannot be masked without masking "
                    f"ordinary text\n  next: use one of at least {SHORTEST} characters"
                )
        for secret in secrets:
            self._keep(KnownSecret(kind, secret))

    def add_token(self, token: str, kind: str = "token") -> None:
        """Mask *token* from now on, a short one only where it stands as a word of its own.

        A token shorter than `SHORTEST`, or one that is a word of our own documents, is masked only
        where its name tells what it is.
        """
        if len(token) >= SHORTEST and not is_token(token) and not is_own_word(token):
            self._keep(_word(kind, token))

    def learn(self, *contents: bytes) -> None:
        """Mask the personal data in the JSON documents *contents* from now on."""
        for content in contents:
            for member in self._member.finditer(content):
                end = member.end()
                self.learn_value(member[1].decode(), _value(content[end : end + _LONGEST_LEARNED]))

    def learn_value(self, name: str, value: JsonValue) -> None:
        """Mask *value*, which a member called *name* has, from now on if it is long enough."""
        for text in _texts(value):
            is_fit = SHORTEST <= len(text) <= _LONGEST_LEARNED and not is_own_word(text)
            if is_fit and text not in self._known and self._learned < _MOST_LEARNED:
                self._learned += 1
                self._keep(_word(name, text))

    def take_over(self, secrets: Iterable[KnownSecret]) -> None:
        """Mask what another process knows as well."""
        for secret in secrets:
            self._keep(secret)

    def _keep(self, secret: KnownSecret) -> None:
        known = self._known.get(secret.value)
        if known is not None and secret.is_word >= known.is_word:
            return
        self._known[secret.value] = secret
        plain = plain_forms(secret.value)
        for form in plain | encoded_forms(secret.value):
            before = self._meant.get(form)
            if before is None or before.is_word:
                is_word = secret.is_word and form in plain
                self._meant[form] = replace(secret, is_word=is_word)
            self._needles.add(form)
        # Not cleared: another thread may be about to write to the old one.
        self._masked = {}

    def text(self, text: str) -> str:
        """Return *text* with every secret masked, also those that only their name tells."""
        if len(text) > _SHORT:
            return self._mask(text)
        remembered = self._masked
        masked = remembered.get(text)
        if masked is None:
            if len(remembered) >= _REMEMBERED:
                remembered.clear()
            masked = remembered[text] = self._mask(text)
        return masked

    def _mask(self, text: str) -> str:
        text = self._mask_known(text)
        # Pictures are full of what looks like escapes; only large ones are worth telling apart.
        is_picture = len(text) > _LARGE and "\0" in text
        if not is_picture and ("%" in text or "\\" in text or "&" in text):
            text = self._mask_escaped(text)
        return self._named.without(text, MASK)

    def _mask_known(self, text: str) -> str:
        for needle in self._needles.found(text):
            text = self._without(needle, text)
        return without_tokens(text, MASK)

    def _without(self, needle: str, text: str) -> str:
        if self._meant[needle].is_word:
            return _without_word(needle, text)
        return text.replace(needle, MASK)

    def _mask_escaped(self, text: str) -> str:
        for _ in range(MOST):
            shown = self._without_escapes(text)
            if shown is None:
                return text
            text = shown
        return MASK

    def _without_escapes(self, text: str) -> str | None:
        """Return *text* without escapes that still hide a secret; None if none do.

        They do where one is around another, or where letters are escaped that need not be.
        """
        for plain in revelations(text):
            masked = self._mask_known(plain)
            if masked != plain:
                return masked.encode(errors="replace").decode()
        return None

    def kinds(self, text: str) -> list[str]:
        """Return which kinds of secrets stand in *text*, in the forms in which they are written."""
        found = self._needles.found(text)
        kinds = {self._meant[each].kind for each in found if self._without(each, text) != text}
        if without_tokens(text, MASK) != text:
            kinds.add("token")
        return sorted(kinds)

    def content(self, content: bytes) -> bytes:
        """Return *content* with every secret masked; bytes that are no text stay as they are."""
        text = content.decode(errors="surrogateescape")
        masked = self.text(text)
        return content if masked == text else masked.encode(errors="surrogateescape")

    def member(self, name: str, value: JsonValue) -> JsonValue:
        """Return the *value* of a member, masked where its name tells what it is."""
        is_told = isinstance(value, str | int | float) and not isinstance(value, bool)
        return MASK if is_told and self._named.tells(name) else value

    def headers(self, headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return *headers* with every secret masked, and all of a header meant for secrets."""
        return [
            (name, MASK if self._named.tells(name) else self.text(value)) for name, value in headers
        ]

    def excerpt(self, text: str, limit: int, *, label: str = "") -> str:
        """Return *text* masked, and only then cut: half a secret is not recognised as one.

        Args:
            text: The text.
            limit: How many characters are shown.
            label: What stands before it where it comes from, and gives some secrets away.
        """
        return shortened(self.text(label + text).removeprefix(label), limit)


def _word(kind: str, value: str) -> KnownSecret:
    return KnownSecret(kind, value, is_word=len(value) < _UNMISTAKABLE)


def _without_word(word: str, text: str) -> str:
    # Where no letter and no digit stands beside it.
    pieces, done, at = [], 0, text.find(word)
    while at >= 0:
        end = at + len(word)
        # In JSON, the letter of a line end stands before it.
        begins = not text[at - 1 : at].isalnum() or text[max(at - 2, 0) : at - 1] == "\\"
        if begins and not text[end : end + 1].isalnum():
            pieces += [text[done:at], MASK]
            done = end
        at = text.find(word, end)
    return "".join([*pieces, text[done:]])


def _value(rest: bytes) -> JsonValue:
    """Return the JSON value that *rest* begins with; None if there is none."""
    text = rest.decode(errors="replace").lstrip()
    try:
        value: JsonValue = _decode(text)[0]
    except (ValueError, RecursionError):
        return None
    return value


def _texts(value: JsonValue) -> Iterator[str]:
    """Yield the texts and numbers in *value*, as text."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)
    elif isinstance(value, int) and not isinstance(value, bool):
        yield str(value)
