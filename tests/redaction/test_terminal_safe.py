"""What comes from elsewhere is shown as text that does nothing."""

import pytest

from connector_harness.redaction.terminal_safe import one_line


@pytest.mark.parametrize(
    ("text", "shown"),
    [("c-1", "c-1"), ("a\nb", "'a\\nb'"), ("c" * 81, "c" * 80 + "… (81 characters)")],
)
def test_text_stays_on_its_line(text: str, shown: str) -> None:
    """A text that is long or holds line ends takes no more than a line."""
    assert one_line(text) == shown
