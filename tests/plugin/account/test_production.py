"""On an endpoint marked as production only what is tagged as safe there runs."""

import xml.etree.ElementTree as ET

import pytest

from tests.plugin.calling import OPENING, OpeningServer, let_call
from tests.project import Project

MIXED = """
    Feature: A shop

      @safe-in-production
      Scenario: Opening
        When a conversation is opened

      Scenario: Opening again
        When a conversation is opened

      @safe-in-prodution
      Scenario: Misspelt
        When a conversation is opened
"""

REASON = (
    "not run: endpoint 'live' is production and this is not tagged @safe-in-production; "
    "next: tag what is safe there, or run with --allow-production"
)


@pytest.fixture
def live(project: Project, server: OpeningServer) -> tuple[str, ...]:
    """The options that choose an endpoint marked as production."""
    return let_call(project, server.url, "production = true")


def opened(server: OpeningServer) -> int:
    """Return how many conversations were asked for."""
    return len(server.requests("conversation"))


def test_only_what_is_tagged_runs(
    project: Project, live: tuple[str, ...], server: OpeningServer
) -> None:
    """The others are skipped with the reason, and send nothing."""
    project.feature(MIXED)

    run = project.run(*live)

    run.assert_outcomes(passed=1, skipped=2)
    assert opened(server) == 1
    run.stdout.fnmatch_lines(
        [
            "endpoint: live (production; only scenarios tagged @safe-in-production run)",
            "2 not run at live: not tagged @safe-in-production",
            "  next: tag what is safe there, or run with --allow-production",
        ]
    )
    run.stdout.no_fnmatch_line("SKIPPED*")
    assert run.ret == pytest.ExitCode.OK


def test_each_is_named_when_asked_for(project: Project, live: tuple[str, ...]) -> None:
    """With ``-v`` the reason stands there for each feature."""
    project.feature(MIXED)

    run = project.run(*live, "-v")

    run.stdout.fnmatch_lines([f"SKIPPED [[]2] features/shop.feature: {REASON}"])


def test_spec_check_counts_what_is_safe(project: Project, live: tuple[str, ...]) -> None:
    """A check of the spec says how many scenarios run in production, and why the others do not."""
    project.feature(MIXED)

    run = project.run(*live, "--spec-check")

    run.stdout.fnmatch_lines(
        [
            "1 of 3 scenario(s) can run at 'live'",
            "2 not in production: not tagged @safe-in-production; next: *",
        ]
    )
    allowed = project.run(*live, "--spec-check", "--allow-production")
    allowed.stdout.fnmatch_lines(["3 of 3 scenario(s) can run at 'live'"])


def test_misspelt_tag_is_noticed(project: Project, live: tuple[str, ...]) -> None:
    """A tag that looks like the one that is meant is worth a look."""
    project.feature(MIXED)

    project.run(*live).stdout.fnmatch_lines(
        ["*tag @safe-in-prodution stands nowhere else and looks like @safe-in-production"]
    )


def test_report_shows_what_was_not_run(project: Project, live: tuple[str, ...]) -> None:
    """Allure and JUnit have the reason."""
    project.feature(MIXED)

    project.run(*live, "--junitxml", "junit.xml")

    skipped = [each for each in project.results() if each["status"] == "skipped"]
    messages = [each["statusDetails"]["message"] for each in skipped]
    assert messages == [f"{REASON}"] * 2
    suite = ET.parse(project.root / "junit.xml").getroot()  # noqa: S314  # written by our run
    assert [each.get("message") for each in suite.iter("skipped")] == [REASON] * 2


@pytest.mark.parametrize("workers", [(), ("-n", "1")])
def test_all_run_where_that_is_allowed(
    project: Project, live: tuple[str, ...], server: OpeningServer, workers: tuple[str, ...]
) -> None:
    """With --allow-production the tag does not matter, and the header says so."""
    project.feature(MIXED)

    run = project.run(*live, "--allow-production", *workers)

    run.assert_outcomes(passed=3)
    assert opened(server) == 3
    run.stdout.fnmatch_lines(["endpoint: live (production; all scenarios run there, *)"])


def test_workers_are_guarded_too(
    project: Project, live: tuple[str, ...], server: OpeningServer
) -> None:
    """With -n 2 the same scenarios are held back, and counted once."""
    project.feature(MIXED)

    run = project.run(*live, "-n", "2")

    run.assert_outcomes(passed=1, skipped=2)
    assert opened(server) == 1
    run.stdout.fnmatch_lines(["2 not run at live: not tagged @safe-in-production"])


@pytest.mark.parametrize("workers", [(), ("-n", "1")])
def test_a_run_of_nothing_is_not_green(
    project: Project, live: tuple[str, ...], server: OpeningServer, workers: tuple[str, ...]
) -> None:
    """Where everything is held back, the run ends as one in which nothing was selected."""
    project.feature(OPENING)

    run = project.run(*live, *workers)

    assert run.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    assert server.received == []


def test_tag_of_the_feature_counts(
    project: Project, live: tuple[str, ...], server: OpeningServer
) -> None:
    """A tag of the feature is one of its scenarios, rows of outlines too."""
    project.write(
        "features/shop.feature", OPENING.replace("Feature", "@safe-in-production\nFeature", 1)
    )

    project.run(*live).assert_outcomes(passed=4)
    assert opened(server) == 4


def test_ordinary_tests_are_held_back_if_they_use_the_endpoint(
    project: Project, live: tuple[str, ...], server: OpeningServer
) -> None:
    """A test without a tag runs where it has nothing to do with the endpoint, and only there."""
    project.feature(MIXED)
    project.write(
        "features/test_shop.py",
        """
        def test_opening(connector):
            connector.domains()

        def test_sum():
            assert 1 + 1 == 2
        """,
    )

    project.run(*live, "-k", "test_shop.py").assert_outcomes(passed=1, skipped=1)
    assert server.received == []


def test_other_endpoints_are_not_guarded(project: Project, server: OpeningServer) -> None:
    """Without the mark in the settings everything runs."""
    options = let_call(project, server.url)
    project.feature(MIXED)

    run = project.run(*options)

    run.assert_outcomes(passed=3)
    assert "production;" not in run.stdout.str()
