"""What the tests of several packages need: pytest run inside pytest, and a sandbox to speak to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connector_harness.client.connector import Connector
from connector_harness.client.settings import Endpoint, load_endpoint
from connector_harness.redaction import Redactor
from connector_harness.sandbox.server import RunningSandbox, start_sandbox
from tests.client.conftest import Record

pytest_plugins = ["pytester"]


@pytest.fixture(scope="session")
def sandbox() -> Iterator[RunningSandbox]:
    """A sandbox in a process of its own."""
    running = start_sandbox().ready()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def endpoint(sandbox: RunningSandbox) -> Endpoint:
    """The sandbox, as an endpoint."""
    root = Path(__file__).parents[1]
    return load_endpoint(rootdir=root, environ={}, name="sandbox", sandbox=sandbox)


@pytest.fixture
def connector(endpoint: Endpoint) -> Iterator[Connector]:
    """A connector to the sandbox."""
    with Connector(endpoint, witness=Record(), redactor=Redactor()) as connector:
        yield connector
