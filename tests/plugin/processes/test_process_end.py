"""A step that would end the process fails, and the run goes on."""

import os
import textwrap

import pytest

from tests.plugin.outputs import MESSAGES, red_in_every_output
from tests.project import Project

ENDING = """
    Feature: Ends

      Scenario: One
        When the process ends
        Then the basket is as it was

      Scenario: Two
        Given a basket
        Then the basket holds 0
"""

STEPS = """
    import os
    import sys
    import threading


    @when("the process ends", target_fixture="basket")
    def the_process_ends():
        {code}
        return []


    @then("the basket is as it was")
    def the_basket_is_as_it_was(basket):
        assert basket == []
"""


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["one-process", "workers"])
@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("os._exit(0)", "os._exit would have ended the run in the middle"),
        ("os.execlp('true', 'true')", "os.execv would have ended the run in the middle"),
        ("os.execle('/bin/true', 'true', {})", "os.execve would have ended"),
        ("sys.exit(0)", "SystemExit: 0"),
    ],
)
def test_it_fails(ci_project: Project, code: str, why: str, workers: tuple[str, ...]) -> None:
    """All that is told of it is red, and the other scenario has run."""
    ci_project.steps(STEPS.replace("{code}", code))
    ci_project.feature(ENDING)

    run = ci_project.run(*MESSAGES, *workers)

    run.assert_outcomes(passed=1, failed=1)
    assert why in run.stdout.str()
    assert red_in_every_output(ci_project, run) == (2, 1)


@pytest.mark.parametrize(
    "code",
    [
        "thread = threading.Thread(target=os._exit, args=(0,)); thread.start(); thread.join()",
        "os._exit(3)",
    ],
    ids=["thread", "red"],
)
def test_no_end_is_green(project: Project, code: str) -> None:
    """Where nobody would hear of it the process ends, with an exit code that is not 0."""
    project.steps(STEPS.replace("{code}", code))
    project.feature(ENDING)

    assert project.run_process().ret not in (0, 5)


def test_forked_process_ends_as_it_likes(project: Project) -> None:
    """What a step starts by forking is its own."""
    fork = """
        child = os.fork()
        if child == 0:
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0"""
    project.steps(
        STEPS.replace("{code}", textwrap.dedent(fork).strip().replace("\n", "\n        "))
    )
    project.feature(ENDING)

    project.run("-W", "ignore::DeprecationWarning").assert_outcomes(passed=2)


def test_everything_is_as_it_was_afterwards(project: Project) -> None:
    """A run inside of another process leaves that as it was."""
    before = (os._exit, os.execv, os.execve)
    project.feature(ENDING)
    project.steps(STEPS.replace("{code}", "pass"))

    project.run().assert_outcomes(passed=2)

    assert (os._exit, os.execv, os.execve) == before
