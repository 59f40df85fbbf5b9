"""Ctrl-C while the endpoint keeps a scenario waiting."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.endpoint.faults import never
from tests.endpoint.runs import interrupt, leaks, running
from tests.endpoint.server import Answer, Received, RecordingServer


@pytest.fixture
def server() -> Iterator[RecordingServer]:
    """A server that answers as documented unless told otherwise."""
    with RecordingServer() as server:
        yield server


@pytest.fixture
def hanging(server: RecordingServer) -> threading.Event:
    """Set once a caller waits in vain: the server stops answering at its second batch."""
    begun = threading.Event()

    def hang(right: Answer, _: Received) -> Answer:
        begun.set()
        return replace(right, deliver=never)

    server.will_fail("conversation", lambda right, _: right, *[hang] * 20)
    return begun


def test_a_run_that_waits_is_interrupted(
    server: RecordingServer, hanging: threading.Event, tmp_path: Path
) -> None:
    """It does not wait for the answer, and keeps its secrets on this way out, too."""
    seed = "features/conversations/create_and_send.feature"
    with running(tmp_path, seed, "--endpoint", server.url) as process:
        assert hanging.wait(30)
        ran = interrupt(process, tmp_path)

    assert ran.exit_code == pytest.ExitCode.INTERRUPTED, ran.output
    assert {"passed", "broken"} <= {result["status"] for result in ran.results}
    assert leaks(ran, server.issued) == []
