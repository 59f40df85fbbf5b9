"""App tokens and consumer tokens: issued, signed and verified."""

import contextlib
import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from connector_harness.json_types import JsonObject

APP_TOKEN_LIFETIME_S = 3600
SCOPE = "msg.consumer"
ISSUER = "Sentinel"
REMEMBERED_TOKENS = 10_000
REMEMBERED_BYTES = 32 * 1024 * 1024


class InvalidTokenError(Exception):
    """A token that cannot be trusted; the message says why and holds no token."""


class ClaimsError(InvalidTokenError):
    """A trusted app token whose mandatory claims are missing or wrong."""


@dataclass(frozen=True, slots=True)
class Consumer:
    """The person a consumer token speaks for."""

    external_id: str
    lp_id: str


class Tokens:
    """The issuer of one sandbox, by a clock of seconds since the epoch."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._signatures = jwt.PyJWS(algorithms=["RS256"])
        self._private_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._public_key = self._private_key.public_key()
        day = time.strftime("%d-%m-%y", time.gmtime(clock()))
        self._app_key_id = f"appjwt-{day}"
        self._consumer_key_id = f"consumerjws-{day}"
        # Every call brings two tokens, mostly issued here or verified before.
        self._known: dict[tuple[str, str], JsonObject] = {}
        self._size = 0

    def issue_app_token(self, account: str, client_id: str, *, age_s: int = 0) -> str:
        """Return a token that lets the app *client_id* act for one hour, begun *age_s* ago.

        Source: API facts §2.2.
        """
        now = int(self._clock()) - age_s
        claims: JsonObject = {
            "aud": account,
            "azp": client_id,
            "scope": SCOPE,
            "iss": ISSUER,
            "iat": now,
            "exp": now + APP_TOKEN_LIFETIME_S,
        }
        return self.sign_app_token(claims)

    def sign_app_token(self, claims: JsonObject) -> str:
        """Return *claims*, right or wrong, as a correctly signed app token."""
        return self._sign(claims, self._app_key_id)

    def issue_consumer_token(self, account: str, external_id: str) -> str:
        """Return a token that speaks for one consumer and never expires.

        Source: API facts §3.
        """
        claims: JsonObject = {
            "account_id": account,
            "ext_consumer_id": external_id,
            "lp_consumer_id": lp_consumer_id(account, external_id),
        }
        return self._sign(claims, self._consumer_key_id)

    def check_app_token(self, token: str, account: str) -> None:
        """Accept an app token for *account*.

        Raises:
            ClaimsError: A mandatory claim is missing, or ``iss`` is another one.
            InvalidTokenError: Not signed here, expired, for another account or scope.
        """
        claims = self._verify(token, self._app_key_id)
        missing = [
            name for name in ("aud", "azp", "scope", "iss", "iat", "exp") if name not in claims
        ]
        if missing:
            raise ClaimsError(f"the app token lacks {', '.join(missing)}")
        if claims["iss"] != ISSUER:
            raise ClaimsError(f"iss of the app token is {claims['iss']!r}, not {ISSUER!r}")
        if not isinstance(claims["exp"], int) or claims["exp"] <= self._clock():
            raise InvalidTokenError(f"the app token expired at {claims['exp']!r}")
        if claims["aud"] != account:
            raise InvalidTokenError(f"the app token is for account {claims['aud']!r}")
        if claims["scope"] != SCOPE:
            raise InvalidTokenError(f"scope of the app token is {claims['scope']!r}")

    def read_consumer_token(self, token: str, account: str) -> Consumer:
        """Return the consumer a token speaks for.

        Raises:
            InvalidTokenError: Not signed here, or for another account.
        """
        claims = self._verify(token, self._consumer_key_id)
        if claims["account_id"] != account:
            raise InvalidTokenError(f"the consumer token is for account {claims['account_id']!r}")
        return Consumer(str(claims["ext_consumer_id"]), str(claims["lp_consumer_id"]))

    def has_issued(self, token: str) -> bool:
        """Return whether *token* was signed here, whatever it says and whether it still holds."""
        for key_id in (self._app_key_id, self._consumer_key_id):
            with contextlib.suppress(InvalidTokenError):
                self._verify(token, key_id)
                return True
        return False

    def key_set(self) -> JsonObject:
        """Return the public keys as a JWKS document. Source: API facts §2.1, RFC 7517."""
        key = jwt.algorithms.RSAAlgorithm.to_jwk(self._public_key, as_dict=True)
        public = {"kty": key["kty"], "n": key["n"], "e": key["e"], "alg": "RS256", "use": "sig"}
        return {
            "keys": [{**public, "kid": kid} for kid in (self._app_key_id, self._consumer_key_id)]
        }

    def _sign(self, claims: JsonObject, key_id: str) -> str:
        token = jwt.encode(claims, self._private_key, algorithm="RS256", headers={"kid": key_id})
        return self._remember(token, key_id, claims)

    def _verify(self, token: str, key_id: str) -> JsonObject:
        known = self._known.get((token, key_id))
        if known is not None:
            return known
        try:
            decoded = self._signatures.decode_complete(
                token, self._public_key, algorithms=["RS256"]
            )
        except (jwt.PyJWTError, ValueError) as exc:
            raise InvalidTokenError(f"the signature does not hold ({type(exc).__name__})") from None
        if decoded["header"].get("kid") != key_id:
            raise InvalidTokenError(f"it is signed as {decoded['header'].get('kid')!r}")
        claims: JsonObject = json.loads(decoded["payload"])
        self._remember(token, key_id, claims)
        return claims

    def _remember(self, token: str, key_id: str, claims: JsonObject) -> str:
        self._size += len(token)
        if len(self._known) >= REMEMBERED_TOKENS or self._size > REMEMBERED_BYTES:
            self._known.clear()
            self._size = len(token)
        self._known[token, key_id] = dict(claims)
        return token


def lp_consumer_id(account: str, external_id: str) -> str:
    """Return the 64 hex digits that stand for a consumer everywhere. Source: API facts §3."""
    return hashlib.sha256(f"{account}:{external_id}".encode()).hexdigest()
