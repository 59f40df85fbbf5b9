"""What steps can ask for, in a project of its own."""

import pytest

from tests.plugin.project import Project

FAULTY = """
    @given("a service that is down")
    def a_service_that_is_down(faults):
        faults.inject("status_503", consumer=None, times=None)


    @then("it is not working")
    def it_is_not_working(sandbox_control, seen):
        seen.extend(sandbox_control.read("faults")["faults"])
"""

TWO = """
    Feature: F
      Scenario: One that injects
        Given a service that is down
        Then it is not working

      Scenario: The next
        Given a basket
        Then it is not working
"""


@pytest.fixture
def faulty(project: Project) -> Project:
    """A project whose first scenario injects a fault and does not recover it."""
    project.steps(FAULTY)
    project.feature(TWO)
    return project


def test_faults_end_with_their_scenario(faulty: Project) -> None:
    """The next scenario has a sandbox that behaves."""
    faulty.run(endpoint="sandbox").assert_outcomes(passed=2)

    during, after = (each for each in faulty.seen if each != "basket")
    assert (during["over"], after["over"]) == (False, True)


def test_scenario_with_faults_needs_a_sandbox(faulty: Project) -> None:
    """Of another endpoint nothing can be asked for; the scenario is skipped with the reason."""
    run = faulty.run("-k", "injects")

    run.assert_outcomes(skipped=1, deselected=1)
    run.stdout.fnmatch_lines(
        ["SKIPPED*no fault can be injected: endpoint 'http://127.0.0.1:9' is no sandbox"]
    )
