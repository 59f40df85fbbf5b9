"""Calls to the services of one endpoint: found once, patient when throttled."""

import itertools
import json
import random
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from email.utils import parsedate_to_datetime
from typing import Final, Protocol, Self, TypeAlias
from urllib.parse import quote

from connector_harness.client.domains import SERVICES, Domains
from connector_harness.client.http.exchange import Exchange, header
from connector_harness.client.http.transport import Transport
from connector_harness.client.reply import Reply
from connector_harness.client.settings import Endpoint
from connector_harness.json_types import JsonValue
from connector_harness.redaction.redactor import Redactor

Turn: TypeAlias = Callable[[], AbstractContextManager[None]]
"""Lets a call begin, and lasts as long as it does; entering waits where calls are limited."""

SentHeaders: TypeAlias = list[tuple[bytes, bytes]]
"""The header fields of a request, in order."""

JSON: Final = (b"Content-Type", b"application/json")
"""Says that a body is JSON."""

UNAUTHORIZED: Final = 401
"""The status of a call whose tokens are missing, wrong or outdated."""

_THROTTLED: Final = 429
# The least pause before a throttled call is repeated. Source: API facts §11.
_PAUSE_S: Final = 1.0
_SIGN_IN_PAUSE_S: Final = 5.0
_SIGN_INS: Final = frozenset({"app_token", "consumer_token"})
# By how much a pause that nobody asked for is longer, at the most: others wait as well.
_SPREAD: Final = 0.25
_AT_ONCE: Final = nullcontext()

_utf8 = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
_ascii = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode


class Witness(Protocol):
    """Whoever judges and records what the connector does; both calls may raise."""

    def sending(self, operation: str, document: JsonValue) -> None:
        """Look at a request that is meant to be right, before it leaves."""

    def exchanged(self, exchange: Exchange) -> None:
        """Take one HTTP exchange, failed ones too."""


class Throttle(Protocol):
    """Keeps the calls of a run together where its account lets no more through."""

    def wait(self, most_s: float) -> None:
        """Wait while another call is held, *most_s* at the most."""

    def hold(self, most_s: float) -> AbstractContextManager[None]:
        """Hold all other calls until the context ends; enter within *most_s*."""


class Calls:
    """Calls the services of one endpoint; every answer is a reply, whatever its status.

    What is answered with 429 was not read, so every call is made again: after what
    ``Retry-After`` says, or else after 1, 2, 4 … seconds and up to a quarter more, a sign-in after
    5 at the least. The endpoint's budget is what these pauses of one call may sum up to; one that
    would go beyond it is not begun, and 429 is the reply. While a call pauses, all others of the
    run are held. Being held uses up nothing of a call's own budget, for it says nothing of that
    call, but in sum lasts no longer than the budget either. Source: API facts §11.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        witness: Witness,
        redactor: Redactor,
        clock: Callable[[], float] = time.time,
        wait: Callable[[float], None] = time.sleep,
        turn: Turn | None = None,
        throttle: Throttle | None = None,
    ) -> None:
        """Prepare to call the services of *endpoint*; nothing is called yet.

        Args:
            endpoint: The deployment and the account.
            witness: Sees every request and every exchange.
            redactor: Is told every secret and token.
            clock: The time of day in seconds since the epoch.
            wait: Passes the seconds a throttled call must pause.
            turn: Waits until the next call may begin. Default: it may at once.
            throttle: Holds the other calls of the run while one is throttled. Default: none.
        """
        for secret, kind in endpoint.secrets.items():
            redactor.add(secret, kind=kind)
        self._endpoint = endpoint
        self._account = quote(endpoint.account, safe="")
        self._budget_s = endpoint.retry_after_budget_s
        self._witness = witness
        self._redactor = redactor
        self._clock = clock
        self._wait = wait
        self._turn = turn
        self._throttle = throttle
        self._domains = Domains(endpoint)
        self._transport = Transport(endpoint, report=witness.exchanged, clock=clock)

    def __enter__(self) -> Self:
        """Return the object itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self.close()

    def service(self, service: str) -> str:
        """Return the origin of *service*, looked up at most once.

        Raises:
            DomainError: The Domain API does not say.
            TransportError: No answer arrived.
        """
        known = self._domains.known(service)
        return known or self._domains.learn(self.domains().exchange, service=service)

    def origins(self) -> dict[str, str]:
        """Return the origin of each service that is known, and of discovery as ``discovery``.

        Where settings do not name all that a connector needs, the Domain API is asked.

        Raises:
            DomainError: The Domain API does not say where conversations are.
            TransportError: It did not answer.
        """
        if not all(self._domains.known(service) for service in SERVICES):
            self._domains.learn(self.domains().exchange, service=SERVICES[0])
        return self._domains.origins

    def domains(self) -> Reply:
        """Look up every service of the account. Source: API facts §1.

        Raises:
            TransportError: No answer arrived.
        """
        return self.call("domains", "GET", self._domains.list_url)

    def domain(self, service: str) -> Reply:
        """Look up one *service* of the account, as `domains`."""
        return self.call("domain", "GET", self._domains.service_url(quote(service, safe="")))

    def call(
        self,
        operation: str,
        method: str,
        url: str,
        *,
        headers: SentHeaders | None = None,
        content: bytes = b"",
    ) -> Reply:
        """Make one HTTP call, again while throttled, and return the last reply.

        Args:
            operation: What the call is for; the witness judges the exchange by it.
            method: The HTTP method.
            url: The full address.
            headers: The header fields to send. Default: none of ours.
            content: The bytes to send.

        Raises:
            TransportError: No answer arrived.
        """

        def attempt() -> Reply:
            with _AT_ONCE if self._turn is None else self._turn():
                exchange = self._transport.call(
                    operation, method, url, headers=headers or [], content=content
                )
            return Reply(exchange, exchange.status or 0, self._redactor)

        began_s = self._clock()
        if (throttle := self._shared_throttle) is not None:
            throttle.wait(self._budget_s)
        patience_s = self._budget_s - (self._clock() - began_s)
        reply = attempt()
        return self._again(attempt, reply, patience_s) if reply.status == _THROTTLED else reply

    def _again(self, attempt: Callable[[], Reply], reply: Reply, patience_s: float) -> Reply:
        """Return the reply to a call that was turned away with *reply*, or the last such reply."""
        left_s, alone_s = self._budget_s, 0.0
        throttle = self._shared_throttle
        for tries in itertools.count():
            pause_s = self._pause_s(reply.exchange, tries)
            if reply.status != _THROTTLED or pause_s > left_s:
                break
            left_s -= pause_s
            # A sign-in needs more time than the rest; that is no reason to hold the rest for it.
            turned_away_s = self._clock()
            if reply.exchange.operation in _SIGN_INS:
                self._wait(_SIGN_IN_PAUSE_S - _PAUSE_S)
            asked_s = self._clock()
            with _AT_ONCE if throttle is None else throttle.hold(patience_s):
                patience_s = max(0.0, patience_s - (self._clock() - asked_s))
                # Who was held behind others has paused already, unless that was not enough.
                self._wait(max(alone_s, turned_away_s + pause_s - self._clock()))
                reply, alone_s = attempt(), _PAUSE_S
        return reply

    @property
    def _shared_throttle(self) -> Throttle | None:
        # What is on the way may say 429 by itself, which is no news of the account.
        return self._throttle if self._transport.through is None else None

    @contextmanager
    def with_deadline(self, within_s: float) -> Iterator[None]:
        """Let no call take longer than *within_s* seconds, until the context ends.

        Nor does a throttled call pause longer in sum, or wait longer for others that are. Limits
        of the endpoint that are shorter still hold.
        """
        usual = self._budget_s, self._transport.total_s
        self._budget_s, self._transport.total_s = (min(within_s, each) for each in usual)
        try:
            yield
        finally:
            self._budget_s, self._transport.total_s = usual

    @contextmanager
    def through(self, origin: str | None) -> Iterator[None]:
        """Call every service at *origin*, discovery included, until the context ends.

        Tokens are kept. Whatever is at *origin* passes the calls on to where they belong; the
        exchanges show that address. A call that is throttled on the way holds no other call of the
        run, nor is it held.

        Args:
            origin: An address on this machine; None calls the services themselves.
        """
        usual, self._transport.through = self._transport.through, origin
        try:
            yield
        finally:
            self._transport.through = usual

    def _pause_s(self, exchange: Exchange, tries: int) -> float:
        """Return how long a call pauses that was made again *tries* times already."""
        told_s = self._seconds((header(exchange.response_headers, "retry-after") or "").strip())
        spread = random.uniform(1, 1 + _SPREAD)  # noqa: S311  # no secret
        wanted_s = told_s if told_s > 0 else _PAUSE_S * 2.0**tries * spread
        return max(_SIGN_IN_PAUSE_S if exchange.operation in _SIGN_INS else _PAUSE_S, wanted_s)

    def _seconds(self, retry_after: str) -> float:
        if retry_after.isascii() and retry_after.isdigit():
            return float(retry_after)
        try:
            return parsedate_to_datetime(retry_after).timestamp() - self._clock()
        except (ValueError, OverflowError):
            return 0.0

    def close(self) -> None:
        """Close every connection."""
        self._transport.close()


def encoded(document: JsonValue) -> bytes:
    """Return *document* as it travels: compact JSON, in UTF-8."""
    try:
        return _utf8(document).encode()
    except UnicodeEncodeError:
        # Half a surrogate pair has no UTF-8 form, but JSON can escape it.
        return _ascii(document).encode()
