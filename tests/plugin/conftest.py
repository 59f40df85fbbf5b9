"""A server for the runs of the plugin's tests."""

from collections.abc import Iterator

import pytest

from tests.plugin.calling import OpeningServer


@pytest.fixture
def server() -> Iterator[OpeningServer]:
    """A server that answers as a working endpoint; every conversation has an id of its own."""
    server = OpeningServer()
    yield server
    server.close()
