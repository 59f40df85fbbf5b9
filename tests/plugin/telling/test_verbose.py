"""With ``-v`` the terminal shows the run as the spec reads."""

import pytest

from tests.project import Project

SHOP = """
    Feature: A basket

      Scenario: Too few
        Given a basket
        When "tea" is added
        Then the basket holds 3
        And the basket holds 1

      Rule: What is added stays

        Scenario: Several
          Given a basket
          When these are added:
            | tea    |
            | coffee |
          Then the basket holds 2
"""

STORY = """
Feature: A basket  (features/shop.feature)
  Scenario: Too few  [ 50%]
    passed   Given a basket
    passed   When "tea" is added
    FAILED   Then the basket holds 3
    not run  And the basket holds 1
    [product] the basket holds 1, not 3 (Then the basket holds 3, features/shop.feature:6)
  Rule: What is added stays
    Scenario: Several  [100%]
      passed   Given a basket
      passed   When these are added:
                 | tea    |
                 | coffee |
      passed   Then the basket holds 2
"""


@pytest.fixture
def shop(project: Project) -> Project:
    """A project with a feature of two scenarios, of which one fails."""
    project.feature(SHOP)
    return project


def test_run_reads_as_the_spec(shop: Project) -> None:
    """Feature, rule, scenario and steps, each with its mark, and the reason below what failed."""
    run = shop.run("-v")

    assert STORY in run.stdout.str()
    run.assert_outcomes(passed=1, failed=1)


def test_pytest_keeps_its_lines_to_itself(shop: Project) -> None:
    """No scenario is announced by its id as well."""
    head, _, _ = shop.run("-v").stdout.str().partition("= FAILURES =")

    assert "::" not in head
    assert "PASSED" not in head


def test_workers_tell_the_same(shop: Project) -> None:
    """Steps arrive with the report of a worker, one worker after the other."""
    run = shop.run("-v", "-n", "1")

    assert STORY in run.stdout.str()
    assert "[gw0]" not in run.stdout.str().partition("= FAILURES =")[0]


def test_plain_run_has_no_story(shop: Project) -> None:
    """Without ``-v`` a scenario is a dot or a letter."""
    run = shop.run()

    assert "Feature: A basket" not in run.stdout.str()
    run.stdout.fnmatch_lines(["features/shop.feature F. *"])


def test_setup_that_fails_is_told(project: Project) -> None:
    """A scenario whose steps did not begin says why."""
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
    project.feature(SHOP)

    project.run("-v").stdout.fnmatch_lines(
        ["    not run  Given a basket", "    [[]spec] OSError: no power (set-up, *"]
    )


def test_skipped_scenario_says_why(project: Project) -> None:
    """What skipped a scenario stands below its steps."""
    project.steps("""
        @given("it is closed")
        def it_is_closed():
            import pytest
            pytest.skip("closed on Sundays")
    """)
    project.feature(
        "Feature: F\n  Scenario: S\n    Given it is closed\n    And a basket\n"
        "    Then the basket holds 1\n"
    )

    project.run("-v").stdout.fnmatch_lines(
        ["    skipped  Given it is closed", "    not run  And a basket", "    *closed on Sundays"]
    )


def test_ordinary_tests_keep_their_lines(shop: Project) -> None:
    """A test of Python code beside the features is shown as pytest shows it."""
    shop.write("features/test_shop.py", "def test_tea():\n    pass\n")

    shop.run("-v").stdout.fnmatch_lines(["features/test_shop.py::test_tea PASSED *"])


def test_colours_can_be_had(shop: Project) -> None:
    """Marks are coloured where the terminal takes colours."""
    output = shop.run("-v", "--color=yes").stdout.str()

    assert "\x1b[32m      passed \x1b[0m" in output
    assert "\x1b[31m    FAILED \x1b[0m" in output


def test_no_color_is_honoured(shop: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """With ``NO_COLOR`` there is none, though the terminal might take it."""
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("FORCE_COLOR", "1")

    assert "\x1b" not in shop.run("-v").stdout.str()


def test_ci_gets_whole_lines(shop: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """With ``CI`` the short summary is not cut to the width of a terminal that is none."""
    monkeypatch.setenv("CI", "1")
    monkeypatch.setenv("COLUMNS", "60")

    shop.run("-v").stdout.fnmatch_lines(["FAILED * (Then the basket holds 3, *shop.feature:6)"])


def test_secrets_in_sentences_are_masked(project: Project) -> None:
    """A sentence is shown as the report shows it."""
    project.feature(
        'Feature: F\n  Scenario: S\n    Given a basket\n    When "token=abcdefgh" is added\n'
        "    Then the basket holds 1\n"
    )

    output = project.run("-v").stdout.str()

    assert 'When "token=***" is added' in output
    assert "abcdefgh" not in output
