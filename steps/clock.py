"""Sentences that let time pass."""

import re
from typing import Final

from pytest_bdd import given, parsers, when

from connector_harness.control.routes import VirtualClock

_SECONDS: Final = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_NUMBERS: Final = {"one": 1, "two": 2, "five": 5, "ten": 10}
_LONGEST_S: Final = 864_000
_SPAN: Final = re.compile(r"(\w+) (second|minute|hour|day)s?")


class Span:
    """The converter from words to a time in seconds; the guard asks it before the run."""

    def __call__(self, words: str) -> float:
        """Return how many seconds *words* stand for."""
        count, unit = self._parts(words)
        return count * _SECONDS[unit]

    def problem(self, words: str) -> tuple[str, str] | None:
        """Return what is wrong with *words* and what to do next, or None where nothing is."""
        try:
            seconds = self(words)
        except ValueError:
            return f"{words!r} is no time", 'write "one minute", "61 seconds" or "8 days"'
        if 0 < seconds <= _LONGEST_S:
            return None
        return f"no clock is put forward by {words!r}", 'write from "1 second" to "10 days"'

    def _parts(self, words: str) -> tuple[int, str]:
        found = _SPAN.fullmatch(words)
        if found is None:
            raise ValueError(words)
        count = found[1]
        return _NUMBERS.get(count) or int(count), found[2]


@given(parsers.parse("it is {span} later"), converters={"span": Span()})
@when(parsers.parse("it is {span} later"), converters={"span": Span()})
def it_is_later(clock: VirtualClock, consumer: str, span: float) -> None:
    """Let so much time pass for the shopper, at once."""
    clock.advance(consumer, span)
