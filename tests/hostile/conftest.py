"""Hostile servers, and connectors to them."""

import socket
from collections.abc import Callable, Iterator

import pytest

from connector_harness.client.connector import Connector
from connector_harness.client.settings import Endpoint, Secret
from connector_harness.redaction.redactor import Redactor
from tests.client.conftest import PATIENCE_S, Record
from tests.client.server import RawServer
from tests.hostile.behaviours import Behaviour


@pytest.fixture
def record() -> Record:
    """A witness that only remembers."""
    return Record()


@pytest.fixture
def connect(record: Record) -> Iterator[Callable[..., Connector]]:
    """Build connectors to an address, with much patience unless told otherwise."""
    built: list[Connector] = []

    def build(url: str, **changes: object) -> Connector:
        settings = {
            "connect_timeout_s": PATIENCE_S,
            "read_timeout_s": PATIENCE_S,
            "total_timeout_s": PATIENCE_S,
            "address": url,
            "discovery": url,
        }
        endpoint = Endpoint(
            name="hostile",
            account="70000001",
            client_id="client-7",
            client_secret=Secret("secret-of-client-7"),
            **{**settings, **changes},  # type: ignore[arg-type]  # checked by use
        )
        built.append(Connector(endpoint, witness=record, redactor=Redactor()))
        return built[-1]

    yield build
    for connector in built:
        connector.close()


@pytest.fixture
def serve() -> Iterator[Callable[..., RawServer]]:
    """Start servers that treat every connection as the given function does."""
    started: list[RawServer] = []

    def start(behave: Behaviour, *, reads: bool = True) -> RawServer:
        started.append(RawServer(behave, reads=reads))
        return started[-1]

    yield start
    for server in started:
        server.close()


@pytest.fixture
def crowded() -> Iterator[str]:
    """The origin of a server whose queue is full: connecting to it takes for ever."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        host, port = listener.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.settimeout(0)
            each.connect_ex((host, port))
        yield f"http://{host}:{port}"
        for each in waiting:
            each.close()
