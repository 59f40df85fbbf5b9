"""Whatever a server does, a call ends in time, once, as what it was."""

import socket
from collections.abc import Callable

import pytest

from connector_harness.client.connector import Connector
from connector_harness.client.http.exchange import NotJsonError
from connector_harness.client.http.transport import TransportError
from connector_harness.client.tokens import SignIn
from tests.client.conftest import LONG_S
from tests.client.server import RawServer
from tests.hostile.behaviours import (
    BROKEN,
    CHUNKED,
    GONE,
    OK,
    SILENT,
    TOO_MUCH,
    Behaviour,
    answer,
    answering,
    dripping,
    leaving,
    saying,
)

Connect = Callable[..., Connector]
Serve = Callable[..., RawServer]
TOKENS = SignIn("app-token-of-this-test", "consumer-token-of-this-test")
MAY_BE = "the request may or may not have been delivered"


def failure_of(connector: Connector) -> TransportError:
    """Return how a create call of *connector* fails."""
    with pytest.raises(TransportError) as caught:
        connector.create_conversation_as([], sign_in=TOKENS)
    assert MAY_BE in str(caught.value)
    return caught.value


@pytest.mark.parametrize("behave", SILENT.values(), ids=SILENT)
def test_answer_without_end(serve: Serve, connect: Connect, behave: Behaviour) -> None:
    """Neither silence nor a little now and then keeps a call beyond its deadline."""
    server = serve(behave)
    error = failure_of(connect(server.url, total_timeout_s=0.5))
    assert error.exchange.elapsed_s < LONG_S
    assert (error.kind, error.delivery, server.connections) == ("timed_out", "uncertain", 1)


@pytest.mark.parametrize(("behave", "what"), TOO_MUCH.values(), ids=TOO_MUCH)
def test_answer_beyond_bounds(serve: Serve, connect: Connect, behave: Behaviour, what: str) -> None:
    """Too much of anything ends the call for what it is, long before its time is over."""
    server = serve(behave)
    error = failure_of(connect(server.url))
    assert str(error).splitlines()[0] == f"no answer from the endpoint: {what}"
    assert (error.kind, error.delivery, server.connections) == ("too_large", "uncertain", 1)
    assert error.exchange.elapsed_s < LONG_S


@pytest.mark.parametrize(("behave", "what"), BROKEN.values(), ids=BROKEN)
def test_answer_that_is_none(serve: Serve, connect: Connect, behave: Behaviour, what: str) -> None:
    """What is not HTTP, or packed so that nobody can read it, is told as that."""
    server = serve(behave)
    error = failure_of(connect(server.url))
    assert str(error).splitlines()[0] == f"no answer from the endpoint: {what}"
    assert (error.kind, error.delivery, server.connections) == ("protocol", "uncertain", 1)


@pytest.mark.parametrize("behave", GONE.values(), ids=GONE)
def test_answer_cut_off(serve: Serve, connect: Connect, behave: Behaviour) -> None:
    """Half an answer is none, wherever it was cut off."""
    server = serve(behave)
    error = failure_of(connect(server.url))
    assert (error.kind, error.delivery, server.connections) == ("closed", "uncertain", 1)


@pytest.mark.parametrize(
    "said",
    [
        answer(b"[]", *[b"X-A: 1"] * 99),
        answer(b"[]", b"X-Long: " + b"a" * 60_000),
        b"HTTP/1.1 100 Continue\r\n\r\n" * 100 + answer(),
        CHUNKED + b"1;a=b\r\n[\r\n1\r\n]\r\n0\r\nX-Trailer: 1\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n[]",
    ],
)
def test_answer_within_bounds(serve: Serve, connect: Connect, said: bytes) -> None:
    """What is unusual but within bounds is an answer."""
    connector = connect(serve(saying(said)).url)
    assert connector.create_conversation_as([], sign_in=TOKENS).document == []


def test_answer_that_ends_with_the_connection(serve: Serve, connect: Connect) -> None:
    """An answer without a length ends where the connection does, which is not used again."""
    server = serve(leaving(OK + b"\r\n[]"))
    connector = connect(server.url)
    for _ in range(2):
        assert connector.create_conversation_as([], sign_in=TOKENS).document == []
    assert server.connections == 2


def test_trailers_are_no_headers(serve: Serve, connect: Connect) -> None:
    """What comes behind a body does not count as said before it."""
    late = CHUNKED + b"2\r\n[]\r\n0\r\nContent-Type: application/json\r\nRetry-After: 9\r\n\r\n"
    reply = connect(serve(saying(late)).url).create_conversation_as([], sign_in=TOKENS)
    assert [name.lower() for name, _ in reply.exchange.response_headers] == ["transfer-encoding"]


def test_answer_nested_too_deep(serve: Serve, connect: Connect) -> None:
    """An answer of brackets alone is read without harm, and is no document."""
    deep = serve(saying(answer(b"[" * 1_000_000)))
    reply = connect(deep.url).create_conversation_as([], sign_in=TOKENS)
    with pytest.raises(NotJsonError, match="nested deeper than 100 levels"):
        _ = reply.document


@pytest.mark.parametrize(
    "said",
    [
        answer(b"[1]") + answer(b"[2]"),
        answer(b"[1]") + b"HTTP/1.1 200 OK\r\n",
        CHUNKED + b"3\r\n[1]\r\n0\r\n\r\n" + answer(b"[2]"),
        b"HTTP/1.1 100 Continue\r\n\r\n" + answer(b"[1]") + answer(b"[2]"),
    ],
)
def test_two_answers_to_one_request(serve: Serve, connect: Connect, said: bytes) -> None:
    """What follows an answer is never taken for the answer to the next request."""
    server = serve(saying(said))
    connector = connect(server.url)
    for _ in range(2):
        assert connector.create_conversation_as([], sign_in=TOKENS).document == [1]
    assert server.connections == 2


def test_two_answers_in_pieces(serve: Serve, connect: Connect) -> None:
    """Nor is it where the head arrives in two pieces, with the answer that follows."""
    head, _, rest = answer(b"[1]").partition(b"\n[")
    rests = [b"\n[" + rest + b"HTTP/1.1 200 OK\r\n", *[b""] * 20]

    def behave(connection: socket.socket) -> None:
        dripping(head, iter(rests))(connection)

    server = serve(behave)
    connector = connect(server.url)
    for _ in range(2):
        assert connector.create_conversation_as([], sign_in=TOKENS).document == [1]
    assert server.connections == 2


@pytest.mark.parametrize("said", [answer(), CHUNKED + b"2\r\n[]\r\n0\r\n\r\n"])
def test_one_answer_to_each_request(serve: Serve, connect: Connect, said: bytes) -> None:
    """A connection on which one answer follows each request is kept."""
    server = serve(answering(said))
    connector = connect(server.url)
    for _ in range(2):
        assert connector.create_conversation_as([], sign_in=TOKENS).document == []
    assert server.connections == 1
