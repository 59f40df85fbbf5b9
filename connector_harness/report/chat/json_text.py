"""JSON as people read it: short things on one line, long texts cut."""

import json
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from connector_harness.json_types import JsonValue

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
    return "\n".join(_lines(_laid(document, shorten), 0))


class _Laid(NamedTuple):
    """A value on one line, and what it consists of: the text before each part, and the part."""

    line: str
    parts: tuple[tuple[str, "_Laid"], ...] = ()


def _laid(value: JsonValue, shorten: Callable[[str], str]) -> _Laid:
    if isinstance(value, dict):
        members = tuple(
            [(f"{_encode(name)}: ", _laid(part, shorten)) for name, part in value.items()]
        )
        return _Laid(
            "{" + ", ".join([f"{name}{part.line}" for name, part in members]) + "}", members
        )
    if isinstance(value, list):
        items = tuple([("", _laid(part, shorten)) for part in value])
        return _Laid("[" + ", ".join([part.line for _, part in items]) + "]", items)
    return _Laid(_encode(shorten(value) if isinstance(value, str) else value))


def _lines(laid: _Laid, depth: int, before: str = "", after: str = "") -> Iterator[str]:
    indent = "  " * depth
    if len(indent) + len(before) + len(laid.line) <= WIDTH or not laid.parts:
        yield f"{indent}{before}{laid.line}{after}"
        return
    yield f"{indent}{before}{laid.line[0]}"
    last = len(laid.parts) - 1
    for number, (name, part) in enumerate(laid.parts):
        yield from _lines(part, depth + 1, name, "," if number < last else "")
    yield f"{indent}{laid.line[-1]}{after}"
