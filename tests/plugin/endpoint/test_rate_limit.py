"""The limits that settings name, and those an account turns out to have, hold for a whole run."""

import threading
import time
from collections.abc import Iterator

import pytest

from tests.client.gauge import Gauge
from tests.client.server import Scripted
from tests.plugin.calling import OPENING, OpeningServer, let_call
from tests.project import Project


@pytest.fixture
def gauge() -> Gauge:
    """Measures at a server at which one request at a time is allowed."""
    return Gauge(1)


@pytest.fixture
def server(gauge: Gauge) -> Iterator[OpeningServer]:
    """A server that is measured."""
    server = OpeningServer(gauge)
    yield server
    server.close()


def test_workers_keep_a_limit_together(
    project: Project, server: OpeningServer, gauge: Gauge
) -> None:
    """With -n 2 no two calls are under way at once where one is allowed, closing included."""
    options = let_call(project, server.url, "max_concurrent = 1\nrequests_per_second = 1000")
    project.feature(OPENING)

    run = project.run("-n", "2", *options)

    run.assert_outcomes(passed=4)
    assert server.closed() == ["c-1", "c-2", "c-3", "c-4"]
    assert gauge.most == 1


class BusyServer(OpeningServer):
    """Takes a tenth of a second for an answer, and turns its second conversation away.

    Attributes:
        moments_s: When each request came.
        told_s: When one was told to come back.
    """

    PAUSE_S = 5
    WORK_S = 0.1

    def __init__(self) -> None:
        """Turn nobody away so far."""
        self.moments_s: list[float] = []
        self.told_s = 0.0
        super().__init__()

    def next_answer(self, path: str) -> Scripted:
        """Return the documented answer, or that it is one too many."""
        self.moments_s.append(time.monotonic())
        threading.Event().wait(self.WORK_S)
        answer = super().next_answer(path)
        if not self.told_s and "c-2" in str(answer.document):
            self.told_s = time.monotonic()
            return Scripted(429, {"code": 429}, {"Retry-After": str(self.PAUSE_S)})
        return answer


@pytest.fixture
def busy() -> Iterator[BusyServer]:
    """A server that tells one call to come back later."""
    server = BusyServer()
    yield server
    server.close()


def test_workers_hold_back_together(project: Project, busy: BusyServer) -> None:
    """With -n 2 nobody calls while one is told to wait; afterwards all go on to the end."""
    project.feature(
        f"{OPENING}{''.join(f'          | {each} |{chr(10)}' for each in range(5, 31))}"
    )

    run = project.run("-n", "2", *let_call(project, busy.url))

    run.assert_outcomes(passed=30)
    # Three seconds for what was on its way already, however slow this machine is.
    pause = (busy.told_s + 3, busy.told_s + busy.PAUSE_S)
    assert [each for each in busy.moments_s if pause[0] < each < pause[1]] == []
    assert len(busy.closed()) == 30
