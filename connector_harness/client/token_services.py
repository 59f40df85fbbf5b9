"""The two services that sign a connector in, and what they gave it. Source: API facts §2, §3."""

from collections.abc import Callable
from functools import cached_property
from typing import Final
from urllib.parse import urlencode

from connector_harness.client.calls import JSON, UNAUTHORIZED, Calls, encoded
from connector_harness.client.reply import Reply
from connector_harness.client.tokens import SignIn, Tokens, expired, read_token
from connector_harness.json_types import JsonObject, number_in
from connector_harness.redaction.redactor import SHORTEST

CONSUMER_TOKEN_REFUSALS: Final = frozenset({40103, 40104})
"""The numbers of a 401 that a new consumer token may cure. Source: API facts §10.1."""

_FORM: Final = (b"Content-Type", b"application/x-www-form-urlencoded")


class TokenServices(Calls):
    """Signs in for consumers of one account, and keeps the tokens.

    Attributes:
        app_token_requests: How many times the app token service was called.
        consumer_token_requests: How many times the consumer token service was called.
    """

    app_token_requests = 0
    consumer_token_requests = 0

    @cached_property
    def _tokens(self) -> Tokens:
        return Tokens(self._clock)

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

    def sign_out(self) -> None:
        """Forget all tokens; the next call signs in anew."""
        self._tokens.forget_app()

    def signed_in(self, consumer: str, call: Callable[[SignIn], Reply]) -> Reply:
        """Return the reply to *call*, made once more with new tokens where these are refused."""
        reply = call(self.sign_in(consumer))
        if reply.status == UNAUTHORIZED:
            if (
                number_in(reply.exchange.document_if_any, "body", "errorCode")
                not in CONSUMER_TOKEN_REFUSALS
            ):
                self._tokens.forget_app()
            self._tokens.forget_consumer(consumer)
            reply = call(self.sign_in(consumer))
        return reply

    def request_app_token(self, *, client_secret: str | None = None) -> Reply:
        """Ask for an app token, keep nothing, and return the reply, refusals too.

        Args:
            client_secret: Shown instead of the endpoint's own.

        Raises:
            TransportError: No answer arrived.
            DomainError: The service could not be found.
        """
        if client_secret is not None and len(client_secret) >= SHORTEST:
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
        origin = self.service("sentinel")
        return self.call(
            "app_token",
            "POST",
            f"{origin}/sentinel/api/account/{self._account}/app/token{query}",
            headers=[_FORM],
            content=urlencode(form).encode(),
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
        return self.call(
            "consumer_token",
            "POST",
            f"{self.service('idp')}/api/account/{self._account}/consumer?v=1.0",
            headers=[(b"Authorization", app_token.encode()), JSON],
            content=encoded(document),
        )

    def hold_consumer_token(self, consumer: str, token: str) -> None:
        """Speak for *consumer* with a *token* that was got before; such tokens never expire."""
        self._redactor.add_token(token)
        self._tokens.keep_consumer(consumer, token)

    def hold_outdated_app_token(self, *, unnoticed: bool = False) -> None:
        """Make the held app token one that has expired, which the next call renews first.

        Args:
            unnoticed: Use it all the same; the endpoint refuses the next call with 401.

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
