"""Only what was issued as a command is one."""

import pytest

from connector_harness.report.pipeline.ci_output import disarmed, disarming, issued


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


@pytest.mark.parametrize(
    ("pieces", "shown"),
    [
        ("##|vso[a]", "##\\vso[a]"),
        ("#|#vso[a]", "#\\#vso[a]"),
        ("x #|#|vs|o[a]", "x #|#|vs|\\o[a]"),
        (":|:error::a", ":\\:error::a"),
        (" |:|:|error::a\n", " :\\:error::a\n"),
        ("a\n|::error::a", "a\n:\\:error::a"),
        ("a|::b", "a::b"),
        ("#|\n|#[a]", "#\n#[a]"),
    ],
)
def test_command_in_pieces_is_disarmed(pieces: str, shown: str) -> None:
    """However it is put together, as `print` does with its arguments."""
    disarm = disarming()
    assert "".join(map(disarm, pieces.split("|"))) == shown.replace("|", "")


def test_pieces_of_what_is_no_command_stay() -> None:
    """Neither what follows a command that was issued, nor a long line, has a backslash."""
    disarm, command = disarming(), issued("##vso[task.uploadsummary]summary.md")
    told = [command, "\n", "\n", *(f"{'x' * n}::y" for n in range(1, 90)), "\n", command, "\n"]
    assert [*map(disarm, told)] == told
