"""What is shaped like a JWT, also in Base64, in hexadecimal digits, in UTF-16 and in UTF-32.

Tokens come by the thousand, one for each scenario; their shape is known beforehand.
"""

import base64
import re
from typing import Final

# A token cut short by a message's length limit counts as well: only its begin is needed.
_JWT: Final = re.compile(r"eyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]+){0,2}")
# What "eyJ" is in Base64, without the letters shared with the none, one or two bytes before it.
_STARTS: Final = {"ZXlK": 0, "V5S": 1, "leU": 2}
_BASE64: Final = re.compile(r"ZXlK|V5S|leU")
_RUN: Final = re.compile(r"[A-Za-z0-9+/_-]*")
_REST: Final = re.compile(rb"yJ[A-Za-z0-9_-]{9,}")
_WIDE: Final = re.compile(r"e\0+y\0+J(?:\0+[A-Za-z0-9._-]){6,}")
_ENOUGH: Final = 24
_STANDARD: Final = str.maketrans("-_", "+/")
_HEX: Final = re.compile(
    r"65794a(?:2d|3[0-9]|4[1-9a-f]|5[0-9a]|5f|6[1-9a-f]|7[0-9a]|2e){6,}", re.IGNORECASE
)


def is_token(text: str) -> bool:
    """Return whether all of *text* is shaped like a JWT."""
    return _JWT.fullmatch(text) is not None


def without_tokens(text: str, mask: str) -> str:
    """Return *text* with *mask* in place of all that is shaped like a JWT."""
    if "eyJ" in text:
        text = _JWT.sub(mask, text)
    if "e\0" in text:
        text = _WIDE.sub(mask, text)
    if "65794a" in text or "65794A" in text:
        text = _HEX.sub(mask, text)
    if "ZXlK" in text or "V5S" in text or "leU" in text:
        text = _decoded_without_tokens(text, mask)
    return text


def _decoded_without_tokens(text: str, mask: str) -> str:
    pieces, done = [], 0
    for start in _BASE64.finditer(text):
        if start.start() >= done and _is_encoded_token(text, start):
            pieces += [text[done : start.start()], mask]
            done = start.start() + len(_letters(text, start.start(), len(text)))
    return "".join([*pieces, text[done:]])


def _is_encoded_token(text: str, start: re.Match[str]) -> bool:
    """Return whether the Base64 of a token begins at *start*."""
    before = _STARTS[start.group()]
    first = _letters(text, start.start(), start.start() + _ENOUGH)
    letters = "A" * (before + 1 if before else 0) + first.translate(_STANDARD)
    raw = base64.b64decode(letters[: len(letters) // 4 * 4])
    # Of the first byte, the letters that are left out had a part.
    return _REST.match(raw, before + 1) is not None


def _letters(text: str, at: int, end: int) -> str:
    run = _RUN.match(text, at, end)
    return "" if run is None else run.group()
