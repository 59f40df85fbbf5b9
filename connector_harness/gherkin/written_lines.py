"""What the lines of a feature file say beyond what the parser reads of them."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Final

FENCES: Final = ('"""', "```")
"""What begins and ends a doc string."""

_CELL: Final = r"(?:\\(?:.|$)|[^\\|])*"
_ROW: Final = re.compile(rf"(?:{_CELL}\|)*({_CELL})")
_COMMENT: Final = re.compile(r"\s#.*")
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# They join the parts of an emoji, and the letters of some scripts.
_JOINERS: Final = frozenset("\u200c\u200d")


def text_behind_last_bar(row: str) -> str:
    """Return what stands behind the last bar of a table's row, which the parser drops."""
    found = _ROW.fullmatch(row.strip())
    return found[1].strip() if found else ""


def lost_cell(text: str) -> tuple[str, str]:
    """Return what is wrong with a row that has *text* behind its last bar, and what to do."""
    what = f"{text!r} stands behind the last bar of its row and is lost"
    return what, "end the row with a bar, or take it out"


def doc_strings(lines: Sequence[str]) -> Iterator[int]:
    """Yield the number of the line that begins each doc string."""
    end: int | None = 0
    for number, line in enumerate(lines, 1):
        if end is not None and number > end and line.strip().startswith(FENCES):
            yield number
            _, end = ends(lines, number)


def ends(lines: Sequence[str], begun: int) -> tuple[int | None, int | None]:
    """Return the lines of a doc string that look like its end: what is none, and what is.

    The first is the last line with the other fence: those that come in pairs stand around a text
    of their own.
    """
    own = lines[begun - 1].strip()[:3]
    wrong: list[int] = []
    for number, line in enumerate(map(str.strip, lines[begun:]), begun + 1):
        if line.startswith(own):
            return (wrong[-1] if len(wrong) % 2 else None), number
        if line.startswith(FENCES):
            wrong.append(number)
    return (wrong[-1] if len(wrong) % 2 else None), None


def open_text(lines: Sequence[str], begun: int, wrong: int | None) -> tuple[str, str]:
    """Return what is wrong with a doc string that does not end where it should, and what to do."""
    own = lines[begun - 1].strip()[:3]
    if wrong is None:
        return "this doc string has no end", f"end it with {own}"
    other = lines[wrong - 1].strip()[:3]
    what = f"this doc string goes on behind the {other} of line {wrong}, which does not end it"
    return what, f"write {own} there"


def table_around(lines: Sequence[str], number: int) -> Iterator[int]:
    """Yield the numbers of the rows of the table that line *number* is a row of, in their order."""

    def is_inside(line: str) -> bool:
        return line.strip()[:1] in {"|", "#", ""}

    above = takewhile(lambda each: is_inside(lines[each - 1]), range(number, 0, -1))
    below = takewhile(lambda each: is_inside(lines[each - 1]), range(number, len(lines) + 1))
    every = range(min(above, default=number), max(below, default=number) + 1)
    return (each for each in every if lines[each - 1].strip().startswith("|"))


def glued_tags(line: str) -> Iterator[str]:
    """Yield what stands on a line of tags as one word and is several tags to the parser."""
    words = _COMMENT.sub("", line.strip()).split()
    return (word for word in words if "@" in word[1:])


class _SpelledOut(dict[int, str]):
    """What each sign is shown as, by its code: worked out once it is met."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        is_hidden = unicodedata.category(sign) in _HIDDEN and sign not in _JOINERS
        self[code] = repr(sign)[1:-1] if is_hidden else sign
        return self[code]


SPELLED_OUT: Final[Mapping[int, str]] = _SpelledOut({ord(sign): sign for sign in "\n\t"})
"""For `str.translate`: what is not seen as text, so that it steers no terminal and turns no line.

Line ends and tabs stay, and what joins the parts of an emoji.
"""


def spelled_out(text: str) -> str:
    """Return *text* with what is not seen spelled out, as `SPELLED_OUT` has it."""
    return text if text.isprintable() else text.translate(SPELLED_OUT)


def shown_in_a_name(text: str) -> str:
    """Return *text* as a name has it: what is not seen spelled out, and no double colon.

    pytest cuts node ids at the double colon.
    """
    return spelled_out(text).replace("\n", r"\n").replace("\t", r"\t").replace("::", ": :")
