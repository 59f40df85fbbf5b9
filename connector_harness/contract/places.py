"""Where a schema says something of a document: its parts, with the members that lead to them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from connector_harness.json_types import JsonObject, JsonValue

_SAME: Final = ("allOf", "anyOf", "oneOf", "then", "else")
"""The keywords whose schemas speak of the very value that theirs speaks of."""


@dataclass(frozen=True, slots=True)
class Place:
    """A part of a schema.

    Attributes:
        path: The members that lead to what it speaks of, as ``body.changes[].type``; a definition
            begins with its own name, as ``(click) actions[]``.
        part: The part itself.
    """

    path: str
    part: JsonObject

    @property
    def member(self) -> str:
        """The last of the members."""
        return self.path.rpartition(".")[2].rpartition(" ")[2].partition("[")[0]

    @property
    def members(self) -> Iterator[tuple[str, str]]:
        """The members that it describes, with the path to each."""
        described = self.part.get("properties")
        for name in described if isinstance(described, dict) else ():
            yield name, _below(self.path, name)

    @property
    def words(self) -> tuple[JsonValue, ...]:
        """The values that it leaves to choose from; none where it does not list them."""
        listed = self.part.get("enum")
        if isinstance(listed, list):
            return tuple(listed)
        return (self.part["const"],) if "const" in self.part else ()


def places(schema: JsonObject, path: str = "") -> Iterator[Place]:
    """Yield the parts of *schema*, itself first; conditions are none, they demand nothing.

    Args:
        schema: The schema, or a part of it.
        path: The members that lead to what it speaks of.
    """
    yield Place(path, schema)
    for part, below in _parts(schema, path):
        if isinstance(part, dict):
            yield from places(part, below)


def _parts(schema: JsonObject, path: str) -> Iterator[tuple[JsonValue, str]]:
    for keyword in _SAME:
        held = schema.get(keyword)
        for part in held if isinstance(held, list) else [held]:
            yield part, path
    for name, part in _named(schema, "properties"):
        yield part, _below(path, name)
    yield schema.get("additionalProperties"), _below(path, "*")
    yield schema.get("items"), f"{path}[]"
    first = schema.get("prefixItems")
    for number, part in enumerate(first if isinstance(first, list) else ()):
        yield part, f"{path}[{number}]"
    for name, part in _named(schema, "$defs"):
        yield part, f"({name}) "


def _named(schema: JsonObject, keyword: str) -> Iterator[tuple[str, JsonValue]]:
    held = schema.get(keyword)
    yield from held.items() if isinstance(held, Mapping) else ()


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path and not path.endswith(" ") else f"{path}{name}"
