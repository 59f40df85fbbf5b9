"""Whatever is silently wrong, in the sandbox or in a step, turns the run red."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.endpoint.runs import Run
from tests.false_green import run_breakages, sandbox_breakages
from tests.false_green.trials import IN_THE_RUN, IN_THE_SANDBOX, TRIALS, UNBROKEN

pytestmark = pytest.mark.whole_run

NOTICED = {"product", "contract", "authentication", "timeout"}
"""The classes of failures in which a scenario has noticed something; in others it just broke."""


def failures(run: Run, folder: str) -> Iterator[dict[str, Any]]:
    """Yield the results of the scenarios of *folder* that turned the run red."""
    for result in run.results:
        inside = str(result["fullName"]).startswith(f"features/{folder}/")
        if inside and result["status"] in ("failed", "broken"):
            yield result


def classes(run: Run, folder: str) -> set[str]:
    """Return the classes of the failures of *folder*."""
    return {
        label["value"]
        for result in failures(run, folder)
        for label in result["labels"]
        if label["name"] == "failureClass"
    }


@pytest.mark.parametrize("trial", TRIALS)
def test_breakage_turns_the_run_red(ran: Run, strikes: dict[str, int], trial: str) -> None:
    """The breakage has struck, and at least one scenario of the trial failed."""
    assert strikes.get(trial, 0) > 0, "it never struck, so nothing is shown"
    assert list(failures(ran, trial)), "it stayed green"
    assert ran.exit_code == pytest.ExitCode.TESTS_FAILED


@pytest.mark.parametrize("trial", IN_THE_SANDBOX)
def test_breakage_is_noticed(ran: Run, trial: str) -> None:
    """The scenario says that an answer or a notification is wrong; it does not just break."""
    found = classes(ran, trial)

    assert found
    assert found <= NOTICED


def test_unbroken_is_green(ran: Run) -> None:
    """The same scenarios pass where nothing is broken: each trial fails for its breakage."""
    statuses = {
        result["status"]
        for result in ran.results
        if str(result["fullName"]).startswith(f"features/{UNBROKEN}/")
    }

    assert statuses == {"passed"}


def test_list_is_whole() -> None:
    """Each breakage has its trial, and there are at least twenty."""
    assert set(sandbox_breakages.BREAKAGES.known) == set(IN_THE_SANDBOX)
    assert set(run_breakages.BREAKAGES.known) == set(IN_THE_RUN)
    assert len(TRIALS) >= 20
