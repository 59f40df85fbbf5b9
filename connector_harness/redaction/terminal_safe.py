"""Text that comes from elsewhere, as it may be shown."""

from typing import Final

MAX_VALUE: Final = 80
"""Longest value a message quotes, in characters."""


def shortened(text: str, limit: int) -> str:
    """Return *text*, or its first *limit* characters and how many there were."""
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text):,} characters)"


def one_line(text: str) -> str:
    """Return *text* as it is if it is short and harmless; what an endpoint says may be neither."""
    return shortened(text if text.isprintable() else repr(text), MAX_VALUE)
