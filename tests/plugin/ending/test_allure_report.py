"""With --report, a run ends with the Allure report in one file, and as it would have without."""

import base64
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from connector_harness.plugin.ending import allure_report
from tests.project import FAILING, PASSING, RERUNS, SECOND_TRY, Project
from tests.report.commands import REPORTING, write_command
from tests.report.npm import install

REAL = """
    @epic:Purchase @owner=ada @critical
    Feature: F

      @id:417 @issue:ABC-1 @link.docs:https://docs.test/a
      Scenario: {title}
        Given a basket
        Then it holds at the second try

      @allure.id=418 @SEVERITY=minor @muted @known
      Scenario Outline: Rows
        Given a basket
        When "<thing>" is added
        Then the basket holds 2
        Examples:
          | thing |
          | tea   |
          | tea   |
"""


def bring(project: Project, monkeypatch: pytest.MonkeyPatch, **command: str) -> None:
    """Let nothing but a command `allure` that stands in for the real one be there."""
    write_command(project.root / "bin", "allure", **{"does": REPORTING, **command})
    monkeypatch.setenv("PATH", f"{project.root / 'bin'}{os.pathsep}{os.defpath}")


@pytest.mark.parametrize(
    ("text", "code", "workers"),
    [(PASSING, 0, ()), (FAILING, 1, ("-n", "1"))],
    ids=["passed", "failed at a worker"],
)
def test_report_is_made_and_named(
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    code: int,
    workers: tuple[str, ...],
) -> None:
    """The closing lines say where it is, and the exit code is that of the run."""
    bring(project, monkeypatch)
    project.feature(text)

    run = project.run("--report", *workers)

    assert run.ret == code
    run.stdout.fnmatch_lines(["report:   reports/allure-report/index.html"])
    run.stdout.no_fnmatch_line("open: *")
    assert (project.root / "reports/allure-report/index.html").is_file()


@pytest.mark.parametrize(("text", "code"), [(PASSING, 0), (FAILING, 1)], ids=["passed", "failed"])
def test_without_a_command_the_run_ends_alike(
    project: Project, monkeypatch: pytest.MonkeyPatch, text: str, code: int
) -> None:
    """Who has neither command is told how to get one; the run is what it is."""
    project.feature(text)
    monkeypatch.setenv("PATH", str(project.root))

    run = project.run("--report")

    assert run.ret == code
    run.stdout.fnmatch_lines(
        ["report:   not made: neither allure nor npx *", "  next: install *", "open:     npx *"]
    )


def test_failure_of_the_command_is_told(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it said last is shown, with secrets masked, and costs nothing."""
    bring(project, monkeypatch, does="echo odd the-secret-of-this-shop; exit 3")
    project.feature(PASSING)

    run = project.run("--report")

    assert run.ret == pytest.ExitCode.OK
    run.stdout.fnmatch_lines(["report:   not made: allure ended with exit code 3: odd ?**"])
    assert "the-secret-of-this-shop" not in run.stdout.str()


def test_nothing_is_made_where_nothing_ran(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run without a scenario makes no report of an earlier one."""
    bring(project, monkeypatch)
    project.feature(PASSING)
    project.run()

    project.run("--report", "-k", "nothing_like_that")

    assert not (project.root / "reports/allure-report").exists()


@pytest.mark.parametrize(
    ("version", "path", "told"),
    [
        ("3.18.0", "kept.jsonl", None),
        ("2.46.1", "kept.jsonl", "history:  kept.jsonl is left out; Allure 2 keeps it in a folder"),
        ("3.18.0", "old", "history:  old is left out; Allure 3 keeps it in a file, such as *"),
    ],
)
def test_history_of_the_other_allure_is_told(
    project: Project, monkeypatch: pytest.MonkeyPatch, version: str, path: str, told: str | None
) -> None:
    """A history that the command cannot read is not dropped in silence."""
    bring(project, monkeypatch, version=version)
    project.feature(PASSING)

    run = project.run("--report", f"--history={path}")

    run.stdout.fnmatch_lines([told] if told else ["report: *"])
    assert (project.root / "kept.jsonl").is_file() is (told is None)


def test_leak_audit_leaves_the_report_out(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """JSON in Base64, of which the one file is full, looks like a token and is none."""
    packed = base64.b64encode(b'{"a harmless": "document"}').decode()
    data = f'd("a","{packed}")'
    bring(project, monkeypatch, does=f"{REPORTING}\necho '{data}' >> $into/index.html")
    project.feature(PASSING)

    assert project.run("--report").ret == pytest.ExitCode.OK


def read(project: Project) -> dict[str, Any]:
    """Return the results in the report by name, without retries; equal rows by number."""
    page = (project.root / "reports/allure-report/index.html").read_text(encoding="utf-8")
    packed = re.findall(r'd\("data/test-results/[^"]*","([^"]*)"\)', page)
    results = [json.loads(base64.b64decode(each)) for each in packed]
    shown = [each for each in results if not each.get("isRetry")]
    assert len(shown) == 3
    return {each["name"] + str(len(each["parameters"])): each for each in shown}


@pytest.mark.whole_run
def test_real_allure_shows_what_tags_say(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Labels, links, marks, retries and history are read back from a report of the real one."""
    commands = install(tmp_path / "npm", "allure@3.18") / "node_modules" / ".bin"
    monkeypatch.setenv("PATH", f"{commands}{os.pathsep}{os.environ['PATH']}")
    project.steps(SECOND_TRY)
    project.feature(REAL.format(title="Second try"))
    links = ("--allure-link-pattern", "issue:https://issues.test/{}")
    command = ("--report", "--history=kept.jsonl", *RERUNS, "1", *links)
    project.run(*command)
    result = read(project)["Second try0"]
    assert (result["flaky"], len(result["retries"])) == (True, 1)
    labels = {(each["name"], each.get("value")) for each in result["labels"]}
    assert {("epic", "Purchase"), ("owner", "ada"), ("ALLURE_ID", "417")} <= labels
    assert [each["url"] for each in result["links"]] == [
        "https://issues.test/ABC-1",
        "https://docs.test/a",
    ]
    row = read(project)["Rows2"]
    # It counts, as everywhere; Allure would leave out a failure with one of these marks.
    assert (row["muted"], row["known"]) == (False, False)

    Path(project.root / "features/shop.feature").unlink()
    project.feature(REAL.format(title="Renamed"), "features/moved.feature")
    project.run(*command)

    assert len(read(project)["Renamed0"]["history"]) == 1


def test_command_that_takes_too_long_is_ended_with_what_it_started(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run is told of it, and no process stays behind."""
    child = project.root / "child"
    bring(project, monkeypatch, does=f"sleep 60 & echo $! > {child}; wait")
    monkeypatch.setattr(allure_report, "TIMEOUT_S", 0.5)
    project.feature(PASSING)

    run = project.run("--report")

    run.stdout.fnmatch_lines(["report:   not made: *timed out after 0.5 seconds"])
    status = Path("/proc", child.read_text(encoding="utf-8").strip(), "status")
    # The system may not yet have cleared it away.
    assert not status.exists() or "zombie" in status.read_text(encoding="utf-8")


def test_settings_of_the_harness_are_kept_from_the_command(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that npx fetches has no use for the client secret."""
    bring(project, monkeypatch, does=f"env > {project.root / 'seen'}; {REPORTING}")
    project.feature(PASSING)

    project.run("--report")

    assert "CONNECTOR_" not in (project.root / "seen").read_text(encoding="utf-8")


def test_plain_run_loads_nothing_of_it(project: Project) -> None:
    """What makes the report is loaded where it is asked for alone."""
    project.feature(PASSING)
    project.write(
        "conftest.py",
        """
        import sys

        pytest_plugins = ["shop_steps"]


        def pytest_unconfigure():
            assert "connector_harness.plugin.ending.allure_report" not in sys.modules
            assert "connector_harness.plugin.collecting.test_plan" not in sys.modules
        """,
    )

    assert project.run_process().ret == pytest.ExitCode.OK
