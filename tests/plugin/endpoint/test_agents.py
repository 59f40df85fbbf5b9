"""Who plays the agent: the settings name them, and a wrong name stops the run at once."""

import os
import pty
import select
import subprocess
import sys

import pytest

from tests.plugin.calling import OpeningServer, let_call
from tests.project import Project

SENTENCES = """
    import pytest


    @when("the agent joins")
    def the_agent_joins(agent, opened):
        agent.join(opened.conversation_id)


    @when(parsers.parse('the agent answers "{text}"'), target_fixture="number")
    def the_agent_answers(agent, opened, text):
        return agent.say(opened.conversation_id, text)


    @when("the agent hands it on")
    def the_agent_hands_it_on(agent, opened):
        hand_on(opened, agent)


    @when("the agent hands it on by name")
    def the_agent_hands_it_on_by_name(agent, opened):
        hand_on(opened, agent=agent)


    def hand_on(opened, agent):
        agent.transfer(opened.conversation_id, "7")


    @pytest.fixture
    def rude(agent, opened):
        return agent.say(opened.conversation_id, "rude")


    @when("a rude word is ready")
    def a_rude_word_is_ready(rude):
        pass


    @when("a rude word is said, and taken back")
    def a_rude_word_is_said(agent, opened):
        yield agent.say(opened.conversation_id, "rude")


    @when("the agent closes")
    def the_agent_closes(agent, opened):
        agent.close(opened.conversation_id)
"""

DESK = '''
    """A desk that notes in a file what it was told."""

    import os
    from pathlib import Path

    from connector_harness.control.agent import Agent, AgentTimeoutError, NotSupportedError


    class Desk(Agent):
        def __init__(self, endpoint):
            worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
            self._file = Path(__file__).with_name(f"desk-of-{worker}.txt")
            self._note(f"signed in for {endpoint.account}")

        def _note(self, what):
            with self._file.open("a") as file:
                file.write(f"{what}\\n")

        def join(self, conversation_id):
            self._note(f"joined {conversation_id}")

        def say(self, conversation_id, text, *, metadata=None):
            if text == "late":
                raise AgentTimeoutError("the desk took too long")
            if text == "rude":
                raise NotSupportedError("the desk is too polite for that")
            self._note(f"said {text}")
            return 0

        def close(self, conversation_id):
            raise RuntimeError("the desk is on fire")

        def sign_out(self):
            self._note("signed out")


    def agent(endpoint):
        return Desk(endpoint)
'''

TALK = """
    Feature: Talking

      Scenario: An answer
        When a conversation is opened
        And the agent joins
        And the agent answers "On its way."

      Scenario: Another answer
        When a conversation is opened
        And the agent joins
        And the agent answers "Here it is."
"""


def talking(then: str) -> str:
    """Return a feature in which a conversation is opened and then something else happens."""
    return f"""
        Feature: Talking

          Scenario: Of the agent
            When a conversation is opened
            And {then}
    """


@pytest.fixture
def options(
    project: Project, server: OpeningServer, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, ...]:
    """The options that run a project whose endpoint has an adapter, outside of Python's path."""
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    project.steps(SENTENCES)
    project.write("our_desk.py", DESK)
    chosen = let_call(project, server.url, 'agent = "our_desk:agent"')
    # Where pytest's own setting finds our_desk, nothing is shown.
    file = project.root / "pyproject.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('["."]', '["sentences"]'), "utf-8")
    (project.root / "sentences").mkdir()
    (project.root / "shop_steps.py").rename(project.root / "sentences" / "shop_steps.py")
    return chosen


def notes(project: Project, worker: str = "main") -> list[str]:
    """Return what the desk of a process was told."""
    file = project.root / f"desk-of-{worker}.txt"
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def test_adapter_plays_the_agent(project: Project, options: tuple[str, ...]) -> None:
    """It signs in once, does what the sentences say, and signs out."""
    project.feature(TALK)

    project.run(*options).assert_outcomes(passed=2)

    told = ["joined c-1", "said On its way.", "joined c-2", "said Here it is."]
    assert notes(project) == ["signed in for 70000001", *told, "signed out"]


def test_adapter_that_does_not_sign_out(project: Project, options: tuple[str, ...]) -> None:
    """Where other processes do the work it is told, too, and the scenarios have run."""
    file = project.root / "our_desk.py"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('self._note("signed out")', "1 / 0"), encoding="utf-8")
    project.feature(TALK)

    run = project.run(*options, "-n", "1")

    run.assert_outcomes(passed=2)
    run.stdout.fnmatch_lines(["*did not sign out: ZeroDivisionError: division by zero*"])


def test_every_worker_has_an_agent(project: Project, options: tuple[str, ...]) -> None:
    """The process that controls the run sees that the adapter loads, and lets it go."""
    project.feature(TALK)

    project.run(*options, "-n", "2").assert_outcomes(passed=2)

    assert notes(project) == ["signed in for 70000001", "signed out"]
    both = [*notes(project, "gw0"), *notes(project, "gw1")]
    assert {"said On its way.", "said Here it is."} <= {*both}
    assert both.count("signed in for 70000001") == both.count("signed out") == 2


def test_project_need_not_be_the_working_directory(
    project: Project, options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The adapter's module counts from the folder of the settings."""
    project.feature(TALK)
    elsewhere = project.root / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)

    run = project.run(*options, "--rootdir", "..", "-c", "../pyproject.toml", "../features")

    run.assert_outcomes(passed=2)
    assert notes(project)[-1] == "signed out"


def test_wrong_adapter_stops_the_run(project: Project, options: tuple[str, ...]) -> None:
    """Nothing has been sent, and the message is that of wrong settings."""
    project.feature(TALK)
    project.write("our_desk.py", DESK.replace("def agent(", "def argent("))

    run = project.run(*options)

    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.stderr.fnmatch_lines(
        [
            "ERROR: endpoint 'live' cannot be used: nobody can play the agent",
            "*agent = 'our_desk:agent': our_desk has no 'agent'; the closest is 'argent'",
        ]
    )


@pytest.mark.parametrize("then", ["the agent hands it on", "the agent hands it on by name"])
def test_what_the_adapter_cannot_do_is_skipped_before_anything_is_sent(
    project: Project, options: tuple[str, ...], server: OpeningServer, then: str
) -> None:
    """That holds where the sentence hands its agent on to another function, too."""
    project.feature(talking(then))

    run = project.run(*options)

    run.assert_outcomes(skipped=1)
    run.stdout.fnmatch_lines(["  1 needs an agent who can transfer; next: let the adapter do it*"])
    assert server.received == []


def test_what_the_adapter_refuses_is_skipped(project: Project, options: tuple[str, ...]) -> None:
    """What shows only then is a reason to skip as well."""
    project.feature(talking('the agent answers "rude"'))

    run = project.run(*options)

    run.assert_outcomes(skipped=1)
    run.stdout.fnmatch_lines(["SKIPPED [[]1] our_desk.py:*: the desk is too polite for that"])


@pytest.mark.parametrize("then", ["a rude word is ready", "a rude word is said, and taken back"])
def test_what_the_adapter_refuses_elsewhere_is_skipped(
    project: Project, options: tuple[str, ...], then: str
) -> None:
    """That holds for what a fixture asks, or a sentence that has to tidy up after itself."""
    project.feature(talking(then))

    project.run(*options).assert_outcomes(skipped=1)


@pytest.mark.parametrize(
    ("then", "kind"),
    [('the agent answers "late"', "timeout"), ("the agent closes", "spec")],
)
def test_adapter_that_fails_fails_the_scenario(
    project: Project, options: tuple[str, ...], then: str, kind: str
) -> None:
    """What is late is called that."""
    project.feature(talking(then))

    run = project.run(*options)

    run.assert_outcomes(failed=1)
    run.stdout.fnmatch_lines([f"failed by class: {kind} 1"])


def test_agent_who_does_not_sign_out_is_worth_a_look(
    project: Project, options: tuple[str, ...]
) -> None:
    """It fails no scenario, and does not go unnoticed."""
    project.feature(TALK)
    desk = DESK.replace('self._note("signed out")', 'raise OSError("the-secret-of-this-shop")')
    project.write("our_desk.py", desk)

    run = project.run(*options)

    run.assert_outcomes(passed=2)
    run.stdout.fnmatch_lines(["agent = 'our_desk:agent' did not sign out: OSError: ***"])


def test_nobody_plays_the_agent(project: Project, server: OpeningServer) -> None:
    """Without a sandbox and an adapter the scenario is skipped, and says which setting helps."""
    project.steps(SENTENCES)
    project.feature(talking("the agent closes"))

    run = project.run(*let_call(project, server.url))

    run.assert_outcomes(skipped=1)
    run.stdout.fnmatch_lines(["  1 needs an agent; next: say who plays it: agent = *"])


@pytest.fixture
def by_hand(project: Project, server: OpeningServer) -> tuple[str, ...]:
    """The options that run a project in which a person plays the agent."""
    project.steps(SENTENCES)
    project.feature(TALK)
    return let_call(project, server.url, 'agent = "manual"')


def test_person_cannot_serve_several_processes(project: Project, by_hand: tuple[str, ...]) -> None:
    """The run is refused before anybody is asked."""
    run = project.run(*by_hand, "-n", "2")

    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.stderr.fnmatch_lines(
        ["*cannot be used by several processes at once", "*next: run without -n, or name an*"]
    )


def test_person_needs_a_terminal(project: Project, by_hand: tuple[str, ...]) -> None:
    """In a session without one the run is refused."""
    command = [sys.executable, "-m", "pytest", *by_hand]

    run = subprocess.run(  # noqa: S603  # our own command
        command,
        cwd=project.root,
        start_new_session=True,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == pytest.ExitCode.USAGE_ERROR
    assert "agent = 'manual': there is no terminal at which a person could be asked" in run.stderr


TAKE_TERMINAL = """
import os, sys
os.open(os.ttyname(0), os.O_RDWR)
os.execv(sys.executable, [sys.executable, "-m", "pytest", *sys.argv[1:]])
"""
"""Runs pytest with the terminal at its input as that of its session."""


def test_person_plays_the_agent_at_a_terminal(project: Project, by_hand: tuple[str, ...]) -> None:
    """Questions appear although pytest captures output; Enter does, and s skips with a reason."""
    screen, line = pty.openpty()
    command = [sys.executable, "-c", TAKE_TERMINAL, *by_hand]
    with subprocess.Popen(  # noqa: S603  # our own command
        command, cwd=project.root, start_new_session=True, stdin=line, stdout=line, stderr=line
    ) as run:
        os.close(line)
        shown, answers = "", ["", "", "s nobody is on duty"]
        while select.select([screen], [], [], 30)[0] and (piece := read(screen)):
            shown += piece
            if shown.count("why to skip: ") == 4 - len(answers):
                os.write(screen, f"{answers.pop(0)}\n".encode())
    os.close(screen)

    assert "conversation c-1: please, in the agent workspace, answer 'On its way.'" in shown
    assert "1 passed, 1 skipped" in shown
    assert "nobody is on duty" in shown.partition("short test summary")[2]
    assert run.returncode == 0


def read(screen: int) -> str:
    """Return what has come on the screen; nothing once the other side has gone."""
    try:
        return os.read(screen, 4096).decode()
    except OSError:
        return ""
