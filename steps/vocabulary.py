"""Words of the features and what they stand for."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

Meaning = TypeVar("Meaning")


@dataclass(frozen=True)
class Vocabulary(Generic[Meaning]):
    """The converter from words to what they stand for; the guard asks it before the run.

    Args:
        kind: What the words name, for messages: ``"receipt"``.
        meanings: What each of them stands for.
    """

    kind: str
    meanings: Mapping[str, Meaning]

    def __call__(self, words: str) -> Meaning:
        """Return what *words* stand for."""
        return self.meanings[words]

    def problem(self, words: str) -> tuple[str, str] | None:
        """Return what is wrong with *words* and what to do next, or None where nothing is."""
        if words in self.meanings:
            return None
        known = difflib.get_close_matches(words, self.meanings, n=1) or self.meanings
        return f"no {self.kind} is called {words!r}", f"write one of: {', '.join(known)}"

    def words_for(self, meaning: object) -> str:
        """Return the words that stand for *meaning*; where there are none, *meaning* itself."""
        return next((w for w, known in self.meanings.items() if known == meaning), str(meaning))


@dataclass(frozen=True)
class Number:
    """The converter of a number that has a smallest value; the guard asks it before the run.

    Args:
        least: That value.
    """

    least: int

    def __call__(self, number: str) -> int:
        """Return *number*."""
        return int(number)

    def problem(self, number: str) -> tuple[str, str] | None:
        """Return what is wrong with *number* and what to do next, or None where nothing is."""
        if int(number) >= self.least:
            return None
        return f"{number} is too small a number here", f"write {self.least} or more"
