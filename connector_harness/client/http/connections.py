"""One transport for `httpx`: every wait and every byte is bounded by the call it works for."""

import errno
import math
import os
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterable
from typing import Any, Final, Literal, TypeAlias

import httpcore
import httpx

from connector_harness.client.http.limits import MAX_FIELDS, MAX_HEAD, MAX_WIRE, LimitError
from connector_harness.client.http.origins import is_loopback
from connector_harness.client.http.settings import HttpSettings

Delivery: TypeAlias = Literal["not sent", "uncertain"]
"""Whether a request without an answer can have reached the endpoint."""

# Below the 5 s after which common servers drop idle connections, so that a call seldom
# leaves on a connection that is closing: a create call lost that way must not be repeated.
KEEP_ALIVE_S: Final = 4.0
# How much is handed to the socket at once; each piece gets what is left of the deadline.
_PIECE: Final = 16 * 1024
_LARGE_HEAD: Final = f"answer with more than {MAX_HEAD // 1024} KiB before its body"
_LARGE_BODY: Final = f"answer that travels as more than {MAX_WIRE // 1024**2} MiB"
# Every head ends with one, and so does every body in chunks.
_BLANK_LINE: Final = re.compile(rb"\n\r?\n")


class CallState(threading.local):
    """What the sockets must know of the call they work for, and what they saw."""

    delivery: Delivery = "not sent"
    peer_closed = False
    body_left: int | None = None
    _ends = math.inf
    _may_read = 0
    _too_much = ""

    def begin(self, total_s: float) -> None:
        """Start a call that takes at most *total_s* seconds."""
        self._ends = time.monotonic() + total_s
        self._may_read, self._too_much = MAX_HEAD, _LARGE_HEAD
        self.delivery, self.peer_closed, self.body_left = "not sent", False, None

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

    def has_read(self, size: int) -> None:
        """Take note that *size* bytes arrived; none ends the connection."""
        self._may_read -= size
        self.peer_closed = self.peer_closed or not size

    def expect_body(self, length: int | None) -> None:
        """Allow the body its bytes, *length* of them if that is known: the head is complete."""
        self._may_read, self._too_much = MAX_WIRE, _LARGE_BODY
        self.body_left = length


class _TlsSocket(ssl.SSLSocket):
    """A socket that closes itself where its connection was reset before TLS began."""

    def getpeername(self) -> Any:  # noqa: ANN401  # as the base class has it
        # The first that ssl asks a new socket, which it would leave behind, open.
        try:
            return super().getpeername()
        except OSError as error:
            self.close()
            raise ConnectionResetError(errno.ECONNRESET, os.strerror(errno.ECONNRESET)) from error


class _Stream(httpcore.NetworkStream):
    """A connection that never waits beyond the end of the call.

    What arrives is handed on in pieces that end where an answer may end. What follows an answer
    is so never read as the answer to the next request: the connection is not used again.
    """

    def __init__(
        self, inner: httpcore.NetworkStream, call: CallState, *, carries_requests: bool
    ) -> None:
        self._inner = inner
        self._call = call
        self._carries_requests = carries_requests
        self._arrived = self._before = b""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if not self._arrived:
            most = self._call.may_read(max_bytes)
            left = self._call.left(timeout, httpcore.ReadTimeout)
            self._arrived = self._inner.read(most, left)
            self._call.has_read(len(self._arrived))
        end = self._end_of_piece()
        piece, self._arrived = self._arrived[:end], self._arrived[end:]
        return piece

    def _end_of_piece(self) -> int:
        size = len(self._arrived)
        if self._call.body_left is not None:
            size = min(size, self._call.body_left)
            self._call.body_left -= size
            return size
        known = self._before + self._arrived
        blank = _BLANK_LINE.search(known)
        end = len(known) if blank is None else blank.end()
        before, self._before = len(self._before), known[-2:] if blank is None else b""
        return end - before

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _PIECE):
            left = self._call.left(timeout, httpcore.WriteTimeout)
            # Before, not after: of a write that fails, a part may have gone out.
            if self._carries_requests:
                self._call.delivery = "uncertain"
            self._inner.write(buffer[start : start + _PIECE], left)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = self._call.left(timeout, httpcore.ConnectTimeout)
        ssl_context.sslsocket_class = _TlsSocket
        secured = self._inner.start_tls(ssl_context, server_hostname, left)
        return _Stream(secured, self._call, carries_requests=True)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401  # as the base class has it
        # What is readable before a request was sent makes httpcore open another connection.
        if info == "is_readable" and self._arrived:
            return True
        return self._inner.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Opens connections whose every wait is bounded by the call's deadline."""

    def __init__(self, call: CallState, *, to_proxy: bool) -> None:
        self._inner = httpcore.SyncBackend()
        self._call = call
        self._to_proxy = to_proxy

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError("the host name has no address")
        # One address after the other, here and not in the socket module, which would grant
        # each of them the whole time again.
        self._call.left(timeout, httpcore.ConnectTimeout)
        for address in _addresses(host, port):
            left = self._call.left(timeout, httpcore.ConnectTimeout)
            try:
                stream = self._inner.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                # What a proxy is told first is no part of the request.
                return _Stream(stream, self._call, carries_requests=not self._to_proxy)
        raise failure


def _addresses(host: str, port: int) -> list[str]:
    try:
        entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(error) from error
    found = [str(entry[4][0]) for entry in entries]
    # What names this machine may be called in the clear: nobody's DNS may send it elsewhere.
    return [each for each in found if is_loopback(each)] if is_loopback(host) else found


def _pool(call: CallState, secure: HttpSettings | None) -> httpcore.ConnectionPool:
    proxy = None if secure is None or secure.proxy is None else secure.proxy.get_secret_value()
    backend = _Backend(call, to_proxy=proxy is not None)
    tls = None if secure is None else secure.tls()
    if proxy is None:
        return httpcore.ConnectionPool(
            ssl_context=tls,
            max_connections=None,
            keepalive_expiry=KEEP_ALIVE_S,
            network_backend=backend,
        )
    address = httpx.URL(proxy)
    return httpcore.HTTPProxy(
        httpcore.URL(scheme="http", host=address.raw_host, port=address.port, target="/"),
        (address.username, address.password) if address.userinfo else None,
        ssl_context=tls,
        max_connections=None,
        keepalive_expiry=KEEP_ALIVE_S,
        network_backend=backend,
    )


class _Redirect(httpx.Response):
    """An answer that points elsewhere, where nobody looks: a client would choke on nonsense."""

    @property
    def has_redirect_location(self) -> bool:
        """Whether there is a redirect to follow."""
        return False


class BoundedTransport(httpx.HTTPTransport):
    """Kept connections, bounded by the call they work for."""

    def __init__(self, call: CallState, secure: HttpSettings | None) -> None:
        """Prepare to connect.

        Args:
            call: The call that connections work for.
            secure: The way there and what is trusted there; None where only plain http is spoken.
        """
        # Not the base class's own, which has no place for a backend, and reads the authorities
        # of the system for plain http as well.
        self._pool = _pool(call, secure)
        self._call = call

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send *request*, and return the answer as soon as its head is there.

        Raises:
            LimitError: The head has too many fields.
        """
        response = super().handle_request(request)
        headers = response.headers
        if len(headers.raw) > MAX_FIELDS:
            response.close()
            raise LimitError(f"answer with more than {MAX_FIELDS} header fields")
        in_chunks = "transfer-encoding" in headers
        length = None if in_chunks else headers.get("content-length")
        self._call.expect_body(None if length is None else int(length))
        if response.has_redirect_location:
            return _Redirect(
                response.status_code,
                headers=headers,
                stream=response.stream,
                extensions=response.extensions,
            )
        return response
