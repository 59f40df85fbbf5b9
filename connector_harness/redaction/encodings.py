"""The forms in which a secret may be written."""

import base64
import html
import json
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote, quote_plus

MOST: Final = 12
"""How many ways of undoing escapes are tried on one text."""

_SHORT_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_BACKSLASH: Final = re.compile(
    r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|U([0-9a-fA-F]{8})|(.))", re.DOTALL
)
# Not `unquote`, which takes a picture to pieces at every letter that is not ASCII.
_PERCENT: Final = re.compile("(?:%[0-9a-fA-F]{2})+")
_PAIR: Final = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_LAST_CODE: Final = 0x10FFFF
_NUMBER: Final = re.compile("&#0*+([0-9]*+)(?<=[0-9])")
_DIGITS: Final = 10


def plain_forms(secret: str) -> set[str]:
    """Return how *secret* stands in text: plain, in JSON, in URLs, in HTML, in Python's words."""
    in_json = json.dumps(secret)[1:-1]
    raw = secret.encode(errors="surrogatepass")
    urls = {quote(raw, safe=""), quote(raw), quote_plus(raw), secret.replace(" ", "+")}
    pages = {html.escape(secret), html.escape(secret, quote=False), secret.replace("/", "\\/")}
    texts = {json.dumps(in_json)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], in_json}
    every = "".join(f"\\u{ord(letter):04x}" for letter in secret)
    lower = {_lower_escapes(form) for form in urls}
    return {secret, repr(raw)[2:-1], every} | urls | lower | pages | texts


def _lower_escapes(form: str) -> str:
    first, *rest = form.split("%")
    return "%".join([first, *(part[:2].lower() + part[2:] for part in rest)])


def encoded_forms(secret: str) -> set[str]:
    """Return what *secret* becomes in Base64, in hexadecimal digits, in UTF-16 and in UTF-32.

    In Base64, what stands before a secret (as in ``id:secret``) shifts its letters by none, one
    or two bytes; the letters it shares with its neighbours are left out.
    """
    raw = secret.encode(errors="surrogatepass")
    forms = {raw.hex(), raw.hex().upper(), *(_wide(secret, encoding) for encoding in _WIDE)}
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + raw)
        start, end = (before * 8 + 5) // 6, (before + len(raw)) * 8 // 6
        letters = encoded[start:end].decode()
        forms |= {letters, letters.translate(_URL_SAFE)}
    return forms


def _wide(secret: str, encoding: str) -> str:
    """Return *secret* in a wide *encoding*, as it looks in bytes that are taken for UTF-8."""
    wide = secret.encode(encoding, "surrogatepass")
    return wide.decode(errors="surrogateescape").strip("\0")


_WIDE: Final = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_URL_SAFE: Final = str.maketrans("+/", "-_")


def revelations(text: str) -> list[str]:
    """Return *text* with what is escaped for URLs, JSON or HTML as it was.

    One escape may be around another one, and undoing one may spoil what another one has left
    alone, so each is undone before and after the others. *text* itself is not among them.
    """
    found = [text]
    for one in found:
        if len(found) < MOST:
            found += [other for other in _undone(one) if other not in found]
    return found[1:]


def _undone(text: str) -> Iterator[str]:
    if "%" in text:
        yield _PERCENT.sub(_bytes, text)
    if "\\" in text:
        yield _PAIR.sub(_joined, _BACKSLASH.sub(_letter, text))
    if "&" in text and ";" in text:
        yield html.unescape(_NUMBER.sub(_shortened, text))


def _shortened(reference: re.Match[str]) -> str:
    # Python refuses to read thousands of digits; so many stand for no letter.
    return f"&#{reference[1][:_DIGITS] or 0}"


def _letter(escape: re.Match[str]) -> str:
    four, two, eight, one = escape.groups()
    if one is not None:
        return _SHORT_ESCAPES.get(one, one)
    code = int(four or two or eight, 16)
    return chr(code) if code <= _LAST_CODE else escape.group()


def _bytes(escapes: re.Match[str]) -> str:
    return bytes.fromhex(escapes.group().replace("%", "")).decode(errors="surrogateescape")


def _joined(pair: re.Match[str]) -> str:
    return pair.group().encode("utf-16", "surrogatepass").decode("utf-16")
