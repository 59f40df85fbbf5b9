"""Settings say where links lead, and what is known of earlier runs."""

import pytest

from tests.project import PASSING, PYPROJECT, Project

LINKED = """
    Feature: F

      @issue:ABC-1 @tms:C12 @link.docs:https://docs.test/a @link:https://a.test
      Scenario: One thing
        Given a basket
"""


def settle(project: Project, *lines: str) -> None:
    """Write settings."""
    project.write("pyproject.toml", "\n    ".join([PYPROJECT, *lines]))


def links(project: Project) -> list[tuple[str, str, str]]:
    """Return type, name and address of each link."""
    return [(each["type"], each["name"], each["url"]) for each in project.result()["links"]]


def test_pattern_makes_the_address(project: Project) -> None:
    """A key is put into the pattern of its kind; an address needs none, and no pattern no link."""
    settle(project, "[tool.connector_harness.links]", 'issue = "https://issues.test/{}"')
    project.feature(LINKED)

    project.run()

    assert links(project) == [
        ("issue", "ABC-1", "https://issues.test/ABC-1"),
        ("docs", "docs", "https://docs.test/a"),
        ("link", "https://a.test", "https://a.test"),
    ]


def test_option_beats_the_setting(project: Project) -> None:
    """What allure-pytest offers on the command line comes first."""
    settle(project, "[tool.connector_harness.links]", 'issue = "https://issues.test/{}"')
    project.feature(LINKED)

    project.run("--allure-link-pattern", "issue:https://other.test/{}")

    assert links(project)[0] == ("issue", "ABC-1", "https://other.test/ABC-1")


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        (
            ("[tool.connector_harness.links]", 'issue = "https://a"'),
            "issue = 'https://a' has no {}*",
        ),
        (("[tool.connector_harness.links]", "issue = 1"), "issue = 1 has no {}*"),
        (("[tool.connector_harness]", 'links = "a"'), "links = 'a' is no table"),
        (("[tool.connector_harness]", "history = 1"), "1 is no history of earlier runs"),
        (
            ("[tool.connector_harness]", 'histori = "a"'),
            "*histori is no setting; the closest is his*",
        ),
    ],
)
def test_wrong_setting_is_named(project: Project, lines: tuple[str, ...], what: str) -> None:
    """A setting that cannot be used stops the run, and says which it is."""
    settle(project, *lines)
    project.feature(PASSING)

    run = project.run()

    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.stderr.fnmatch_lines([f"*{what}"])


def test_history_of_a_report_is_copied(project: Project) -> None:
    """Allure 2 looks for it among the results; other files of the folder are not its own."""
    project.feature(PASSING)
    for name in ("history.json", "retry-trend.json", "notes.txt"):
        project.write(f"old/history/{name}", "[]")

    project.run("--history=old")

    copied = project.results_folder / "history"
    assert sorted(file.name for file in copied.iterdir()) == ["history.json", "retry-trend.json"]


def test_first_run_has_no_history(project: Project) -> None:
    """A folder that is not there yet stops nothing, and is told."""
    project.feature(PASSING)

    run = project.run("--history=old/history")

    assert run.ret == pytest.ExitCode.OK
    run.stdout.fnmatch_lines(["history: nothing in *old/history' yet"])


def test_file_that_is_no_history_is_refused(project: Project) -> None:
    """What neither Allure keeps is no history."""
    project.feature(PASSING)
    project.write("notes.txt", "")

    run = project.run("--history=notes.txt")

    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.stderr.fnmatch_lines(
        ["ERROR: 'notes.txt' is no history of earlier runs", "  at: --history"]
    )
