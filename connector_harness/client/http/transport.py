"""The HTTP side: connections kept per service, one deadline per call, failures as values."""

import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final, Literal, TypeAlias

import h11
import httpcore
import httpx

from connector_harness.client.http.connections import Call, Carrier, Connections, Delivery
from connector_harness.client.http.exchange import Exchange, Headers
from connector_harness.client.http.limits import MAX_FIELDS, TOO_LARGE, LimitError
from connector_harness.client.http.origins import origin
from connector_harness.client.http.resolving import Resolver
from connector_harness.client.http.unpacking import CodingError, unpacker
from connector_harness.client.settings import Endpoint

Kind: TypeAlias = Literal[
    "refused", "timed_out", "closed", "protocol", "too_large", "tls", "unreachable"
]
"""Why no answer arrived."""

_WORDS: Final[dict[Kind, tuple[str, str]]] = {
    "refused": ("connection refused", "start the endpoint, or correct its address"),
    "timed_out": ("timed out", "see whether the endpoint is up; its timeouts are settings"),
    "closed": ("connection closed", "see the endpoint's log; the call was not repeated"),
    "protocol": ("not HTTP", "see whether the address is that of an HTTP service"),
    "too_large": (TOO_LARGE, "see whether the address is that of the API"),
    "tls": ("no TLS", "name the endpoint's certificate authority in `ca_file`"),
    "unreachable": ("unreachable", "check the host name, the network and the address"),
}

_PLAIN: Final = "no TLS: that port speaks plain http, or something else"
_REMEDIES: Final = {
    _PLAIN: "name the port that speaks https; plain http is spoken on this machine only",
}
"""What to do about failures that need more than the remedy of their kind."""

_NO_TLS_AT_ALL: Final = frozenset({"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST"})
"""What OpenSSL says of a peer that answers a greeting in another protocol."""

# What h11 says of a line or a head that it will not keep any longer: a status for servers.
_TOO_LONG: Final = 431

HARMLESS: Final = frozenset(
    {
        *("domains", "domain", "app_token", "consumer_token", "get_file"),
        *("read_conversation", "read_messages", "search_history"),
    }
)
"""The operations that change nothing at the endpoint: whether one arrived is no question."""

INTERRUPTED: Final[dict[Delivery, str]] = {
    "not sent": "interrupted before it was sent",
    "uncertain": "interrupted",
}
"""The failure of a call that Ctrl-C ended."""


class TransportError(Exception):
    """No usable answer arrived; a refusal with a status is not one of these.

    Attributes:
        kind: What went wrong.
        exchange: What was sent; its status is None.
        delivery: ``"not sent"`` if not one byte of the request had begun to go out, as after a
            refused connection; ``"uncertain"`` if it may or may not have been delivered.
    """

    def __init__(self, kind: Kind, exchange: Exchange, *, delivery: Delivery = "uncertain") -> None:
        """Word the failure of *exchange*, which says in short what went wrong."""
        self.kind = kind
        self.exchange = exchange
        self.delivery = delivery
        words = exchange.failure or _WORDS[kind][0]
        remedy = _REMEDIES.get(words, _WORDS[kind][1])
        uncertain = delivery == "uncertain" and exchange.operation not in HARMLESS
        doubt = "  the request may or may not have been delivered\n" if uncertain else ""
        super().__init__(
            f"no answer from the endpoint: {words}\n{doubt}"
            f"  at: {exchange.operation}, {exchange.method} {exchange.url.partition('?')[0]}, "
            f"after {exchange.elapsed_s:.2f} s\n"
            f"  next: {remedy}"
        )


class Transport:
    """Makes the HTTP calls to one endpoint.

    Redirects are not followed, proxies of the environment are not used, plain http leaves this
    machine never, no call outlasts the endpoint's ``total_timeout_s``, and no answer exceeds the
    module `limits`.

    Attributes:
        total_s: The longest a call may take, in seconds.
        through: The origin of what passes all calls on; None where they go straight. Exchanges
            show the address that is meant.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        report: Callable[[Exchange], None],
        clock: Callable[[], float] = time.time,
        carrier: Carrier | None = None,
    ) -> None:
        """Prepare to call *endpoint*; nothing is opened yet.

        Args:
            endpoint: Whose timeouts and certificate authority apply.
            report: Gets every exchange, failed ones too, before `call` returns or raises.
            clock: The time of day in seconds since the epoch.
            carrier: What requests travel by. Default: connections.
        """
        self.total_s = endpoint.total_timeout_s
        self.through: str | None = None
        self._ca_file = endpoint.ca_file
        self._report = report
        self._clock = clock
        self._call = Call()
        self._carrier = carrier
        self._resolver = Resolver()
        self._services: dict[str, httpx.BaseTransport] = {}
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
            ValueError: *url* is plain http to another machine, or no address.
        """
        address = _url(url if self.through is None else f"{self.through}{_target(url)}")
        request = httpx.Request(
            method, address, headers=headers, content=content, extensions=self._extensions
        )
        connections = self._connections(address)
        sent = _Sent(operation, method, url, request, content, self._clock(), time.perf_counter())
        try:
            outcome = self._outcome(connections, request)
        except BaseException:
            # Ctrl-C: what may have been delivered is not to be forgotten.
            self._report(sent.exchange(_Outcome(failure=INTERRUPTED[self._call.delivery])))
            raise
        exchange = sent.exchange(outcome)
        self._report(exchange)
        if outcome.kind is not None:
            raise TransportError(
                outcome.kind, exchange, delivery=self._call.delivery
            ) from outcome.error
        return exchange

    def _outcome(self, connections: httpx.BaseTransport, request: httpx.Request) -> "_Outcome":
        self._call.begin(self.total_s)
        try:
            return _answer(connections, request, self._call)
        except (LimitError, CodingError, httpcore.TimeoutException) as error:
            return _failed(error)
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            cause = self._call.cause
            failure = _tls_failure(cause) if isinstance(cause, ssl.SSLError) else None
            return _failed(error, self._kind(error), failure)

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

    def _connections(self, address: httpx.URL) -> httpx.BaseTransport:
        service = f"{address.scheme}://{address.netloc.decode('ascii')}"
        connections = self._services.get(service)
        if connections is None:
            origin(service)
            connections = self._services[service] = self._opened(address.scheme)
        return connections

    def _opened(self, scheme: str) -> httpx.BaseTransport:
        if self._carrier is not None:
            return self._carrier(self._call)
        tls = self._tls if scheme == "https" else None
        return Connections(self._call, self._resolver, tls)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return trust(self._ca_file)

    def close(self) -> None:
        """Close every connection."""
        for connections in self._services.values():
            connections.close()
        self._services.clear()


def trust(ca_file: Path | None) -> ssl.SSLContext:
    """Return what decides whether a server is trusted.

    Args:
        ca_file: The authorities to trust instead of the usual ones.
    """
    if ca_file is None:
        return httpx.create_ssl_context(trust_env=False)
    return ssl.create_default_context(cafile=ca_file)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """What one attempt came to: an answer, or a kind of failure."""

    status: int | None = None
    headers: Headers = ()
    body: bytes = b""
    kind: Kind | None = None
    failure: str | None = None
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class _Sent:
    """A request, and when it was begun: by the time of day, and by a clock that is never put."""

    operation: str
    method: str
    url: str
    request: httpx.Request
    content: bytes
    started_s: float
    start: float

    def exchange(self, outcome: _Outcome) -> Exchange:
        """Return the exchange that ends now."""
        return Exchange(
            self.operation,
            self.method,
            self.url,
            _text(self.request.headers.raw),
            self.content,
            outcome.status,
            outcome.headers,
            outcome.body,
            self.started_s,
            time.perf_counter() - self.start,
            outcome.failure,
        )


def _tls_failure(error: ssl.SSLError) -> str:
    """Return why TLS did not come about; it begins as the words of its kind."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"no TLS: certificate not trusted, {error.verify_message}"
    return _PLAIN if error.reason in _NO_TLS_AT_ALL else _WORDS["tls"][0]


def _failed(error: Exception, kind: Kind = "protocol", failure: str | None = None) -> _Outcome:
    if isinstance(error, LimitError | CodingError):
        kind, failure = "too_large" if isinstance(error, LimitError) else "protocol", str(error)
    elif isinstance(error, httpcore.TimeoutException):
        kind = "timed_out"
    elif isinstance(error, httpcore.LocalProtocolError):
        failure = "the request is not HTTP"
    elif _is_endless(error):
        kind, failure = "too_large", "answer with an endless line"
    return _Outcome(kind=kind, failure=failure or _WORDS[kind][0], error=error)


def _is_endless(error: Exception) -> bool:
    """Return whether h11 gave up on a line, of chunks or trailers, that has no end."""
    cause = error.args[0] if error.args else None
    return isinstance(cause, h11.RemoteProtocolError) and cause.error_status_hint == _TOO_LONG


def _answer(connections: httpx.BaseTransport, request: httpx.Request, call: Call) -> _Outcome:
    response = connections.handle_request(request)
    try:
        fields = response.headers.raw
        if len(fields) > MAX_FIELDS:
            raise LimitError(f"answer with more than {MAX_FIELDS} header fields")
        call.expect_body()
        unpacking = unpacker(response.headers.get("content-encoding", ""))
        for piece in response.iter_raw():
            unpacking.feed(piece)
        body = unpacking.finish()
    finally:
        response.close()
    if call.has_surplus():
        response.extensions["network_stream"].close()
    return _Outcome(status=response.status_code, headers=_text(fields), body=body)


def _text(headers: list[tuple[bytes, bytes]]) -> Headers:
    return tuple([(name.decode("ascii"), value.decode("latin-1")) for name, value in headers])


def _target(url: str) -> str:
    """Return what stands behind the origin of *url*, as it stands there."""
    _, _, rest = url.partition("://")
    _, slash, target = rest.partition("/")
    return f"{slash}{target}"


@lru_cache(maxsize=64)
def _url(address: str) -> httpx.URL:
    try:
        return httpx.URL(address)
    except httpx.InvalidURL as error:
        raise ValueError(f"no address: {error}") from None
