"""The forms in which a secret may be written."""

import base64
import html
import itertools
import json
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final

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
    """Return how *secret* stands in text: as it is, in JSON, in a form and in Python's words."""
    in_json = json.dumps(secret)[1:-1]
    return {
        secret,
        in_json,
        json.dumps(in_json)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        secret.replace(" ", "+"),
        repr(secret.encode(errors="surrogatepass"))[2:-1],
    }


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


# At the first of many backslashes, not at each: a page of nothing else would take days.
_START: Final = r"(?:(?<!\\)|(?=[%&]))"


@lru_cache(maxsize=1_000)
def escaped_form(secret: str) -> re.Pattern[str]:
    """Return a pattern of *secret* with any of its characters escaped, each in its own way."""
    runs = ((letter, len(list(run))) for letter, run in itertools.groupby(secret))
    return re.compile(_START + "".join(_spellings(letter, count) for letter, count in runs))


def _spellings(letter: str, count: int) -> str:
    if letter == "\\":
        return rf"(?:\\|{'|'.join(_escapes(letter))}){{{count},}}+"
    every = "|".join([rf"\\*+{re.escape(letter)}", *_escapes(letter)])
    return rf"(?:{every}){{{count}}}"


def _escapes(letter: str) -> Iterator[str]:
    """Yield patterns of *letter* escaped; an escape may have been escaped again likewise."""
    raw = letter.encode(errors="surrogatepass")
    units = letter.encode("utf-16-be", "surrogatepass").hex(" ", -2).split()
    yield "".join(rf"%(?:25)*(?i:{byte:02x})" for byte in raw)
    yield "".join(rf"\\++u(?i:{unit})" for unit in units)
    yield "".join(rf"\\++x{byte:02x}" for byte in raw)
    yield rf"&(?:amp;)*\#0*{ord(letter)};?"
    yield rf"&(?:amp;)*\#[xX]0*(?i:{ord(letter):x});?"
    yield from (rf"&(?:amp;)*{name}" for name in _html_names().get(letter, ()))
    yield from (rf"\\++{short}" for short, meant in _SHORT_ESCAPES.items() if meant == letter)
    if letter == " ":
        yield r"\+"


@cache
def _html_names() -> dict[str, list[str]]:
    # Loaded only where something is masked: a large table.
    from html.entities import html5  # noqa: PLC0415

    names: dict[str, list[str]] = {}
    for name, letter in sorted(html5.items(), key=lambda item: -len(item[0])):
        names.setdefault(letter, []).append(name)
    return names
