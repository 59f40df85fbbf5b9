"""Text that stays text in Markdown."""

import re
from collections.abc import Sequence
from typing import Final

_MEANING: Final = re.compile(r"([\\`*_{}\[\]()#+!|~$:@>-])")
_NUMBER: Final = re.compile(r"^(\d+)\.")
# GitHub makes a link of it, though nothing says so.
_SITE: Final = re.compile(r"(www)\.", re.IGNORECASE)
_LONGEST: Final = 300


def plain(words: str) -> str:
    """Return *words* on one line, cut where it is long, without a sign that means something."""
    line = " ".join(words.split())
    cut = line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
    text = _MEANING.sub(r"\\\1", cut.replace("&", "&amp;").replace("<", "&lt;"))
    return _SITE.sub(r"\1\\.", _NUMBER.sub(r"\1\\.", text))


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Return the lines of a table whose cells are Markdown."""
    lines = [head, tuple("---" for _ in head), *rows]
    return [f"| {' | '.join(cells)} |" for cells in lines]
