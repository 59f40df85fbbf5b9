"""What scenarios need, by their sentences, that an endpoint does not offer: skipped and counted."""

import xml.etree.ElementTree as ET

import pytest

from connector_harness.client.settings import Endpoint, ReceiverSettings, Secret
from connector_harness.plugin.collecting.needs import (
    AGENT,
    FAULTS,
    MESSAGES,
    RECEIVER,
    Need,
    listed,
    offered,
)
from connector_harness.sandbox.server import RunningSandbox
from tests.plugin.calling import OpeningServer, let_call
from tests.project import Project

SENTENCES = """
    import pytest


    @pytest.fixture
    def desk(agent):
        return agent


    @given("an agent at the desk")
    def an_agent_at_the_desk(desk):
        pass


    @given("a webhook")
    def a_webhook(inbox):
        pass


    @given("an agent of our own", target_fixture="agent")
    def an_agent_of_our_own():
        return "Ada"


    @then("the desk is taken")
    def the_desk_is_taken(desk):
        assert desk == "Ada"


    @then("it is asked only where it is there")
    def it_is_asked(request):
        request.getfixturevalue("agent")
"""

FEATURE = """
    Feature: A desk

      Scenario: Opening
        When a conversation is opened

      Scenario: With an agent
        Given an agent at the desk
        When a conversation is opened

      Scenario: With an agent and a webhook
        Given an agent at the desk
        And a webhook
        When a conversation is opened

      Scenario: With an agent of our own
        Given an agent of our own
        When a conversation is opened
        Then the desk is taken
"""


@pytest.fixture
def live(project: Project, server: OpeningServer) -> tuple[str, ...]:
    """The options that choose an endpoint which offers nothing but itself."""
    options = let_call(project, server.url)
    project.steps(SENTENCES)
    project.feature(FEATURE)
    return options


def test_what_is_missing_skips_before_anything_is_sent(
    project: Project, live: tuple[str, ...], server: OpeningServer
) -> None:
    """A scenario that needs what is not there is skipped; what a step gives is there."""
    run = project.run(*live)

    run.assert_outcomes(passed=2, skipped=2)
    assert len(server.requests("conversation")) == 2


@pytest.mark.parametrize("processes", [(), ("-n", "2")], ids=["one process", "two"])
def test_skips_are_grouped(
    project: Project, live: tuple[str, ...], processes: tuple[str, ...]
) -> None:
    """The terminal says once for each need how many lack it and what offers it."""
    run = project.run(*live, *processes)

    run.stdout.fnmatch_lines(
        [
            "*= not run here =*",
            "2 scenarios need what endpoint 'live' does not offer",
            "  2 need an agent, 1 of them something else, too; next: say who plays it: *",
            "  1 needs a receiver, 1 of them something else, too; next: say where webhooks *",
        ]
    )
    run.stdout.no_fnmatch_line("SKIPPED*")
    run.stdout.fnmatch_lines(["*2 passed, 2 skipped*"])


@pytest.mark.parametrize("processes", [(), ("-n", "1")], ids=["one process", "a worker"])
def test_a_run_of_nothing_is_not_green(
    project: Project, live: tuple[str, ...], processes: tuple[str, ...]
) -> None:
    """Where nothing that was selected can run, the run ends as one that selected nothing."""
    run = project.run(*live, "-k", "webhook", *processes)

    assert run.ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_each_is_named_when_asked_for(project: Project, live: tuple[str, ...]) -> None:
    """With ``-v`` each scenario stands there with its reason."""
    run = project.run(*live, "-v")

    reason = "needs an agent and a receiver, which endpoint 'live' does not offer"
    run.stdout.fnmatch_lines([f"SKIPPED [[]1] features/shop.feature: {reason}"])


def test_documents_group_them(project: Project, live: tuple[str, ...]) -> None:
    """Document, summary and JUnit tell the same numbers."""
    project.run(*live)

    page = (project.root / "reports" / "spec.html").read_text(encoding="utf-8")
    root = ET.parse(project.root / "reports" / "junit.xml").getroot()  # noqa: S314  # ours
    assert "2 need an agent" in page
    assert "1 needs a receiver" in page
    [suite] = root
    told = {each.get("name"): each.get("value") for each in suite.iterfind("properties/property")}
    assert told["skipped: needs an agent"] == "2"
    assert told["skipped: needs a receiver"] == "1"


def test_spec_check_counts_what_can_run(project: Project, live: tuple[str, ...]) -> None:
    """A check of the spec says how many scenarios the endpoint can run, and why no more."""
    run = project.run(*live, "--spec-check")

    run.stdout.fnmatch_lines(
        [
            "2 of 4 scenario(s) can run at 'live'",
            "2 scenarios need what endpoint 'live' does not offer",
            "  2 need an agent, *",
        ]
    )


def test_receiver_also_reads_back(project: Project, live: tuple[str, ...]) -> None:
    """Who lacks a receiver is told of that alone, not of another way to hear the same as well."""
    project.steps("""
        @given("a webhook and a message", target_fixture="heard")
        def a_webhook_and_a_message(inbox, messages):
            pass
    """)
    project.feature("""
        Feature: A desk

          Scenario: Hearing
            Given a webhook and a message
            When a conversation is opened
    """)

    run = project.run(*live, "--spec-check")

    run.stdout.fnmatch_lines(["  1 needs a receiver; next: *"])
    run.stdout.no_fnmatch_line("*read back*")


OWN = """
    Feature: A desk

      Scenario: Our own
        Given an agent at the desk
        When a conversation is opened
"""


@pytest.mark.parametrize(
    ("asks", "outcome"), [("request", {"passed": 1}), ("agent, request", {"skipped": 1})]
)
def test_fixture_of_the_project(
    project: Project, live: tuple[str, ...], asks: str, outcome: dict[str, int]
) -> None:
    """Who has brought along a fixture of that name needs nobody else's, unless it asks for that."""
    own = f"""
        import pytest

        pytest_plugins = ["shop_steps"]


        @pytest.fixture
        def agent({asks}):
            return "Ada"
    """
    project.write("conftest.py", own)
    project.feature(OWN)

    run = project.run(*live)

    run.assert_outcomes(**outcome)
    assert ("1 needs an agent" in run.stdout.str()) == ("skipped" in outcome)


def test_need_behind_a_need_is_none(project: Project, live: tuple[str, ...]) -> None:
    """What an app of the scenario's own hears with is not told of as well."""
    project.steps("""
        @given("an app")
        def an_app(own_app):
            pass
    """)
    project.feature("""
        Feature: A desk

          Scenario: Installing
            Given an app
            When a conversation is opened
    """)

    run = project.run(*live, "--spec-check")

    run.stdout.fnmatch_lines(["  1 needs an app of its own (only in a sandbox can *"])
    run.stdout.no_fnmatch_line("*need* a receiver*")


def test_word_of_a_sentence_is_no_need(project: Project, live: tuple[str, ...]) -> None:
    """What a sentence itself says, under the name of a fixture, need not be offered."""
    project.steps("""
        @given(parsers.parse('a seat for "{agent}"'))
        def a_seat_for(agent):
            assert agent == "Ada"
    """)
    project.feature("""
        Feature: A desk

          Scenario: A seat
            Given a seat for "Ada"
            When a conversation is opened
    """)

    project.run(*live).assert_outcomes(passed=1)


def test_sandbox_offers_everything(
    project: Project, live: tuple[str, ...], sandbox: RunningSandbox
) -> None:
    """At a sandbox whose control routes answer, everything can run."""
    run = project.run(*live, "--endpoint", sandbox.url, "--spec-check")

    run.stdout.fnmatch_lines([f"4 of 4 scenario(s) can run at '{sandbox.url}'"])


def test_spec_check_without_settings(
    project: Project, live: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the settings cannot be used the check says why that is not known, and passes."""
    monkeypatch.delenv("CONNECTOR_CLIENT_SECRET")

    run = project.run(*live, "--spec-check")

    run.stdout.fnmatch_lines(["how many can run there is not known: endpoint 'live'*cannot be*"])
    assert run.ret == pytest.ExitCode.OK


def test_production_has_its_own_reason(project: Project, server: OpeningServer) -> None:
    """What is held back in production is not counted as lacking something as well."""
    options = let_call(project, server.url, "production = true")
    project.steps(SENTENCES)
    project.feature(FEATURE)

    run = project.run(*options)

    run.stdout.fnmatch_lines(["4 not run at live: not tagged @safe-in-production"])
    run.stdout.no_fnmatch_line("*not run here*")


ENDPOINT = {"name": "live", "account": "7", "client_id": "c", "client_secret": Secret("s" * 9)}
REACHED = ReceiverSettings(listen="127.0.0.1:0", public_address="https://hooks.test")
UNREACHED = ReceiverSettings(listen="127.0.0.1:0")


@pytest.mark.parametrize(
    ("settings", "there"),
    [
        ({}, {FAULTS}),
        ({"production": True}, set()),
        ({"agent": "manual"}, {FAULTS, AGENT}),
        ({"receiver": REACHED}, {FAULTS, RECEIVER, MESSAGES}),
        ({"receiver": UNREACHED}, {FAULTS}),
        ({"read_back": "history"}, {FAULTS, MESSAGES}),
    ],
)
def test_settings_say_what_is_offered(settings: dict[str, object], there: set[Need]) -> None:
    """What an endpoint offers stands in its settings."""
    endpoint = Endpoint(**ENDPOINT, **settings)  # type: ignore[arg-type]  # as the table has them

    assert offered(endpoint, allow_production=False) == there


def test_needs_in_words() -> None:
    """Several needs are listed as in a sentence."""
    assert listed([AGENT]) == "an agent"
    assert listed([AGENT, RECEIVER, FAULTS]) == "an agent, a receiver and faults"
