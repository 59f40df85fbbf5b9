"""A failure is told in the words of the feature."""

import re
import xml.etree.ElementTree as ET

import pytest

from tests.plugin.project import FAILING, Project

TEXT = """\
Scenario: Too few
  passed   Given a basket
  passed   When "tea" is added
  FAILED   Then the basket holds 3  (features/shop.feature:6)
  not run  And the basket holds 1

the basket holds 1, not 3
assert 1 == 3
 +  where 1 = len(['tea'])
  checked in shop_steps.py:29

next: compare the answer above with the sentence that failed
"""

SUMMARY = (
    "FAILED features/shop.feature::Too few - "
    "Then the basket holds 3 (features/shop.feature:6): the basket holds 1, not 3"
)


@pytest.fixture
def failing(project: Project) -> Project:
    """A project with one scenario, which fails at its third step."""
    project.feature(FAILING)
    return project


def shown(run: pytest.RunResult) -> str:
    """Return what stands between the headline of the only failure and the next section."""
    output = run.stdout.str()
    found = re.search(r"^_+ [^_]+ _+\n(.*?)^(?:[=-]+ )", output, re.MULTILINE | re.DOTALL)
    assert found is not None, output
    return found[1]


def fails(project: Project, code: str) -> str:
    """Return how it is shown that a step with the body *code* failed."""
    project.steps(f"""
        @given("it goes wrong")
        def it_goes_wrong():
            {code}
    """)
    project.feature("Feature: F\n  Scenario: S\n    Given it goes wrong\n")
    return shown(project.run())


def test_failure_shows_the_steps_and_what_was_expected(failing: Project) -> None:
    """Steps, place in the feature, reason, place in the step's code and advice, and no more."""
    run = failing.run()

    assert shown(run) == TEXT
    assert run.ret == pytest.ExitCode.TESTS_FAILED


def test_headline_is_the_title(failing: Project) -> None:
    """The section of a failure has the scenario's title above it."""
    failing.run().stdout.re_match_lines([r"_+ Too few _+$"])


def test_short_summary_names_step_line_and_reason(failing: Project) -> None:
    """One line tells what failed where, for those who read no more."""
    failing.run().stdout.fnmatch_lines([SUMMARY])


def test_workers_show_the_same(failing: Project) -> None:
    """Text and summary line arrive unchanged from a worker."""
    run = failing.run_process("-n", "2")

    assert TEXT in run.stdout.str()
    run.stdout.fnmatch_lines([SUMMARY])
    assert run.ret == pytest.ExitCode.TESTS_FAILED


def test_full_trace_shows_the_python_way(failing: Project) -> None:
    """``--full-trace`` is pytest's traceback, down to the line that failed."""
    text = shown(failing.run("--full-trace"))

    assert "    def the_basket_holds(basket, count):" in text
    assert "shop_steps.py:29: AssertionError" in text


@pytest.mark.parametrize("style", ["short", "long", "native"])
def test_style_of_tracebacks_changes_nothing(failing: Project, style: str) -> None:
    """There is no traceback that ``--tb`` could shape."""
    assert shown(failing.run(f"--tb={style}")) == TEXT


def test_line_style_is_one_line(failing: Project) -> None:
    """``--tb=line`` shows place and reason in the form that editors understand."""
    output = failing.run("--tb=line").stdout.str()

    where = "features/shop.feature:6: Then the basket holds 3 (features/shop.feature:6): "
    assert f"\n{where}the basket holds 1, not 3\n" in output


def test_junit_file_holds_the_same_text(failing: Project) -> None:
    """CI shows the reason as the message and the whole text below it."""
    failing.run("--junitxml", "junit.xml")

    case = ET.parse(failing.root / "junit.xml").find(".//testcase")  # noqa: S314 - our own file
    assert case is not None
    failure = case.find("failure")
    assert failure is not None
    assert f"FAILED features/shop.feature::Too few - {failure.get('message')}" == SUMMARY
    assert failure.text == TEXT.rstrip("\n")


def test_failure_in_a_row_names_the_row(project: Project) -> None:
    """The values of an outline's row stand in the steps and in the summary."""
    project.feature("""
        Feature: F
          Scenario Outline: Counting
            Given a basket
            Then the basket holds <count>
            Examples:
              | count |
              | 0     |
              | 1     |
    """)

    run = project.run()

    assert "  FAILED   Then the basket holds 1  (features/shop.feature:4)\n" in shown(run)
    run.stdout.fnmatch_lines(["FAILED features/shop.feature::Counting[[]1] - *"])


def test_error_that_is_no_assertion_shows_its_kind(project: Project) -> None:
    """An exception is named with its type, and the advice leads to the step's code."""
    assert fails(project, 'raise KeyError("price")').endswith(
        "\nKeyError: 'price'\n"
        "  checked in shop_steps.py:35\n"
        "\n"
        "next: mend the step's code (shop_steps.py:35); --full-trace shows the whole way there\n"
    )


def test_message_with_advice_gets_no_second_one(project: Project) -> None:
    """Where the reason says what to do next, that is all the advice."""
    text = fails(project, 'raise AssertionError("no tea\\n  next: buy some")')

    assert text.count("next: ") == 1
    assert "no tea\n  next: buy some\n" in text


def test_notes_of_an_exception_are_shown(project: Project) -> None:
    """What other plugins add to an exception is not lost."""
    text = fails(project, 'e = ValueError("no"); e.add_note("since noon"); raise e')

    assert "\nValueError: no\nsince noon\n" in text


def test_explicit_failure_shows_its_reason(project: Project) -> None:
    """``pytest.fail`` is an unmet expectation."""
    assert "\nsold out\n" in fails(project, 'import pytest; pytest.fail("sold out")')


def test_exception_without_words_shows_its_kind(project: Project) -> None:
    """An empty message is not an empty line."""
    assert "\nRuntimeError\n" in fails(project, "raise RuntimeError")


def test_converter_that_fails_is_a_failure_of_the_step(project: Project) -> None:
    """A value that a converter refuses is reported at the sentence that has it."""
    project.steps("""
        @given(parsers.parse("a price of {price}"), converters={"price": int})
        def a_price_of(price):
            pass
    """)
    project.feature("Feature: F\n  Scenario: S\n    Given a price of tea\n")

    text = shown(project.run())

    assert "  FAILED   Given a price of tea  (features/shop.feature:3)\n" in text
    assert "ValueError: invalid literal for int() with base 10: 'tea'" in text


def test_fixture_that_a_step_asks_for_fails_at_the_step(project: Project) -> None:
    """A fixture that breaks during a step is told as that step's failure, with its place."""
    project.steps("""
        import pytest


        @pytest.fixture
        def shelf():
            raise OSError("the shelf fell down")


        @given("a shelf")
        def a_shelf(shelf):
            pass
    """)
    project.feature("Feature: F\n  Scenario: S\n    Given a shelf\n")

    text = shown(project.run())

    assert "  FAILED   Given a shelf  (features/shop.feature:3)\n" in text
    assert "OSError: the shelf fell down\n  checked in shop_steps.py:38\n" in text


def test_unknown_fixture_is_named(project: Project) -> None:
    """A step that asks for a fixture nobody has is told so, without a traceback of pytest's."""
    project.steps("""
        @given("a ghost")
        def a_ghost(ghost):
            pass
    """)
    project.feature("Feature: F\n  Scenario: S\n    Given a ghost\n")

    text = shown(project.run())

    assert "\nno earlier step has given 'ghost', and no fixture has that name\n" in text
    assert text.count("next: ") == 1


def test_fixture_that_fails_before_the_steps_is_an_error(project: Project) -> None:
    """What goes wrong in a set-up is pytest's error with its own traceback."""
    project.write(
        "conftest.py",
        """
        import pytest

        pytest_plugins = ["shop_steps"]


        @pytest.fixture(autouse=True)
        def light():
            raise OSError("no power")
        """,
    )
    project.feature(FAILING)

    run = project.run()

    run.assert_outcomes(errors=1)
    run.stdout.fnmatch_lines(["E       OSError: no power", "conftest.py:8: OSError"])


def test_run_goes_on_after_a_failure(failing: Project) -> None:
    """One failing scenario keeps no other from running."""
    failing.feature("Feature: F\n  Scenario: S\n    Given a basket\n", "features/z.feature")

    failing.run().assert_outcomes(failed=1, passed=1)


def test_skipping_step_skips_the_scenario(project: Project) -> None:
    """``pytest.skip`` in a step skips the scenario with its reason; later steps do not run."""
    project.steps("""
        @given("it is closed")
        def it_is_closed():
            import pytest
            pytest.skip("closed on Sundays")
    """)
    project.feature("Feature: F\n  Scenario: S\n    Given it is closed\n    And a basket\n")

    run = project.run()

    run.assert_outcomes(skipped=1)
    run.stdout.fnmatch_lines(["SKIPPED [[]1] *: closed on Sundays"])
    assert project.seen == []


def test_scenario_that_runs_again_starts_afresh(failing: Project) -> None:
    """In a second run in the same folder nothing of the first is left."""
    assert shown(failing.run()) == shown(failing.run())
