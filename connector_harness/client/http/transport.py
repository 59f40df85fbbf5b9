"""The HTTP side: one deadline per call, bounds on every answer, failures as values."""

import logging
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Literal, TypeAlias

import h11
import httpx

from connector_harness.client.http.connections import CallState, Carrier, Connections, Delivery
from connector_harness.client.http.exchange import Exchange, Headers
from connector_harness.client.http.limits import (
    MAX_ANSWER,
    MAX_RATIO,
    SMALL,
    TOO_LARGE,
    LimitError,
)
from connector_harness.client.http.origins import origin
from connector_harness.client.http.settings import HttpSettings

Kind: TypeAlias = Literal[
    "refused", "timed_out", "closed", "protocol", "too_large", "tls", "unreachable", "proxy"
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
    "proxy": (
        "the proxy does not let through",
        "see what the proxy allows; `proxy` of the endpoint names it, or CONNECTOR_PROXY",
    ),
}

_PLAIN: Final = "no TLS: that port speaks plain http, or something else"
_NOT_SHOWN: Final = "no TLS: the server wants a client certificate"
_NOT_ACCEPTED: Final = "no TLS: the server refuses the client certificate"
_REMEDIES: Final = {
    _NOT_SHOWN: "name one in `client_certificate` of the endpoint",
    _NOT_ACCEPTED: "name one that the server accepts in `client_certificate` of the endpoint",
    _PLAIN: "name the port that speaks https; plain http is spoken on this machine only",
}
"""What to do about failures that need more than the remedy of their kind."""

_NO_TLS_AT_ALL: Final = frozenset({"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST"})
"""What OpenSSL says of a peer that answers a greeting in another protocol."""

_CODINGS: Final = frozenset({"", "identity", "gzip", "deflate"})
_UNREADABLE: Final = "answer that cannot be unpacked"

_REFUSED_CERTIFICATE: Final = frozenset(
    {
        *("TLSV13_ALERT_CERTIFICATE_REQUIRED", "TLSV1_ALERT_UNKNOWN_CA"),
        *("SSLV3_ALERT_BAD_CERTIFICATE", "SSLV3_ALERT_CERTIFICATE_UNKNOWN"),
        *("SSLV3_ALERT_CERTIFICATE_EXPIRED", "SSLV3_ALERT_HANDSHAKE_FAILURE"),
    }
)
"""What OpenSSL says when a server has refused the certificate of a client."""

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
    machine never and passes no proxy, no call outlasts the endpoint's ``total_timeout_s``, and no
    answer exceeds the module `limits`.

    Attributes:
        total_s: The longest a call may take, in seconds.
        through: The origin of what passes all calls on; None where they go straight. Exchanges
            show the address that is meant.
    """

    def __init__(
        self,
        settings: HttpSettings,
        *,
        report: Callable[[Exchange], None],
        clock: Callable[[], float] = time.time,
        carrier: Carrier | None = None,
    ) -> None:
        """Prepare to call an endpoint; nothing is opened yet.

        Args:
            settings: How it is called.
            report: Gets every exchange, failed ones too, before `call` returns or raises.
            clock: The time of day in seconds since the epoch.
            carrier: What requests travel by. Default: connections.
        """
        self.total_s = settings.total_timeout_s
        self.through: str | None = None
        self._settings = settings
        self._report = report
        self._clock = clock
        self._call = CallState()
        self._carrier = carrier
        self._clients: dict[str, httpx.Client] = {}
        self._extensions = {
            "timeout": {
                "connect": settings.connect_timeout_s,
                "read": settings.read_timeout_s,
                "write": settings.read_timeout_s,
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
        client = self._client(address.scheme)
        sent = _Sent(operation, method, url, request, content, self._clock(), time.perf_counter())
        try:
            outcome = self._outcome(client, request)
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

    def _outcome(self, client: httpx.Client, request: httpx.Request) -> "_Outcome":
        self._call.begin(self.total_s)
        try:
            return _answer(client, request)
        except (LimitError, httpx.DecodingError, httpx.TransportError) as error:
            return self._failure(error, request.url.scheme)

    def _failure(self, error: Exception, scheme: str) -> "_Outcome":
        outcome = _failed(error, peer_closed=self._call.peer_closed)
        words, kind = outcome.failure, outcome.kind
        if words == _NOT_ACCEPTED:
            # The client believes that TLS is there before the server has seen the certificate.
            self._call.delivery = "not sent"
            if self._settings.client_certificate is None:
                return replace(outcome, failure=_NOT_SHOWN)
        if kind in {"refused", "unreachable"} and scheme == "https" and self._settings.proxy:
            return replace(outcome, kind="proxy", failure=f"the proxy is not reached: {words}")
        return outcome

    def _client(self, scheme: str) -> httpx.Client:
        client = self._clients.get(scheme)
        if client is None:
            if self._carrier is not None:
                carrier = self._carrier(self._call)
            else:
                carrier = Connections(self._call, self._settings if scheme == "https" else None)
            client = self._clients[scheme] = httpx.Client(transport=carrier, trust_env=False)
        return client

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


def _failed(error: Exception, *, peer_closed: bool) -> _Outcome:
    if isinstance(error, LimitError | httpx.DecodingError):
        kind, failure = _beyond(error)
        return _Outcome(kind=kind, failure=failure, error=error)
    # httpx keeps what httpcore says, and that as its first argument what went wrong below.
    below = error.__cause__.args[0] if error.__cause__ and error.__cause__.args else None
    if isinstance(below, ssl.SSLError):
        return _Outcome(kind="tls", failure=_tls_failure(below), error=error)
    if isinstance(below, h11.RemoteProtocolError) and below.error_status_hint == _TOO_LONG:
        return _Outcome(kind="too_large", failure="answer with an endless line", error=error)
    if isinstance(error, httpx.LocalProtocolError):
        return _Outcome(kind="protocol", failure="the request is not HTTP", error=error)
    if isinstance(error, httpx.ProxyError):
        return _Outcome(kind="proxy", failure=f"{_WORDS['proxy'][0]}: {error}", error=error)
    kind = _kind(error, below, peer_closed=peer_closed)
    return _Outcome(kind=kind, failure=_WORDS[kind][0], error=error)


def _beyond(error: LimitError | httpx.DecodingError) -> tuple[Kind, str]:
    return ("too_large", str(error)) if isinstance(error, LimitError) else ("protocol", _UNREADABLE)


def _tls_failure(error: ssl.SSLError) -> str:
    """Return why TLS did not come about; it begins as the words of its kind."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"no TLS: certificate not trusted, {error.verify_message}"
    if error.reason in _REFUSED_CERTIFICATE:
        return _NOT_ACCEPTED
    return _PLAIN if error.reason in _NO_TLS_AT_ALL else _WORDS["tls"][0]


def _kind(error: Exception, below: object, *, peer_closed: bool) -> Kind:
    if isinstance(error, httpx.TimeoutException):
        return "timed_out"
    if isinstance(below, ConnectionRefusedError):
        return "refused"
    if isinstance(error, httpx.ConnectError):
        return "unreachable"
    return "closed" if peer_closed or isinstance(error, httpx.NetworkError) else "protocol"


def _answer(client: httpx.Client, request: httpx.Request) -> _Outcome:
    response = client.send(request, stream=True)
    try:
        body = _body(response)
    finally:
        response.close()
    return _Outcome(status=response.status_code, headers=_text(response.headers.raw), body=body)


def _body(response: httpx.Response) -> bytes:
    """Return the whole body, content codings undone, as far as is allowed and little further."""
    if response.headers.get("content-encoding", "").strip().lower() not in _CODINGS:
        # httpx undoes any number of them without a bound: 12 kB can become gigabytes.
        raise httpx.DecodingError("more than one coding, or one that is not known")
    # Grows in place: a file arrives in many pieces.
    body = bytearray()
    for piece in response.iter_bytes():
        body += piece
        if len(body) > MAX_ANSWER:
            raise LimitError(TOO_LARGE)
        if len(body) > max(SMALL, MAX_RATIO * response.num_bytes_downloaded):
            raise LimitError(f"answer that unpacks to more than {MAX_RATIO} times its size")
    return bytes(body)


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
        url = httpx.URL(address)
    except httpx.InvalidURL as error:
        raise ValueError(f"no address: {error}") from None
    origin(f"{url.scheme}://{url.netloc.decode('ascii')}")
    return url


def _without_query(record: logging.LogRecord) -> bool:
    # What permits a file stands in the query of its address.
    arguments = record.args if isinstance(record.args, tuple) else ()
    record.args = tuple(
        each.copy_with(query=None) if isinstance(each, httpx.URL) else each for each in arguments
    )
    return True


logging.getLogger("httpx").addFilter(_without_query)
