"""Servers and connectors for the client's tests."""

import datetime as dt
import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from connector_harness.client.calls import Throttle, Turn
from connector_harness.client.connector import Connector
from connector_harness.client.http.exchange import Exchange
from connector_harness.client.settings import Endpoint, Secret
from connector_harness.json_types import JsonValue
from connector_harness.redaction.redactor import Redactor
from tests.client.server import LocalServer, RawServer

PATIENCE_S = 20.0
"""Longer than anything takes on a busy machine."""
LONG_S = PATIENCE_S / 2
"""Longer than what ends at a bound takes, shorter than what nothing but patience ends."""


@dataclass
class Record:
    """A witness that only remembers."""

    sent: list[tuple[str, JsonValue]] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)

    def sending(self, operation: str, document: JsonValue) -> None:
        """Remember a request."""
        self.sent.append((operation, document))

    def exchanged(self, exchange: Exchange) -> None:
        """Remember an exchange."""
        self.exchanges.append(exchange)


class Clock:
    """A time of day that moves when told, and by waiting."""

    def __init__(self) -> None:
        """Start at a fixed time."""
        self.now = 1_700_000_000.0
        self.pauses: list[float] = []

    def __call__(self) -> float:
        """Return the time in seconds since the epoch."""
        return self.now

    def wait(self, seconds: float) -> None:
        """Let *seconds* pass at once."""
        self.pauses.append(seconds)
        self.now += seconds


@pytest.fixture
def record() -> Record:
    """A witness that only remembers."""
    return Record()


@pytest.fixture
def clock() -> Clock:
    """A clock that moves by waiting."""
    return Clock()


@pytest.fixture
def redactor() -> Redactor:
    """A redactor that knows nothing yet."""
    return Redactor()


@pytest.fixture
def server() -> Iterator[LocalServer]:
    """A server that answers as a working endpoint unless told otherwise."""
    server = LocalServer()
    yield server
    server.close()


@pytest.fixture
def raw_server() -> Iterator[Callable[..., RawServer]]:
    """Start servers that treat a connection as the given function does."""
    started: list[RawServer] = []

    def start(behave: Callable[[socket.socket], None], *, reads: bool = True) -> RawServer:
        started.append(RawServer(behave, reads=reads))
        return started[-1]

    yield start
    for server in started:
        server.close()


@pytest.fixture
def endpoint(server: LocalServer) -> Endpoint:
    """The server, as an endpoint that has time on a busy machine, too."""
    return Endpoint(
        name="local",
        account="70000001",
        client_id="client-7",
        client_secret=Secret("secret-of-client-7"),
        address=server.url,
        discovery=server.url,
        connect_timeout_s=PATIENCE_S,
        read_timeout_s=PATIENCE_S,
        total_timeout_s=PATIENCE_S,
    )


@pytest.fixture
def connect(
    endpoint: Endpoint, record: Record, redactor: Redactor, clock: Clock
) -> Iterator[Callable[..., Connector]]:
    """Build connectors to the endpoint, with some of its settings changed."""
    built: list[Connector] = []

    def build(
        turn: Turn | None = None, throttle: Throttle | None = None, **changes: object
    ) -> Connector:
        changed = replace(endpoint, **changes)  # type: ignore[arg-type]  # checked by use
        connector = Connector(
            changed,
            witness=record,
            redactor=redactor,
            clock=clock,
            wait=clock.wait,
            turn=turn,
            throttle=throttle,
        )
        built.append(connector)
        return connector

    yield build
    for connector in built:
        connector.close()


@pytest.fixture
def connector(connect: Callable[..., Connector]) -> Connector:
    """A connector to the server."""
    return connect()


@pytest.fixture
def tls_server(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A server with TLS: its origin, and the certificate that vouches for it."""
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    _write_certificate(certificate, key)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    server = LocalServer(tls)
    yield server.url, certificate
    server.close()


def _write_certificate(certificate: Path, key: Path) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    signed = (
        x509.CertificateBuilder(name, name, private.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(private, hashes.SHA256())
    )
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
