"""The limits that an endpoint's settings name hold for the whole run."""

from collections.abc import Iterator

import pytest

from tests.client.gauge import Gauge
from tests.plugin.calling import OPENING, OpeningServer, let_call
from tests.plugin.project import Project


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
    """With -n 4 no two calls are under way at once where one is allowed, closing included."""
    options = let_call(project, server.url, "max_concurrent = 1\nrequests_per_second = 1000")
    project.feature(OPENING)

    run = project.run_process("-n", "4", *options)

    run.assert_outcomes(passed=4)
    assert server.closed() == ["c-1", "c-2", "c-3", "c-4"]
    assert gauge.most == 1
