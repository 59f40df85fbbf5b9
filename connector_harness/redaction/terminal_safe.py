"""Text that comes from elsewhere, as it may be shown."""

from typing import Final

_CONTROLS = {*range(0x20), *range(0x7F, 0xA0)} - {ord("\n"), ord("\t")}
_REORDERING = {0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A)}
SPELLED_OUT: Final = {code: f"\\x{code:02x}" for code in _CONTROLS} | {
    code: f"\\u{code:04x}" for code in _REORDERING
}
"""Control characters as text: an answer must not steer the terminal, nor turn its lines round."""


MAX_VALUE: Final = 80
"""Longest value a message quotes, in characters."""


def shortened(text: str, limit: int) -> str:
    """Return *text*, or its first *limit* characters and how many there were."""
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text):,} characters)"


def one_line(text: str) -> str:
    """Return *text* as it is if it is short and harmless; what an endpoint says may be neither."""
    return shortened(text if text.isprintable() else repr(text), MAX_VALUE)
