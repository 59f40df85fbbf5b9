"""Tokens are kept as long as they are good, and no longer."""

import base64
import json

import pytest

from connector_harness.client.connector import Connector
from connector_harness.client.tokens import MAX_CONSUMERS, SignIn, SignInError, Tokens, claims
from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.redaction.redactor import Redactor
from tests.client.conftest import Clock, Record
from tests.client.server import APP_TOKEN, CONSUMER_TOKEN, LocalServer


def jwt(payload: JsonValue) -> str:
    """Return a token that carries *payload*."""
    parts = [json.dumps(part).encode() for part in ({"alg": "RS256", "typ": "JWT"}, payload)]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in [*parts, b"s"])


def test_app_token_request(connector: Connector, server: LocalServer) -> None:
    """The client shows itself in the form, and what it wants in the query."""
    connector.sign_in("shopper-1")
    request = server.requests("token")[0]
    path = "/sentinel/api/account/70000001/app/token?v=1.0&grant_type=client_credentials"
    assert request.target == path
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.body == b"client_id=client-7&client_secret=secret-of-client-7"


def test_consumer_token_request(connector: Connector, server: LocalServer) -> None:
    """The consumer token is asked for with the bare app token."""
    connector.sign_in("shopper-1")
    request = server.requests("consumer")[0]
    assert request.target == "/api/account/70000001/consumer?v=1.0"
    assert request.headers["authorization"] == APP_TOKEN
    assert json.loads(request.body) == {"ext_consumer_id": "shopper-1"}


def test_tokens_are_kept(connector: Connector) -> None:
    """Signing in again costs nothing; another consumer costs one call."""
    first = connector.sign_in("shopper-1")
    assert connector.sign_in("shopper-1") == first == SignIn(APP_TOKEN, CONSUMER_TOKEN)
    connector.sign_in("shopper-2")
    assert (connector.app_token_requests, connector.consumer_token_requests) == (1, 2)


@pytest.mark.parametrize(
    ("claimed", "good_for_s"),
    [
        ({"exp": 3600}, 3300),
        ({}, 3300),
        ({"exp": True}, 3300),
        ({"exp": 7200.5}, 6900.5),
        ([], 3300),
    ],
    ids=["dated", "undated", "odd", "fraction", "no-claims"],
)
def test_app_token_is_renewed_in_time(
    connector: Connector, server: LocalServer, clock: Clock, claimed: object, good_for_s: float
) -> None:
    """An app token is used until 5 minutes before its expiry, or 55 minutes if it names none."""
    if isinstance(claimed, dict) and not isinstance(exp := claimed.get("exp"), bool) and exp:
        claimed = {"exp": clock.now + exp}
    server.will_answer("token", 200, {"access_token": jwt(claimed)})  # type: ignore[arg-type]
    connector.sign_in("shopper-1")
    clock.now += good_for_s - 1
    connector.sign_in("shopper-1")
    assert connector.app_token_requests == 1
    clock.now += 1
    connector.sign_in("shopper-1")
    assert (connector.app_token_requests, connector.consumer_token_requests) == (2, 1)


@pytest.mark.parametrize("word", ["token", "consumer"])
@pytest.mark.parametrize(
    ("status", "document"),
    [
        (401, {"error": "invalid_client"}),
        (200, {"other": 1}),
        (200, []),
        (200, {"access_token": "", "token": ""}),
        (200, {"access_token": 7, "token": 7}),
        (200, {"access_token": "a\r\nX: y", "token": "a\r\nX: y"}),
        (200, {"access_token": "a b", "token": "a b"}),
        (200, b"<html>"),
    ],
    ids=["refused", "without", "list", "empty", "number", "lines", "blank", "page"],
)
def test_sign_in_fails(
    connector: Connector, server: LocalServer, word: str, status: int, document: object
) -> None:
    """A token service that refuses, or sends no usable token, ends the sign-in."""
    for _ in range(2):
        server.will_answer(word, status, document)
    with pytest.raises(SignInError) as caught:
        connector.sign_in("shopper-1")
    assert caught.value.exchange.status == status
    assert "next: check account" in str(caught.value)


def test_broken_token_service_is_not_blamed_on_the_settings(
    connector: Connector, server: LocalServer
) -> None:
    """After a 5xx the message points to the service, not to the credentials."""
    server.will_answer("token", 503, {"error": "busy"})
    with pytest.raises(SignInError) as caught:
        connector.sign_in("shopper-1")
    assert "next: see the token service's log" in str(caught.value)


def test_sign_in_failure_shows_no_secret(connector: Connector, server: LocalServer) -> None:
    """What a token service says is shown without the secret it may repeat."""
    server.will_answer("token", 400, {"error": "bad client secret-of-client-7"})
    with pytest.raises(SignInError) as caught:
        connector.sign_in("shopper-1")
    assert "secret-of-client-7" not in str(caught.value)
    assert "bad client ***" in str(caught.value)


def test_tokens_are_masked(connector: Connector, redactor: Redactor) -> None:
    """Every token received is known to the redactor, whatever it looks like."""
    connector.sign_in("shopper-1")
    assert redactor.text(f"{APP_TOKEN} {CONSUMER_TOKEN}") == "*** ***"
    assert APP_TOKEN not in repr(connector.sign_in("shopper-1"))


def test_consumer_tokens_are_bounded() -> None:
    """The token unused for longest makes room for a new one."""
    tokens = Tokens(lambda: 0.0)
    for number in range(MAX_CONSUMERS):
        tokens.keep_consumer(str(number), "token")
    tokens.consumer("0")
    tokens.keep_consumer("one more", "token")
    assert [tokens.consumer(name) for name in ("0", "1", "one more")] == ["token", None, "token"]


@pytest.mark.parametrize("token", ["opaque", "a.b.c", "a.bnVsbA.c", "a.é.c"])
def test_no_claims(token: str) -> None:
    """What is no JWT has no claims."""
    assert claims(token) is None


def test_outdated_token_is_noticed(connector: Connector, server: LocalServer, clock: Clock) -> None:
    """A held token that has visibly expired is renewed before the next call."""
    claimed: JsonObject = {"aud": "70000001", "exp": clock.now + 3600}
    server.will_answer("token", 200, {"access_token": jwt(claimed)})
    connector.sign_in("shopper-1")
    connector.hold_outdated_app_token()
    connector.create_conversation([], consumer="shopper-1")
    assert connector.app_token_requests == 2
    assert server.requests("conversation")[0].headers["authorization"] == APP_TOKEN


def test_outdated_token_is_not_noticed(
    connector: Connector, server: LocalServer, record: Record, clock: Clock
) -> None:
    """A held token whose expiry went unnoticed is refused first, then renewed."""
    claimed: JsonObject = {"aud": "70000001", "exp": clock.now + 3600}
    server.will_answer("token", 200, {"access_token": jwt(claimed)})
    connector.sign_in("shopper-1")
    connector.hold_outdated_app_token(unnoticed=True)
    server.will_answer("conversation", 401, {"body": {"errorCode": 40102}})
    assert connector.create_conversation([], consumer="shopper-1").status == 200
    refused = claims(server.requests("conversation")[0].headers["authorization"])
    assert refused == {"aud": "70000001", "exp": int(clock.now) - 60}
    statuses = [one.status for one in record.exchanges if one.operation == "create_conversation"]
    assert statuses == [401, 200]


def test_app_token_is_renewed_for_a_consumer_token(
    connector: Connector, server: LocalServer
) -> None:
    """An app token refused by the consumer token service is renewed, and the call repeated once."""
    server.will_answer("token", 200, {"access_token": "refused-app-token"})
    server.will_answer("consumer", 401, {})
    assert connector.sign_in("shopper-1") == SignIn(APP_TOKEN, CONSUMER_TOKEN)
    shown = [one.headers["authorization"] for one in server.requests("consumer")]
    assert shown == ["refused-app-token", APP_TOKEN]


@pytest.mark.parametrize("unnoticed", [False, True])
def test_token_without_an_expiry_cannot_be_outdated(connector: Connector, unnoticed: bool) -> None:  # noqa: FBT001
    """An opaque token cannot be made to look old, and the message says so."""
    with pytest.raises(ValueError, match="no JWT"):
        connector.hold_outdated_app_token(unnoticed=unnoticed)
