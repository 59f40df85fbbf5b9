"""Tests of what a pipeline is told of findings."""

import json
import xml.etree.ElementTree as ET

import pytest

from tests.project import PASSING, Project

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


BROKEN = "import nothing_like_that\n"


@pytest.mark.parametrize("more", [(), ("-n", "1")], ids=["one-process", "a-worker"])
def test_run_that_goes_on_tells_findings_in_every_output(
    misspelt: Project, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...]
) -> None:
    """What could not be collected is an error beside what ran, and nothing of an earlier run is."""
    misspelt.feature(PASSING.replace("One thing", "Of old"), "features/good.feature")
    misspelt.run("features/good.feature")
    misspelt.feature(PASSING, "features/good.feature")
    misspelt.write("features/test_broken.py", BROKEN)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(misspelt.root / "summary"))

    run = misspelt.run("--continue-on-collection-errors", "--messages=m.ndjson", *more)

    assert run.ret == pytest.ExitCode.TESTS_FAILED
    told = "no step definition for: Given a baskt"
    found = {file: message for file, _, message in errors(misspelt)}
    assert str(found.pop("features/shop.feature")).startswith(told)
    [message] = found.values()
    assert str(message).startswith("ModuleNotFoundError: No module named 'nothing_like_that'")
    assert [each["name"] for each in misspelt.results()] == ["One thing"]
    html = (misspelt.root / "reports/spec.html").read_text(encoding="utf-8")
    assert "The one scenario passed, but " in html
    assert told in html
    assert "a baskt" in (misspelt.root / "summary").read_text(encoding="utf-8")
    last = json.loads((misspelt.root / "m.ndjson").read_text(encoding="utf-8").splitlines()[-1])
    assert last["testRunFinished"]["success"] is False
    run.stdout.fnmatch_lines_random(
        [
            "::error file=features/shop.feature,line=3,title=*::no step def*",
            "::error file=features/test_broken.py,*",
        ]
    )


def test_advice_that_lists_sentences_is_whole_in_every_output(
    ci_project: Project, project: Project
) -> None:
    """All that may be meant is told wherever the finding is."""
    project.steps(
        """
        @given(parsers.parse("a basket of {size:d}"), target_fixture="basket")
        def a_basket_of(size):
            return []
        """
    )
    project.feature(
        """
        Feature: F
          Scenario: S
            Given a baskt of 3
        """
    )

    run = ci_project.run()

    [(_, _, message)] = errors(project)
    summary = (project.root / "reports" / "summary.md").read_text(encoding="utf-8")
    [annotation] = [line for line in run.outlines if line.startswith("::error ")]
    for told in (str(message), annotation.replace("%0A", "\n"), summary.replace("\\", "")):
        assert "next: did you mean: Given a basket of 3 (shop_steps.py:" in told
        assert "or: Given a basket (shop_steps.py:" in told
