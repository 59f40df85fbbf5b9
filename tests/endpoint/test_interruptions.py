"""Ctrl-C in the middle of a run."""

import json
import os
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.endpoint.faults import never
from tests.endpoint.runs import Run, interrupt, leaks, make_project, running
from tests.endpoint.server import Answer, Received, RecordingServer

ROWS = 3_000
LONG_FEATURE = "\n".join(
    [
        "Feature: A run that takes its time",
        "  Scenario Outline: Shopper <number>",
        "    When the shopper asks for a conversation",
        "    Then a conversation is open",
        "    Examples:",
        "      | number |",
        *(f"      | {number} |" for number in range(ROWS)),
    ]
)


class Hanging:
    """Makes a server stop answering at its second batch with a message."""

    def __init__(self, server: RecordingServer) -> None:
        """Arm *server*."""
        self._begun = threading.Event()
        server.will_fail("conversation", lambda right, _: right, *[self._hang] * 20)

    def _hang(self, right: Answer, _: Received) -> Answer:
        self._begun.set()
        return replace(right, deliver=never)

    def wait(self) -> None:
        """Wait until a caller waits in vain."""
        assert self._begun.wait(30)


@pytest.fixture
def hanging(server: RecordingServer) -> Hanging:
    """What tells that the run has come to a call without an answer."""
    return Hanging(server)


@pytest.fixture(params=[(), ("-n", "2")], ids=["one-process", "two-workers"])
def interrupted(
    request: pytest.FixtureRequest, server: RecordingServer, hanging: Hanging, tmp_path: Path
) -> Iterator[tuple[int, Run]]:
    """A run interrupted while the endpoint keeps it waiting, and its process group."""
    command = ("features", "--endpoint", server.url, *request.param)
    with running(tmp_path, *command) as process:
        hanging.wait()
        yield process.pid, interrupt(process, tmp_path)


def files(run: Run) -> dict[str, bytes]:
    """Return what the results folder holds."""
    return {file.name: file.read_bytes() for file in (run.folder / "allure").iterdir()}


def sources(part: dict[str, object]) -> Iterator[str]:
    """Yield the files that *part* of a result refers to."""
    attachments, steps = part.get("attachments", []), part.get("steps", [])
    assert isinstance(attachments, list)
    assert isinstance(steps, list)
    yield from (attachment["source"] for attachment in attachments)
    for step in steps:
        yield from sources(step)


def assert_whole(run: Run, *, cut_short: bool = False) -> None:
    """Expect whole results, with all they refer to, and nothing else.

    A worker that is *cut_short* by pytest-xdist may have written the attachments of a scenario
    and not come to its result.
    """
    found = files(run)
    results = [json.loads(text) for name, text in found.items() if name.endswith("-result.json")]
    referred = {source for result in results for source in sources(result)}
    assert len(results) > 1
    assert referred <= found.keys()
    rest = {name for name in found.keys() - referred if not name.endswith("-result.json")}
    rest -= {name for name in rest if cut_short and "-attachment." in name}
    assert rest <= {"environment.properties"}


def assert_gone(group: int) -> None:
    """Expect no process in *group*."""
    with pytest.raises(ProcessLookupError):
        os.killpg(group, 0)


def test_a_run_that_waits_is_interrupted(
    interrupted: tuple[int, Run], server: RecordingServer, request: pytest.FixtureRequest
) -> None:
    """The exit code is that of an interruption, what was written is whole, no process stays."""
    group, ran = interrupted
    assert ran.exit_code == 2, ran.output
    assert_whole(ran, cut_short="two-workers" in request.node.name)
    assert_gone(group)
    assert leaks(ran, server.issued) == []


def test_the_sandbox_is_stopped(tmp_path: Path) -> None:
    """After Ctrl-C in a run on the sandbox nothing listens there any more."""
    project = make_project(tmp_path / "project", "")
    (project / "features" / "long.feature").write_text(LONG_FEATURE, encoding="utf-8")
    folder = tmp_path / "results"
    with running(folder, "features/long.feature", "-v", cwd=project) as process:
        assert process.stdout is not None
        assert any("PASSED" in line for line in process.stdout)
        ran = interrupt(process, folder)
        assert_gone(process.pid)
    assert (ran.exit_code, 1 < len(ran.results) < ROWS) == (2, True)
    assert_whole(ran)
    assert_refused(ran)


def assert_refused(run: Run) -> None:
    """Expect that nobody is at the address where the sandbox was."""
    lines = files(run)["environment.properties"].decode().splitlines()
    address = urlsplit(dict(line.split(" = ") for line in lines)["address"])
    assert address.hostname is not None
    assert address.port is not None
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address.hostname, address.port))
