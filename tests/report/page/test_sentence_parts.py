"""What varies in a sentence stands out."""

import pytest

from connector_harness.report.page.sentence_parts import pieces


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
