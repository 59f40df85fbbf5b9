"""The two services that sign a connector in, and what they gave it. Source: API facts §2, §3."""

from collections.abc import Callable
from typing import Final
from urllib.parse import quote, urlencode

from connector_harness.client.calls import JSON, UNAUTHORIZED, Calls, Witness, encoded
from connector_harness.client.http.exchange import NotJsonError
from connector_harness.client.reply import Reply
from connector_harness.client.settings import Endpoint
from connector_harness.client.tokens import SignIn, Tokens, expired, read_token
from connector_harness.json_types import JsonObject
from connector_harness.redaction.redactor import SHORTEST, Redactor

CONSUMER_TOKEN_REFUSALS: Final = frozenset({40103, 40104})
"""The numbers of a 401 that a new consumer token may cure. Source: API facts §10.1."""

_FORM: Final = (b"Content-Type", b"application/x-www-form-urlencoded")


class TokenServices:
    """Signs in for consumers of one account, and keeps the tokens.

    Attributes:
        app_token_requests: How many times the app token service was called.
        consumer_token_requests: How many times the consumer token service was called.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        calls: Calls,
        *,
        witness: Witness,
        redactor: Redactor,
        clock: Callable[[], float],
    ) -> None:
        """Prepare to sign in at *endpoint* with *calls*; the rest is as the connector has it."""
        self.app_token_requests = 0
        self.consumer_token_requests = 0
        self._client_id = endpoint.client_id
        self._client_secret = endpoint.client_secret
        self._account = quote(endpoint.account, safe="")
        self._calls = calls
        self._witness = witness
        self._redactor = redactor
        self._clock = clock
        self._tokens = Tokens(clock)

    def sign_in(self, consumer: str) -> SignIn:
        """Return the tokens for *consumer*, as `Connector.sign_in` says."""
        consumer_token = self._tokens.consumer(consumer)
        if consumer_token is None:
            consumer_token = self._new_consumer_token(consumer)
        # Asked for last: getting the consumer token may have renewed it.
        return SignIn(self._app_token(), consumer_token)

    def sign_out(self) -> None:
        """Forget all tokens."""
        self._tokens.forget_app()

    def forget_refused(self, reply: Reply, consumer: str) -> None:
        """Forget the tokens that the 401 in *reply* may be due to."""
        if _error_code(reply) not in CONSUMER_TOKEN_REFUSALS:
            self._tokens.forget_app()
        self._tokens.forget_consumer(consumer)

    def request_app_token(self, *, client_secret: str | None = None) -> Reply:
        """Ask for an app token and keep nothing, as `Connector.request_app_token` says."""
        if client_secret is not None and len(client_secret) >= SHORTEST:
            self._redactor.add(client_secret)
        secret = self._client_secret.get_secret_value()
        form = {
            "client_id": self._client_id,
            "client_secret": secret if client_secret is None else client_secret,
        }
        if client_secret is None:
            self._witness.sending("app_token", dict(form))
        self.app_token_requests += 1
        query = "?v=1.0&grant_type=client_credentials"
        origin = self._calls.service("sentinel")
        return self._calls.call(
            "app_token",
            "POST",
            f"{origin}/sentinel/api/account/{self._account}/app/token{query}",
            headers=[_FORM],
            content=urlencode(form).encode(),
        )

    def request_consumer_token(self, consumer: str, *, app_token: str | None = None) -> Reply:
        """Ask for a token of *consumer*, as `Connector.request_consumer_token` says."""
        document: JsonObject = {"ext_consumer_id": consumer}
        if app_token is None:
            app_token = self._app_token()
            self._witness.sending("consumer_token", document)
        self.consumer_token_requests += 1
        return self._calls.call(
            "consumer_token",
            "POST",
            f"{self._calls.service('idp')}/api/account/{self._account}/consumer?v=1.0",
            headers=[(b"Authorization", app_token.encode()), JSON],
            content=encoded(document),
        )

    def hold_consumer_token(self, consumer: str, token: str) -> None:
        """Keep *token* as that of *consumer*, as `Connector.hold_consumer_token` says."""
        self._redactor.add_token(token)
        self._tokens.keep_consumer(consumer, token)

    def hold_outdated_app_token(self, *, unnoticed: bool = False) -> None:
        """Make the held app token one that has expired; *unnoticed*, it is used all the same.

        Raises:
            ValueError: The endpoint's app tokens are no JWTs.
        """
        outdated = expired(self._app_token(), at=self._clock() - 60)
        self._tokens.keep_app(outdated, unnoticed=unnoticed)

    def _app_token(self) -> str:
        token = self._tokens.app
        if token is None:
            reply = self.request_app_token()
            token = read_token(reply.exchange, "access_token", self._redactor)
            self._tokens.keep_app(token)
        return token

    def _new_consumer_token(self, consumer: str) -> str:
        reply = self.request_consumer_token(consumer)
        if reply.status == UNAUTHORIZED:
            self._tokens.forget_app()
            reply = self.request_consumer_token(consumer)
        token = read_token(reply.exchange, "token", self._redactor)
        self._tokens.keep_consumer(consumer, token)
        return token


def _error_code(reply: Reply) -> int | None:
    try:
        return reply.error_code
    except NotJsonError:
        return None
