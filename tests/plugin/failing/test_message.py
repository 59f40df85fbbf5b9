"""A failure is told in the words of the feature."""

import fnmatch
import re
import xml.etree.ElementTree as ET

import pytest

from connector_harness.results.reader import read_results
from tests.project import FAILING, PASSING, Project

TEXT = """\
Scenario: Too few
  passed   Given a basket
  passed   When "tea" is added
  FAILED   Then the basket holds 3  (features/shop.feature:6)
  not run  And the basket holds 1

[product] the basket holds 1, not 3
  expected: 3
  came:     1
  code: shop_steps.py:29

next: compare what came with the sentence that failed: one of them is wrong
"""

SET_UP = """\
Scenario: Too few
  FAILED   set-up, before the steps  (features/shop.feature:3)
  not run  Given a basket
  not run  When "tea" is added
  not run  Then the basket holds 3
  not run  And the basket holds 1

[spec] OSError: no power
  code: conftest.py:8

next: mend the code (conftest.py:8); --full-trace shows the whole way there
"""

TEAR_DOWN = """\
Scenario: One thing
  passed   Given a basket
  passed   When "tea" is added
  passed   Then the basket holds 1
  FAILED   tear-down, after the steps  (features/shop.feature:3)

[spec] OSError: stuck
  code: conftest.py:10

next: mend the code (conftest.py:10); --full-trace shows the whole way there
"""

SUMMARY = (
    "FAILED features/shop.feature::Too few - "
    "[product] the basket holds 1, not 3 (Then the basket holds 3, features/shop.feature:6)"
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
    run = failing.run("-n", "1")

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

    assert "\nfeatures/shop.feature:6: [product] the basket holds 1, not 3 (Then the " in output


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
        "\n[spec] KeyError: 'price'\n"
        "  code: shop_steps.py:44\n"
        "\n"
        "next: mend the code (shop_steps.py:44); --full-trace shows the whole way there\n"
    )


def test_message_with_advice_gets_no_second_one(project: Project) -> None:
    """Where the reason says what to do next, that is all the advice."""
    text = fails(project, 'raise AssertionError("no tea\\n  next: buy some")')

    assert text.count("next: ") == 1
    assert text.endswith("\n\nnext: buy some\n")


def test_notes_of_an_exception_are_shown(project: Project) -> None:
    """What other plugins add to an exception is not lost."""
    text = fails(project, 'e = ValueError("no"); e.add_note("since noon"); raise e')

    assert "\n[spec] ValueError: no\n  since noon\n" in text


def test_explicit_failure_shows_its_reason(project: Project) -> None:
    """``pytest.fail`` is an unmet expectation."""
    assert "\n[product] sold out\n" in fails(project, 'import pytest; pytest.fail("sold out")')


def test_exception_without_words_shows_its_kind(project: Project) -> None:
    """An empty message is not an empty line."""
    assert "\n[spec] RuntimeError\n" in fails(project, "raise RuntimeError")


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
    assert "OSError: the shelf fell down\n  code: shop_steps.py:47\n" in text


WRONG_FIXTURES = {
    "unknown to a fixture": (
        "def a_shelf(lamp): pass",
        "no earlier step has given 'wick', and no fixture has that name\n  code: shop_steps.py:46",
        "write the step that gives it (target_fixture), or a fixture wick",
    ),
    "unknown, by name": (
        "def a_shelf(request): request.getfixturevalue('wick')",
        "no earlier step has given 'wick', and no fixture has that name\n  code: shop_steps.py:64",
        "write the step that gives it (target_fixture), or a fixture wick",
    ),
    "in a circle": (
        "def a_shelf(hen): pass",
        "fixture 'hen' asks for itself, by way of others\n  code: shop_steps.py:50",
        "let one ask for less",
    ),
    "of too small a scope": (
        "def a_shelf(shop): pass",
        (
            "ScopeMismatch: You tried to access the function scoped fixture till with a session *"
            "shop_steps.py:58:*shop_steps.py:42:*\n  code: shop_steps.py:62"
        ),
        "let the fixture that asks have no wider scope",
    ),
    "called": (
        "def a_shelf(): till()",
        'Fixture "till" called directly. *\n  code: shop_steps.py:64',
        "mend the code (shop_steps.py:64)",
    ),
}
"""What a step may ask for in vain, what is told of it, and what to do."""


@pytest.mark.parametrize(("step", "told", "advice"), WRONG_FIXTURES.values(), ids=WRONG_FIXTURES)
def test_fixture_that_cannot_be_had_is_a_fault_of_the_spec(
    project: Project, step: str, told: str, advice: str
) -> None:
    """Whatever pytest says of a fixture is no fault of the product, and tells who asks for it."""
    project.steps("""
        @pytest.fixture
        def till(): pass


        @pytest.fixture
        def lamp(wick): pass


        @pytest.fixture
        def egg(hen): pass


        @pytest.fixture
        def hen(egg): pass


        @pytest.fixture(scope="session")
        def shop(till): pass


        @given("a shelf")
    """)
    file = project.root / "shop_steps.py"
    signature, body = step.split(": ", 1)
    file.write_text(
        f"{file.read_text(encoding='utf-8').rstrip()}\n{signature}:\n    {body}\n", "utf-8"
    )
    project.feature("Feature: F\n  Scenario: S\n    Given a shelf\n")

    text = shown(project.run())

    assert fnmatch.fnmatchcase(text, f"*  FAILED   Given a shelf*[[]spec] {told}\n*next: {advice}*")
    assert "Traceback" not in text


@pytest.mark.parametrize(
    ("frames", "told"),
    [
        ("0", "unclosed file*next: close it *; `python -X tracemalloc -m pytest` tells which*"),
        ("1", 'unclosed file*shop_steps.py", line *next: close it *opens it*'),
    ],
)
def test_what_is_left_open_is_told_with_what_opens_it(
    project: Project, monkeypatch: pytest.MonkeyPatch, frames: str, told: str
) -> None:
    """Python notices when nobody has it any more, and tells where it was opened if asked to."""
    project.steps("""
        @given("a drawer left open")
        def a_drawer():
            open(__file__).read()
    """)
    project.feature("Feature: F\n  Scenario: S\n    Given a drawer left open\n")

    monkeypatch.setenv("PYTHONTRACEMALLOC", frames)

    said = project.run_process("-Werror").stdout.str()

    assert fnmatch.fnmatchcase(said, f"*[[]spec] {told}*")


@pytest.mark.parametrize("scope", ["class", "module", "package", "session"])
def test_fixture_may_look_at_what_it_is_made_for(project: Project, scope: str) -> None:
    """Module and class of a request are there as under pytest, and steps may ask by name."""
    project.steps(f"""
        @pytest.fixture(scope="{scope}")
        def shelf(request):
            assert request.scope == "{scope}"
            return []


        @given("a shelf")
        def a_shelf(request):
            assert request.getfixturevalue("shelf") == []
            assert request.module.__file__.endswith("shop.feature")
            assert request.cls is None
    """)
    project.feature("Feature: F\n  Scenario: S\n    Given a shelf\n")

    project.run().assert_outcomes(passed=1)


BROKEN = """
    import pytest

    pytest_plugins = ["shop_steps"]


    @pytest.fixture(autouse=True)
    def light():
        {}
        yield
        {}
"""


def test_set_up_that_fails_is_told_like_a_step(project: Project) -> None:
    """What goes wrong before the first step has the same shape, without a traceback."""
    project.write("conftest.py", BROKEN.format('raise OSError("no power")', "pass"))
    project.feature(FAILING)

    run = project.run()

    run.assert_outcomes(errors=1)
    assert shown(run) == SET_UP


def test_tear_down_that_fails_is_told_like_a_step(project: Project) -> None:
    """What goes wrong after the last step stands below the steps, all of which have passed."""
    project.write("conftest.py", BROKEN.format("pass", 'raise OSError("stuck")'))
    project.feature(PASSING)

    run = project.run()

    run.assert_outcomes(passed=1, errors=1)
    assert shown(run) == TEAR_DOWN


def test_full_trace_shows_the_python_way_of_a_set_up(project: Project) -> None:
    """``--full-trace`` is pytest's traceback there, too."""
    project.write("conftest.py", BROKEN.format('raise OSError("no power")', "pass"))
    project.feature(FAILING)

    project.run("--full-trace").stdout.fnmatch_lines(["E *OSError: no power", "conftest.py:8: *"])


def test_several_errors_of_a_tear_down_are_all_named(project: Project) -> None:
    """Where two fixtures fail, none is lost."""
    project.steps("""
        import pytest


        @pytest.fixture
        def lamp():
            yield
            raise OSError("lamp stuck")


        @pytest.fixture
        def door(lamp):
            yield
            raise ValueError("door open")


        @given("a door")
        def a_door(door):
            pass
    """)
    project.feature("Feature: F\n  Scenario: S\n    Given a door\n")

    text = shown(project.run())

    assert "[spec] OSError: lamp stuck\n" in text
    assert "  and also: ValueError: door open\n" in text


def test_step_that_is_called_wrongly_shows_no_frames(project: Project) -> None:
    """A TypeError of a step's own code is one line and its place."""
    text = fails(project, "len(1, 2)")

    assert "[spec] TypeError: len() takes exactly one argument (2 given)\n  code: " in text
    assert "scenario.py" not in text


def test_assertion_without_a_message_says_what_was_compared(project: Project) -> None:
    """Both values make the message, and pytest's own words for them are left out."""
    text = fails(project, "assert len([1]) == 3")

    assert "[product] expected 3; 1 came\n  expected: 3\n  came:     1\n  code: " in text


def test_assertion_without_a_comparison_shows_its_code(project: Project) -> None:
    """Where nothing was compared, the line of code says what does not hold."""
    text = fails(project, "assert isinstance([], dict)")

    assert "[product] does not hold: isinstance([], dict)\n  where False = isinstance(" in text


def test_documents_are_told_apart_by_path(project: Project) -> None:
    """Each difference between two documents is a line with its path."""
    text = fails(project, 'assert {"a": [1, 2], "b": 1} == {"a": [1, 3], "c": 1}, "no"')

    assert "  at $.a[1]: expected 3, came 2\n" in text
    assert "  at $.c: is missing; expected 1\n  at $.b: was not expected: 1\n" in text


def test_secret_in_a_comparison_is_masked(project: Project) -> None:
    """What is compared goes through the redaction, also where only its name tells the secret."""
    text = fails(project, 'assert {"token": "s3cr3t-of-mine"} == {"token": "x"}, "no"')

    assert "at $.token: expected ***, came ***\n" in text.replace("'***'", "***")
    assert "s3cr3t" not in text


TWO = """
    Feature: F
      Scenario: First
        Given it goes wrong
      Scenario: Second
        Given it goes wrong
"""

AGAIN = """\
Scenario: Second
  FAILED   Given it goes wrong  (features/shop.feature:5)

[spec] OSError: no power
  the same as above, in features/shop.feature::First
"""


def test_what_recurs_is_told_once(project: Project) -> None:
    """The second scenario that fails for the same reason says so, in short."""
    project.steps("""
        @given("it goes wrong")
        def it_goes_wrong():
            raise OSError("no power")
    """)
    project.feature(TWO)

    output = project.run().stdout.str()

    assert AGAIN in output
    assert output.count("next: mend the code") == 1


def test_what_recurs_is_whole_in_the_junit_file(project: Project) -> None:
    """CI shows one test case at a time, so none of them refers to another."""
    project.steps("""
        @given("it goes wrong")
        def it_goes_wrong():
            raise OSError("no power")
    """)
    project.feature(TWO)

    project.run("--junitxml", "junit.xml")

    cases = ET.parse(project.root / "junit.xml").findall(".//error")  # noqa: S314 - our own file
    assert [(case.text or "").count("next: mend the code") for case in cases] == [1, 1]


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


@pytest.mark.parametrize(
    ("failing", "headline", "kind"),
    [
        ("came = 1; assert came == 2", "expected 2; 1 came", "product"),
        ("assert not [1], 'one is left'", "one is left", "product"),
        ("raise LookupError('no jar')", "LookupError: no jar", "spec"),
        ("raise TimeoutError('too late')", "TimeoutError: too late", "timeout"),
    ],
)
@pytest.mark.parametrize("threads", [1, 2])
def test_failure_in_a_thread_is_told_in_its_own_words(
    project: Project, failing: str, headline: str, kind: str, threads: int
) -> None:
    """It has the line of what failed, and advice on threads; pytest's words are about memory."""
    project.steps(
        f"""
        import threading


        @when("threads fail")
        def threads_fail():
            def run():
                {failing}
            for thread in [threading.Thread(target=run) for _ in range({threads})]:
                thread.start()
                thread.join()
        """
    )
    project.feature(PASSING.replace('"tea" is added', "threads fail").replace("holds 1", "holds 0"))

    run = project.run()

    line = 1 + (project.root / "shop_steps.py").read_text().partition(failing)[0].count("\n")
    run.assert_outcomes(failed=1)
    out = run.stdout.str()
    assert "tracemalloc" not in out
    assert f"\n[{kind}] {headline}\n" in out
    assert "\n  it failed in a thread that the step started" in out
    assert f"\n  code: shop_steps.py:{line}\n" in out
    assert "\nnext: join the thread in the step, and let its error out" in out
    assert out.count("  and also: ") == threads - 1


@pytest.mark.parametrize(
    ("judged", "count"),
    [
        ("assert {str(n): n for n in range(25)} == {}", 25),
        ("assert [1, 2] == [1, 3]", 1),
        ("assert 1 == 2", 0),
        ("raise found('differs', [None] * 3)", 3),
    ],
)
def test_differences_are_counted_however_many_are_shown(
    project: Project, judged: str, count: int
) -> None:
    """What compares two values and what a schema finds say in how many places they differ."""
    project.steps(
        f"""
        from connector_harness.contract.contract import ContractError


        def found(text, differences):
            error = ContractError(text)
            error.differences = differences
            return error


        @then("it is judged")
        def it_is_judged():
            {judged}
        """
    )
    project.feature("Feature: F\n  Scenario: S\n    Then it is judged\n")

    project.run().assert_outcomes(failed=1)

    [scenario] = read_results(project.results_folder).scenarios
    assert scenario.result is not None
    assert scenario.result.failure is not None
    assert scenario.result.failure.count == count
