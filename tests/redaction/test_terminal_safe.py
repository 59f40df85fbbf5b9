"""What comes from elsewhere is shown as text that does nothing."""

import pytest

from connector_harness.redaction.terminal_safe import SPELLED_OUT, one_line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2Jpassed", "\\x1b[2Jpassed"),
        ("\u202edessap", "\\u202edessap"),
        ("a\u2028b\u2066c", "a\\u2028b\\u2066c"),
        ("a\tb\nGrüße", "a\tb\nGrüße"),
    ],
)
def test_text_does_not_steer_the_terminal(text: str, shown: str) -> None:
    """Control characters are spelled out, those that turn a line round too; letters stay."""
    assert text.translate(SPELLED_OUT) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [("c-1", "c-1"), ("a\nb", "'a\\nb'"), ("c" * 81, "c" * 80 + "… (81 characters)")],
)
def test_text_stays_on_its_line(text: str, shown: str) -> None:
    """A text that is long or holds line ends takes no more than a line."""
    assert one_line(text) == shown
