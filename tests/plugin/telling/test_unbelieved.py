"""A scenario has passed only if its record says so, whatever a plugin makes of the reports."""

import pytest

from tests.plugin.outputs import MESSAGES, red_in_every_output
from tests.project import FAILING, PASSING, Project

NOT_PLAYED = """
    def pytest_pyfunc_call(pyfuncitem):
        return True
"""

SWALLOWED = """
    import pytest


    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(item):
        try:
            return (yield)
        except AssertionError:
            return None
"""

CORRECTED = """
    import pytest


    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(item, call):
        report = yield
        report.outcome, report.longrepr = "passed", None
        return report
"""

CORRECTED_LATE = """
    import pytest


    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(report):
        report.outcome, report.longrepr = "passed", None
"""

XPASSED = """
    import pytest


    def pytest_runtest_setup(item):
        item.add_marker(pytest.mark.xfail(strict=False))


    def pytest_pyfunc_call(pyfuncitem):
        return True
"""


@pytest.mark.parametrize(
    ("feature", "plugin", "why"),
    [
        (PASSING, NOT_PLAYED, "reported as passed, though a step never ran: Given a basket"),
        (PASSING, XPASSED, "reported as passed, though a step never ran: Given a basket"),
        (FAILING, SWALLOWED, "reported as passed, though a step was failed: Then the basket"),
        (FAILING, CORRECTED, "the basket holds 1, not 3"),
    ],
    ids=["not-played", "not-played-and-expected-to-fail", "swallowed", "corrected"],
)
def test_it_fails_in_every_output(ci_project: Project, feature: str, plugin: str, why: str) -> None:
    """The exit code, the terminal and each output tell it once and alike."""
    ci_project.feature(feature)
    ci_project.write("features/conftest.py", plugin)

    run = ci_project.run(*MESSAGES)

    run.assert_outcomes(failed=1)
    assert why in run.stdout.str()
    assert red_in_every_output(ci_project, run) == (1, 1)
    assert why in ci_project.result()["statusDetails"]["message"]


def test_a_worker_corrects_its_reports(ci_project: Project) -> None:
    """With several processes it is the same."""
    ci_project.feature(FAILING)
    ci_project.write("features/conftest.py", CORRECTED)

    run = ci_project.run(*MESSAGES, "-n2")

    run.assert_outcomes(failed=1)
    assert red_in_every_output(ci_project, run) == (1, 1)


def test_a_plugin_that_changes_what_goes_out(project: Project) -> None:
    """What is known before a report goes out counts, whoever changes it then."""
    project.feature(FAILING, "features/deep/shop.feature")
    # Loaded last, it is the first to be asked.
    project.write("features/deep/conftest.py", CORRECTED_LATE)

    run = project.run()

    assert run.ret == pytest.ExitCode.TESTS_FAILED
    assert project.result()["status"] == "failed"


def test_a_skip_stays_one(project: Project) -> None:
    """A scenario that a step skipped, and a plugin reports as passed, is skipped."""
    project.steps(
        """
        @given("nothing to do")
        def nothing_to_do():
            pytest.skip("not today")
        """
    )
    project.feature("Feature: A\n  Scenario: One\n    Given nothing to do\n    Then it is so\n")
    project.steps('@then("it is so")\ndef it_is_so():\n    assert False\n')
    project.write("features/conftest.py", CORRECTED)

    run = project.run()

    run.assert_outcomes(skipped=1)
    assert project.result()["status"] == "skipped"
    run.stdout.fnmatch_lines(["SKIPPED * not today"])
