"""Ctrl-C, SIGTERM and SIGHUP in the middle of a run."""

import signal
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.interruptions.runs import Ended, Project, Told, assert_gone, assert_whole

BEFORE = [f"SWIFT Before {number}" for number in range(3)]
AFTER = [f"SWIFT After {number}" for number in range(300)]
SCENARIOS = [*BEFORE, "HALT Halting", *AFTER]
TITLES = {scenario.partition(" ")[2] for scenario in SCENARIOS}


@dataclass(frozen=True)
class Stopped:
    """A run that was stopped, and what it told before."""

    run: Ended
    told: Told


WAYS = {
    "ctrl-c": (signal.SIGINT, "all", ()),
    "sigterm": (signal.SIGTERM, "one", ()),
    "ctrl-c-of-workers-too": (signal.SIGINT, "all", ("-n", "2")),
    "sigterm-of-the-controlling-process": (signal.SIGTERM, "one", ("-n", "1")),
    "hangup": (signal.SIGHUP, "one", ()),
    "hangup-of-workers-too": (signal.SIGHUP, "all", ("-n", "2")),
}


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(way, id=name, marks=[pytest.mark.whole_run] if way[2] else [])
        for name, way in WAYS.items()
    ],
)
def stopped(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stopped]:
    """A run that was stopped while one scenario waited for ever."""
    number, whom, workers = request.param
    project = Project(tmp_path_factory.mktemp("stopped") / "project").feature(*SCENARIOS)
    with project.running("-v", *workers) as run:
        told = run.told()
        (run.send_all if whom == "all" else run.send)(number)
        yield Stopped(run.ended(), told)


def test_exit_code_is_that_of_an_interruption(stopped: Stopped) -> None:
    """Each of them ends a run with pytest's code for it, and without a traceback."""
    assert stopped.run.exit_code == pytest.ExitCode.INTERRUPTED, stopped.run.output
    assert "Traceback" not in stopped.run.output


def test_results_are_whole(stopped: Stopped) -> None:
    """What had ended has its result, with all that it refers to; nothing else is left behind."""
    assert_whole(stopped.run)


def test_the_report_says_where_the_run_was_stopped(stopped: Stopped) -> None:
    """The scenario under way is broken, at the step that was under way."""
    halting = stopped.run.results["Halting"]

    assert (halting["status"], halting["statusDetails"]) == ("broken", {"message": "interrupted"})
    assert [step["status"] for step in halting["steps"]] == ["passed", "broken", "skipped"]


def test_a_stopped_run_stops_at_once(stopped: Stopped) -> None:
    """No process goes on: at most the one scenario that it was at did not pass."""
    statuses = list(stopped.run.statuses.values())

    assert len(statuses) - statuses.count("passed") <= 2
    assert len(stopped.run.not_run) > 1


def test_what_did_not_run_is_named(stopped: Stopped) -> None:
    """The summary names exactly the scenarios that have not come to their end."""
    passed = {title for title, status in stopped.run.statuses.items() if status == "passed"}

    assert set(stopped.run.not_run) == TITLES - passed
    assert f"{len(TITLES - passed)} of {len(TITLES)} did not run to the end" in stopped.run.output


def test_reports_of_workers_are_not_lost(stopped: Stopped) -> None:
    """The terminal counts what has passed as the results do, wherever it ran."""
    passed = list(stopped.run.statuses.values()).count("passed")

    assert f"= {passed} passed in " in stopped.run.output


def test_nothing_is_left_behind(stopped: Stopped) -> None:
    """Neither a process of the run nor the sandbox is there any more."""
    assert_gone(stopped.run, stopped.told.address)
