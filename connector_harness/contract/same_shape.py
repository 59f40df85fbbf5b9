"""Documents that no schema can tell apart: they have the same shape.

A run sends the same few documents over and over, with other ids, times and words. To judge one of
each shape is to judge them all, and many times cheaper.
"""

import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable, Iterator
from typing import Final

from jsonschema import Draft202012Validator

from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.redaction.redactor import MASK

_FORMATS: Final = Draft202012Validator.FORMAT_CHECKER
_LENGTHS: Final = ("minLength", "maxLength")
_SIZES: Final = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_COMPARING: Final = ("uniqueItems", "multipleOf", "$dynamicRef")
"""The keywords that tell apart what has one shape here."""
_REMEMBERED: Final = 20_000


class Shapes:
    """Finds the shape of documents.

    Args:
        schemas: The schemas that are to judge them.
    """

    def __init__(self, schemas: Iterable[JsonObject]) -> None:
        found: dict[str, list[JsonValue]] = {}
        for schema in schemas:
            for keyword, value in _keywords(schema):
                found.setdefault(keyword, []).append(value)
        words = [*found.get("const", ()), *_flat(found.get("enum", ()))]
        held = any(isinstance(each, dict | list) for each in words)
        self._is_exact = held or any(keyword in found for keyword in _COMPARING)
        self._words = {each for each in words if isinstance(each, str)}
        self._patterns = [re.compile(each) for each in sorted(_texts(found.get("pattern", ())))]
        self._formats = sorted(_texts(found.get("format", ())))
        self._lengths = _numbers(found, _LENGTHS)
        # A number that is listed lies on a bound, and so is like no other.
        self._sizes = sorted({*_numbers(found, _SIZES), *filter(_is_number, words)})
        self._known: dict[str, Hashable] = {}

    def of(self, document: JsonValue) -> Hashable:
        """Return the shape of *document*; where a schema compares values, the document as text.

        Raises:
            RecursionError: It is nested too deeply.
        """
        return json.dumps(document, sort_keys=True) if self._is_exact else self._of(document)

    def _of(self, value: JsonValue) -> Hashable:
        if isinstance(value, str):
            known = self._known.get(value)
            return self._text(value) if known is None else known
        if isinstance(value, dict):
            return frozenset([(name, self._of(each)) for name, each in value.items()])
        if isinstance(value, list):
            return tuple([self._of(each) for each in value])
        if value is None or isinstance(value, bool):
            return ("word", str(value))
        return ("number", value == int(value), *_between(self._sizes, value))

    def _text(self, text: str) -> Hashable:
        shape: tuple[Hashable, ...] = ("text", text if text in self._words else MASK in text)
        shape += _between(self._lengths, len(text))
        shape += tuple(pattern.search(text) is not None for pattern in self._patterns)
        shape += tuple(_FORMATS.conforms(text, each) for each in self._formats)
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[text] = shape
        return shape


def _between(bounds: list[float], value: float) -> tuple[int, int]:
    """Return which of *bounds* are below *value*, and which not above it."""
    return bisect_left(bounds, value), bisect_right(bounds, value)


def _keywords(schema: JsonValue) -> Iterator[tuple[str, JsonValue]]:
    """Yield the keywords of *schema* and its parts; members that are called so are no harm."""
    if isinstance(schema, dict):
        yield from schema.items()
    for part in (
        schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    ):
        yield from _keywords(part)


def _flat(lists: Iterable[JsonValue]) -> Iterator[JsonValue]:
    for each in lists:
        yield from each if isinstance(each, list) else ()


def _texts(values: Iterable[JsonValue]) -> set[str]:
    return {each for each in values if isinstance(each, str)}


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _numbers(found: dict[str, list[JsonValue]], keywords: Iterable[str]) -> list[float]:
    values = (each for keyword in keywords for each in found.get(keyword, ()))
    return sorted({each for each in values if isinstance(each, int | float)})
