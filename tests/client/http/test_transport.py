"""A call ends in time, whatever the server does, and a failure says what happened."""

import gzip
import signal
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from connector_harness.client.connector import Connector
from connector_harness.client.files import FileAddress
from connector_harness.client.http.exchange import Exchange
from connector_harness.client.http.settings import HttpSettings
from connector_harness.client.http.transport import Transport, TransportError
from connector_harness.client.tokens import SignIn
from tests.client.conftest import LONG_S, PATIENCE_S, Clock, Record
from tests.client.server import SIGNATURE, LocalServer, RawServer, read_request

Behaviour = Callable[[socket.socket], None]
StartRaw = Callable[..., RawServer]
Connect = Callable[..., Connector]
NOBODY = SignIn(None, None)


def silent(connection: socket.socket) -> None:
    """Say nothing until the client leaves."""
    connection.recv(1)


def closing(_: socket.socket) -> None:
    """Close without a word."""


def test_server_that_does_not_read(raw_server: StartRaw, connect: Connect) -> None:
    """Sending is bounded as well: a server that reads nothing cannot hold a call."""
    finished = threading.Event()

    def unread(_: socket.socket) -> None:
        finished.wait(5)

    server = raw_server(unread, reads=False)
    with pytest.raises(TransportError, match="timed out") as caught:
        connect(address=server.url, read_timeout_s=0.3).create_conversation_as(
            "x" * 30_000_000, sign_in=NOBODY
        )
    finished.set()
    assert caught.value.exchange.elapsed_s < LONG_S


def test_server_that_reads_slowly(raw_server: StartRaw, connect: Connect) -> None:
    """Reading a little now and then does not buy a server more time."""
    finished = threading.Event()

    def sip(connection: socket.socket) -> None:
        while not finished.wait(0.005):
            connection.recv(65536)

    connector = connect(address=raw_server(sip, reads=False).url, total_timeout_s=0.5)
    with pytest.raises(TransportError, match="timed out") as caught:
        connector.create_conversation_as("x" * 30_000_000, sign_in=NOBODY)
    finished.set()
    assert caught.value.exchange.elapsed_s < LONG_S


def test_deadline_ends_a_call_sooner(raw_server: StartRaw, connect: Connect) -> None:
    """A call ends within that time; without it, the endpoint's own time holds again."""
    url = raw_server(silent).url
    for total_s, within_s, least_s in ((PATIENCE_S, 0.2, 0.2), (0.6, PATIENCE_S, 0.6)):
        connector = connect(address=url, total_timeout_s=total_s)
        with connector.with_deadline(within_s=0.1), pytest.raises(TransportError):
            connector.create_conversation_as([], sign_in=NOBODY)
        with connector.with_deadline(within_s=within_s), pytest.raises(TransportError) as caught:
            connector.create_conversation_as([], sign_in=NOBODY)
        assert least_s <= caught.value.exchange.elapsed_s < LONG_S


def test_silence_longer_than_the_call(raw_server: StartRaw, connect: Connect) -> None:
    """A call ends with its own time, even while silence would be allowed for longer."""
    connector = connect(address=raw_server(silent).url, total_timeout_s=0.2)
    with pytest.raises(TransportError, match="timed out") as caught:
        connector.create_conversation_as([], sign_in=NOBODY)
    assert caught.value.exchange.elapsed_s < LONG_S


def test_refused_connection(connect: Connect, server: LocalServer) -> None:
    """Nobody listening is told as a refused connection, with what to do."""
    server.close()
    with pytest.raises(TransportError) as caught:
        connect().domains()
    lines = str(caught.value).splitlines()
    assert caught.value.kind == "refused"
    assert lines[0] == "no answer from the endpoint: connection refused"
    assert lines[1].startswith(f"  at: domains, GET {server.url}/api/account/70000001/service/")
    assert lines[2] == "  next: start the endpoint, or correct its address"


def test_unknown_host(connect: Connect) -> None:
    """A host name that leads nowhere is told as unreachable."""
    with pytest.raises(TransportError) as caught:
        connect(discovery="http://nowhere.localhost:1").domains()
    assert caught.value.kind in {"unreachable", "refused"}


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://a..b.localhost:1", "neither a name nor an address"),
        ("https://api.example.test:99999", "(?i)port"),
        ("http://127.0.0.1:1\x00", "no address"),
        ("http://192.0.2.1", "plain http is allowed to this machine only"),
    ],
)
def test_address_that_is_not_called(address: str, reason: str) -> None:
    """What cannot be a host is refused before anything is looked up, and plain http elsewhere."""
    reported: list[Exchange] = []
    transport = Transport(HttpSettings(), report=reported.append)
    with pytest.raises(ValueError, match=reason):
        transport.call("domains", "GET", address, headers=[])
    assert reported == []


def test_server_without_tls(connect: Connect, server: LocalServer) -> None:
    """Asking a plain server for TLS is told as such."""
    with pytest.raises(TransportError) as caught:
        connect(discovery=server.url.replace("http:", "https:")).domains()
    assert caught.value.kind == "tls"


def test_failed_call_in_the_evidence(
    connect: Connect, raw_server: StartRaw, record: Record
) -> None:
    """A failed call is an exchange too, reported once: sent as shown, without a status."""
    connector = connect(address=raw_server(closing).url)
    with pytest.raises(TransportError) as caught:
        connector.create_conversation_as([1], sign_in=NOBODY)
    exchange = caught.value.exchange
    assert (exchange.status, exchange.request_document) == (None, [1])
    assert exchange.title == "POST …/conversation → no answer (connection closed)"
    assert record.exchanges == [exchange]


def test_interrupted_call_in_the_evidence(
    connect: Connect, raw_server: StartRaw, record: Record
) -> None:
    """Ctrl-C leaves behind what was being sent: nobody knows whether it was carried out."""

    def interrupt(connection: socket.socket) -> None:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        connection.recv(1)

    connector = connect(address=raw_server(interrupt).url, read_timeout_s=20, total_timeout_s=20)
    with pytest.raises(KeyboardInterrupt):
        connector.create_conversation_as([1], sign_in=NOBODY)
    [exchange] = record.exchanges
    assert (exchange.request_document, exchange.failure) == ([1], "interrupted")


def test_redirects_are_not_followed(connector: Connector, server: LocalServer) -> None:
    """A redirect is an answer like any other: tokens go to the configured address only."""
    server.will_answer("conversation", 307, {}, Location=f"{server.url}/elsewhere")
    assert connector.create_conversation_as([], sign_in=NOBODY).status == 307
    assert len(server.received) == 1


def test_proxies_of_the_environment_are_ignored(
    connector: Connector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy variable does not change where tokens go."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    assert connector.domains().status == 200


def test_connection_is_kept(raw_server: StartRaw, connect: Connect) -> None:
    """Calls to one service share a connection."""

    def twice(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")
        connection.recv(1)

    server = raw_server(twice)
    connector = connect(discovery=server.url)
    assert [connector.domains().document, connector.domains().document] == [{}, []]
    assert server.connections == 1
    connector.close()


def test_create_call_on_a_dropped_connection_is_not_repeated(
    raw_server: StartRaw, connect: Connect
) -> None:
    """A kept connection that the server drops on a create call fails the call, once."""

    def once(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")
        read_request(connection)

    server = raw_server(once)
    connector = connect(address=server.url)
    assert connector.create_conversation_as([], sign_in=NOBODY).status == 200
    with pytest.raises(TransportError, match="connection closed"):
        connector.create_conversation_as([], sign_in=NOBODY)
    assert server.connections == 1


def test_connection_closed_while_idle_is_replaced(raw_server: StartRaw, connect: Connect) -> None:
    """A kept connection known to be closed is not used: the call leaves on a fresh one."""
    server = raw_server(
        lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")
    )
    connector = connect(address=server.url)
    connector.create_conversation_as([], sign_in=NOBODY)
    server.wait_for_close()
    assert connector.create_conversation_as([], sign_in=NOBODY).status == 200


def test_compressed_answer(connector: Connector, server: LocalServer) -> None:
    """Content codings are undone before anyone reads the body."""
    server.will_answer("baseURI.json", 200, gzip.compress(b"[1]"), Content_Encoding="gzip")
    assert connector.domains().document == [1]


def test_log_without_what_permits_a_file(
    connector: Connector, caplog: pytest.LogCaptureFixture
) -> None:
    """What the HTTP library logs of a call leaves out the query, which may hold a signature."""
    caplog.set_level("INFO", logger="httpx")
    connector.get_file(FileAddress("/a/b", {"temp_url_sig": SIGNATURE}))
    [record] = caplog.records
    assert "/a/b" in record.getMessage()
    assert SIGNATURE not in record.getMessage()


def test_times_of_an_exchange(connector: Connector, clock: Clock) -> None:
    """An exchange tells when it began and how long it took."""
    exchange = connector.domains().exchange
    assert exchange.started_s == clock.now
    assert 0 < exchange.elapsed_s < LONG_S


def test_authority_of_the_endpoint(connect: Connect, tls_server: tuple[str, Path]) -> None:
    """A server is trusted if the endpoint's certificate authority says so, and not otherwise."""
    url, ca_file = tls_server
    assert connect(discovery=url, ca_file=ca_file).domains().status == 200
    with pytest.raises(TransportError) as caught:
        connect(discovery=url).domains()
    assert caught.value.kind == "tls"
