"""The names of tags in a ``-m`` expression."""

import difflib
import re
from collections.abc import Iterable, Iterator

_WORD = re.compile(r"[^\s()]+")
_OPERATORS = frozenset({"and", "or", "not"})


def words(expression: str) -> Iterator[str]:
    """Yield the names in a ``-m`` expression."""
    yield from (word for word in _WORD.findall(expression) if word not in _OPERATORS)


def unknown_tags(expression: str, tags: Iterable[str]) -> Iterator[str]:
    """Yield a notice for each name in a ``-m`` expression that is no tag but looks like one."""
    known = sorted(set(tags))
    for word in words(expression):
        if word in known:
            continue
        close = difflib.get_close_matches(word, known, n=1, cutoff=0.7)
        if close:
            yield f"-m {word}: no scenario has this tag\n    next: did you mean {close[0]}?"
