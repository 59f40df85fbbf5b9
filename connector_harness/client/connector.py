"""The connector: signs in, opens conversations, and keeps every exchange as evidence."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Final, Protocol, Self
from urllib.parse import quote, urlencode

from connector_harness.client.domains import Domains
from connector_harness.client.exchange import Exchange, NotJsonError, header
from connector_harness.client.settings import Endpoint
from connector_harness.client.tokens import SignIn, Tokens, expired, read_token
from connector_harness.client.transport import Transport
from connector_harness.documents import JsonObject, JsonValue
from connector_harness.redaction import Redactor

CONSUMER_TOKEN_REFUSALS: Final = frozenset({40103, 40104})
_UNAUTHORIZED: Final = 401
_THROTTLED: Final = 429
# The least pause before a throttled call is repeated. Source: API facts §11.
_PAUSE_S: Final = {"app_token": 5.0, "consumer_token": 5.0, "create_conversation": 1.0}

_JSON: Final = (b"Content-Type", b"application/json")
_FORM: Final = (b"Content-Type", b"application/x-www-form-urlencoded")
_utf8 = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
_ascii = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode


class Witness(Protocol):
    """Whoever judges and records what the connector does; both calls may raise."""

    def sending(self, operation: str, document: JsonValue) -> None:
        """Look at a request that is meant to be right, before it leaves."""

    def exchanged(self, exchange: Exchange) -> None:
        """Take one HTTP exchange, failed ones too."""


@dataclass(frozen=True, slots=True, repr=False)
class Reply:
    """The endpoint's answer to one operation.

    Every property that reads the document raises `NotJsonError` when the answer holds none.

    Attributes:
        exchange: The last HTTP exchange of the operation.
        status: Its HTTP status.
        redactor: Masks what `text` shows.
    """

    exchange: Exchange
    status: int
    redactor: Redactor = field(default_factory=Redactor, compare=False)

    def __repr__(self) -> str:
        """Return the exchange's title in angle brackets."""
        return f"<Reply {self.exchange.title}>"

    @property
    def document(self) -> JsonValue:
        """The answer as JSON."""
        return self.exchange.document

    @property
    def text(self) -> str:
        """The answer's body as text to show, secrets masked.

        Shorten it only now: half a secret is not recognised as one.
        """
        return self.redactor.text(self.exchange.response_body.decode(errors="replace"))

    @property
    def answers(self) -> list[JsonObject]:
        """The items of a batch answer; empty if the document is no list."""
        document = self.document
        if not isinstance(document, list):
            return []
        return [item for item in document if isinstance(item, dict)]

    @property
    def conversation_id(self) -> str | None:
        """The id in the one answer that carries one; None if none does, or several do."""
        bodies = [body for item in self.answers if isinstance(body := item.get("body"), dict)]
        ids = [found for body in bodies if isinstance(found := body.get("conversationId"), str)]
        return ids[0] if len(ids) == 1 else None

    @property
    def code(self) -> str | int | None:
        """The ``code`` of a single answer: a text, or the number of an authentication error."""
        document = self.document
        code = document.get("code") if isinstance(document, dict) else None
        return code if isinstance(code, str | int) else None

    @property
    def error_code(self) -> int | None:
        """The ``errorCode`` of an authentication error. Source: API facts §10.1."""
        match self.document:
            case {"body": {"errorCode": int(code)}}:
                return code
            case _:
                return None


class Connector:
    """Speaks for consumers of one account at one endpoint.

    Statuses of refusal are outcomes and come back as replies; what raises is a call without an
    answer (`TransportError`), a sign-in that fails (`SignInError`), a service that cannot be
    found (`DomainError`), and whatever the witness raises.

    Attributes:
        app_token_requests: How many times the app token service was called.
        consumer_token_requests: How many times the consumer token service was called.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        witness: Witness,
        redactor: Redactor,
        clock: Callable[[], float] = time.time,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        """Prepare to speak to *endpoint*; nothing is called yet.

        Args:
            endpoint: The deployment and the account.
            witness: Sees every request and every exchange.
            redactor: Is told every secret and token.
            clock: The time of day in seconds since the epoch.
            wait: Passes the seconds a throttled call must pause.
        """
        redactor.add(endpoint.client_secret.get_secret_value())
        self.app_token_requests = 0
        self.consumer_token_requests = 0
        self._endpoint = endpoint
        self._account = quote(endpoint.account, safe="")
        self._witness = witness
        self._redactor = redactor
        self._clock = clock
        self._wait = wait
        self._domains = Domains(endpoint)
        self._tokens = Tokens(clock)
        self._transport = Transport(endpoint, report=witness.exchanged, clock=clock)

    def __enter__(self) -> Self:
        """Return the connector itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._transport.close()

    def sign_in(self, consumer: str) -> SignIn:
        """Return the tokens that let the connector speak for *consumer*, kept where possible.

        A 401 of the consumer token service renews the app token and repeats the call once.

        Args:
            consumer: The consumer's id outside the endpoint, ``ext_consumer_id`` on the wire.

        Raises:
            SignInError: A token service refused, or answered without a token.
            TransportError: A token service did not answer.
            DomainError: A token service could not be found.
        """
        consumer_token = self._tokens.consumer(consumer)
        if consumer_token is None:
            consumer_token = self._new_consumer_token(consumer)
        # Asked for last: getting the consumer token may have renewed it.
        return SignIn(self._app_token(), consumer_token)

    def create_conversation(self, batch: list[JsonObject], *, consumer: str) -> Reply:
        """Open a conversation for *consumer* with the commands of *batch*.

        Signs in as needed. A 401 renews the tokens and repeats the call once; a 429 waits as
        ``Retry-After`` says, within the endpoint's budget. A 5xx, a timeout and a lost connection
        are never repeated, for the conversation may exist. Source: API facts §4 and §11.

        Args:
            batch: The commands, sent in this order.
            consumer: The consumer's id outside the endpoint.

        Raises:
            SignInError: A token service refused, or answered without a token.
            TransportError: No answer arrived.
            DomainError: A service could not be found.
        """
        # A list of objects is a JSON document; mypy cannot see it, lists being invariant.
        document: JsonValue = list(batch)
        self._witness.sending("create_conversation", document)
        content = _json(document)

        def create() -> Reply:
            return self._create(content, self.sign_in(consumer))

        reply = self._patiently(create)
        if reply.status == _UNAUTHORIZED:
            self._forget(_error_code(reply), consumer)
            reply = self._patiently(create)
        return reply

    def create_conversation_as(
        self, document: JsonValue, *, sign_in: SignIn, version: str = "3"
    ) -> Reply:
        """Send *document* to the conversation service exactly as given, once.

        For requests that are wrong on purpose: no check, no renewal, no repeat.

        Args:
            document: Any JSON document.
            sign_in: The tokens to show; None leaves a header out.
            version: The version the address asks for.

        Raises:
            TransportError: No answer arrived.
            DomainError: The service could not be found.
        """
        return self._create(_json(document), sign_in, version=version)

    def request_app_token(self, *, client_secret: str | None = None) -> Reply:
        """Ask for an app token, keep nothing, and return the reply, refusals too.

        Args:
            client_secret: Shown instead of the endpoint's own.

        Raises:
            TransportError: No answer arrived.
            DomainError: The service could not be found.
        """
        if client_secret is not None and len(client_secret) >= self._redactor.shortest:
            self._redactor.add(client_secret)
        secret = self._endpoint.client_secret.get_secret_value()
        form = {
            "client_id": self._endpoint.client_id,
            "client_secret": secret if client_secret is None else client_secret,
        }
        if client_secret is None:
            self._witness.sending("app_token", dict(form))
        self.app_token_requests += 1
        query = "?v=1.0&grant_type=client_credentials"
        return self._post(
            "app_token",
            f"{self._service('sentinel')}/sentinel/api/account/{self._account}/app/token{query}",
            [_FORM],
            urlencode(form).encode(),
        )

    def request_consumer_token(self, consumer: str, *, app_token: str | None = None) -> Reply:
        """Ask for a token of *consumer*, keep nothing, and return the reply, refusals too.

        Args:
            consumer: The consumer's id outside the endpoint.
            app_token: Shown instead of the connector's own, for which it signs in.

        Raises:
            SignInError: The connector's own app token could not be had.
            TransportError: No answer arrived.
            DomainError: The service could not be found.
        """
        document: JsonObject = {"ext_consumer_id": consumer}
        if app_token is None:
            app_token = self._app_token()
            self._witness.sending("consumer_token", document)
        self.consumer_token_requests += 1
        return self._post(
            "consumer_token",
            f"{self._service('idp')}/api/account/{self._account}/consumer?v=1.0",
            [(b"Authorization", app_token.encode()), _JSON],
            _json(document),
        )

    def domains(self) -> Reply:
        """Look up every service of the account. Source: API facts §1.

        Raises:
            TransportError: No answer arrived.
        """
        return self._get("domains", self._domains.list_url)

    def domain(self, service: str) -> Reply:
        """Look up one *service* of the account. Source: API facts §1.

        Raises:
            TransportError: No answer arrived.
        """
        return self._get("domain", self._domains.service_url(quote(service, safe="")))

    def hold_outdated_app_token(self) -> None:
        """Make the held app token one that has expired, which the connector will notice.

        The next call renews it first, so the endpoint never sees it.

        Raises:
            ValueError: The endpoint's app tokens are no JWTs.
        """
        self._tokens.keep_app(expired(self._app_token(), at=self._clock() - 60))

    def hold_unnoticed_outdated_app_token(self) -> None:
        """Make the held app token one that has expired, which the connector will not notice.

        The endpoint refuses the next call with 401; the connector renews, and repeats it.

        Raises:
            ValueError: The endpoint's app tokens are no JWTs.
        """
        outdated = expired(self._app_token(), at=self._clock() - 60)
        self._tokens.keep_app(outdated, unnoticed=True)

    def sign_out(self) -> None:
        """Forget all tokens; the next call signs in anew."""
        self._tokens.forget_app()

    def _app_token(self) -> str:
        token = self._tokens.app
        if token is None:
            reply = self._patiently(self.request_app_token)
            token = read_token(reply.exchange, "access_token", self._redactor)
            self._tokens.keep_app(token)
        return token

    def _new_consumer_token(self, consumer: str) -> str:
        def request() -> Reply:
            return self.request_consumer_token(consumer)

        reply = self._patiently(request)
        if reply.status == _UNAUTHORIZED:
            self._tokens.forget_app()
            reply = self._patiently(request)
        token = read_token(reply.exchange, "token", self._redactor)
        self._tokens.keep_consumer(consumer, token)
        return token

    def _forget(self, error_code: int | None, consumer: str) -> None:
        if error_code not in CONSUMER_TOKEN_REFUSALS:
            self._tokens.forget_app()
        self._tokens.forget_consumer(consumer)

    def _patiently(self, call: Callable[[], Reply]) -> Reply:
        budget_s = self._endpoint.retry_after_budget_s
        while (reply := call()).status == _THROTTLED:
            pause_s = self._pause_s(reply.exchange)
            if pause_s > budget_s:
                break
            budget_s -= pause_s
            self._wait(pause_s)
        return reply

    def _pause_s(self, exchange: Exchange) -> float:
        wanted = header(exchange.response_headers, "retry-after") or ""
        return max(_PAUSE_S[exchange.operation], self._seconds(wanted.strip()))

    def _seconds(self, retry_after: str) -> float:
        if retry_after.isascii() and retry_after.isdigit():
            return float(retry_after)
        try:
            return parsedate_to_datetime(retry_after).timestamp() - self._clock()
        except (ValueError, OverflowError):
            return 0.0

    def _service(self, service: str) -> str:
        known = self._domains.known(service)
        return known or self._domains.learn(self.domains().exchange, service=service)

    def _create(self, content: bytes, sign_in: SignIn, *, version: str = "3") -> Reply:
        headers = [_JSON]
        if sign_in.app_token is not None:
            headers.append((b"Authorization", sign_in.app_token.encode()))
        if sign_in.consumer_token is not None:
            headers.append((b"X-LP-ON-BEHALF", sign_in.consumer_token.encode()))
        path = f"/api/account/{self._account}/messaging/consumer/conversation"
        url = f"{self._service('asyncMessagingEnt')}{path}?v={quote(version, safe='')}"
        return self._post("create_conversation", url, headers, content)

    def _post(
        self, operation: str, url: str, headers: list[tuple[bytes, bytes]], content: bytes
    ) -> Reply:
        exchange = self._transport.call(operation, "POST", url, headers=headers, content=content)
        return Reply(exchange, exchange.status or 0, self._redactor)

    def _get(self, operation: str, url: str) -> Reply:
        exchange = self._transport.call(operation, "GET", url, headers=[])
        return Reply(exchange, exchange.status or 0, self._redactor)


def _json(document: JsonValue) -> bytes:
    try:
        return _utf8(document).encode()
    except UnicodeEncodeError:
        # Half a surrogate pair has no UTF-8 form, but JSON can escape it.
        return _ascii(document).encode()


def _error_code(reply: Reply) -> int | None:
    try:
        return reply.error_code
    except NotJsonError:
        return None
