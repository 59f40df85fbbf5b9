"""A scenario runs once for each of the parameters that its fixtures or a hook have."""

import json
import xml.etree.ElementTree as ET

import pytest

from connector_harness.plugin.collecting.collection import FeatureFile
from tests.plugin.outputs import MESSAGES, red_in_every_output
from tests.project import PASSING, Project, names

SIZES = """
    import pytest


    @pytest.fixture(params=[0, 7], ids=["empty", "full"])
    def size(request):
        return request.param
"""

SIZED = """
    @given("a basket of that size", target_fixture="basket")
    def a_basket_of_that_size(size):
        return ["tea"] * size
"""

FEATURE = """
    Feature: Sizes

      Scenario: As it is
        Given a basket of that size
        Then the basket holds 0

      Scenario Outline: Row <n>
        Given a basket of that size
        When "tea" is added
        Then the basket holds <n>
        Examples:
          | n |
          | 1 |
          | 8 |

      Scenario: Of no size
        Given a basket
        Then the basket holds 0
"""

GENERATING = """
    def pytest_generate_tests(metafunc):
        if "Two" in metafunc.definition.name:
            metafunc.parametrize("size", [3, 4], ids=["three", "four"])
"""

IDS = [
    "As it is[empty]",
    "As it is[full]",
    "Row 1[empty]",
    "Row 1[full]",
    "Row 8[empty]",
    "Row 8[full]",
    "Of no size",
]


@pytest.fixture
def sized(ci_project: Project) -> Project:
    """A project with a fixture that has two sizes, and scenarios that need it."""
    ci_project.write("features/conftest.py", SIZES)
    ci_project.steps(SIZED)
    ci_project.feature(FEATURE)
    return ci_project


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["one-process", "workers"])
def test_parametrised_fixture(sized: Project, workers: tuple[str, ...]) -> None:
    """Those that need it run once a parameter, and every output holds each."""
    run = sized.run(*MESSAGES, *workers)

    run.assert_outcomes(passed=4, failed=3)
    assert red_in_every_output(sized, run) == (7, 3)
    assert sorted(each["fullName"].partition("::")[2] for each in sized.results()) == sorted(IDS)
    assert len({each["historyId"] for each in sized.results()}) == len(IDS)
    cases = {each["testCaseId"] for each in sized.results() if each["name"] == "As it is"}
    assert len(cases) == 1
    shown = [each["parameters"] for each in sized.results() if each["name"] == "As it is"]
    assert sorted(each["value"] for [each] in shown) == ["empty", "full"]
    root = ET.parse(sized.root / "reports" / "junit.xml").getroot()  # noqa: S314 - of this run
    assert sorted(str(each.get("name")) for each in root.iter("testcase")) == sorted(IDS)
    page = (sized.root / "reports/spec.html").read_text(encoding="utf-8")
    assert "<td>empty</td>" in page
    assert "<td>full</td>" in page


def test_each_is_chosen_by_its_id(sized: Project) -> None:
    """A node id, with its parameter or without, a word and a line choose as ever."""
    listed = names(sized.run("--co", "-q"))
    assert [each.partition("::")[2] for each in listed] == IDS
    path = "features/shop.feature"
    sized.run(f"{path}::As it is[empty]").assert_outcomes(passed=1)
    sized.run(f"{path}::As it is").assert_outcomes(passed=1, failed=1)
    sized.run(f"{path}:3").assert_outcomes(passed=1, failed=1)
    sized.run("-k", "full", "--messages", "m").assert_outcomes(passed=1, failed=2, deselected=4)
    sized.run("--lf").assert_outcomes(failed=2)


def test_hook_that_generates(project: Project) -> None:
    """What `pytest_generate_tests` gives reaches the steps that ask for it."""
    project.write("features/conftest.py", GENERATING)
    project.steps(SIZED)
    project.steps("@pytest.fixture\ndef size():\n    return 0\n")
    project.feature(FEATURE.replace("As it is", "Two sizes"))

    project.run("-k", "sizes").assert_outcomes(failed=2, deselected=3)

    told = [each["statusDetails"]["message"] for each in project.results()]
    assert ["holds 3, not 0" in told[0], "holds 4, not 0" in told[1]] == [True, True]


def test_autouse_fixture_with_marks(project: Project) -> None:
    """Every scenario runs once a parameter, and a parameter's own marks count."""
    project.write(
        "features/conftest.py",
        """
        import pytest


        @pytest.fixture(autouse=True, params=[1, pytest.param(2, marks=pytest.mark.skip("no"))])
        def turn(request):
            return request.param
        """,
    )
    project.feature(PASSING)

    project.run().assert_outcomes(passed=1, skipped=1)


GIVEN = """
    @pytest.fixture(params=["a", "b"])
    def letter(request, basket):
        return [*basket, request.param]


    @then("the letters are there")
    def the_letters_are_there(letter):
        assert len(letter) == 1
"""


def test_fixture_still_waits_for_what_a_step_gives(project: Project) -> None:
    """It is set up when a step asks for it, and not before."""
    project.steps(GIVEN)
    project.feature(
        "Feature: A\n  Scenario: One\n    Given a basket\n    Then the letters are there\n"
    )

    project.run().assert_outcomes(passed=2)


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["one-process", "workers"])
def test_repeating(ci_project: Project, workers: tuple[str, ...]) -> None:
    """With pytest-repeat each scenario runs as often as ``--count`` says."""
    ci_project.feature(PASSING)

    run = ci_project.run("--count=3", *MESSAGES, *workers)

    run.assert_outcomes(passed=3)
    assert len({each["historyId"] for each in ci_project.results()}) == 3
    root = ET.parse(ci_project.root / "reports" / "junit.xml").getroot()  # noqa: S314 - of this run
    assert root.get("tests") == "3"
    assert "All 3 scenarios passed" in (ci_project.root / "reports/spec.html").read_text()
    lines = (ci_project.root / "messages.ndjson").read_text(encoding="utf-8").splitlines()
    told = [json.loads(line) for line in lines]
    assert sum("pickle" in each for each in told) == 1
    assert sum("testCaseStarted" in each for each in told) == 3


def test_a_worker_that_dies_with_one_of_them(sized: Project) -> None:
    """The one under way has failed, by its own name, and no other."""
    sized.steps(
        """
        @when("the process dies at full size")
        def the_process_dies(size):
            import os
            import signal

            if size:
                os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    sized.feature(
        "Feature: A\n  Scenario: One\n    Given a basket\n    When the process dies at full size\n"
        "    Then the basket holds 0\n"
    )

    run = sized.run("-n2", *MESSAGES)

    run.assert_outcomes(passed=1, failed=1)
    assert red_in_every_output(sized, run) == (2, 1)


ASKED = """
    @pytest.fixture
    def lid(size):
        return size


    @then("the lid fits")
    def the_lid_fits(lid):
        assert lid in (0, 7)
"""


def test_parameters_count_through_other_fixtures(project: Project) -> None:
    """A fixture that a step asks for may ask for the one that has them."""
    project.write("features/conftest.py", SIZES)
    project.steps(ASKED)
    project.feature("Feature: A\n  Scenario: One\n    Given a basket\n    Then the lid fits\n")

    project.run("-p", "no:repeat").assert_outcomes(passed=2)


def test_scenario_without_steps_that_ask_for_anything(project: Project) -> None:
    """What needs no fixture runs once, and warns of nothing."""
    project.steps('@then("all is well")\ndef all_is_well():\n    assert "well"\n')
    project.feature("Feature: A\n  Scenario: One\n    Then all is well\n")

    project.run().assert_outcomes(passed=1)


def test_ordinary_projects_pay_nothing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pytest is not asked for parameters where no fixture has any that a step needs."""

    def asked(*_: object) -> None:
        pytest.fail("asked for parameters")

    monkeypatch.setattr(FeatureFile, "_variants", asked)
    project.steps(
        "@pytest.fixture(params=[1, 2])\ndef unused(request):\n    return request.param\n"
    )
    project.feature(PASSING)

    project.run("-p", "no:repeat").assert_outcomes(passed=1)
