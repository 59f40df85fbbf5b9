"""A run whose controlling process is killed."""

import signal
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

from tests.interruptions.runs import Project, assert_refused, assert_whole, connected

pytestmark = pytest.mark.whole_run

AFTER = [f"SWIFT After {number}" for number in range(300)]


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one-process", "two-workers"])
def test_a_killed_run_takes_all_with_it(project: Project, workers: tuple[str, ...]) -> None:
    """Workers and sandbox end with the process that controls them, and results stay whole."""
    project.feature("SWIFT Before", "HALT Halting", *AFTER)

    with project.running(*workers) as run:
        address = run.told().address
        with connected(address) as sandbox:
            run.send(signal.SIGKILL)
            # The workers hold the pipe that is read to its end here.
            ended = run.ended()
            assert sandbox.recv(1) == b""

    assert ended.exit_code == -signal.SIGKILL
    assert_refused(address)
    assert_whole(ended)
    # Workers do not go on against a sandbox that has gone: each was at one scenario at most.
    assert list(ended.statuses.values()).count("broken") <= len(workers)
    assert len(ended.statuses) < len(AFTER)


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one-process", "two-workers"])
def test_a_killed_run_leaves_no_documents_of_the_run_before(
    project: Project, workers: tuple[str, ...]
) -> None:
    """Beside its results nothing says how another run went, and what is made of them is red."""
    project.feature("SWIFT Before")
    messages = f"--messages={project.folder / 'messages.ndjson'}"
    assert project.run(messages).exit_code == pytest.ExitCode.OK
    made = [project.folder / name for name in MADE]
    assert [file.name for file in made if not file.is_file()] == []
    project.feature("SWIFT Before", "HALT Halting", "SWIFT After")

    with project.running(messages, *workers) as run:
        run.told()
        run.send(signal.SIGKILL)
        run.ended()

    assert [file.name for file in made if file.exists()] == []
    command = [sys.executable, "-m", "connector_harness.report", "--out", "out"]
    ran = subprocess.run(command, cwd=project.folder, capture_output=True, text=True, check=False)  # noqa: S603
    assert (ran.returncode, ran.stderr.partition("\n")[0]) == (1, "the run did not come to the end")
    root = ET.parse(project.folder / "out/junit.xml").getroot()  # noqa: S314  # just written
    assert int(root.get("errors", "0")) >= 1


MADE = ("reports/spec.html", "reports/coverage.json", "junit.xml", "messages.ndjson")


def test_a_worker_ends_with_the_run(project: Project) -> None:
    """It does not take pytest-xdist's five seconds, after which it would see a Ctrl-C."""
    project.feature("SWIFT Before", "HALT Halting")

    with project.running("-n", "1") as run:
        run.told()
        run.send(signal.SIGKILL)
        ended = run.ended()

    assert ended.statuses == {"Before": "passed", "Halting": "broken"}
    assert (project.folder / "ended-by").read_text(encoding="utf-8") == "Terminated"
