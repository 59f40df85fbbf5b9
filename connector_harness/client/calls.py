"""Calls to the services of one endpoint: found once, patient when throttled."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from email.utils import parsedate_to_datetime
from typing import Final, Protocol, TypeAlias
from urllib.parse import quote

from connector_harness.client.connections import Carrier
from connector_harness.client.domains import SERVICES, Domains
from connector_harness.client.exchange import Exchange, header
from connector_harness.client.reply import Reply
from connector_harness.client.settings import Endpoint
from connector_harness.client.transport import Transport
from connector_harness.documents import JsonValue
from connector_harness.redaction import Redactor

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
_AT_ONCE: Final = nullcontext()
_SIGN_IN_PAUSE_S: Final = {"app_token": 5.0, "consumer_token": 5.0}

_utf8 = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
_ascii = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode


class Witness(Protocol):
    """Whoever judges and records what the connector does; both calls may raise."""

    def sending(self, operation: str, document: JsonValue) -> None:
        """Look at a request that is meant to be right, before it leaves."""

    def exchanged(self, exchange: Exchange) -> None:
        """Take one HTTP exchange, failed ones too."""


class Calls:
    """Calls the services of one endpoint; every answer is a reply, whatever its status."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        witness: Witness,
        redactor: Redactor,
        clock: Callable[[], float],
        wait: Callable[[float], None],
        turn: Turn | None = None,
        carrier: Carrier | None = None,
    ) -> None:
        """Prepare to call the services of *endpoint*; the rest is as the connector has it."""
        self._budget_s = endpoint.retry_after_budget_s
        self._redactor = redactor
        self._clock = clock
        self._wait = wait
        self._turn = turn
        self._domains = Domains(endpoint)
        self._transport = Transport(
            endpoint, report=witness.exchanged, clock=clock, carrier=carrier
        )

    def service(self, service: str) -> str:
        """Return the origin of *service*, looked up at most once.

        Raises:
            DomainError: The Domain API does not say.
            TransportError: No answer arrived.
        """
        known = self._domains.known(service)
        return known or self._domains.learn(self.domains().exchange, service=service)

    def origins(self) -> dict[str, str]:
        """Return the origin of each service, as `Connector.origins` says."""
        if not all(self._domains.known(service) for service in SERVICES):
            self._domains.learn(self.domains().exchange, service=SERVICES[0])
        return self._domains.origins

    def domains(self) -> Reply:
        """Look up every service of the account, as `Connector.domains` says."""
        return self.call("domains", "GET", self._domains.list_url)

    def domain(self, service: str) -> Reply:
        """Look up one *service* of the account, as `Connector.domain` says."""
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
        """Make one HTTP call and return the reply.

        Args:
            operation: What the call is for; the witness judges the exchange by it.
            method: The HTTP method.
            url: The full address.
            headers: The header fields to send. Default: none of ours.
            content: The bytes to send.

        Raises:
            TransportError: No answer arrived.
        """
        with _AT_ONCE if self._turn is None else self._turn():
            exchange = self._transport.call(
                operation, method, url, headers=headers or [], content=content
            )
        return Reply(exchange, exchange.status or 0, self._redactor)

    def patiently(self, call: Callable[[], Reply]) -> Reply:
        """Return the reply to *call*, repeated while throttled, within the endpoint's budget."""
        budget_s = self._budget_s
        while (reply := call()).status == _THROTTLED:
            pause_s = self._pause_s(reply.exchange)
            if pause_s > budget_s:
                break
            budget_s -= pause_s
            self._wait(pause_s)
        return reply

    @contextmanager
    def hurried(self, within_s: float) -> Iterator[None]:
        """Let no call take longer, and none wait longer when throttled, as `Connector.hurried`."""
        usual = self._budget_s, self._transport.total_s
        self._budget_s, self._transport.total_s = (min(within_s, each) for each in usual)
        try:
            yield
        finally:
            self._budget_s, self._transport.total_s = usual

    @contextmanager
    def through(self, origin: str | None) -> Iterator[None]:
        """Call every service at *origin*, as `Connector.through`."""
        usual, self._transport.through = self._transport.through, origin
        try:
            yield
        finally:
            self._transport.through = usual

    def _pause_s(self, exchange: Exchange) -> float:
        wanted = header(exchange.response_headers, "retry-after") or ""
        least = _SIGN_IN_PAUSE_S.get(exchange.operation, _PAUSE_S)
        return max(least, self._seconds(wanted.strip()))

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
