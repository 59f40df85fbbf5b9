"""The two tokens of a connector: kept, and renewed in time. Source: API facts §2 and §3."""

import base64
import json
import math
import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from connector_harness.client.http.exchange import Exchange
from connector_harness.json_types import JsonObject, inside, read_json
from connector_harness.redaction.redactor import Redactor

_USABLE: Final = re.compile("[!-~]+")

RENEW_BEFORE_S: Final = 300.0
"""How long before its expiry an app token is renewed, in seconds."""

UNDATED_LIFETIME_S: Final = 3300.0
"""How long an app token is used that does not tell its expiry, in seconds."""


MAX_CONSUMERS: Final = 10_000
"""How many consumer tokens are kept; the one unused for longest goes first."""


@dataclass(frozen=True)
class SignIn:
    """The two tokens a call carries.

    Attributes:
        app_token: Proves who the connector is; None leaves ``Authorization`` out.
        consumer_token: Proves whom it speaks for; None leaves ``X-LP-ON-BEHALF`` out.
    """

    app_token: str | None = field(repr=False)
    consumer_token: str | None = field(repr=False)


class SignInError(Exception):
    """A token service refused, or answered without a usable token.

    Attributes:
        exchange: The request for the token and its answer.
    """

    def __init__(self, what: str, exchange: Exchange, redactor: Redactor) -> None:
        """Word what went wrong in *exchange*, with the begin of its answer, redacted."""
        self.exchange = exchange
        shown = redactor.text(exchange.response_body.decode(errors="replace"))[:200]
        remedy = (
            "see the token service's log; the fault is not in the settings"
            if exchange.is_server_error
            else "check account, client id and client secret, "
            "and that the app is installed for the account"
        )
        super().__init__(
            f"signing in failed: {what}\n"
            f"  at: {exchange.title}; it answered {shown!r}\n"
            f"  next: {remedy}"
        )


def read_token(exchange: Exchange, member: str, redactor: Redactor) -> str:
    """Return the token in *member* of a token service's answer, known to *redactor* from now on.

    Raises:
        SignInError: The service refused, or the answer holds no token a header can carry.
    """
    token = inside(exchange.document_if_any, member)
    if exchange.status not in {200, 201}:
        raise SignInError("the token service refused", exchange, redactor)
    if not isinstance(token, str) or not _USABLE.fullmatch(token):
        raise SignInError(f"the answer holds no usable {member!r}", exchange, redactor)
    redactor.add_token(token)
    return token


def claims(token: str) -> "JsonObject | None":
    """Return the payload of a JWT, unverified; None if *token* is no JWT."""
    try:
        _, payload, _ = token.split(".")
        document = read_json(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def expired(token: str, *, at: float) -> str:
    """Return *token* with the same claims but an expiry of *at*, in seconds since the epoch.

    The signature no longer fits, so a server refuses it for that as well.

    Raises:
        ValueError: *token* is no JWT.
    """
    payload = claims(token)
    if payload is None:
        raise ValueError("this app token is no JWT, so it has no expiry to put into the past")
    content = json.dumps(payload | {"exp": int(at)}, separators=(",", ":")).encode()
    header, _, signature = token.split(".")
    return f"{header}.{base64.urlsafe_b64encode(content).rstrip(b'=').decode()}.{signature}"


class Tokens:
    """One app token and the consumer tokens got with it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Start without tokens; *clock* gives seconds since the epoch."""
        self._clock = clock
        self._app: str | None = None
        self._renew_at = -math.inf
        self._consumers: OrderedDict[str, str] = OrderedDict()

    @property
    def app(self) -> str | None:
        """The app token; None when there is none or it is due for renewal."""
        return self._app if self._clock() < self._renew_at else None

    def keep_app(self, token: str, *, unnoticed: bool = False) -> None:
        """Keep the app token, until shortly before its expiry or, *unnoticed*, for good."""
        self._app = token
        expiry = (claims(token) or {}).get("exp")
        if unnoticed:
            self._renew_at = math.inf
        elif isinstance(expiry, int | float) and not isinstance(expiry, bool):
            self._renew_at = expiry - RENEW_BEFORE_S
        else:
            self._renew_at = self._clock() + UNDATED_LIFETIME_S

    def consumer(self, consumer: str) -> str | None:
        """Return the token kept for *consumer*, if any."""
        token = self._consumers.get(consumer)
        if token is not None:
            self._consumers.move_to_end(consumer)
        return token

    def keep_consumer(self, consumer: str, token: str) -> None:
        """Keep the token of *consumer*; it never expires."""
        self._consumers[consumer] = token
        if len(self._consumers) > MAX_CONSUMERS:
            self._consumers.popitem(last=False)

    def forget_app(self) -> None:
        """Drop the app token and, since they were got with it, the consumer tokens."""
        self._app, self._renew_at = None, -math.inf
        self._consumers.clear()

    def forget_consumer(self, consumer: str) -> None:
        """Drop the token of *consumer*."""
        self._consumers.pop(consumer, None)
