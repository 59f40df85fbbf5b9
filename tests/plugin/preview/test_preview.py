"""`--preview` writes what the scenarios would send, and sends nothing."""

import json

import pytest

from connector_harness.plugin.preview import fixtures as preview_fixtures  # noqa: F401

# Loaded once for all inner runs: a part of cryptography cannot be loaded a second time.
from tests.plugin.calling import let_call
from tests.project import ADDRESS, SECRET, Project

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

JUDGED = """
    @then("nothing is right")
    def nothing_is_right(opened):
        assert opened.status == 0
"""

AGENT = """
    @when("the agent joins")
    def the_agent_joins(agent, opened):
        agent.join(opened.conversation_id)
"""


@pytest.fixture
def options(project: Project) -> tuple[str, ...]:
    """The options that preview a project with an endpoint where nothing listens."""
    return "--preview", *let_call(project, ADDRESS)


def page(project: Project, name: str = "shop") -> str:
    """Return the page of a feature."""
    return (project.root / f"reports/preview/features/{name}.md").read_text(encoding="utf-8")


def test_page_shows_what_would_be_sent(project: Project, options: tuple[str, ...]) -> None:
    """Below each sentence stands its request, with names instead of what differs."""
    project.feature(SHOP)

    run = project.run(*options)

    assert run.ret == pytest.ExitCode.OK
    run.stdout.fnmatch_lines(["2 scenario(s) of 1 feature(s); nothing was sent"])
    closing = page(project).partition("## Closing")[2]
    assert '"conversationId": "<conversation id>"' in closing
    assert "POST /api/account/70000001/messaging/consumer/conversation/send?v=3" in closing


def test_no_credentials_are_needed(
    project: Project, options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reviews a change has no secret of the endpoint."""
    project.feature(SHOP)
    monkeypatch.delenv("CONNECTOR_CLIENT_ID")
    monkeypatch.delenv("CONNECTOR_CLIENT_SECRET")

    assert project.run(*options).ret == pytest.ExitCode.OK


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

    run = project.run_process(*options, "-n", "2")

    assert run.ret == pytest.ExitCode.OK
    run.stdout.no_fnmatch_line("*workers*")
    assert "Only" not in page(project)


def test_wrong_request_is_a_finding(project: Project, options: tuple[str, ...]) -> None:
    """What the connector would keep back fails the preview, and is shown."""
    project.steps(WRONG)
    project.feature("""
        Feature: A shop

          Scenario: Wrong
            When a wrong batch is sent
    """)

    run = project.run(*options)

    assert run.ret == pytest.ExitCode.TESTS_FAILED
    run.stdout.fnmatch_lines(
        ["wrong: features/shop.feature: Wrong: create_conversation is off `schemas/request/*"]
    )
    assert "so **kept back**" in page(project)


def test_expectations_are_not_judged(project: Project, options: tuple[str, ...]) -> None:
    """What comes after a Then is shown, whatever would be answered."""
    project.steps(JUDGED)
    project.feature("""
        Feature: A shop

          Scenario: Judged
            When a conversation is opened
            Then nothing is right
            When it is closed
    """)

    assert project.run(*options).ret == pytest.ExitCode.OK
    assert "**update_conversation_field**" in page(project)


def test_broken_step_is_told_and_costs_its_scenario(
    project: Project, options: tuple[str, ...]
) -> None:
    """The others are previewed."""
    project.steps('@when("it breaks")\ndef it_breaks():\n    raise ValueError("no such shop")\n')
    project.feature(f"{SHOP}\n      Scenario: Broken\n        When it breaks\n")

    run = project.run(*options)

    assert run.ret == pytest.ExitCode.TESTS_FAILED
    run.stdout.fnmatch_lines(["wrong: features/shop.feature: Broken: no such shop"])
    assert page(project).count("create_conversation") == 2


def test_what_cannot_be_previewed_is_named(project: Project) -> None:
    """Where nobody can play the agent, the scenario is shown up to there, with the reason."""
    options = let_call(project, "https://connector.example.test")
    project.steps(AGENT)
    project.feature("""
        Feature: A shop

          Scenario: With an agent
            When a conversation is opened
            And the agent joins
    """)

    run = project.run("--preview", *options)

    assert run.ret == pytest.ExitCode.OK
    reason = "nobody plays the agent: endpoint 'live' is no sandbox"
    run.stdout.fnmatch_lines([f"not previewed to the end: *With an agent: {reason}"])
    assert f"**Not previewed from here on:** {reason}" in page(project)


def test_production_gets_what_is_safe_there(project: Project) -> None:
    """What would not be sent there is not shown as if it were."""
    options = let_call(project, ADDRESS, "production = true")
    project.feature(SHOP.replace("Scenario: Cl", "@safe-in-production\n      Scenario: Cl"))

    project.run("--preview", *options)

    opening, _, closing = page(project).partition("## Closing")
    assert "**Not previewed from here on:** not run: endpoint 'live' is production" in opening
    assert "create_conversation" not in opening
    assert "create_conversation" in closing


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
        f"""
        from pathlib import Path

        pytest_plugins = ["shop_steps"]


        def pytest_sessionfinish():
            Path("reports/preview/features/shop.md").write_text({SECRET!r})
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
