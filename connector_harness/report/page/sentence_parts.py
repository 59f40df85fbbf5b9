"""Sentences taken apart, so that what varies stands out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from connector_harness.gherkin.feature import StepSpec

_VALUE: Final = re.compile(
    r'(?P<quoted>"[^"]*")|(?P<placeholder><[^<>]+>)|(?P<number>(?<![\w.])-?\d+(?:[.:]\d+)*(?![\w]))'
)


@dataclass(frozen=True, slots=True)
class SentencePiece:
    """A part of a sentence."""

    kind: Literal["", "value", "blank"]
    text: str


@dataclass(frozen=True, slots=True)
class PageSentence:
    """A step as people read it."""

    keyword: str
    joins: bool
    pieces: tuple[SentencePiece, ...]
    table: tuple[tuple[str, ...], ...]
    text: str
    line: int


def sentences(steps: tuple[StepSpec, ...]) -> tuple[PageSentence, ...]:
    """Return steps as people read them."""
    types = [None, *(step.type for step in steps)]
    return tuple(
        PageSentence(
            step.keyword,
            step.type == before,
            tuple(pieces(step.text)),
            step.table or (),
            step.doc_string.content if step.doc_string else "",
            step.line,
        )
        for step, before in zip(steps, types, strict=False)
    )


def pieces(text: str) -> Iterator[SentencePiece]:
    """Yield the parts of *text*, what varies apart from the words around it."""
    end = 0
    for match in _VALUE.finditer(text):
        if match.start() > end:
            yield SentencePiece("", text[end : match.start()])
        yield SentencePiece("blank" if match["placeholder"] else "value", match[0])
        end = match.end()
    if end < len(text):
        yield SentencePiece("", text[end:])
