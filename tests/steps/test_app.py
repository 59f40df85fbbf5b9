"""Tests of how the moments are written at which an app is told."""

import pytest

from steps.app import Moments


def test_words_stand_for_moments() -> None:
    """They are written as anybody lists numbers."""
    assert Moments()("0, 2, 6 and 14") == [0, 2, 6, 14]
    assert Moments().problem("0, 2, 6 and 14") is None
    assert Moments().problem("0") is None


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("lunch", "'lunch' names no moments"),
        ("0, and 2", "'0, and 2' names no moments"),
        ("0 and -2", "'0 and -2' names no moments"),
        ("2 and 6", "'2 and 6' does not begin with 0 and go on from there"),
        ("0, 6 and 2", "'0, 6 and 2' does not begin with 0 and go on from there"),
        ("0, 2 and 2", "'0, 2 and 2' does not begin with 0 and go on from there"),
    ],
)
def test_other_words_are_no_moments(words: str, what: str) -> None:
    """Whatever else is written is named, with what could be."""
    assert Moments().problem(words) == (
        what,
        "write the seconds from the first one on: 0, 30 and 60",
    )
