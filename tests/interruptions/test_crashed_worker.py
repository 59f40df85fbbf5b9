"""A worker that is killed."""

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.interruptions.runs import Ended, Project, Told, assert_gone, assert_whole

pytestmark = pytest.mark.whole_run

SCENARIOS = [
    *(f"SWIFT Before {number}" for number in range(4)),
    "HALT Halting",
    *(f"SWIFT After {number}" for number in range(4)),
]


@dataclass(frozen=True)
class Crashed:
    """A run in which a worker was killed, and what that worker told before."""

    run: Ended
    told: Told


@pytest.fixture(scope="module")
def crashed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crashed]:
    """A run of two workers one of which was killed in the middle of a scenario."""
    project = Project(tmp_path_factory.mktemp("crashed") / "project").feature(*SCENARIOS)
    with project.running("-n", "2") as run:
        told = run.told()
        os.kill(told.pid, signal.SIGKILL)
        yield Crashed(run.ended(), told)


def test_the_run_fails_and_goes_on(crashed: Crashed) -> None:
    """One scenario has failed, and every other one has run."""
    statuses = crashed.run.statuses

    assert crashed.run.exit_code == pytest.ExitCode.TESTS_FAILED, crashed.run.output
    assert {title for title, status in statuses.items() if status != "passed"} == {"Halting"}
    assert len(statuses) == len(SCENARIOS)
    assert crashed.run.not_run == []


def test_the_scenario_has_a_result(crashed: Crashed) -> None:
    """The report says what became of it, as the controlling process knows it."""
    result = crashed.run.results["Halting"]

    assert result["status"] == "broken"
    assert f"{crashed.told.worker}, ended in mid-run" in result["statusDetails"]["message"]
    assert [step["name"] for step in result["steps"]] == [
        "Given a basket",
        "When the run comes to a halt",
        "Then the basket is empty",
    ]
    assert {label["name"]: label["value"] for label in result["labels"]}["feature"] == "a"


def test_the_scenario_is_told_in_the_terminal(crashed: Crashed) -> None:
    """The message says which process ended, in which scenario, and what to do."""
    message = (
        f"[spec] the process that ran this scenario, {crashed.told.worker}, ended in mid-run\n"
        "  at: features/a.feature:19, at a step that is not known\n\n"
        "next: see whether it was killed, for want of memory perhaps, or crashed in native code; "
        "run the scenario alone\n"
    )

    assert message in crashed.run.output


def test_the_scenario_is_an_error_in_junit(crashed: Crashed) -> None:
    """JUnit's readers find it by its title."""
    [problem] = crashed.run.cases["Halting"].iter("error")

    assert "ended in mid-run" in str(problem.get("message"))


def test_nothing_half_done_is_left(crashed: Crashed) -> None:
    """No attachment without a result, no process, no sandbox."""
    assert_whole(crashed.run)
    assert_gone(crashed.run, crashed.told.address)
