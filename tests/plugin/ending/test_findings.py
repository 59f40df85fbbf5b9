"""Tests of what a pipeline is told of findings."""

import xml.etree.ElementTree as ET

import pytest

from tests.project import Project

MISSPELT = """\
    Feature: F
      Scenario: S
        Given a baskt
        Then the basket holds 0
"""


@pytest.fixture
def misspelt(project: Project) -> Project:
    """A project with one sentence that nobody defines, and a JUnit file of an earlier run."""
    project.steps("")
    project.feature(MISSPELT)
    project.write("reports/junit.xml", "<testsuites/>")
    return project


def errors(project: Project) -> list[tuple[str | None, str | None, str | None]]:
    """Return file, line and message of each error in the JUnit file."""
    cases = ET.parse(project.root / "reports" / "junit.xml").iter("testcase")  # noqa: S314  # ours
    return [
        (case.get("file"), case.get("line"), error.get("message"))
        for case in cases
        for error in case.iter("error")
    ]


@pytest.mark.parametrize("more", [(), ("-n", "1")], ids=["one-process", "a-worker"])
def test_junit_file_tells_findings(misspelt: Project, more: tuple[str, ...]) -> None:
    """The JUnit file of an earlier run makes way for one that holds the findings."""
    run = misspelt.run(*more)

    (file, line, message), *_ = errors(misspelt)
    assert (run.ret, file, line) == (2, "features/shop.feature", "3")
    assert str(message).startswith("no step definition for: Given a baskt; next: ")


def test_check_leaves_files_alone(misspelt: Project) -> None:
    """``--spec-check`` runs nothing, and so has nothing to say in files."""
    assert misspelt.run("--spec-check").ret == pytest.ExitCode.INTERRUPTED
    assert errors(misspelt) == []


def test_sound_features_leave_files_alone(misspelt: Project) -> None:
    """Where nothing is selected, the file of the earlier run stays, as its results do."""
    misspelt.feature(MISSPELT.replace("baskt", "basket"))
    misspelt.run("-k", "nosuch")
    assert errors(misspelt) == []


@pytest.mark.parametrize("more", [(), ("--spec-check",)], ids=["run", "check"])
def test_github_annotates_the_line(
    misspelt: Project, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...]
) -> None:
    """On GitHub a command stands for each finding, with file and line."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    run = misspelt.run(*more)
    run.stdout.fnmatch_lines(["::error file=features/shop.feature,line=3,title=*::no step def*"])
