"""`--preview` runs scenarios on the sandbox, and writes what they send."""

import json

import pytest

from tests.plugin.calling import SCHEMAS, STEPS
from tests.project import Project

SHOP = """
    Feature: A shop

      Scenario: Opening
        When a conversation is opened

      Scenario: Closing
        When a conversation is opened
        And it is closed
"""

WRONG = """
    @when("a wrong batch is sent")
    def a_wrong_batch_is_sent(connector, consumer):
        connector.create_conversation([{"kind": "req"}], consumer=consumer)
"""


@pytest.fixture
def options(project: Project) -> tuple[str, ...]:
    """The options that preview a project with steps that call."""
    project.steps(STEPS)
    return "--preview", "--endpoint", "sandbox", "-o", f"connector_schemas={SCHEMAS}"


def page(project: Project, name: str = "shop") -> str:
    """Return the page of a feature."""
    return (project.root / f"reports/preview/features/{name}.md").read_text(encoding="utf-8")


def test_page_shows_what_would_be_sent(project: Project, options: tuple[str, ...]) -> None:
    """Below each sentence stands its request, with names instead of what differs."""
    project.feature(SHOP)

    run = project.run(*options)

    assert run.ret == pytest.ExitCode.OK
    run.stdout.fnmatch_lines(["2 scenario(s) of 1 feature(s), on the sandbox"])
    closing = page(project).partition("## Closing")[2]
    assert '"conversationId": "<conversation id>"' in closing
    assert "POST /api/account/<account>/messaging/consumer/conversation/send?v=3" in closing


def test_results_of_the_last_run_stay(project: Project, options: tuple[str, ...]) -> None:
    """Neither the results nor the JUnit file are touched, nor is one made."""
    project.feature(SHOP)
    last = project.write("reports/allure-results/last-result.json", "{}")
    before = last.stat()

    project.run(*options, "--clean-alluredir", "--junitxml=junit.xml", "--alluredir=mine")

    assert (last.stat().st_mtime_ns, len(list(last.parent.iterdir()))) == (before.st_mtime_ns, 1)
    assert not (project.root / "junit.xml").exists()
    assert not (project.root / "mine").exists()


def test_what_failed_last_is_not_forgotten(project: Project, options: tuple[str, ...]) -> None:
    """A preview is no run: `--lf` chooses what it would have chosen."""
    project.feature(SHOP)
    project.write(".pytest_cache/v/cache/lastfailed", '{"features/shop.feature::Opening": true}')

    project.run(*options)

    kept = (project.root / ".pytest_cache/v/cache/lastfailed").read_text(encoding="utf-8")
    assert json.loads(kept) == {"features/shop.feature::Opening": True}


def test_selection_is_previewed(project: Project, options: tuple[str, ...]) -> None:
    """`-k` chooses as ever, and the page says that it is not all."""
    project.feature(SHOP)

    project.run(*options, "-k", "Closing")

    assert "Only 1 of 2 scenarios" in page(project)
    assert "## Opening" not in page(project)


def test_several_processes_are_one(project: Project, options: tuple[str, ...]) -> None:
    """`-n` changes nothing: one process does it."""
    project.feature(SHOP)

    run = project.run(*options, "-n", "2")

    assert run.ret == pytest.ExitCode.OK
    run.stdout.no_fnmatch_line("*workers*")
    assert "Only" not in page(project)


def test_finding_of_the_guard_comes_first(project: Project, options: tuple[str, ...]) -> None:
    """Features that would not run are not previewed."""
    project.feature(SHOP.replace("it is closed", "it is closd"))

    assert project.run(*options).ret == pytest.ExitCode.INTERRUPTED
    assert not (project.root / "reports").exists()


def test_page_without_a_feature_goes(project: Project, options: tuple[str, ...]) -> None:
    """Of a feature that was moved the old page does not stay."""
    project.feature(SHOP)
    old = project.write("reports/preview/features/old.md", "# Old\n")

    project.run(*options)

    assert not old.exists()


def test_leak_audit_reads_the_pages(project: Project, options: tuple[str, ...]) -> None:
    """A secret in a page fails the preview."""
    project.feature(SHOP)
    project.write(
        "conftest.py",
        """
        from pathlib import Path

        from connector_harness.plugin.endpoint.endpoint import ENDPOINT

        pytest_plugins = ["shop_steps"]


        def pytest_sessionfinish(session):
            secret = session.config.stash[ENDPOINT].endpoint.client_secret.get_secret_value()
            Path("reports/preview/features/shop.md").write_text(secret)
        """,
    )

    run = project.run(*options)

    assert run.ret == pytest.ExitCode.TESTS_FAILED
    run.stdout.fnmatch_lines(["reports/preview/features/shop.md: holds a secret (client secret)"])


def test_ordinary_tests_are_left_out(project: Project, options: tuple[str, ...]) -> None:
    """They are no scenarios, and are not run."""
    project.feature(SHOP)
    project.write("test_it.py", "def test_it():\n    raise SystemExit\n")

    run = project.run(*options, "features", "test_it.py")

    assert run.ret == pytest.ExitCode.OK
    run.stdout.fnmatch_lines(["1 ordinary test(s) left out: no scenarios"])


def test_page_that_cannot_be_written_stops_the_preview(
    project: Project, options: tuple[str, ...]
) -> None:
    """It says so, in one line."""
    project.feature(SHOP)
    project.write("reports/preview", "no folder")

    run = project.run(*options)

    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.stderr.fnmatch_lines(["ERROR: the preview cannot be written: *"])


def test_wrong_request_fails_and_is_told(project: Project, options: tuple[str, ...]) -> None:
    """What the connector keeps back is no part of the page, which says why it ends."""
    project.steps(WRONG)
    project.feature("""
        Feature: A shop

          Scenario: Wrong
            When a wrong batch is sent
    """)

    run = project.run(*options)

    assert run.ret == pytest.ExitCode.TESTS_FAILED
    assert "**Not previewed from here on:** [contract] request of create_conversation" in page(
        project
    )


def test_broken_step_costs_its_scenario_alone(project: Project, options: tuple[str, ...]) -> None:
    """The others are previewed."""
    project.steps('@when("it breaks")\ndef it_breaks():\n    raise ValueError("no such shop")\n')
    project.feature(f"{SHOP}\n      Scenario: Broken\n        When it breaks\n")

    run = project.run(*options)

    run.assert_outcomes(passed=2, failed=1)
    assert page(project).count("**create_conversation**") == 2
    assert "no such shop" in page(project).partition("## Broken")[2]


def test_another_endpoint_is_refused(project: Project, options: tuple[str, ...]) -> None:
    """Nothing goes to an account because somebody wants to look."""
    project.feature(SHOP)

    run = project.run(*options, "--endpoint", "live")

    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.stderr.fnmatch_lines(["ERROR: --preview runs on the sandbox"])


def test_page_shows_what_is_not_seen(project: Project, options: tuple[str, ...]) -> None:
    """A title turns no line round for who reviews the page."""
    project.feature(SHOP.replace("Closing", "Clo\u202esing\x1b[2J").replace("A shop", "A\u200f"))

    assert project.run(*options).ret == pytest.ExitCode.OK

    assert "# A\\u200f" in page(project)
    assert "## Clo\\u202esing\\x1b(2J" in page(project)
