"""Responses that do not arrive as they should, as seen at a plain socket."""

import json
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from connector_harness.sandbox.server import STOP_TIMEOUT_S, RunningSandbox, start_sandbox
from tests.sandbox.plain import Brand, Shopper

SHORT_S, LONG_S = 0.2, 60


@pytest.fixture(scope="module", params=["http", "https"])
def served(request: pytest.FixtureRequest) -> Iterator[RunningSandbox]:
    """A sandbox in a process of its own, over plain http and over TLS."""
    running = start_sandbox(*(["--tls"] if request.param == "https" else [])).ready()
    yield running
    running.stop()


@pytest.fixture
def shopper(served: RunningSandbox) -> Iterator[Shopper]:
    """A consumer with tokens, in an account of their own."""
    verify = ssl.create_default_context(cafile=served.ca_file)
    with httpx.Client(base_url=served.url, trust_env=False, verify=verify) as http:
        yield Shopper(Brand.added(http))


def _inject(shopper: Shopper, fault: str, **members: object) -> None:
    whose = {"account": shopper.brand.account, "consumer": shopper.name}
    answer = shopper.brand.http.post("/_sandbox/faults", json={**whose, "fault": fault, **members})
    assert answer.status_code == 201, answer.text


@contextmanager
def _connected(served: RunningSandbox) -> Iterator[socket.socket]:
    url = urlsplit(served.url)
    with socket.create_connection((str(url.hostname), int(url.port or 0)), 5) as plain:
        if served.ca_file is None:
            yield plain
            return
        context = ssl.create_default_context(cafile=served.ca_file)
        with context.wrap_socket(plain, server_hostname=url.hostname) as secure:
            yield secure


@contextmanager
def _creating(served: RunningSandbox, shopper: Shopper) -> Iterator[socket.socket]:
    """Yield a connection on which a create call has been sent."""
    account = shopper.brand.account
    kinds = {
        "userprofile.SetUserProfile": {},
        "cm.ConsumerRequestConversation": {"brandId": account},
    }
    commands = [{"kind": "req", "id": kind, "type": kind, "body": kinds[kind]} for kind in kinds]
    body = json.dumps(commands)
    headers = {
        "Host": "sandbox",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        # What a client says of itself must not lead a fault astray.
        "X-Forwarded-For": "192.0.2.7",
        **shopper.headers,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    path = f"/api/account/{account}/messaging/consumer/conversation?v=3"
    with _connected(served) as connection:
        connection.sendall(f"POST {path} HTTP/1.1\r\n{head}\r\n{body}".encode())
        yield connection


def _read(connection: socket.socket) -> bytes:
    """Return all that comes, until the other end is done or one response is whole."""
    received = b""
    while not _is_whole(received):
        part = connection.recv(65536)
        if not part:
            break
        received += part
    return received


def _read_plainly(connection: socket.socket) -> None:
    """Read to the end, below TLS, which would take a reset for an end."""
    with socket.socket(fileno=connection.detach()) as plain:
        plain.settimeout(5)
        while plain.recv(65536):
            pass


def _is_whole(received: bytes) -> bool:
    head, blank, body = received.partition(b"\r\n\r\n")
    return bool(blank) and len(body) >= _length(head)


def _length(head: bytes) -> int:
    names = (line.partition(b": ") for line in head.lower().split(b"\r\n"))
    return next(int(value) for name, _, value in names if name == b"content-length")


def _opened(shopper: Shopper) -> int:
    whose = {"account": shopper.brand.account, "consumer": shopper.name}
    return len(shopper.brand.http.get("/_sandbox/conversations", params=whose).json())


def _journaled(shopper: Shopper) -> tuple[Any, ...]:
    whose = {"account": shopper.brand.account, "consumer": shopper.name}
    entry = shopper.brand.http.get("/_sandbox/journal", params=whose).json()["entries"][-1]
    return entry["status"], entry.get("fault")


def test_answer_is_late(served: RunningSandbox, shopper: Shopper) -> None:
    """It is whole, and takes at least as long as asked for."""
    _inject(shopper, "latency", delay_s=SHORT_S)

    with _creating(served, shopper) as connection:
        started_s = time.monotonic()
        answer = _read(connection)
        took_s = time.monotonic() - started_s

    assert answer.startswith(b"HTTP/1.1 200")
    assert SHORT_S <= took_s < SHORT_S + 2


def test_call_is_carried_out_before_its_answer_is_late(
    served: RunningSandbox, shopper: Shopper
) -> None:
    """Whoever gives up waiting cannot know that it was."""
    _inject(shopper, "latency", delay_s=LONG_S)

    with _creating(served, shopper) as connection:
        connection.settimeout(SHORT_S)
        with pytest.raises(TimeoutError):
            connection.recv(1)

    assert (_opened(shopper), _journaled(shopper)) == (1, (200, "latency"))


def test_body_is_slow(served: RunningSandbox, shopper: Shopper) -> None:
    """It comes in pieces, and is whole in the end."""
    _inject(shopper, "slow_body", chunk_s=0.01, chunk_bytes=20)

    with _creating(served, shopper) as connection:
        started_s = time.monotonic()
        answer = _read(connection)
        took_s = time.monotonic() - started_s

    body = answer.partition(b"\r\n\r\n")[2]
    assert [each["code"] for each in json.loads(body)] == ["OK", "OK"]
    assert took_s >= len(body) / 20 * 0.01 - 0.02


def test_slow_body_comes_byte_by_byte(served: RunningSandbox, shopper: Shopper) -> None:
    """Unless told otherwise; and nobody who leaves is waited for."""
    _inject(shopper, "slow_body", chunk_s=LONG_S)

    with _creating(served, shopper) as connection:
        received = b""
        while len(received.partition(b"\r\n\r\n")[2]) < 1:
            received += connection.recv(65536)

    assert received.endswith(b"\r\n\r\n[")


@pytest.mark.parametrize(("processed", "opened"), [(False, 0), (True, 1)])
def test_answer_never_comes(
    served: RunningSandbox, shopper: Shopper, *, processed: bool, opened: int
) -> None:
    """The connection stays open without a word, whether or not the call was carried out."""
    _inject(shopper, "timeout", processed=processed)

    with _creating(served, shopper) as connection:
        connection.settimeout(SHORT_S)
        with pytest.raises(TimeoutError):
            connection.recv(1)

    assert _opened(shopper) == opened
    assert _journaled(shopper) == (200 if processed else None, "timeout")


@pytest.mark.parametrize(("fault", "opened"), [("reset_before", 0), ("reset_after", 1)])
def test_connection_is_reset(
    served: RunningSandbox, shopper: Shopper, fault: str, opened: int
) -> None:
    """The client sees a reset, not an end; the call was carried out or not."""
    _inject(shopper, fault)

    with _creating(served, shopper) as connection, pytest.raises(ConnectionResetError):
        _read_plainly(connection)

    assert _opened(shopper) == opened
    assert _journaled(shopper) == (200 if opened else None, fault)


def test_half_of_the_body_comes(served: RunningSandbox, shopper: Shopper) -> None:
    """The headers promise all of it, and then the connection ends."""
    _inject(shopper, "half_body")

    with _creating(served, shopper) as connection:
        head, _, body = _read(connection).partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 200")
    assert len(body) == _length(head) // 2
    assert _opened(shopper) == 1


def test_half_of_nothing_is_too_little(shopper: Shopper) -> None:
    """Also an answer without a body does not arrive whole."""
    upload = {"fileSize": 1, "fileType": "PNG"}
    address = shopper.send("ms.GenerateURLForUploadFile", upload).json()["body"]
    _inject(shopper, "half_body", operation="put_file")

    with pytest.raises(httpx.RemoteProtocolError):
        shopper.brand.http.put(address["relativePath"], params=address["queryParams"], content=b"x")


@pytest.mark.parametrize("fault", ["timeout", "reset_before", "reset_after", "half_body"])
def test_next_call_succeeds(served: RunningSandbox, shopper: Shopper, fault: str) -> None:
    """Other connections are spared, and so is the next call on a new one."""
    _inject(shopper, fault, operation="send")

    with pytest.raises(httpx.TransportError):
        shopper.brand.http.post(
            f"/api/account/{shopper.brand.account}/messaging/consumer/conversation/send?v=3",
            json={"kind": "req", "id": "1", "type": "userprofile.SetUserProfile", "body": {}},
            headers=shopper.headers,
            timeout=SHORT_S,
        )

    with _creating(served, shopper) as connection:
        assert _read(connection).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [((), {"fault": "timeout"}), (("--tls",), {"fault": "latency", "delay_s": LONG_S})],
    ids=["http", "https"],
)
def test_sandbox_stops_at_once(arguments: tuple[str, ...], fault: dict[str, Any]) -> None:
    """Nobody who waits for an answer that never comes keeps it from stopping, nor is told a lie."""
    running = start_sandbox(*arguments).ready()
    verify = ssl.create_default_context(cafile=running.ca_file)
    with httpx.Client(base_url=running.url, trust_env=False, verify=verify) as http:
        shopper = Shopper(Brand.added(http))
        _inject(shopper, **fault)
        with _creating(running, shopper) as connection:
            connection.settimeout(SHORT_S)
            with pytest.raises(TimeoutError):
                connection.recv(1)
            started_s = time.monotonic()
            running.stop()
            took_s = time.monotonic() - started_s
            with pytest.raises(ConnectionResetError):
                _read_plainly(connection)

    assert took_s < STOP_TIMEOUT_S
