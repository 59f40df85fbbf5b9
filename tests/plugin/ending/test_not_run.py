"""A run that ended early names what it did not come to."""

import pytest

from tests.project import FAILING, PASSING, Project

ROWS = """
    Feature: Many
      Scenario Outline: Row <n>
        Given a basket
        Then the basket holds 0
        Examples:
          | n |
"""


@pytest.fixture
def cut_short(project: Project) -> Project:
    """A project in which a failing scenario comes first."""
    project.feature(FAILING, "features/a.feature")
    project.feature(PASSING, "features/b.feature")
    return project


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["one-process", "a-worker"])
def test_what_did_not_run_is_named(cut_short: Project, workers: tuple[str, ...]) -> None:
    """With ``-x`` the summary says what is missing."""
    run = cut_short.run("-x", *workers)

    run.stdout.fnmatch_lines(
        ["*= not run =*", "1 of 2 did not run to the end", "  features/b.feature::One thing"]
    )


def test_nothing_is_said_of_a_whole_run(cut_short: Project) -> None:
    """A failure is not a gap."""
    run = cut_short.run()

    run.assert_outcomes(passed=1, failed=1)
    run.stdout.no_fnmatch_line("*not run to the end*")


def test_what_was_not_chosen_is_not_missed(cut_short: Project) -> None:
    """A run of a part is whole when the part has run."""
    run = cut_short.run("-k", "thing")

    run.assert_outcomes(passed=1, deselected=1)
    run.stdout.no_fnmatch_line("*not run to the end*")


@pytest.mark.parametrize(("options", "named"), [((), 0), (("-v",), 21)])
def test_many_are_counted(cut_short: Project, options: tuple[str, ...], named: int) -> None:
    """The names of more than twenty are shown with ``-v`` alone."""
    rows = "".join(f"          | {number} |\n" for number in range(20))
    cut_short.feature(f"{ROWS}{rows}", "features/c.feature")

    lines = cut_short.run("-x", *options).outlines

    assert "21 of 22 did not run to the end" in lines
    assert sum(line.startswith("  features/") for line in lines) == named
    assert ("  -v names them" in lines) == (not named)
