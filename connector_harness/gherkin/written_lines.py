"""What the lines of a feature file say beyond what the parser reads of them."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final

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
