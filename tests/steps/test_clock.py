"""Tests of how times are written."""

import pytest

from steps.clock import Span


@pytest.mark.parametrize(
    ("words", "seconds"),
    [("one minute", 60), ("61 seconds", 61), ("ten minutes", 600), ("8 days", 691200)],
)
def test_words_stand_for_seconds(words: str, seconds: float) -> None:
    """A count and a unit are a time."""
    assert Span()(words) == seconds
    assert Span().problem(words) is None


@pytest.mark.parametrize("words", ["soon", "a minute", "1 month", "ten", "1.5 hours"])
def test_other_words_are_no_time(words: str) -> None:
    """Whatever else is written is named, with what could be."""
    assert Span().problem(words) == (
        f"{words!r} is no time",
        'write "one minute", "61 seconds" or "8 days"',
    )


@pytest.mark.parametrize("words", ["0 days", "0 seconds", "11 days", "864001 seconds"])
def test_no_clock_is_put_forward_so(words: str) -> None:
    """A time that does not pass, or is too long for a clock, is named before the run."""
    problem = Span().problem(words)

    assert problem is not None
    assert problem[0] == f"no clock is put forward by {words!r}"
