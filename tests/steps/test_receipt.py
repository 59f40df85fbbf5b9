"""Tests of how receipts are written."""

import pytest

from steps.receipt import NUMBERS, Receipt, Receipts


def test_receipt_names_its_messages() -> None:
    """The words are a status and numbers."""
    words = '"acted on" for messages 0 and 12'

    assert Receipts()(words) == Receipt("ACTION", [0, 12])
    assert Receipts().problem(words) is None


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("read for message 0", "'read for message 0' is no receipt"),
        ('"reed" for message 0', "no receipt is called 'reed'"),
        ('"read" for messages none', "'messages none' names no messages"),
        ('"read" for messages 0,1', "'messages 0,1' names no messages"),
    ],
)
def test_what_is_wrong_with_a_receipt_is_named(words: str, what: str) -> None:
    """The guard is told which part cannot be read."""
    problem = Receipts().problem(words)

    assert problem is not None
    assert problem[0] == what


def test_numbers_alone_are_judged_as_well() -> None:
    """One message and several are written alike."""
    assert NUMBERS("message 3") == [3]
    assert NUMBERS("messages 0 and 1") == [0, 1]
    assert NUMBERS("messages 0, 1, 2 and 13") == [0, 1, 2, 13]
    assert NUMBERS.problem("message 3") is None
