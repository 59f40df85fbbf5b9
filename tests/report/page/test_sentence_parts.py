"""What varies in a sentence stands out."""

import pytest

from connector_harness.gherkin.feature import StepSpec, StepType
from connector_harness.report.page.sentence_parts import pieces, sentences


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('the shopper says "Hello you"', ['"Hello you"']),
        ("within 10 seconds, in version 2.5", ["10", "2.5"]),
        ("<who> closes it", ["<who>"]),
        ("SHA256 and v3 are names", []),
    ],
)
def test_values_are_found(text: str, values: list[str]) -> None:
    """Quoted texts, numbers and placeholders are values; a digit in a word is none."""
    assert [each.text for each in pieces(text) if each.kind] == values


def test_no_word_is_lost() -> None:
    """The pieces together are the sentence."""
    text = 'a "b" c 1 <d>'

    assert "".join(each.text for each in pieces(text)) == text


def test_step_joins_the_one_before_it_under_the_same_keyword() -> None:
    """An And belongs to what it goes on with; a new keyword begins anew."""
    types: tuple[StepType, ...] = ("given", "given", "when", "then", "then")
    steps = tuple(StepSpec("And", type_, "it rains", 3, 5) for type_ in types)

    assert [each.joins for each in sentences(steps)] == [False, True, False, False, True]
