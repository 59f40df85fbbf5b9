"""One delivery over HTTP. Source: API facts §9.2."""

import asyncio
import logging
import os
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING

from connector_harness.sandbox.assumptions import Assumptions
from connector_harness.sandbox.webhooks.queue import Pending
from connector_harness.sandbox.webhooks.subscriptions import SIGNATURE_HEADER, Subscription, sign

# Loaded only once an app subscribes: a sandbox without webhooks starts without it.
if TYPE_CHECKING:
    import ssl

    import httpx

ACCEPTED = (200, 201)
USER_AGENT = "sandbox"
_MOST_CONNECTIONS = 32
_logger = logging.getLogger(__name__)


def _trust() -> "ssl.SSLContext":
    """Return what decides whether a receiver is trusted: whom the environment names, if it can."""
    import httpx  # noqa: PLC0415 - see the top of the module

    try:
        return httpx.create_ssl_context()
    except OSError as error:
        # Most receivers are spoken to in plain http, and need none.
        what = f"SSL_CERT_FILE={os.environ.get('SSL_CERT_FILE', '')!r} cannot be used: {error}"
        _logger.warning("%s; receivers are trusted by the usual authorities", what)
        return httpx.create_ssl_context(trust_env=False)


class Sender:
    """Sends notifications by *carrier*, or over connections that it keeps until it is closed."""

    def __init__(
        self, assumptions: Assumptions, carrier: "httpx.AsyncBaseTransport | None" = None
    ) -> None:
        self._assumptions = assumptions
        self._carrier = carrier
        self._client: httpx.AsyncClient | None = None

    def open(self) -> "httpx.AsyncClient":
        """Get ready, so that the first delivery need not wait for it."""
        import httpx  # noqa: PLC0415 - see the top of the module

        if self._client is None or self._client.is_closed:
            self._client = httpx.AsyncClient(
                verify=_trust(),
                # Straight to the app: what a proxy answers says nothing about it.
                trust_env=False,
                # Shorter than servers keep idle connections, so that none ends while in use.
                limits=httpx.Limits(max_connections=_MOST_CONNECTIONS, keepalive_expiry=1.0),
                # Waiting for one of our own connections is no failure of the app.
                timeout=httpx.Timeout(self._assumptions.webhook_timeout_s, pool=None),
                transport=self._carrier,
            )
        return self._client

    async def send(
        self, account_id: str, subscription: Subscription, pending: Pending, *, forged: bool = False
    ) -> int | None:
        """Send one notification and return the status of the answer, None if there was none.

        One that is *forged* is signed with another secret than the app's.
        """
        import httpx  # noqa: PLC0415 - see the top of the module

        client, url = self.open(), pending.receiver.url
        headers = self._headers(account_id, subscription, pending, forged=forged)
        # Not built by the client, which would add headers of its own.
        request = httpx.Request("POST", url, headers=headers, content=pending.body)
        request.extensions["timeout"] = client.timeout.as_dict()
        try:
            response = await client.send(request, stream=True)
        except httpx.HTTPError as exc:
            what = str(exc) or type(exc).__name__
            _logger.info("webhook to %s: no answer, because %s", url, what)
            return None
        async with aclosing(response):
            # Read to its end, if that comes soon, so that the connection can be used again.
            with suppress(httpx.HTTPError, TimeoutError):
                async with asyncio.timeout(self._assumptions.webhook_timeout_s):
                    async for _ in response.aiter_raw():
                        pass
        return response.status_code

    async def close(self) -> None:
        """Close the connections; sending again opens new ones."""
        if self._client is not None:
            await self._client.aclose()

    def _headers(
        self, account_id: str, subscription: Subscription, pending: Pending, *, forged: bool
    ) -> list[tuple[str, str]]:
        secret = f"not {subscription.secret}" if forged else subscription.secret
        agent = [("user-agent", USER_AGENT)] if self._assumptions.webhook_user_agent_sent else []
        return [
            *agent,
            ("content-type", self._assumptions.webhook_content_type),
            ("x-liveperson-account-id", account_id),
            ("x-liveperson-client-id", subscription.client_id),
            (SIGNATURE_HEADER, sign(pending.body, secret, subscription.signature)),
            *pending.receiver.headers,
        ]
