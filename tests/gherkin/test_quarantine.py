"""A scenario in quarantine runs and is reported, and fails the run only once its day is past."""

import xml.etree.ElementTree as ET
from datetime import date, timedelta

import pytest

from connector_harness.gherkin.quarantine import Quarantine, quarantine_of, utc_today
from tests.project import Project, findings

# Two days away: midnight may come while a test runs.
LATER = utc_today() + timedelta(days=2)
EARLIER = utc_today() - timedelta(days=2)

NEW_YEARS_EVE = date(2026, 12, 31)


def shop(*tags: str, count: int = 3) -> str:
    """Return a feature whose one scenario is tagged; it passes where the basket holds 1."""
    return f"""
        Feature: A basket

          {" ".join(tags)}
          Scenario: Too few
            Given a basket
            When "tea" is added
            Then the basket holds {count}
    """


def until(day: date) -> tuple[str, str]:
    """Return the tags of a quarantine until *day*."""
    return f"@quarantine:{day}", "@issue:ABC-1"


@pytest.mark.parametrize(
    ("today", "is_over"),
    [(date(2026, 12, 30), False), (NEW_YEARS_EVE, False), (date(2027, 1, 1), True)],
)
def test_last_day_belongs_to_the_quarantine(today: date, *, is_over: bool) -> None:
    """A failure does not count up to the day that the tag names, and counts from the next on."""
    assert Quarantine("quarantine:2026-12-31", NEW_YEARS_EVE, ("ABC-1",)).is_over(today) is is_over


def test_tags_tell_day_and_issues() -> None:
    """Other tags may stand between, and several issues may be named."""
    quarantine = quarantine_of(["issue:ABC-1", "smoke", "quarantine:2026-12-31", "issue:ABC-2"])

    assert quarantine == Quarantine("quarantine:2026-12-31", NEW_YEARS_EVE, ("ABC-1", "ABC-2"))
    assert quarantine_of(["smoke", "issue:ABC-1"]) is None


@pytest.mark.parametrize("tag", ["issue=ABC-1", "ISSUE:ABC-1", "allure.issue:ABC-1"])
def test_other_dialects_tell_the_same(tag: str) -> None:
    """An issue is an issue in all dialects of Allure, and a day may stand behind either sign."""
    quarantine = quarantine_of(["quarantine=2026-12-31", tag])

    assert quarantine == Quarantine("quarantine=2026-12-31", NEW_YEARS_EVE, ("ABC-1",))


def test_failure_does_not_fail_the_run(project: Project) -> None:
    """Before its last day is past, a failure is counted apart, and the run is green."""
    project.feature(shop(*until(LATER)))

    run = project.run()

    assert run.ret == pytest.ExitCode.OK
    run.stdout.fnmatch_lines(["features?shop.feature q*", "*= 1 quarantined in *"])


def test_terminal_says_why_it_failed(project: Project) -> None:
    """Scenario, day, issue and reason stand at the end of the run."""
    project.feature(shop(*until(LATER)))

    run = project.run()

    run.stdout.fnmatch_lines(
        [
            "*= quarantine =*",
            (
                "failed, which does not count: features/shop.feature::Too few, "
                f"in quarantine until {LATER} (ABC-1)"
            ),
            "  *the basket holds 1, not 3*",
        ]
    )


def test_verbose_output_names_the_quarantine(project: Project) -> None:
    """With -v the scenario's steps are followed by its quarantine, and why it failed."""
    project.feature(shop(*until(LATER)))

    run = project.run("-v")

    words = f"in quarantine until {LATER} (ABC-1): *the basket holds 1, not 3*"
    run.stdout.fnmatch_lines(["    FAILED   Then the basket holds 3", f"    {words}"])


def test_failure_fails_the_run_afterwards(project: Project) -> None:
    """Once the last day is past, the failure counts, and the end of the run says so."""
    project.feature(shop(*until(EARLIER)))

    run = project.run()

    assert run.ret == pytest.ExitCode.TESTS_FAILED
    run.assert_outcomes(failed=1)
    run.stdout.fnmatch_lines(
        [
            (
                "failed, which counts: features/shop.feature::Too few, "
                f"out of quarantine since {EARLIER + timedelta(days=1)} (ABC-1)"
            ),
            "  next: mend it; or agree on another day and write that (features/shop.feature:3)",
        ]
    )


@pytest.mark.parametrize("day", [EARLIER, LATER])
def test_success_is_ready_to_leave(project: Project, day: date) -> None:
    """A scenario that passed counts as passed and is named, with the tag to take out."""
    project.feature(shop(*until(day), count=1))

    run = project.run()

    run.assert_outcomes(passed=1)
    run.stdout.fnmatch_lines(
        [
            "passed, ready to leave: features/shop.feature::Too few, *(ABC-1)",
            f"  next: take @quarantine:{day} out (features/shop.feature:3)",
        ]
    )


def test_a_run_without_quarantine_says_nothing_of_it(project: Project) -> None:
    """There is no section for nothing."""
    project.feature(shop("@smoke", count=1))

    assert "= quarantine =" not in project.run().stdout.str()


@pytest.mark.parametrize("when", ["before", "after"])
def test_failure_outside_of_the_steps_does_not_count_either(project: Project, when: str) -> None:
    """What fails in set-up or tear-down belongs to the scenario, which is not ready to leave."""
    raising = "raise OSError('no till')"
    body = f"{raising}; yield" if when == "before" else f"yield; {raising}"
    project.write(
        "conftest.py",
        f"""
        import pytest

        pytest_plugins = ["shop_steps"]


        @pytest.fixture(autouse=True)
        def till():
            {body}
        """,
    )
    project.feature(shop(*until(LATER), count=1))

    run = project.run()

    assert run.ret == pytest.ExitCode.OK
    assert "ready to leave" not in run.stdout.str()
    run.stdout.fnmatch_lines(["failed, which does not count: *", "  *no till*"])


def test_skipped_scenario_is_neither_failed_nor_ready(project: Project) -> None:
    """What did not run says nothing about its quarantine."""
    project.write(
        "conftest.py",
        """
        import pytest

        pytest_plugins = ["shop_steps"]


        @pytest.fixture(autouse=True)
        def till():
            pytest.skip("the till is closed")
        """,
    )
    project.feature(shop(*until(LATER), count=1))

    run = project.run()

    run.assert_outcomes(skipped=1)
    assert "ready to leave" not in run.stdout.str()


def test_allure_has_it_as_failed_and_muted(project: Project) -> None:
    """The report shows the failure itself, marked so that it does not count."""
    project.feature(shop(*until(LATER)))

    project.run("--allure-link-pattern", "issue:https://issues.example.test/{}")

    result = project.result()
    assert (result["status"], result["steps"][2]["status"]) == ("failed", "failed")
    details = result["statusDetails"]
    assert (details["muted"], details["known"]) == (True, True)
    assert details["message"].endswith(
        f"in quarantine until {LATER} (ABC-1): failed, which does not count"
    )
    labels = [(label["name"], label["value"]) for label in result["labels"]]
    assert ("tag", f"quarantine:{LATER}") in labels
    assert ("quarantine", "failed, which does not count") in labels
    assert ("issue", "ABC-1") in labels
    url = "https://issues.example.test/ABC-1"
    assert result["links"] == [{"type": "issue", "url": url, "name": "ABC-1"}]


@pytest.mark.parametrize(
    ("day", "count", "outcome"),
    [(EARLIER, 3, "failed, which counts"), (LATER, 1, "passed, ready to leave")],
)
def test_allure_mutes_nothing_else(project: Project, day: date, count: int, outcome: str) -> None:
    """A failure that counts, and a success, say what became of the quarantine."""
    project.feature(shop(*until(day), count=count))

    project.run()

    details = project.result()["statusDetails"]
    assert "muted" not in details
    assert details["message"].endswith(outcome)


def test_junit_has_it_as_skipped_with_the_reason(project: Project) -> None:
    """The file counts no failure; reason and quarantine stand with the scenario."""
    project.feature(shop(*until(LATER)))

    project.run("--junitxml", "junit.xml")

    suite = ET.parse(project.root / "junit.xml").getroot()  # noqa: S314  # written by our run
    [case] = suite.iter("testcase")
    skipped, told = case.find("skipped"), case.find("properties/property[@name='quarantine']")
    assert (case.find("failure"), case.find("error")) == (None, None)
    assert skipped is not None
    assert skipped.attrib["message"].startswith(f"in quarantine until {LATER} (ABC-1): ")
    assert "the basket holds 1, not 3" in skipped.attrib["message"]
    assert told is not None
    assert told.attrib["value"] == "failed, which does not count"


BOTH = f"""
    Feature: A basket

      @quarantine:{LATER} @issue:ABC-1
      Scenario: Too few
        Given a basket
        Then the basket holds 3

      @quarantine:{LATER} @issue:ABC-2
      Scenario: Just right
        Given a basket
        Then the basket holds 0
"""


def test_workers_tell_of_their_quarantines(project: Project) -> None:
    """From a worker the end of the run says the same of both scenarios, and is as green."""
    project.feature(BOTH)

    run = project.run("-n", "1")

    assert run.ret == pytest.ExitCode.OK
    run.stdout.fnmatch_lines(["*= 1 passed, 1 quarantined in *"])
    lines = set(run.outlines)
    words = f"in quarantine until {LATER}"
    told = "features/shop.feature"
    assert f"failed, which does not count: {told}::Too few, {words} (ABC-1)" in lines
    assert f"passed, ready to leave: {told}::Just right, {words} (ABC-2)" in lines


def test_last_failed_leaves_quarantine_out(project: Project) -> None:
    """--lf runs what failed the run; a failure that does not count is not among it."""
    project.feature(
        BOTH
        + """
      Scenario: Too many
        Given a basket
        Then the basket holds 3
    """
    )
    project.run("-p", "cacheprovider")

    run = project.run("-p", "cacheprovider", "--lf", "--co", "-q")

    assert [line for line in run.outlines if "::" in line] == ["features/shop.feature::Too many"]


def test_first_failure_that_stops_is_one_that_counts(project: Project) -> None:
    """-x does not stop at a failure in quarantine."""
    project.feature(BOTH)

    run = project.run("-x")

    assert run.ret == pytest.ExitCode.OK
    run.stdout.fnmatch_lines(["*= 1 passed, 1 quarantined in *"])


@pytest.mark.parametrize(
    ("one", "chosen", "leaving"),
    [("0", "shop.feature", 2), ("1", "shop.feature", 0), ("0", "shop.feature:10", 0)],
)
@pytest.mark.parametrize("options", [(), ("-n", "1")])
def test_tag_is_ready_to_leave_when_all_that_it_covers_has_passed(
    project: Project, one: str, chosen: str, leaving: int, options: tuple[str, ...]
) -> None:
    """Who took it out before would turn the run red; what did not run may fail as well."""
    project.feature(
        f"""
        Feature: A basket

          @quarantine:{LATER} @issue:ABC-1
          Scenario Outline: Some things
            Given a basket
            Then the basket holds <count>

            Examples:
              | count |
              | 0     |
              | {one} |

          Scenario: Nothing
            Given a basket
            Then the basket holds 0
        """
    )

    run = project.run(*options, f"features/{chosen}")

    assert run.ret == pytest.ExitCode.OK
    assert run.stdout.str().count("ready to leave") == leaving
    labels = [
        e["value"] for r in project.results() for e in r["labels"] if e["name"] == "quarantine"
    ]
    assert "passed, ready to leave" not in labels


def test_tags_of_the_feature_count(project: Project) -> None:
    """A whole feature can be in quarantine, a single one of its rows named."""
    project.feature(
        f"""
        @quarantine:{LATER} @issue:ABC-1
        Feature: A basket

          Scenario Outline: <count> things
            Given a basket
            Then the basket holds <count>

            Examples:
              | count |
              | 0     |
              | 1     |
        """
    )

    run = project.run()

    assert run.ret == pytest.ExitCode.OK
    run.stdout.fnmatch_lines(
        [
            "passed: features/shop.feature::0 things, *",
            f"  @quarantine:{LATER} stays: it covers what has not passed, too (*shop.feature:1)",
        ],
    )


WRONG = """
    @issue:later
    Feature: A basket

      @quarantine @issue:ABC-1
      Scenario: No date
        Given a basket

      @quarantine:2026-13-01 @issue:ABC-1
      Scenario: No such month
        Given a basket

      @quarantine:20261231
      Scenario: Another spelling, and a feature's issue that is none
        Given a basket

      @Quarantine:2026-12-31
      Scenario: A capital
        Given a basket

      @quarantine:2026-12-30 @quarantine:2026-12-31
      Scenario: Twice
        Given a basket
"""

MISTAKES = [
    (
        "features/shop.feature:1: 'later' in @issue:later is no issue\n"
        "next: name the issue that is to end it, as @issue:ABC-1"
    ),
    (
        "features/shop.feature:4: @quarantine has no date\n"
        "next: write the last day of it, as @quarantine:2026-12-31"
    ),
    (
        "features/shop.feature:8: '2026-13-01' in @quarantine:2026-13-01 is no date\n"
        "next: write the last day of it, as @quarantine:2026-12-31"
    ),
    (
        "features/shop.feature:12: '20261231' in @quarantine:20261231 is no date\n"
        "next: write the last day of it, as @quarantine:2026-12-31"
    ),
    (
        "features/shop.feature:16: @Quarantine:2026-12-31 puts nothing into quarantine\n"
        "next: write @quarantine:2026-12-31"
    ),
    (
        'features/shop.feature:20: scenario "Twice" is in quarantine twice: '
        "@quarantine:2026-12-30 and @quarantine:2026-12-31\n"
        "next: keep one; tags of the feature and the rule count as well"
    ),
]


def test_mistakes_are_findings_all_at_once(project: Project) -> None:
    """What is wrong with days and issues stops the run before anything is sent."""
    project.feature(WRONG)

    run = project.run()

    assert findings(run) == MISTAKES
    assert (run.ret, project.seen) == (pytest.ExitCode.INTERRUPTED, [])


MISSING = """
    Feature: A basket

      @quarantine:2026-12-31
      Scenario: Alone
        Given a basket

      Rule: Several

        @quarantine:2026-12-31 @issue
        Scenario Outline: No key
          Given a basket
          Then the basket holds <count>

          Examples:
            | count |
            | 0     |
            | 1     |

        Scenario Outline: A table
          Given a basket
          Then the basket holds <count>

          @quarantine:2026-12-31
          Examples:
            | count |
            | 0     |
"""


def test_missing_issue_is_a_finding_at_its_quarantine(project: Project) -> None:
    """Each is named once, where its own tag stands, whatever it is a tag of."""
    project.feature(MISSING)
    advice = "next: name the issue that is to end it, as @issue:ABC-1"

    assert findings(project.run()) == [
        f"features/shop.feature:3: @quarantine:2026-12-31 has no issue\n{advice}",
        f"features/shop.feature:9: @issue names no issue\n{advice}",
        f"features/shop.feature:23: @quarantine:2026-12-31 has no issue\n{advice}",
    ]


def test_different_days_are_no_slip_of_the_pen(project: Project) -> None:
    """Tags that differ in a digit are not taken for misspelt ones."""
    project.feature(BOTH.replace("ABC-2", "ABC-1").replace(f"{LATER}", f"{EARLIER}", 1))

    assert "stands nowhere else" not in project.run().stdout.str()
