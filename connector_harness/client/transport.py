"""The HTTP side: one kept-alive client per service, one deadline per call, failures as values."""

import contextlib
import math
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final, Literal, TypeAlias

import httpcore
import httpx

from connector_harness.client.exchange import Exchange, Headers
from connector_harness.client.origins import origin
from connector_harness.client.settings import Endpoint

MAX_ANSWER: Final = 5 * 1024 * 1024
"""The largest answer that is read, in bytes; the files of the API have 3 MB at most."""

# Below the 5 s after which common servers drop idle connections, so that a call seldom
# leaves on a connection that is closing: a create call lost that way must not be repeated.
KEEP_ALIVE_S: Final = 4.0
# How much is handed to the socket at once; each piece gets what is left of the deadline.
_PIECE: Final = 16 * 1024
# Tells zlib to find out by itself whether it reads gzip or deflate.
_ANY_HEADER: Final = zlib.MAX_WBITS | 32

Kind: TypeAlias = Literal[
    "refused", "timed_out", "closed", "protocol", "too_large", "tls", "unreachable"
]
"""Why no answer arrived."""

_WORDS: Final[dict[Kind, tuple[str, str]]] = {
    "refused": ("connection refused", "start the endpoint, or correct its address"),
    "timed_out": ("timed out", "see whether the endpoint is up; its timeouts are settings"),
    "closed": ("connection closed", "see the endpoint's log; the call was not repeated"),
    "protocol": ("not HTTP", "see whether the address is that of an HTTP service"),
    "too_large": ("answer larger than 5 MiB", "see whether the address is that of the API"),
    "tls": ("no TLS", "name the endpoint's certificate authority in `ca_file`"),
    "unreachable": ("unreachable", "check the host name, the network and the address"),
}


class TransportError(Exception):
    """No usable answer arrived; a refusal with a status is not one of these.

    Attributes:
        kind: What went wrong.
        exchange: What was sent; its status is None.
    """

    def __init__(self, kind: Kind, exchange: Exchange) -> None:
        """Word the failure of *exchange*."""
        self.kind = kind
        self.exchange = exchange
        words, remedy = _WORDS[kind]
        super().__init__(
            f"no answer from the endpoint: {words}\n"
            f"  at: {exchange.operation}, {exchange.method} {exchange.url.partition('?')[0]}, "
            f"after {exchange.elapsed_s:.2f} s\n"
            f"  next: {remedy}"
        )


class _TooLargeError(Exception):
    """More than `MAX_ANSWER` bytes arrived."""


class _Call(threading.local):
    """What the sockets must know of the call they work for, and what they saw."""

    ends = math.inf
    peer_closed = False
    # httpcore drops the cause of its errors on the way up; it is kept here.
    cause: BaseException | None = None

    def begin(self, total_s: float) -> None:
        self.ends = time.monotonic() + total_s
        self.peer_closed = False
        self.cause = None

    def left(self, limit: float | None, error: type[httpcore.TimeoutException]) -> float:
        left = self.ends - time.monotonic()
        if left <= 0:
            raise error("the whole call took too long")
        return left if limit is None else min(limit, left)


class _Stream(httpcore.NetworkStream):
    """A connection that never waits beyond the end of the call.

    It speaks to the socket itself, for two reasons that together take a third off a call: what
    is written waits for the next read, so that head and body of a request leave together, and
    the socket is told of a time limit only when that has changed.
    """

    def __init__(self, inner: httpcore.NetworkStream, call: _Call) -> None:
        self._inner = inner
        self._call = call
        self._socket: socket.socket = inner.get_extra_info("socket")
        self._limit: float | None = None
        self._held = b""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        # An endpoint may answer and close before it has read everything: the answer counts.
        with contextlib.suppress(httpcore.WriteError):
            self._flush(timeout)
        self._wait_for(self._call.left(timeout, httpcore.ReadTimeout))
        try:
            data = self._socket.recv(max_bytes)
        except TimeoutError as error:
            raise httpcore.ReadTimeout(str(error)) from error
        except OSError as error:
            self._call.cause = error
            raise httpcore.ReadError(str(error)) from error
        if not data:
            self._call.peer_closed = True
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._held += buffer
        if len(self._held) > _PIECE:
            self._flush(timeout)

    def _flush(self, timeout: float | None) -> None:
        held, self._held = self._held, b""
        for start in range(0, len(held), _PIECE):
            self._wait_for(self._call.left(timeout, httpcore.WriteTimeout))
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

    def __init__(self, call: _Call) -> None:
        self._inner = httpcore.SyncBackend()
        self._call = call

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
        for address in self._addresses(host, port):
            left = self._call.left(timeout, httpcore.ConnectTimeout)
            try:
                stream = self._inner.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                self._call.cause, failure = error.__cause__, error
            else:
                return _Stream(stream, self._call)
        raise failure

    def _addresses(self, host: str, port: int) -> list[str]:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(str(error)) from error
        return [str(entry[4][0]) for entry in found]


class _Body(httpx.SyncByteStream):
    """The answer's bytes, from httpcore to httpx."""

    def __init__(self, inner: httpcore.Response) -> None:
        self._inner = inner

    def __iter__(self) -> Iterator[bytes]:
        return self._inner.iter_stream()

    def close(self) -> None:
        self._inner.close()


class _Pool(httpx.BaseTransport):
    """An httpx transport over one httpcore pool; httpcore's exceptions pass unchanged."""

    def __init__(self, call: _Call, tls: ssl.SSLContext | None) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls, network_backend=_Backend(call), keepalive_expiry=KEEP_ALIVE_S
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
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
        self._pool.close()


class _NoCookies(httpx.Cookies):
    """A jar that stays empty."""

    def extract_cookies(self, response: httpx.Response) -> None:
        """Take nothing out of *response*."""


class _Client(httpx.Client):
    """A client without cookies: the API has none, and looking for them costs a tenth of a call."""

    _none = _NoCookies()

    @property  # type: ignore[misc]  # nobody sets a jar
    def cookies(self) -> httpx.Cookies:
        return self._none


class Transport:
    """Makes the HTTP calls to one endpoint.

    Redirects are not followed, proxies of the environment are not used, plain http leaves this
    machine never, and no call outlasts the endpoint's ``total_timeout_s``. The time the
    operating system takes to look a host name up is the one wait outside that bound.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        report: Callable[[Exchange], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Prepare to call *endpoint*; nothing is opened yet.

        Args:
            endpoint: Whose timeouts and certificate authority apply.
            report: Gets every exchange, failed ones too, before `call` returns or raises.
            clock: The time of day in seconds since the epoch.
        """
        self._total_s = endpoint.total_timeout_s
        self._ca_file = endpoint.ca_file
        self._report = report
        self._clock = clock
        self._call = _Call()
        self._clients: dict[str, httpx.Client] = {}
        self._extensions = {
            "timeout": {
                "connect": endpoint.connect_timeout_s,
                "read": endpoint.read_timeout_s,
                "write": endpoint.read_timeout_s,
                "pool": endpoint.connect_timeout_s,
            }
        }

    def call(
        self,
        operation: str,
        method: str,
        url: str,
        *,
        headers: list[tuple[bytes, bytes]],
        content: bytes = b"",
    ) -> Exchange:
        """Make one HTTP call and return the exchange.

        Raises:
            TransportError: No complete answer arrived in time.
            ValueError: *url* is plain http to another machine.
        """
        address = _url(url)
        request = httpx.Request(
            method, address, headers=headers, content=content, extensions=self._extensions
        )
        client = self._client(address)
        started_s, start = self._clock(), time.perf_counter()
        outcome = self._outcome(client, request)
        exchange = Exchange(
            operation,
            method,
            url,
            _text(request.headers.raw),
            content,
            outcome.status,
            outcome.headers,
            outcome.body,
            started_s,
            time.perf_counter() - start,
            None if outcome.kind is None else _WORDS[outcome.kind][0],
        )
        self._report(exchange)
        if outcome.kind is not None:
            raise TransportError(outcome.kind, exchange) from outcome.error
        return exchange

    def _outcome(self, client: httpx.Client, request: httpx.Request) -> "_Outcome":
        self._call.begin(self._total_s)
        try:
            return _answer(client, request)
        except _TooLargeError as error:
            return _Outcome(kind="too_large", error=error)
        except httpcore.TimeoutException as error:
            return _Outcome(kind="timed_out", error=error)
        except (httpcore.NetworkError, httpcore.ProtocolError, httpx.DecodingError) as error:
            return _Outcome(kind=self._kind(error), error=error)

    def _kind(self, error: Exception) -> Kind:
        cause = self._call.cause
        if isinstance(cause, ssl.SSLError):
            return "tls"
        if isinstance(cause, ConnectionRefusedError):
            return "refused"
        if isinstance(error, httpcore.ConnectError):
            return "unreachable"
        if self._call.peer_closed or isinstance(error, httpcore.NetworkError):
            return "closed"
        return "protocol"

    def _client(self, address: httpx.URL) -> httpx.Client:
        service = f"{address.scheme}://{address.netloc.decode('ascii')}"
        client = self._clients.get(service)
        if client is None:
            origin(service)
            pool = _Pool(self._call, self._tls if address.scheme == "https" else None)
            client = self._clients[service] = _Client(transport=pool, trust_env=False)
        return client

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        if self._ca_file is None:
            return httpx.create_ssl_context(trust_env=False)
        return ssl.create_default_context(cafile=self._ca_file)

    def close(self) -> None:
        """Close every connection."""
        for client in self._clients.values():
            client.close()
        self._clients.clear()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """What one attempt came to: an answer, or a kind of failure."""

    status: int | None = None
    headers: Headers = ()
    body: bytes = b""
    kind: Kind | None = None
    error: Exception | None = None


def _answer(client: httpx.Client, request: httpx.Request) -> _Outcome:
    response = client.send(request, stream=True)
    try:
        unpack = _unpacker(response.headers.get("content-encoding", "identity"))
        # Grows in place: a file arrives in many pieces.
        body = bytearray()
        for piece in response.iter_raw():
            body += unpack(piece, MAX_ANSWER + 1 - len(body))
            if len(body) > MAX_ANSWER:
                raise _TooLargeError
    finally:
        response.close()
    headers = _text(response.headers.raw)
    return _Outcome(status=response.status_code, headers=headers, body=bytes(body))


def _unpacker(coding: str) -> Callable[[bytes, int], bytes]:
    """Return what undoes a content coding, yielding at most so many bytes at a time.

    httpx undoes any number of codings without a bound: 12 kB can become gigabytes.

    Raises:
        httpx.DecodingError: The coding is none that an endpoint may choose unasked.
    """
    match coding.strip().lower():
        case "identity":
            return lambda piece, _: piece
        case "gzip" | "x-gzip" | "deflate":
            return _inflate(zlib.decompressobj(_ANY_HEADER))
        case _:
            raise httpx.DecodingError(f"the answer is coded as {coding!r}")


def _inflate(stream: "zlib._Decompress") -> Callable[[bytes, int], bytes]:
    def unpack(piece: bytes, limit: int) -> bytes:
        try:
            return stream.decompress(piece, limit)
        except zlib.error as error:
            raise httpx.DecodingError(str(error)) from error

    return unpack


def _text(headers: list[tuple[bytes, bytes]]) -> Headers:
    return tuple([(name.decode("ascii"), value.decode("latin-1")) for name, value in headers])


_url = lru_cache(maxsize=64)(httpx.URL)
