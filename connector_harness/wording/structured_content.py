"""Structured content, as far as it can be drawn."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final, Literal, TypeAlias
from urllib.parse import urlsplit

from connector_harness.json_types import JsonValue, inside, objects, text_in

Shape: TypeAlias = Literal["column", "row", "text", "button", "link", "image", "map", "other"]

_SHAPES: Final[dict[str, Shape]] = {
    "button": "button",
    "submitButton": "button",
    "checkbox": "button",
    "radio": "button",
    "horizontal": "row",
    "carousel": "row",
    "quickReplies": "row",
    "image": "image",
    "linkPreview": "link",
    "linkButton": "link",
    "map": "map",
    "text": "text",
}
_DEEPEST: Final = 12


@dataclass(frozen=True, slots=True)
class Part:
    """One element of a card."""

    shape: Shape
    text: str = ""
    parts: tuple["Part", ...] = ()

    @property
    def words(self) -> Iterator[str]:
        """What stands on it and in it, in reading order; buttons in brackets."""
        if self.text:
            yield f"[{self.text}]" if self.shape in ("button", "link") else self.text
        for part in self.parts:
            yield from part.words


def draw(content: JsonValue, *, depth: int = 0) -> Part:
    """Return structured content, ready to be drawn."""
    held = [] if depth > _DEEPEST else [*_held(content)]
    parts = tuple(draw(each, depth=depth + 1) for each in held)
    replies = inside(content, "resp")
    if isinstance(replies, list):
        parts += tuple(Part("button", str(each)) for each in replies)
    kind = text_in(content, "type")
    shape = _SHAPES.get(kind, "column" if parts else "other")
    return Part(shape, _text(content, kind, shape), parts)


def _held(content: JsonValue) -> Iterator[JsonValue]:
    for name in ("elements", "replies", "sections"):
        held = inside(content, name)
        if isinstance(held, list):
            yield from objects(held)


def _text(content: JsonValue, kind: str, shape: Shape) -> str:
    for name in ("text", "title", "caption"):
        if text := text_in(content, name):
            return text
    if shape in ("image", "link"):
        return PurePosixPath(urlsplit(text_in(content, "url")).path).name or kind
    if shape == "map":
        return text_in(content, "tooltip") or "a place"
    return kind if shape == "other" else ""
