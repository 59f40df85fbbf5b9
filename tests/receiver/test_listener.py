"""The receiver's web server answers whatever is sent to it, in time, and says nothing."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import httpx
import pytest

from connector_harness.receiver import listener
from connector_harness.receiver.listener import Listener
from connector_harness.receiver.requests import Request

Ask = Callable[[bytes], bytes]
GOOD = b"POST /x HTTP/1.1\r\nhost: box\r\ncontent-length: 2\r\n\r\nhi"


class Served:
    """A listener with short patience, and what it was asked."""

    def __init__(self) -> None:
        """Answer 200 to everything."""
        self.requests: list[Request] = []
        self.status = 200
        bound = socket.create_server(("127.0.0.1", 0))
        self.address = bound.getsockname()
        self.url = f"http://127.0.0.1:{self.address[1]}"
        self.meanwhile: Callable[[], object] = lambda: None
        self.listener = Listener(bound, self.handle, request_s=0.3)

    def handle(self, request: Request) -> int:
        """Remember *request* and answer."""
        self.requests.append(request)
        self.meanwhile()
        return self.status

    def connect(self) -> socket.socket:
        """Return a new connection."""
        connection = socket.create_connection(self.address)
        connection.settimeout(5)
        return connection

    def ask(self, *parts: bytes, end: bool = False) -> bytes:
        """Send *parts* and return all that is answered until the connection is closed."""
        with self.connect() as connection:
            with suppress(OSError):
                for part in parts:
                    connection.sendall(part)
            if end:
                connection.shutdown(socket.SHUT_WR)
            return read_all(connection)


def read_all(connection: socket.socket) -> bytes:
    """Return what arrives until the other side closes."""
    received = b""
    while True:
        try:
            chunk = connection.recv(65_536)
        except ConnectionResetError:
            return received
        if not chunk:
            return received
        received += chunk


def statuses(answers: bytes) -> list[int]:
    """Return the statuses in *answers*."""
    return [int(line.split()[1]) for line in answers.split(b"\r\n") if line.startswith(b"HTTP/")]


@pytest.fixture
def served(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Iterator[Served]:
    """A listener that must stop cleanly, having said nothing."""
    served = Served()
    yield served
    served.listener.stop()
    assert capfd.readouterr() == ("", "")
    assert caplog.get_records("call") == []
    assert "webhook receiver" not in [thread.name for thread in threading.enumerate()]


def test_request_as_it_was_sent(served: Served) -> None:
    """The handler gets method, path, headers in lower case and the exact bytes."""
    body = "Grüße 👋".encode()
    answer = httpx.post(f"{served.url}/a/b?c=d", content=body, headers={"X-One": "1"})
    (request,) = served.requests
    assert (answer.status_code, answer.content) == (200, b"")
    assert (request.method, request.path, request.body) == ("POST", "/a/b", body)
    assert ("x-one", "1") in request.headers
    assert repr(request) == "<Request POST /a/b>"


@pytest.mark.parametrize("status", [201, 202, 204, 302, 401, 404, 500, 599])
def test_status_is_the_handlers(served: Served, status: int) -> None:
    """The status is what the handler says, and one connection serves on."""
    served.status = status
    with httpx.Client() as client:
        answers = [client.post(served.url, content=b"{}").status_code for _ in range(2)]
    assert answers == [status, status]


def test_body_in_chunks(served: Served) -> None:
    """A body of unknown length is put together."""
    assert httpx.post(served.url, content=iter([b"one", b"two"])).status_code == 200
    assert served.requests[0].body == b"onetwo"


def test_body_after_permission(served: Served) -> None:
    """A sender that asks first is told to go on."""
    head = b"POST / HTTP/1.1\r\nhost: b\r\nexpect: 100-continue\r\ncontent-length: 2\r\n"
    with served.connect() as connection:
        connection.sendall(head + b"connection: close\r\n\r\n")
        assert statuses(connection.recv(65_536)) == [100]
        connection.sendall(b"hi")
        assert statuses(read_all(connection)) == [200]


def test_requests_in_one_piece(served: Served) -> None:
    """Requests that arrive together are answered one after the other."""
    last = GOOD.replace(b"\r\nhost", b"\r\nconnection: close\r\nhost").replace(b"hi", b"ho")
    assert statuses(served.ask(GOOD + GOOD + last)) == [200, 200, 200]
    assert [request.body for request in served.requests] == [b"hi", b"hi", b"ho"]


HOSTILE = [
    pytest.param([b"POST / HTTP/1.1\r\nhost: b\r\ncontent-length: 9\r\n\r\nhalf"], 408, id="half"),
    pytest.param([b"POST / HT"], 408, id="half a line"),
    pytest.param([b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"], 400, id="TLS"),
    pytest.param([b"nonsense\r\n\r\n"], 400, id="nonsense"),
    pytest.param([b"\r\n\r\n\r\n"], 400, id="empty lines"),
    pytest.param([b"POST / HTTP/1.1\r\n\r\n"], 400, id="no host"),
    pytest.param([b"POST /\xff HTTP/1.1\r\nhost: b\r\n\r\n"], 400, id="no ASCII in the path"),
    pytest.param([b"POST / HTTP/1.1\r\nhost: b\r\nx: " + b"x" * 70_000], 431, id="huge header"),
    pytest.param(
        [b"POST / HTTP/1.1\r\nhost: b\r\n" + b"x: y\r\n" * 101 + b"\r\n"], 431, id="many headers"
    ),
    pytest.param(
        [b"POST / HTTP/1.1\r\nhost: b\r\ncontent-length: 1000001\r\n\r\n"], 413, id="too large"
    ),
    pytest.param(
        [b"POST / HTTP/1.1\r\nhost: b\r\ncontent-length: " + b"9" * 20 + b"\r\n\r\n"],
        413,
        id="much too large",
    ),
    pytest.param(
        [b"POST / HTTP/1.1\r\nhost: b\r\ncontent-length: -1\r\n\r\n"], 400, id="negative length"
    ),
    pytest.param(
        [b"POST / HTTP/1.1\r\nhost: b\r\ntransfer-encoding: gzip\r\n\r\n"], 400, id="odd coding"
    ),
    pytest.param(
        [b"POST / HTTP/1.1\r\nhost: b\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"],
        400,
        id="odd chunk",
    ),
]


@pytest.mark.parametrize(("parts", "status"), HOSTILE)
def test_hostile_request(served: Served, parts: list[bytes], status: int) -> None:
    """Whatever is no request is refused, never handled, and the next sender is served."""
    assert statuses(served.ask(*parts)) == [status]
    assert served.requests == []
    assert httpx.post(served.url).status_code == 200


def test_sender_that_leaves(served: Served) -> None:
    """Half a request whose sender hangs up is over at once."""
    half = b"POST / HTTP/1.1\r\nhost: b\r\ncontent-length: 9\r\n\r\nhalf"
    assert [served.ask(each, end=True) for each in (half, b"")] == [b"", b""]
    assert served.requests == []


def test_sender_that_has_said_all(served: Served) -> None:
    """Whoever sends a request and then says that nothing follows is answered."""
    assert statuses(served.ask(GOOD, end=True)) == [200]


def test_sender_that_resets(served: Served) -> None:
    """A connection torn down in the middle disturbs nobody."""
    with served.connect() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        connection.sendall(GOOD[:-1])
    assert httpx.post(served.url).status_code == 200


@pytest.mark.parametrize("declared", [True, False])
def test_body_too_large(served: Served, *, declared: bool) -> None:
    """A body above the limit is refused, and its sender gets to read that."""
    body = b"x" * (listener.LARGEST_BODY + 1)
    content = body if declared else iter([body[:500_000], body[500_000:]])
    assert httpx.post(served.url, content=content).status_code == 413
    assert httpx.post(served.url, content=body[1:]).status_code == 200


def test_sender_is_heard_out(served: Served) -> None:
    """Whoever sends too much can send it all, and then read that it was too much."""
    head = b"POST / HTTP/1.1\r\nhost: b\r\ncontent-length: 20000000\r\n\r\n"
    with served.connect() as connection:
        connection.sendall(head + b"x" * 20_000_000)
        assert statuses(read_all(connection)) == [413]


def test_slow_sender(served: Served) -> None:
    """A request that drips in is refused when its time is up, however lively its sender is."""
    with served.connect() as connection:
        connection.settimeout(0.02)
        answer = b""
        for byte in GOOD * 2:
            with suppress(OSError):
                connection.sendall(bytes([byte]))
            with suppress(TimeoutError):
                answer = connection.recv(65_536)
                break
    assert statuses(answer) == [408]
    assert served.requests == []


def test_too_many_connections(served: Served) -> None:
    """Connections beyond the limit are closed, and those within it still served."""
    connections = [served.connect() for _ in range(listener.MOST_CONNECTIONS)]
    try:
        # One that is served stays.
        for connection in connections:
            connection.sendall(GOOD)
            assert statuses(connection.recv(65_536)) == [200]
        assert served.ask() == b""
    finally:
        for connection in connections:
            connection.close()


def test_connection_that_says_nothing_ends_soon(served: Served) -> None:
    """Nobody keeps senders out by mere silence; between two deliveries they may take their time."""
    with served.connect() as used, served.connect() as silent:
        used.sendall(GOOD)
        assert statuses(used.recv(65_536)) == [200]
        assert read_all(silent) == b""
        used.sendall(GOOD)
        assert statuses(used.recv(65_536)) == [200]


def test_stopped_in_the_middle(served: Served) -> None:
    """Stopping closes idle connections, half requests and all, at once."""
    idle, half = served.connect(), served.connect()
    with idle, half:
        idle.sendall(GOOD)
        assert statuses(idle.recv(65_536)) == [200]
        half.sendall(GOOD[:-1])
        served.listener.stop()
        assert (read_all(idle), read_all(half)) == (b"", b"")


def test_whoever_comes_while_it_ends_is_let_go() -> None:
    """A connection that is just being accepted is closed as well, and none is left behind."""
    served, late = Served(), list[socket.socket]()
    ending = threading.Thread(target=served.listener.stop)

    def end() -> None:
        # The loop learns of both at once: it is busy with a request.
        late.extend(served.connect() for _ in range(3))
        ending.start()

    served.meanwhile = end
    with served.connect() as connection:
        connection.sendall(GOOD)
        read_all(connection)
    ending.join()

    assert [read_all(each) for each in late] == [b"", b"", b""]
    for each in late:
        each.close()


def test_stopped_twice(served: Served) -> None:
    """Stopping again does nothing, and nobody is listening any more."""
    served.listener.stop()
    served.listener.stop()
    with pytest.raises(ConnectionRefusedError):
        served.connect()


def test_mistake_of_ours_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """A handler that fails is logged, the sender is asked to come again, and the next is served."""
    served = Served()
    served.meanwhile = lambda: 1 // 0
    assert httpx.post(served.url).status_code == 500
    served.meanwhile = lambda: None
    assert httpx.post(served.url).status_code == 200
    served.listener.stop()
    assert "ZeroDivisionError" in caplog.text


def test_listener_that_cannot_start() -> None:
    """A socket that cannot be listened on is an error where the listener is made."""
    bound = socket.socket()
    bound.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        Listener(bound, lambda _: 200)
