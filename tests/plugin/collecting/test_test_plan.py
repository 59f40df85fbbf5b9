"""A test plan of Allure says what runs."""

import json

import pytest

from tests.project import Project, names

FEATURE = """
    Feature: F

      @id:417
      Scenario: One
        Given a basket

      @allure.label.AS_ID=418
      Scenario: Two
        Given a basket

      Scenario Outline: Three
        Given a basket
        When "<thing>" is added
        Examples:
          | thing |
          | tea   |
          | milk  |
"""
ORDINARY = """
    import allure


    @allure.id("419")
    def test_ordinary():
        pass
"""
PLACE = "features/shop.feature::"
BOTH = pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["one-process", "a-worker"])


@pytest.fixture
def planned(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project of four scenarios; its plan names nothing yet."""
    project.feature(FEATURE)
    monkeypatch.setenv("ALLURE_TESTPLAN_PATH", "plan.json")
    return project


def plan(project: Project, *tests: dict[str, object]) -> None:
    """Write a plan."""
    project.write("plan.json", json.dumps({"version": "1.0", "tests": tests}))


@pytest.mark.parametrize(
    ("test", "chosen"),
    [
        ({"id": "417", "selector": "elsewhere"}, ["One"]),
        ({"id": 418}, ["Two"]),
        ({"selector": f"{PLACE}Three[milk]"}, ["Three[milk]"]),
        ({"id": None, "selector": f"{PLACE}Three"}, ["Three[tea]", "Three[milk]"]),
    ],
    ids=["id", "other label", "full name", "outline"],
)
def test_plan_selects(planned: Project, test: dict[str, object], chosen: list[str]) -> None:
    """An id, by either label, and a full name choose a scenario; that of an outline its rows."""
    plan(planned, test)

    assert names(planned.run("--co", "-q")) == [PLACE + name for name in chosen]


def test_full_name_in_a_result_selects_it(
    planned: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a report calls a scenario is what its plan may call it."""
    monkeypatch.delenv("ALLURE_TESTPLAN_PATH")
    planned.run()
    [*_, last] = planned.results()
    monkeypatch.setenv("ALLURE_TESTPLAN_PATH", "plan.json")
    plan(planned, {"selector": last["fullName"]})

    planned.run().assert_outcomes(passed=1, deselected=3)


def test_ordinary_tests_are_selected_as_ever(planned: Project) -> None:
    """Beside scenarios, the tests that allure-pytest knows are chosen by its own names."""
    planned.write("test_shop.py", ORDINARY)
    plan(planned, {"id": 419}, {"id": 417})

    run = planned.run("--co", "-q", "features", "test_shop.py")

    run.stdout.fnmatch_lines(["*::One", "test_shop.py::test_ordinary", "2/5 tests collected*"])


def test_inversion_runs_the_rest(planned: Project) -> None:
    """With allure-pytest's --inversion, what the plan names is left out."""
    plan(planned, {"id": 417})

    planned.run("--inversion", "yes").assert_outcomes(passed=3, deselected=1)


@BOTH
def test_plan_of_nothing_is_an_error(planned: Project, workers: tuple[str, ...]) -> None:
    """A plan that names nothing that is there must not look like a run without failures."""
    plan(planned, {"id": "1"})

    run = planned.run(*workers)

    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.stderr.fnmatch_lines(
        ["ERROR: nothing that was collected is in the test plan 'plan.json'", "  next: compare *"]
    )


def test_expression_that_leaves_nothing_is_no_fault_of_the_plan(planned: Project) -> None:
    """Where -k has left nothing, the run ends as without a plan."""
    plan(planned, {"id": "417"})

    assert planned.run("-k", "nothing_like_that").ret == pytest.ExitCode.NO_TESTS_COLLECTED


@BOTH
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "No such file or directory"),
        ('{"tests":', "Expecting value: *"),
        ("[]", "it is no test plan"),
        ('{"tests": ["417"]}', "it is no test plan"),
    ],
    ids=["missing", "cut", "list", "strings"],
)
def test_broken_plan_is_an_error(
    planned: Project, workers: tuple[str, ...], text: str | None, reason: str
) -> None:
    """A plan that cannot be read stops the run before anything is collected."""
    if text is not None:
        planned.write("plan.json", text)

    run = planned.run(*workers)

    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.stderr.fnmatch_lines([f"ERROR: the test plan 'plan.json' cannot be read: {reason}"])


def test_empty_variable_is_none(planned: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that is set to nothing plans nothing."""
    monkeypatch.setenv("ALLURE_TESTPLAN_PATH", "")

    planned.run().assert_outcomes(passed=4)


def test_plan_is_allures_affair_where_there_is_no_feature(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ordinary tests alone are left as they are: allure-pytest passes over a plan that is gone."""
    project.write("test_it.py", "def test_it():\n    pass\n")
    monkeypatch.setenv("ALLURE_TESTPLAN_PATH", "plan.json")

    project.run("test_it.py").assert_outcomes(passed=1)
