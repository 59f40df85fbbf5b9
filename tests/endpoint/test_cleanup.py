"""Nothing stays open in a sandbox that outlives the run."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from connector_harness.sandbox.server import RunningSandbox, start_sandbox
from tests.endpoint.runs import interrupt, make_project, run, running
from tests.endpoint.server import ACCOUNT, CLIENT_ID, CLIENT_SECRET

pytestmark = pytest.mark.whole_run

LONG_FEATURE = "\n".join(
    [
        "Feature: A run that takes its time",
        "  Scenario Outline: Shopper <number>",
        "    When the shopper asks for a conversation",
        "    Then a conversation is open",
        "    Examples:",
        "      | number |",
        *(f"      | {number} |" for number in range(3_000)),
    ]
)


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    """A sandbox that somebody else has started."""
    credentials = ("--client-id", CLIENT_ID, "--client-secret", CLIENT_SECRET)
    starting = start_sandbox("--account", ACCOUNT, *credentials)
    yield starting.ready()
    starting.stop()


def conversations(sandbox: RunningSandbox) -> list[dict[str, Any]]:
    """Return the conversations that it holds."""
    answer = httpx.get(f"{sandbox.url}/_sandbox/conversations?account={ACCOUNT}", trust_env=False)
    held: list[dict[str, Any]] = answer.raise_for_status().json()
    return held


def states(sandbox: RunningSandbox) -> set[tuple[str, str]]:
    """Return the states and stages that the conversations have."""
    return {(each["state"], each["stage"]) for each in conversations(sandbox)}


def test_every_conversation_is_closed(sandbox: RunningSandbox, tmp_path: Path) -> None:
    """After the features of surveys, agents and closing nothing is open, no survey either."""
    paths = ("features/closing", "features/agents", "features/golden_path.feature")
    ran = run(tmp_path, *paths, "--endpoint", sandbox.url, "-n", "2")

    assert len(conversations(sandbox)) > 30, ran.output
    assert states(sandbox) == {("CLOSE", "CLOSE")}


def test_every_conversation_is_closed_after_ctrl_c(sandbox: RunningSandbox, tmp_path: Path) -> None:
    """Pressed in the middle of a run, Ctrl-C leaves nothing open, or says what is."""
    project = make_project(tmp_path / "project", "")
    (project / "features" / "long.feature").write_text(LONG_FEATURE, encoding="utf-8")
    folder = tmp_path / "results"
    command = ("features/long.feature", "-v", "--endpoint", sandbox.url, "-n", "2")
    with running(folder, *command, cwd=project) as process:
        assert process.stdout is not None
        assert sum("a conversation is open" in line for line in _begin(process.stdout)) == 20
        ran = interrupt(process, folder)

    assert ran.exit_code == 2, ran.output
    assert 20 <= len(conversations(sandbox)) < 3_000
    # A call that was under way has no answer, so there is no id to name.
    unnamed = [
        each
        for each in conversations(sandbox)
        if each["stage"] == "OPEN"
        and f"not closed: {each['id']} " not in ran.output
        and f"one of {each['consumer']!r} (interrupted)" not in ran.output
    ]
    assert unnamed == []


def _begin(lines: Iterator[str]) -> Iterator[str]:
    """Yield the lines up to the twentieth scenario."""
    seen = 0
    for line in lines:
        yield line
        seen += "a conversation is open" in line
        if seen == 20:
            return
