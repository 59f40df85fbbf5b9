"""Where Python leaves asserts out, no run begins whose steps would check nothing."""

import pytest

from tests.project import FAILING, PASSING, Project

HELPER = """
    def check(basket):
        assert len(basket) == 7
"""

CALLING = """
    from shop_checks import check


    @then("the basket is full")
    def the_basket_is_full(basket):
        check(basket)
"""

FULL = """
    Feature: Full
      Scenario: It is full
        Given a basket
        Then the basket is full
"""


# pytest only warns of it, and where warnings are errors it does not begin either.
WARNED = ("-W", "ignore::pytest.PytestConfigWarning")


@pytest.fixture(autouse=True)
def optimised(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python leaves asserts out, as in an image that was built to be small."""
    monkeypatch.setenv("PYTHONOPTIMIZE", "1")


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["one-process", "workers"])
def test_plain_asserts_are_a_finding(project: Project, workers: tuple[str, ...]) -> None:
    """With ``--assert=plain`` nothing checks, and nothing runs."""
    project.feature(FAILING)

    run = project.run_process(*WARNED, "--assert=plain", *workers)

    assert run.ret == pytest.ExitCode.INTERRUPTED
    run.stdout.no_fnmatch_line("*failed*")
    run.stdout.re_match_lines([r"shop_steps\.py:\d+: an assert that checks nothing: Python runs"])


def test_helper_that_pytest_does_not_rewrite_is_a_finding(project: Project) -> None:
    """A module that only steps import keeps its asserts, which then check nothing."""
    project.write("shop_checks.py", HELPER)
    project.steps(CALLING)
    project.feature(FULL)

    run = project.run_process(*WARNED)

    assert run.ret == pytest.ExitCode.INTERRUPTED
    run.stdout.fnmatch_lines(["shop_checks.py:2: an assert that checks nothing: *"])


def test_what_pytest_rewrites_checks_all_the_same(project: Project) -> None:
    """The asserts of step modules hold where pytest has rewritten them, and the run begins."""
    project.feature(PASSING, "features/a.feature")
    project.feature(FAILING, "features/b.feature")

    project.run_process(*WARNED).assert_outcomes(passed=1, failed=1)


def test_assert_false_in_a_helper_counts_otherwise(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the option a helper's assert holds, rewritten or not."""
    monkeypatch.delenv("PYTHONOPTIMIZE")
    project.write("shop_checks.py", HELPER)
    project.steps(CALLING)
    project.feature(FULL)

    project.run_process("--assert=plain").assert_outcomes(failed=1)
