"""What a line of a feature file says is not lost without a word."""

import pytest

from connector_harness.gherkin.written_lines import (
    glued_tags,
    shown_in_a_name,
    spelled_out,
    text_behind_last_bar,
)


@pytest.mark.parametrize(
    ("row", "lost"),
    [
        ("| a | b |", ""),
        ("  | a | b |  ", ""),
        ("| a | b", "b"),
        ("| a | # why", "# why"),
        (r"| a | b \|", r"b \|"),
        (r"| a | b \\|", ""),
        ("| a | b \\", "b \\"),
        ("||", ""),
        ("|", ""),
    ],
)
def test_text_behind_the_last_bar_is_lost(row: str, lost: str) -> None:
    """A bar that is escaped ends no cell."""
    assert text_behind_last_bar(row) == lost


@pytest.mark.parametrize(
    ("line", "glued"),
    [
        ("  @a @b  @c", []),
        ("@a@b @c", ["@a@b"]),
        ("@owner:ada@example.test", ["@owner:ada@example.test"]),
        ("@a #@b@c", []),
        ("@a#@b", ["@a#@b"]),
    ],
)
def test_tags_stand_apart(line: str, glued: list[str]) -> None:
    """A space ends a tag, and a comment the line."""
    assert [*glued_tags(line)] == glued


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("two\nlines", r"two\nlines"),
        ("a\tb", r"a\tb"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\u202eb", r"a\u202eb"),
        ("a::b", "a: :b"),
        ("👩\u200d🚀 prêt\u00a0!", "👩\u200d🚀 prêt\u00a0!"),
    ],
)
def test_name_shows_what_is_not_seen(text: str, shown: str) -> None:
    """A title neither breaks a line nor steers the terminal, nor turns it round."""
    assert shown_in_a_name(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2Jpassed", "\\x1b[2Jpassed"),
        ("\u202edessap", "\\u202edessap"),
        ("a\u2028b\u2066c", "a\\u2028b\\u2066c"),
        ("a\u200bb\ufeffc\u061cd\u200fe\x9bf", "a\\u200bb\\ufeffc\\u061cd\\u200fe\\x9bf"),
        ("👩\u200d🔧", "👩\u200d🔧"),
        ("a\tb\nGrüße", "a\tb\nGrüße"),
    ],
)
def test_text_does_not_steer_the_terminal(text: str, shown: str) -> None:
    """Control characters are spelled out, those that turn a line round too; letters stay."""
    assert spelled_out(text) == shown
