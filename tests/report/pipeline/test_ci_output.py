"""Only what was issued as a command is one."""

import pytest

from connector_harness.report.pipeline.ci_output import disarmed, issued


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::error::a", ":\\:error::a"),
        ("x\n \t::error::a\r::b::", "x\n \t:\\:error::a\r:\\:b::"),
        ("x ##vso[a]b", "x #\\#vso[a]b"),
        ("###[a]", "##\\#[a]"),
        ("####[a]", "###\\#[a]"),
        ("features/a.feature::b", "features/a.feature::b"),
        ("## a [b]", "## a [b]"),
        (":::a", ":\\::a"),
    ],
)
def test_command_is_disarmed(text: str, shown: str) -> None:
    """A backslash keeps it from being one; all else stays."""
    assert disarmed(text) == shown


def test_issued_command_gets_through() -> None:
    """It does as a whole, and only so."""
    command = issued("::error file=a::told by the harness")
    assert disarmed(command) == command
    assert disarmed(f"{command}\n") != f"{command}\n"
