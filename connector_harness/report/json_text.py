"""JSON as people read it: short things on one line, long texts cut."""

import json
from collections.abc import Callable, Iterator
from typing import Final

from connector_harness.documents import JsonValue

WIDTH: Final = 84
"""How long a line may be before its object is spread out."""

LONGEST: Final = 240
"""How much of a text is shown, in characters."""

_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(", ", ": ")).encode


def shortened(text: str) -> str:
    """Return *text*, a long one cut."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text)} characters)"


def json_text(document: JsonValue, *, shorten: Callable[[str], str] = shortened) -> str:
    """Return *document* as text, two spaces of indentation, its texts shortened."""
    return "\n".join(_lines(_cut(document, shorten), 0))


def _cut(value: JsonValue, shorten: Callable[[str], str]) -> JsonValue:
    if isinstance(value, str):
        return shorten(value)
    if isinstance(value, dict):
        return {name: _cut(part, shorten) for name, part in value.items()}
    if isinstance(value, list):
        return [_cut(part, shorten) for part in value]
    return value


def _lines(value: JsonValue, depth: int, before: str = "") -> Iterator[str]:
    whole = f"{before}{_encode(value)}"
    if len(whole) + 2 * depth <= WIDTH or not isinstance(value, dict | list) or not value:
        yield f"{'  ' * depth}{whole}"
        return
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    parts = (
        [(f"{_encode(name)}: ", part) for name, part in value.items()]
        if isinstance(value, dict)
        else [("", part) for part in value]
    )
    yield f"{'  ' * depth}{before}{opening}"
    for number, (name, part) in enumerate(parts, 1):
        *lines, last = _lines(part, depth + 1, name)
        yield from lines
        yield f"{last}," if number < len(parts) else last
    yield f"{'  ' * depth}{closing}"
