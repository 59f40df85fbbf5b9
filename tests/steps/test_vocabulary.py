"""Tests of words and what they stand for."""

from steps.vocabulary import Number, Vocabulary

WORDS = Vocabulary("receipt", {"read": "READ", "acted on": "ACTION"})


def test_words_stand_for_their_meaning() -> None:
    """Words are translated, and back."""
    assert WORDS("acted on") == "ACTION"
    assert WORDS.words_for("ACTION") == "acted on"


def test_meaning_without_words_is_itself() -> None:
    """What no words stand for is shown as it is."""
    assert WORDS.words_for("NACK") == "NACK"


def test_known_words_are_no_problem() -> None:
    """The guard has nothing to say about known words."""
    assert WORDS.problem("read") is None


def test_unknown_words_are_named_with_the_closest() -> None:
    """A misspelt word is answered with the one that is meant."""
    assert WORDS.problem("reed") == ("no receipt is called 'reed'", "write one of: read")


def test_words_like_no_other_are_answered_with_all() -> None:
    """A word that is close to none is answered with all there are."""
    assert WORDS.problem("xyz") == ("no receipt is called 'xyz'", "write one of: read, acted on")


def test_number_has_its_least() -> None:
    """A smaller one is named before the run, with what could be written."""
    assert Number(1)("1") == 1
    assert Number(1).problem("1") is None
    assert Number(1).problem("0") == ("0 is too small a number here", "write 1 or more")
