"""At its end a run closes the conversations that it has opened on an endpoint."""

import pytest

from tests.plugin.calling import OPENING, OpeningServer, let_call
from tests.project import Project

FAILING = """
    Feature: Opening

      Scenario: One that fails
        Given a basket
        When a conversation is opened
        Then the basket holds 1

      Scenario: One that passes
        When a conversation is opened
"""

CLOSING = """
    Feature: Closing

      Scenario: One that is closed, and one that is not
        When a conversation is opened
        And it is closed
        And a conversation is opened
"""

INTERRUPTED = """
    Feature: Opening

      Scenario: One that is interrupted
        When a conversation is opened
        And Ctrl-C is pressed
"""

DYING = """
    Feature: Opening

      Scenario: One that takes its process with it
        When a conversation is opened
        And the process dies
"""


@pytest.fixture
def live(project: Project, server: OpeningServer) -> tuple[str, ...]:
    """The options that choose the server."""
    return let_call(project, server.url)


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one-process", "two-workers"])
def test_all_that_was_opened_is_closed(
    project: Project, live: tuple[str, ...], server: OpeningServer, workers: tuple[str, ...]
) -> None:
    """Every conversation is closed, once; the end of the run has nothing to say of it."""
    project.feature(OPENING)

    run = project.run(*live, *workers)

    run.assert_outcomes(passed=4)
    assert server.closed() == ["c-1", "c-2", "c-3", "c-4"]
    assert "left open" not in run.stdout.str()


def test_each_is_closed_with_the_token_it_was_opened_with(
    project: Project, live: tuple[str, ...], server: OpeningServer
) -> None:
    """Nobody signs in again for consumers whose tokens are known."""
    project.feature(OPENING)

    project.run(*live)

    assert len(server.requests("consumer")) == 4


def test_conversation_of_a_failed_scenario_is_closed(
    project: Project, live: tuple[str, ...], server: OpeningServer
) -> None:
    """A failure leaves nothing open, and the exit code stays that of a failure."""
    project.feature(FAILING)

    assert project.run(*live).ret == pytest.ExitCode.TESTS_FAILED
    assert server.closed() == ["c-1", "c-2"]


def test_conversation_of_a_wrong_answer_is_closed(
    project: Project, live: tuple[str, ...], server: OpeningServer
) -> None:
    """What an answer names is open, even if the answer is off its schema and fails the step."""
    wrong = [{"code": "FINE"}, {"code": "OK", "body": {"conversationId": "c-9"}, "reqId": "2"}]
    server.will_answer("conversation", 200, wrong)
    project.feature(FAILING)

    assert project.run(*live).ret == pytest.ExitCode.TESTS_FAILED
    assert server.closed() == ["c-1", "c-9"]


def test_hostile_id_of_what_could_not_be_closed_stays_on_its_line(
    project: Project, live: tuple[str, ...], server: OpeningServer
) -> None:
    """The endpoint names its conversations, and does not get to steer the terminal by that."""
    wrong = [{"code": "OK", "body": {"conversationId": "\x1b[2J\n1 passed" + "c" * 9_999}}]
    server.will_answer("conversation", 200, wrong)
    server.will_answer("send", 500, None)
    server.will_answer("send", 500, None)
    project.feature(FAILING)

    run = project.run(*live)

    [line] = [line for line in run.outlines if line.startswith("not closed: '\\x1b[2J")]
    assert len(line) < 200


def test_conversation_that_was_closed_is_left_alone(
    project: Project, live: tuple[str, ...], server: OpeningServer
) -> None:
    """What a scenario has closed itself is not closed again."""
    project.feature(CLOSING)

    project.run(*live).assert_outcomes(passed=1)
    assert server.closed() == ["c-1", "c-2"]


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["one-process", "a-worker"])
def test_interrupted_run_closes_too(
    project: Project, live: tuple[str, ...], server: OpeningServer, workers: tuple[str, ...]
) -> None:
    """After Ctrl-C what is open is closed all the same."""
    project.feature(INTERRUPTED)

    run = project.run_process(*live, *workers)

    assert run.ret == pytest.ExitCode.INTERRUPTED
    assert server.closed() == ["c-1"]


def test_conversation_of_a_dead_worker_is_closed(
    project: Project, live: tuple[str, ...], server: OpeningServer
) -> None:
    """What a worker had opened that was killed is closed by the process that controls the run."""
    project.feature(DYING)

    run = project.run(*live, "-n", "1", "--max-worker-restart", "0")

    assert run.ret == pytest.ExitCode.TESTS_FAILED
    assert server.closed() == ["c-1"]


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["one-process", "a-worker"])
def test_what_could_not_be_closed_is_listed(
    project: Project, live: tuple[str, ...], server: OpeningServer, workers: tuple[str, ...]
) -> None:
    """Each is named with its id, its consumer and the reason; the run is as green as before."""
    for _ in range(4):
        server.will_answer("send", 503, {})
    project.feature(OPENING)

    run = project.run(*live, *workers)

    assert run.ret == pytest.ExitCode.OK
    run.stdout.fnmatch_lines(["*= conversations left open at live =*"])
    for number in range(1, 5):
        kept = f"not closed: c-{number} of 'shopper-*': refused with status 503"
        run.stdout.fnmatch_lines_random([kept])
    run.stdout.fnmatch_lines(["  next: close them by hand, *"])


def test_call_without_an_answer_is_listed(
    project: Project, live: tuple[str, ...], server: OpeningServer
) -> None:
    """Whether it opened a conversation nobody can know; its consumer is named."""
    server.will_answer("conversation", 502, {})
    project.feature(OPENING)

    run = project.run(*live)

    assert server.closed() == ["c-1", "c-2", "c-3"]
    run.stdout.fnmatch_lines(
        [
            "perhaps opened, by a call without a usable answer: one of 'shopper-*' (status 502)",
            "  next: close them by hand, *",
        ]
    )


def test_they_stay_open_where_that_is_wanted(
    project: Project, live: tuple[str, ...], server: OpeningServer
) -> None:
    """With --keep-conversations nothing is closed, and what there is to look at is named."""
    project.feature(OPENING)

    run = project.run(*live, "--keep-conversations")

    assert server.closed() == []
    run.stdout.fnmatch_lines([f"kept: c-{number} of 'shopper-*'" for number in (1, 2, 3)])


def test_sandbox_of_the_run_is_not_tidied_up(project: Project) -> None:
    """Nobody closes what goes away with its sandbox anyway."""
    options = let_call(project, "http://127.0.0.1:9")
    project.feature(OPENING)
    project.steps(
        """
        @then("nobody remembers it")
        def nobody_remembers_it(request, seen):
            from connector_harness.plugin.running.exchange_recorder import EVIDENCE

            seen.append(request.config.stash[EVIDENCE].ledger)
        """
    )
    project.feature(
        """
        Feature: Opening

          Scenario: One
            When a conversation is opened
            Then nobody remembers it
        """
    )

    project.run(*options[:2], endpoint="sandbox").assert_outcomes(passed=1)
    assert project.seen == [None]
