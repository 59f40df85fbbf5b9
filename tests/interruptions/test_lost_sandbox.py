"""A sandbox that is killed in the middle of a run."""

import pytest

from tests.interruptions.runs import Ended, Project, assert_gone, assert_whole

pytestmark = pytest.mark.whole_run

# Two workers have two scenarios each to begin with, and come to a halt at the second.
# Hearing notifications needs fixtures that tell the sandbox something at the end of the run.
SCENARIOS = [
    "HEAR Before",
    "PART Meeting it",
    "SWIFT Before, too",
    "PART Meeting it in another process",
    *(f"SWIFT After {number}" for number in range(3)),
]


@pytest.fixture(scope="module", params=[(), ("-n", "2")], ids=["one-process", "two-workers"])
def bereft(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """A run whose sandbox was killed while a scenario was under way."""
    project = Project(tmp_path_factory.mktemp("bereft") / "project").feature(*SCENARIOS)
    with project.running(*request.param) as run:
        waiting = [run.told() for _ in request.param or ("main",)]
        run.kill_sandbox()
        for told in waiting:
            run.answer(told)
        ended = run.ended()
    assert_gone(ended, waiting[0].address)
    return ended


def test_the_run_fails_and_ends(bereft: Ended) -> None:
    """Every scenario has a result; none that came after it can have passed."""
    passed = {title for title, status in bereft.statuses.items() if status == "passed"}

    assert bereft.exit_code == pytest.ExitCode.TESTS_FAILED, bereft.output
    assert len(bereft.statuses) == len(SCENARIOS)
    assert {"Before"} <= passed <= {"Before", "Before, too"}
    assert "Traceback" not in bereft.output


def test_the_failures_are_of_class_sandbox(bereft: Ended) -> None:
    """No scenario is blamed, and all say the same."""
    messages = [
        result["statusDetails"]["message"]
        for result in bereft.results.values()
        if result["status"] != "passed"
    ]

    assert all("[sandbox] the sandbox has ended in the middle" in each for each in messages)


def test_the_following_are_told_in_short(bereft: Ended) -> None:
    """Once it is known, no scenario calls the sandbox again."""
    assert bereft.output.count("last exchange: ") <= 2


def test_the_summary_says_how_the_sandbox_ended(bereft: Ended) -> None:
    """The signal is named, once."""
    assert bereft.output.count("the sandbox was ended by SIGKILL") == 1


def test_the_results_are_whole(bereft: Ended) -> None:
    """What had ended before has its result, with all that it refers to."""
    assert_whole(bereft)
    assert bereft.statuses["Before"] == "passed"
