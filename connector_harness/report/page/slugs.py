"""Names that links can carry."""

import re
import unicodedata
from typing import Final

_LONGEST: Final = 90
_OTHER: Final = re.compile(r"[^a-z0-9]+")


class Slugs:
    """Gives each thing in a document a name of its own."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def of(self, *words: str, fallback: str = "x") -> str:
        """Return a name made from *words*, which nothing else has been given."""
        name = slug(" ".join(words)) or slug(fallback)
        number, free = 1, name
        while free in self._taken:
            number += 1
            free = f"{name}-{number}"
        self._taken.add(free)
        return free


def slug(words: str) -> str:
    """Return *words* in small letters and digits, hyphens between."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return _OTHER.sub("-", plain).strip("-")[:_LONGEST].rstrip("-")
