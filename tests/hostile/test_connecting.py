"""No connection, no request: whatever keeps a call from beginning, nothing has been sent."""

import socket
from collections.abc import Callable

import pytest

from connector_harness.client.connector import Connector
from connector_harness.client.http.transport import TransportError
from connector_harness.client.tokens import SignIn
from tests.client.conftest import LONG_S
from tests.client.server import RawServer
from tests.hostile.behaviours import (
    Behaviour,
    answer,
    closing,
    dripping,
    flooding,
    resetting,
    saying,
)

Connect = Callable[..., Connector]
Serve = Callable[..., RawServer]
TOKENS = SignIn("app-token-of-this-test", "consumer-token-of-this-test")
HELLO = b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc"


def failure_of(connector: Connector) -> TransportError:
    """Return how a create call of *connector* fails, for which nothing was sent."""
    with pytest.raises(TransportError) as caught:
        connector.create_conversation_as([], sign_in=TOKENS)
    assert caught.value.delivery == "not sent"
    assert "may or may not" not in str(caught.value)
    return caught.value


def test_nobody_listens(connect: Connect) -> None:
    """A refused connection is told as one."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    assert failure_of(connect(url)).kind == "refused"


@pytest.mark.parametrize(
    "changes",
    [
        {"connect_timeout_s": 0.2},
        {"total_timeout_s": 0.2},
    ],
)
def test_nobody_accepts(connect: Connect, crowded: str, changes: dict[str, float]) -> None:
    """A connection is waited for as long as allowed, by the shorter of two bounds."""
    error = failure_of(connect(crowded, **changes))
    assert error.kind == "timed_out"
    assert error.exchange.elapsed_s < LONG_S


def reading_and_closing(connection: socket.socket) -> None:
    """Close on what the client said; unread, it would make the close a reset."""
    connection.recv(65536)


@pytest.mark.parametrize(
    ("behave", "kind"),
    [
        (saying(b""), "timed_out"),
        (dripping(HELLO, iter(lambda: b"\x00", b"")), "timed_out"),
        (flooding(b"", b"HTTP/1.1 200 OK\r\n"), "tls"),
        (reading_and_closing, "tls"),
        (resetting, "unreachable"),
    ],
    ids=["silent", "dripping", "no TLS", "closing", "resetting"],
)
def test_tls_that_does_not_come_about(
    serve: Serve, connect: Connect, behave: Behaviour, kind: str
) -> None:
    """Agreeing on TLS is part of connecting: as bounded, and before anything is sent."""
    url = serve(behave, reads=False).url.replace("http:", "https:")
    bounds = {"connect_timeout_s": 0.3} if kind == "timed_out" else {}
    error = failure_of(connect(url, **bounds))
    assert error.kind == kind
    assert error.exchange.elapsed_s < LONG_S


def test_name_of_this_machine_stays_here(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that may be called in the clear leads nowhere else, whatever a look-up says."""
    server = serve(saying(answer()))
    port = int(server.url.rpartition(":")[2])
    found = [(2, 1, 6, "", (address, port)) for address in ("192.0.2.1", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    connector = connect(f"http://a.localhost:{port}")
    assert connector.create_conversation_as([], sign_in=TOKENS).document == []
    del found[1]
    with pytest.raises(TransportError, match="unreachable"):
        connect(f"http://a.localhost:{port}").create_conversation_as([], sign_in=TOKENS)


def test_second_address(serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of several addresses of a host the first is called that answers."""
    port = int(serve(saying(answer())).url.rpartition(":")[2])
    found = [(2, 1, 6, "", (address, port)) for address in ("127.0.0.2", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    connector = connect(f"http://a.localhost:{port}")
    assert connector.create_conversation_as([], sign_in=TOKENS).document == []


def test_header_that_cannot_travel(serve: Serve, connect: Connect) -> None:
    """A request that is not HTTP does not leave, and says whose fault it is."""
    connector = connect(serve(saying(b"")).url)
    with pytest.raises(TransportError, match="the request is not HTTP") as caught:
        connector.create_conversation_as([], sign_in=SignIn("two\r\nlines", None))
    assert (caught.value.kind, caught.value.delivery) == ("protocol", "not sent")


def test_time_that_is_over_before_it_begins(serve: Serve, connect: Connect) -> None:
    """Nothing is begun for which there is no time."""
    server = serve(saying(b""))
    assert failure_of(connect(server.url, total_timeout_s=1e-9)).kind == "timed_out"
    assert server.connections == 0


def test_silence_is_bounded_apart_from_the_call(serve: Serve, connect: Connect) -> None:
    """Silence ends a call before the call's own time is over."""
    connector = connect(serve(saying(b"")).url, read_timeout_s=0.2)
    with pytest.raises(TransportError, match="timed out") as caught:
        connector.create_conversation_as([], sign_in=TOKENS)
    assert caught.value.exchange.elapsed_s < LONG_S


def test_doubt_where_it_does_not_matter(serve: Serve, connect: Connect) -> None:
    """Of a call that changes nothing at the endpoint nobody asks whether it arrived."""
    with pytest.raises(TransportError) as caught:
        connect(serve(closing).url).domains()
    assert caught.value.delivery == "uncertain"
    assert "may or may not" not in str(caught.value)
