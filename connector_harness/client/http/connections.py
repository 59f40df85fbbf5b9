"""Connections whose every wait and every byte is bounded by the call they work for."""

import contextlib
import math
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, Literal, TypeAlias

import h11
import httpcore
import httpx

from connector_harness.client.http.limits import MAX_HEAD, MAX_WIRE, LimitError
from connector_harness.client.http.resolving import LookUpTimeoutError, Resolver

Delivery: TypeAlias = Literal["not sent", "uncertain"]
"""Whether a request without an answer can have reached the endpoint."""

# Below the 5 s after which common servers drop idle connections, so that a call seldom
# leaves on a connection that is closing: a create call lost that way must not be repeated.
KEEP_ALIVE_S: Final = 4.0
# How much is handed to the socket at once; each piece gets what is left of the deadline.
_PIECE: Final = 16 * 1024
_LARGE_HEAD: Final = f"answer with more than {MAX_HEAD // 1024} KiB before its body"
_LARGE_BODY: Final = f"answer that travels as more than {MAX_WIRE // 1024**2} MiB"
_LENGTH: Final = re.compile(rb"\r\ncontent-length: *([0-9]{1,7})\r\n", re.IGNORECASE)


class Call(threading.local):
    """What the sockets must know of the call they work for, and what they saw.

    Attributes:
        delivery: Whether bytes of the request had begun to go out.
        peer_closed: Whether the endpoint closed the connection.
        cause: What went wrong below httpcore, which drops the cause of its errors.
    """

    delivery: Delivery = "not sent"
    peer_closed = False
    cause: BaseException | None = None
    _ends = math.inf
    _may_read = 0
    _too_much = ""
    _read: list[bytes]

    def begin(self, total_s: float) -> None:
        """Start a call that takes at most *total_s* seconds."""
        self._ends = time.monotonic() + total_s
        self._may_read = MAX_HEAD
        self._too_much = _LARGE_HEAD
        self._read = []
        self.delivery = "not sent"
        self.peer_closed = False
        self.cause = None

    def left(self, limit: float | None, error: type[httpcore.TimeoutException]) -> float:
        """Return the seconds left for the next wait, at most *limit*; raise *error* if none."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise error("the whole call took too long")
        return left if limit is None else min(limit, left)

    def may_read(self, most: int) -> int:
        """Return how many bytes may be read next, at most *most*.

        Raises:
            LimitError: Head or body have had all they may.
        """
        if self._may_read <= 0:
            raise LimitError(self._too_much)
        return min(most, self._may_read)

    def has_read(self, data: bytes) -> None:
        """Take note of what arrived."""
        self._may_read -= len(data)
        self._read.append(data)

    def expect_body(self) -> None:
        """Allow the body its bytes: the head is complete."""
        self._may_read = MAX_WIRE
        self._too_much = _LARGE_BODY

    def has_surplus(self) -> bool:
        """Return whether more than the one answer has arrived.

        httpcore would take the rest for the answer to the next request.
        """
        if not self._read:
            # What came by another carrier came alone.
            return False
        read = self._read[0] if len(self._read) == 1 else b"".join(self._read)
        head = read.find(b"\r\n\r\n") + 4
        length = _LENGTH.search(read, 0, head)
        if length is not None and head + int(length[1]) == len(read):
            return False
        return _goes_on(read)


def _goes_on(read: bytes) -> bool:
    """Return whether *read* holds more than one answer, however that one is delimited."""
    parser = h11.Connection(h11.CLIENT, max_incomplete_event_size=len(read))
    parser.send(h11.Request(method="GET", target="/", headers=[("Host", "")]))
    parser.send(h11.EndOfMessage())
    parser.receive_data(read)
    while not isinstance(event := parser.next_event(), h11.EndOfMessage):
        # Delimited by the end of the connection, which is not used again then.
        if event is h11.NEED_DATA or event is h11.PAUSED:
            break
    return bool(parser.trailing_data[0])


Carrier: TypeAlias = Callable[[Call], httpx.BaseTransport]
"""Returns what carries requests to a service, for the calls of one transport."""


class _Stream(httpcore.NetworkStream):
    """A connection that never waits beyond the end of the call.

    It speaks to the socket itself, for two reasons that together take a third off a call: what
    is written waits for the next read, so that head and body of a request leave together, and
    the socket is told of a time limit only when that has changed.
    """

    def __init__(self, inner: httpcore.NetworkStream, call: Call) -> None:
        self._inner = inner
        self._call = call
        self._socket: socket.socket = inner.get_extra_info("socket")
        self._limit: float | None = None
        self._held = b""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        # An endpoint may answer and close before it has read everything: the answer counts.
        with contextlib.suppress(httpcore.WriteError):
            self._flush(timeout)
        call = self._call
        most = call.may_read(max_bytes)
        self._wait_for(call.left(timeout, httpcore.ReadTimeout))
        try:
            data = self._socket.recv(most)
        except TimeoutError as error:
            raise httpcore.ReadTimeout(str(error)) from error
        except OSError as error:
            call.cause = error
            raise httpcore.ReadError(str(error)) from error
        if not data:
            call.peer_closed = True
        call.has_read(data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._held += buffer
        if len(self._held) > _PIECE:
            self._flush(timeout)

    def _flush(self, timeout: float | None) -> None:
        held, self._held = self._held, b""
        for start in range(0, len(held), _PIECE):
            self._wait_for(self._call.left(timeout, httpcore.WriteTimeout))
            # Before, not after: of a write that fails, a part may have gone out.
            self._call.delivery = "uncertain"
            try:
                self._socket.sendall(held[start : start + _PIECE])
            except TimeoutError as error:
                raise httpcore.WriteTimeout(str(error)) from error
            except OSError as error:
                raise httpcore.WriteError(str(error)) from error

    def _wait_for(self, limit: float) -> None:
        if limit != self._limit:
            self._socket.settimeout(limit)
            self._limit = limit

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = self._call.left(timeout, httpcore.ConnectTimeout)
        try:
            return _Stream(self._inner.start_tls(ssl_context, server_hostname, left), self._call)
        except httpcore.ConnectError as error:
            self._call.cause = error.__cause__
            raise

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401  # as the base class has it
        return self._inner.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Opens connections whose every wait is bounded by the call's deadline."""

    def __init__(self, call: Call, resolver: Resolver) -> None:
        self._inner = httpcore.SyncBackend()
        self._call = call
        self._resolver = resolver

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        # One address after the other, here and not in the socket module, which would grant
        # each of them the whole time again.
        for address in self._addresses(host, port, timeout):
            left = self._call.left(timeout, httpcore.ConnectTimeout)
            try:
                stream = self._inner.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                self._call.cause, failure = error.__cause__, error
            else:
                return _Stream(stream, self._call)
        raise failure

    def _addresses(self, host: str, port: int, timeout: float | None) -> list[str]:
        left = self._call.left(timeout, httpcore.ConnectTimeout)
        try:
            return self._resolver.addresses(host, port, within_s=left)
        except LookUpTimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error


class _Body(httpx.SyncByteStream):
    """The answer's bytes, from httpcore to httpx."""

    def __init__(self, inner: httpcore.Response) -> None:
        self._inner = inner

    def __iter__(self) -> Iterator[bytes]:
        return self._inner.iter_stream()

    def close(self) -> None:
        self._inner.close()


class Connections(httpx.BaseTransport):
    """Kept connections to one service, as an httpx transport; httpcore's exceptions pass.

    It is called without an `httpx.Client`, which would look for cookies, log every address with
    what permits a file in it, and choke on a redirect to nowhere, all to no use here.
    """

    def __init__(self, call: Call, resolver: Resolver, tls: ssl.SSLContext | None) -> None:
        """Prepare to connect; every connection works for *call*."""
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls,
            network_backend=_Backend(call, resolver),
            keepalive_expiry=KEEP_ALIVE_S,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send *request*, and return the answer as soon as its head is there."""
        url = request.url
        answer = self._pool.handle_request(
            httpcore.Request(
                request.method,
                httpcore.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_Body(answer),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()
