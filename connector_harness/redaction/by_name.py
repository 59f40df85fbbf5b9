"""Values that only their name tells to be secret or personal."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

# A text that holds none of these, in lower case, holds no named secret.
_NEEDLES: Final = ("token", "secret", "temp_url_sig", "authorization", "on-behalf", "cookie")
_HEADERS: Final = r"(?:proxy-)?authorization|(?:x-)?lp-on-behalf|(?:set-)?cookie"
_TELLING: Final = rf"[a-z_]{{0,40}}token|client_?secret|temp_url_sig|{_HEADERS}"
_HEADER: Final = re.compile(rf"""\b(?:{_HEADERS}):[ \t]*(?P<value>[^\r\n"'\\]+)""", re.IGNORECASE)


# How far before a telling word its name, and the quotes around that, may begin.
_LONGEST: Final = 80


class NamedSecrets:
    """Masks the values of members, form fields and headers with a telling name.

    Args:
        personal_data: The names of members whose values are personal.
    """

    def __init__(self, personal_data: Iterable[str]) -> None:
        personal = tuple(personal_data)
        needles = {*_NEEDLES, *(name.lower() for name in personal)}
        # One that holds another one, as "email" does "mail", is met wherever that is.
        self._needles = [one for one in needles if not any(o in one for o in needles - {one})]
        names = "|".join([_TELLING, *map(re.escape, personal)])
        self._name = re.compile(names, re.IGNORECASE)
        # "name": "value" in JSON and in Python's repr, also inside strings, where the quotes are
        # escaped once or more. The value ends at the first quote escaped as the opening one is.
        member = re.compile(
            rf"""(?P<q>\\*+["'])(?:{names})(?P=q)\s*:\s*(?P<v>\\*+["'])"""
            r"""(?P<value>[^"'\\]*+.*?)(?:(?<!\\)(?P=v)|\Z)""",
            re.IGNORECASE | re.DOTALL,
        )
        number = re.compile(
            rf"""(?P<q>\\*+["'])(?:{names})(?P=q)\s*:\s*(?P<value>[-+]?[0-9][0-9.]*)""",
            re.IGNORECASE,
        )
        form = re.compile(
            rf"""(?<![A-Za-z0-9])(?:{names})(?:=|%3D)(?P<value>(?:(?!%26)[^&\s"'\\])+)""",
            re.IGNORECASE,
        )
        self._patterns = (member, form, _HEADER, number)

    def tells(self, name: str) -> bool:
        """Return whether *name* is a telling one."""
        return self._name.fullmatch(name) is not None

    def without(self, text: str, mask: str) -> str:
        """Return *text* with *mask* in place of each value that its name gives away."""
        lower = text.lower()
        found = [needle for needle in self._needles if needle in lower]
        if not found:
            return text
        if len(lower) != len(text):
            # A few letters grow when they become small; the places would be off.
            lower = "".join(letter.lower()[0] for letter in text)
        pieces, done = [], 0
        masked = (f'":"{mask}"', f'": "{mask}"')
        for at, end in _places(found, lower):
            if at < done or text.startswith(masked, end):
                continue
            match = self._match(text, at)
            if match is not None and match.start("value") >= done:
                pieces += [text[done : match.start("value")], self._in_place(match, mask)]
                done = match.end("value")
        return "".join([*pieces, text[done:]])

    def _in_place(self, match: re.Match[str], mask: str) -> str:
        # A number is no longer one; with quotes around it the document stays readable.
        return f"{match['q']}{mask}{match['q']}" if match.re is self._patterns[-1] else mask

    def _match(self, text: str, at: int) -> re.Match[str] | None:
        """Return the match of the value that belongs to the name around *at*."""
        for begin in _begins(text, at):
            for pattern in self._patterns:
                match = pattern.match(text, begin)
                if match is not None:
                    return match
        return None


def _places(needles: list[str], lower: str) -> list[tuple[int, int]]:
    """Return where one of *needles* begins and ends in *lower*, in order."""
    places = []
    for needle in needles:
        at = lower.find(needle)
        while at >= 0:
            places.append((at, at + len(needle)))
            at = lower.find(needle, at + 1)
    return sorted(places)


def _begins(text: str, at: int) -> Iterator[int]:
    """Yield where the name around *at* may begin, with and without quotes."""
    start, first = at, max(at - _LONGEST, 0)
    while start > first and (text[start - 1].isalpha() or text[start - 1] in "_-"):
        start -= 1
    quote_start = start
    while quote_start > first and text[quote_start - 1] in "\"'\\":
        quote_start -= 1
    yield from range(quote_start, start + 1)
    yield from (before + 1 for before in range(start, at) if not text[before].isascii())
    yield from (before + 1 for before in range(start, at) if text[before] in "_-")
