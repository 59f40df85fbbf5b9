"""JSON as people read it: short things on one line, long texts cut."""

import json
from collections.abc import Iterator
from typing import Final

from connector_harness.documents import JsonValue

WIDTH: Final = 84
"""How long a line may be before its object is spread out."""

LONGEST: Final = 240
"""How much of a text is shown, in characters."""

_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(", ", ": ")).encode


def json_text(document: JsonValue) -> str:
    """Return *document* as text, two spaces of indentation, its long texts cut."""
    return "\n".join(_lines(_cut(document), 0))


def _cut(value: JsonValue) -> JsonValue:
    if isinstance(value, str) and len(value) > LONGEST:
        return f"{value[:LONGEST]}… ({len(value)} characters)"
    if isinstance(value, dict):
        return {name: _cut(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_cut(part) for part in value]
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
