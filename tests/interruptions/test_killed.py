"""A run whose controlling process is killed."""

import signal

import pytest

from tests.interruptions.runs import Project, assert_refused, assert_whole, connected

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


def test_a_worker_ends_with_the_run(project: Project) -> None:
    """It does not take pytest-xdist's five seconds, after which it would see a Ctrl-C."""
    project.feature("SWIFT Before", "HALT Halting")

    with project.running("-n", "1") as run:
        run.told()
        run.send(signal.SIGKILL)
        ended = run.ended()

    assert ended.statuses == {"Before": "passed", "Halting": "broken"}
    assert (project.folder / "ended-by").read_text(encoding="utf-8") == "Terminated"
