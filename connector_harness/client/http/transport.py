"""The HTTP side: one deadline per call, bounds on every answer, failures as values."""

import logging
import time
import zlib
from collections.abc import Callable
from functools import lru_cache
from typing import Final, TypeAlias

import httpx

from connector_harness.client.http.connections import BoundedTransport, CallState, Delivery
from connector_harness.client.http.exchange import Exchange, Headers
from connector_harness.client.http.failures import (
    NOT_ACCEPTED,
    NOT_SHOWN,
    REMEDIES,
    WORDS,
    Kind,
    failure_of,
)
from connector_harness.client.http.limits import (
    MAX_ANSWER,
    MAX_RATIO,
    SMALL,
    TOO_LARGE,
    LimitError,
)
from connector_harness.client.http.origins import origin
from connector_harness.client.http.settings import HttpSettings

HARMLESS: Final = frozenset(
    {
        *("domains", "domain", "app_token", "consumer_token", "get_file"),
        *("read_conversation", "read_messages", "search_history"),
    }
)
"""The operations that change nothing at the endpoint: whether one arrived is no question."""

_PLAIN: Final = frozenset({"", "identity"})
_CODINGS: Final = _PLAIN | {"gzip", "x-gzip", "deflate"}
# zlib's word for: gzip or zlib, whichever it turns out to be.
_ANY_HEADER: Final = 47

INTERRUPTED: Final[dict[Delivery, str]] = {
    "not sent": "interrupted before it was sent",
    "uncertain": "interrupted",
}
"""The failure of a call that Ctrl-C ended."""


_Answer: TypeAlias = tuple[int | None, Headers, bytes]
_NONE: Final[_Answer] = (None, (), b"")


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
        words = exchange.failure or WORDS[kind][0]
        remedy = REMEDIES.get(words, WORDS[kind][1])
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
    ) -> None:
        """Prepare to call an endpoint; nothing is opened yet.

        Args:
            settings: How it is called.
            report: Gets every exchange, failed ones too, before `call` returns or raises.
            clock: The time of day in seconds since the epoch.
        """
        self.total_s = settings.total_timeout_s
        self.through: str | None = None
        self._settings = settings
        self._report = report
        self._clock = clock
        self._call = CallState()
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
        started_s, start = self._clock(), time.perf_counter()

        def exchange(answer: _Answer = _NONE, failure: str | None = None) -> Exchange:
            sent = (operation, method, url, _text(request.headers.raw), content)
            return Exchange(*sent, *answer, started_s, time.perf_counter() - start, failure)

        self._call.begin(self.total_s)
        try:
            made = exchange(_answer(client, request))
        except (LimitError, httpx.DecodingError, httpx.TransportError) as error:
            kind, words = self._failure(error, address.scheme)
            made = exchange(failure=words)
            self._report(made)
            raise TransportError(kind, made, delivery=self._call.delivery) from error
        except BaseException:
            # Ctrl-C: what may have been delivered is not to be forgotten.
            self._report(exchange(failure=INTERRUPTED[self._call.delivery]))
            raise
        self._report(made)
        return made

    def _failure(self, error: Exception, scheme: str) -> tuple[Kind, str]:
        kind, words = failure_of(error, peer_closed=self._call.peer_closed)
        if words == NOT_ACCEPTED:
            # The client believes that TLS is there before the server has seen the certificate.
            self._call.delivery = "not sent"
            return kind, words if self._settings.client_certificate else NOT_SHOWN
        if kind in {"refused", "unreachable"} and scheme == "https" and self._settings.proxy:
            return "proxy", f"the proxy is not reached: {words}"
        return kind, words

    def _client(self, scheme: str) -> httpx.Client:
        client = self._clients.get(scheme)
        if client is None:
            secure = self._settings if scheme == "https" else None
            bounded = BoundedTransport(self._call, secure)
            client = self._clients[scheme] = httpx.Client(transport=bounded, trust_env=False)
        return client

    def close(self) -> None:
        """Close every connection."""
        for client in self._clients.values():
            client.close()
        self._clients.clear()


def _answer(client: httpx.Client, request: httpx.Request) -> _Answer:
    response = client.send(request, stream=True)
    try:
        body = _body(response)
    finally:
        response.close()
    return response.status_code, _text(response.headers.raw), body


def _body(response: httpx.Response) -> bytes:
    """Return the whole body, codings undone, as far as is allowed and not a byte further."""
    coding = response.headers.get("content-encoding", "").strip().lower()
    if coding not in _CODINGS:
        # httpx undoes any number of them without a bound: 12 kB can become gigabytes. It also
        # takes a packed answer whose end is missing for a whole one.
        raise httpx.DecodingError("more than one coding, or one that is not known")
    stream = None if coding in _PLAIN else zlib.decompressobj(_ANY_HEADER)
    # Grows in place: a file arrives in many pieces.
    body, packed = bytearray(), 0
    for piece in response.iter_raw():
        packed += len(piece)
        body += piece if stream is None else _unpacked(stream, piece, MAX_ANSWER + 1 - len(body))
        if len(body) > MAX_ANSWER:
            raise LimitError(TOO_LARGE)
        if len(body) > max(SMALL, MAX_RATIO * packed):
            raise LimitError(f"answer that unpacks to more than {MAX_RATIO} times its size")
    if packed and stream is not None and not stream.eof:
        raise httpx.DecodingError("its packed end is missing")
    return bytes(body)


def _unpacked(stream: "zlib._Decompress", piece: bytes, most: int) -> bytes:
    try:
        unpacked = stream.decompress(piece, most)
    except zlib.error as error:
        raise httpx.DecodingError(str(error)) from None
    # To pass it over would show half an answer as a whole one.
    if stream.unused_data:
        raise httpx.DecodingError("it goes on after its packed end")
    return unpacked


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
