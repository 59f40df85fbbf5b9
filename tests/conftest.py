"""What the tests of several packages need: pytest run inside pytest, and a sandbox to speak to."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector_harness.client.connector import Connector
from connector_harness.client.settings import Endpoint, load_endpoint
from connector_harness.redaction.redactor import Redactor
from connector_harness.sandbox.server import RunningSandbox, start_sandbox
from tests.client.conftest import Record
from tests.project import CREDENTIALS, Project

pytest_plugins = ["pytester"]

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell lets what it starts in the background ignore Ctrl-C, and all that is started there.
    signal.signal(signal.SIGINT, signal.default_int_handler)


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


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with the sentences of a shop and no feature yet."""
    # What the run is part of that these tests are part of is not what the project is part of.
    for name in ("CONNECTOR_ENDPOINT", "GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD"):
        monkeypatch.delenv(name, raising=False)
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    # Wide enough for the short summary to be whole.
    monkeypatch.setenv("COLUMNS", "300")
    return Project(pytester)
