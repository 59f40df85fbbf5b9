"""Two runs whose results go to one folder."""

import signal
import subprocess
import sys

import pytest

from tests.interruptions.runs import Project

pytestmark = pytest.mark.whole_run

WORKERS = pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["one-process", "a-worker"])


@WORKERS
@pytest.mark.parametrize("before", [False, True], ids=["fresh", "again"])
def test_second_run_is_refused(project: Project, workers: tuple[str, ...], *, before: bool) -> None:
    """It sends nothing and clears nothing, and says who has the folder; another folder is free."""
    project.feature("SWIFT Swift", name="b")
    if before:
        project.run()
    project.feature("SWIFT Before", "HALT Halting")

    with project.running() as first:
        first.told()
        kept = {file.name for file in project.results.iterdir()}
        since = ("--since", "reports/allure-results")
        second = project.run("features/b.feature", *workers, *since)
        other = project.run("features/b.feature", "--alluredir=reports/second", *workers)
        assert {file.name for file in project.results.iterdir()} == kept
        first.send(signal.SIGINT)
        ended = first.ended()

    assert second.exit_code == pytest.ExitCode.USAGE_ERROR, second.output
    assert f"is being written by another run: process {first.process.pid}, since " in second.output
    assert "next: wait for its end, or name another folder, as --alluredir" in second.output
    assert other.exit_code == pytest.ExitCode.OK, other.output
    assert ended.statuses == {"Before": "passed", "Halting": "broken"}
    document = (project.folder / "reports/spec.html").read_text(encoding="utf-8")
    assert "<h1>1 of 2 scenarios failed, and the run was stopped</h1>" in document


@WORKERS
def test_killed_run_keeps_nobody_out(project: Project, workers: tuple[str, ...]) -> None:
    """Its lock died with it."""
    project.feature("SWIFT Before", "HALT Halting")
    with project.running(*workers) as first:
        first.told()
        first.send(signal.SIGKILL)
        first.ended()
    project.feature("SWIFT Before")

    assert project.run(*workers).exit_code == pytest.ExitCode.OK


def test_merge_into_the_folder_of_a_run_is_refused(project: Project) -> None:
    """It would take the results away that the run has written by now."""
    project.feature("SWIFT Before")
    project.run("--alluredir=one")
    project.run("--alluredir=two")
    project.feature("SWIFT Before", "HALT Halting")

    with project.running() as first:
        first.told()
        command = [sys.executable, "-m", "connector_harness.report", "one", "two"]
        merge = subprocess.run(  # noqa: S603  # our own command line
            command, cwd=project.folder, capture_output=True, text=True, check=False
        )
        first.send(signal.SIGINT)
        ended = first.ended()

    assert merge.returncode == 1
    told = "reports/allure-results is being written by another run: process "
    assert merge.stderr.startswith(f"{told}{first.process.pid}, since ")
    assert "next: wait for its end, or name another --out" in merge.stderr
    assert ended.statuses == {"Before": "passed", "Halting": "broken"}
