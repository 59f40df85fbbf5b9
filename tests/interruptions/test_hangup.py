"""A run whose terminal goes away, and one that is to outlive it."""

import os
import pty
import signal
import subprocess

import pytest

from tests.endpoint.runs import environment
from tests.interruptions.runs import Project, Running

pytestmark = pytest.mark.whole_run

WORKERS = pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["one-process", "a-worker"])


@WORKERS
def test_lost_terminal_ends_the_run_in_order(project: Project, workers: tuple[str, ...]) -> None:
    """Nobody sees what it says any more; its documents are made all the same."""
    project.feature("SWIFT Before", "HALT Halting", "SWIFT After")
    ours, theirs = pty.openpty()
    with subprocess.Popen(  # noqa: S603  # our own command line
        ["setsid", "--ctty", "--wait", *project.command(*workers)],  # noqa: S607
        cwd=project.folder,
        env=environment(),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        text=True,
    ) as process:
        os.close(theirs)
        run = Running(project, process)
        try:
            run.told()
        finally:
            # What did not come so far is not waited for: this ends it, too.
            os.close(ours)
        run.ended()

    document = (project.folder / "reports/spec.html").read_text(encoding="utf-8")
    assert "<h1>1 of 2 scenarios failed, and the run was stopped</h1>" in document
    assert "that ended with exit code 2" in document


@WORKERS
def test_run_under_nohup_goes_on(project: Project, workers: tuple[str, ...]) -> None:
    """Whoever has a hangup ignored means it."""
    project.feature("SWIFT Before", "PART Waiting", "SWIFT After")

    with project.running(*workers, within=["nohup"]) as run:
        told = run.told()
        run.send_all(signal.SIGHUP)
        run.answer(told)
        ended = run.ended()

    assert ended.exit_code == pytest.ExitCode.OK, ended.output
    assert ended.statuses == dict.fromkeys(("Before", "Waiting", "After"), "passed")
