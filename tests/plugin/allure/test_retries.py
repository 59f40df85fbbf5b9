"""A scenario that pytest-rerunfailures runs again is one scenario with retries."""

import pytest

from tests.project import FAILING, PASSING, RERUNS, SECOND_TRY, Project

FLAKY = """
    Feature: F

      Scenario: Second try
        Given a basket
        Then it holds at the second try
"""


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["one-process", "a-worker"])
def test_success_after_a_failure_is_flaky(project: Project, workers: tuple[str, ...]) -> None:
    """Each attempt has a result of the same key; the one that passed says that it is flaky."""
    project.steps(SECOND_TRY)
    project.feature(FLAKY)

    run = project.run(*RERUNS, "2", *workers)

    assert run.ret == pytest.ExitCode.OK
    first, second = project.results()
    assert first["historyId"] == second["historyId"]
    assert (first["status"], "flaky" in first["statusDetails"]) == ("failed", False)
    assert (second["status"], second["statusDetails"]["flaky"]) == ("passed", True)


def test_failure_to_the_end_is_not_flaky(project: Project) -> None:
    """What fails every time is a failure."""
    project.feature(FAILING)

    project.run(*RERUNS, "1")

    assert ["flaky" in each["statusDetails"] for each in project.results()] == [False, False]


def test_first_success_is_not_flaky(project: Project) -> None:
    """Where nothing has to be run again, nothing is flaky."""
    project.feature(PASSING)

    project.run(*RERUNS, "1")

    assert "flaky" not in project.result()["statusDetails"]
