"""Clients that take all there is, or send nothing, keep nobody else out for long."""

import http.client
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import TypeAlias
from urllib.parse import urlsplit

import pytest

DISCOVERY = "/api/account/70000001/service/baseURI.json?version=1.0"
DESCRIPTORS = 64
SERVE = """
import resource
import sys

if descriptors := int(sys.argv.pop(1)):
    resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))

from connector_harness.sandbox.__main__ import main
from connector_harness.sandbox.web import serving

serving.REQUEST_S = float(sys.argv.pop(1))
sys.exit(main())
"""

WHOLE = f"GET {DISCOVERY} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
TOKEN = b"POST /sentinel/api/account/70000001/app/token HTTP/1.1\r\nHost: x\r\n"

Process: TypeAlias = subprocess.Popen[str]
Start: TypeAlias = Callable[..., tuple[Process, tuple[str, int]]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a sandbox, and says where it listens."""
    processes = []

    def started(
        request_s: float, *more: str, descriptors: int = 0
    ) -> tuple[Process, tuple[str, int]]:
        told = (str(descriptors), str(request_s), "--stop-with-stdin", *more)
        process = subprocess.Popen(  # noqa: S603 - our own words
            [sys.executable, "-c", SERVE, *told],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        assert process.stdout is not None
        address = urlsplit(process.stdout.readline().removeprefix("sandbox: ").strip())
        return process, (str(address.hostname), address.port or 0)

    yield started
    for process in processes:
        process.kill()
        process.communicate()


def answers(address: tuple[str, int]) -> bool:
    """Return whether a call is answered."""
    connection = http.client.HTTPConnection(*address, timeout=20)
    try:
        connection.request("GET", DISCOVERY)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def is_ended(connection: socket.socket) -> bool:
    """Return whether a connection has come to its end, in whatever way, once it has."""
    connection.settimeout(20)
    try:
        while connection.recv(65536):
            pass
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False
    return True


def test_more_connections_than_there_is_room_for(start: Start) -> None:
    """Those are closed at once and told of once; when others have left, calls are answered."""
    process, address = start(600, descriptors=DESCRIPTORS)
    opened = [socket.create_connection(address, timeout=20) for _ in range(DESCRIPTORS + 16)]
    assert all(map(is_ended, opened[DESCRIPTORS:]))
    for each in opened:
        each.close()

    while not answers(address):
        assert process.poll() is None
    process.terminate()
    said = process.communicate(timeout=20)[1]

    assert said.count("nobody more is served until others have left") == 1
    assert len(said) < 1000


@pytest.mark.parametrize(
    "begun",
    [
        b"GET / HT",
        b"GET / HTTP/1.1\r\nHost: x\r\n",
        TOKEN + b"Content-Length: 9\r\n\r\nab",
        TOKEN + b"Transfer-Encoding: chunked\r\n\r\n1\r\na",
    ],
    ids=["line", "header", "body", "chunks"],
)
@pytest.mark.parametrize("before", [b"", WHOLE], ids=["first", "second"])
def test_request_that_does_not_come_whole(start: Start, begun: bytes, before: bytes) -> None:
    """Its connection ends when its time is over."""
    _, address = start(0.3)
    with socket.create_connection(address, timeout=20) as connection:
        if before:
            connection.sendall(before)
            connection.recv(65536)
        connection.sendall(begun)
        assert is_ended(connection)


@pytest.mark.parametrize("begun", [b"", b"\x16\x03\x01\x02\x00\x01"], ids=["nothing", "half"])
def test_handshake_that_does_not_come_whole(start: Start, begun: bytes) -> None:
    """Over TLS, where that comes before a request, a connection ends in time as well."""
    _, address = start(0.3, "--tls")
    with socket.create_connection(address, timeout=20) as connection:
        connection.sendall(begun)
        assert is_ended(connection)


def test_connection_that_has_been_used_stays(start: Start) -> None:
    """Between two requests clients may take their time; so may the answer."""
    _, address = start(0.3)
    used = http.client.HTTPConnection(*address, timeout=20)
    with closing(used), socket.create_connection(address, timeout=20) as idle:
        for _ in range(2):
            used.request("GET", DISCOVERY)
            used.auto_open = 0
            answer = used.getresponse()
            assert (answer.status, answer.read()[:1]) == (200, b"{")
            assert is_ended(idle)
