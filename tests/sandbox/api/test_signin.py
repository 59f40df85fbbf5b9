"""Signing in: who gets a token, and which tokens open a conversation."""

from collections.abc import Callable
from typing import Any

import jwt
import pytest

from connector_harness.sandbox.api.context import create_sandbox
from connector_harness.sandbox.assumptions import Assumptions
from connector_harness.sandbox.state.state import Account, Store
from connector_harness.sandbox.state.tokens import Tokens
from connector_harness.sandbox.web.app import create_app
from tests.sandbox.callers import Clock, InProcess

SENTINEL = "/sentinel/api/account/70000001/app/token"
NEWER = "/sentinel/api/v2/account/70000001/app/token"
GRANT = "grant_type=client_credentials"
CREDENTIALS = "client_id=app-1&client_secret=secret-of-app-1"
CONSUMER = "/api/account/70000001/consumer?v=1.0"
FORM = "application/x-www-form-urlencoded; charset=utf-8"


def _ask(api: InProcess, path: str, body: str, media_type: str = FORM) -> Any:  # noqa: ANN401
    return api("POST", path, content=body, headers={"Content-Type": media_type})


@pytest.mark.parametrize(
    ("path", "body", "media_type"),
    [
        (f"{SENTINEL}?v=1.0&{GRANT}", CREDENTIALS, FORM),
        (f"{SENTINEL}?v=1.0", f"{GRANT}&{CREDENTIALS}", FORM),
        (f"{SENTINEL}?v=1.0&{GRANT}&{CREDENTIALS}", "", FORM),
        (f"{SENTINEL}?v=1.0&{GRANT}&{CREDENTIALS}", "{}", "application/json"),
        (NEWER, f"{GRANT}&{CREDENTIALS}", FORM),
    ],
    ids=["A", "B", "C", "C with a body", "V2"],
)
def test_app_token_is_issued(api: InProcess, path: str, body: str, media_type: str) -> None:
    """The four parameters may stand in any of the documented places."""
    answer = _ask(api, path, body, media_type)

    assert (answer.status_code, answer.json()["token_type"]) == (200, "Bearer")
    claims = jwt.decode(answer.json()["access_token"], options={"verify_signature": False})
    assert (claims["aud"], claims["azp"]) == ("70000001", "app-1")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (SENTINEL, "client_id=app-1&client_secret=secret"),
        (SENTINEL, "client_id=app-2&client_secret=secret-of-app-1"),
        (SENTINEL, "client_id=app-1"),
        (SENTINEL, ""),
        (SENTINEL, "client_id=app-1&client_secret=%ED%A0%80"),
        (SENTINEL.replace("70000001", "1"), CREDENTIALS),
    ],
    ids=["secret", "client", "no secret", "nothing", "not text", "account"],
)
def test_wrong_credentials_get_no_token(api: InProcess, path: str, body: str) -> None:
    """Client, secret and account must belong together."""
    answer = _ask(api, f"{path}?v=1.0&{GRANT}", body)

    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})


@pytest.mark.parametrize("grant", ["", "grant_type=password"])
def test_other_grant_is_refused(api: InProcess, grant: str) -> None:
    """Only client credentials are granted."""
    answer = _ask(api, f"{SENTINEL}?v=1.0&{grant}", CREDENTIALS)

    assert (answer.status_code, answer.json()) == (400, {"error": "unsupported_grant_type"})


def test_published_keys_verify_the_token(api: InProcess) -> None:
    """The key set is the one the tokens are signed with, and holds no private part."""
    keys = api("GET", "/sentinel/well-known/jwks").json()

    key = jwt.PyJWKSet.from_dict(keys)[jwt.get_unverified_header(api.app_token)["kid"]]
    assert jwt.decode(api.app_token, key, algorithms=["RS256"], audience="70000001")
    assert all(set(entry) == {"kty", "n", "e", "alg", "use", "kid"} for entry in keys["keys"])


def test_consumer_token_is_created(api: InProcess) -> None:
    """Signed in, the app gets a token for any consumer it names."""
    headers = {"Authorization": api.app_token}
    answer = api("POST", CONSUMER, json={"ext_consumer_id": "ben"}, headers=headers)

    assert answer.status_code == 201
    claims = jwt.decode(answer.json()["token"], options={"verify_signature": False})
    assert claims["ext_consumer_id"] == "ben"


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"{}", "application/json"),
        (b"[]", "application/json"),
        (b"", "application/json"),
        (b'{"ext_consumer_id":""}', "application/json"),
        (b'{"ext_consumer_id":42}', "application/json"),
        (b'{"ext_consumer_id":"ada"}', "text/plain"),
    ],
)
def test_faulty_consumer_is_refused(api: InProcess, body: bytes, media_type: str) -> None:
    """A consumer must be named with text, in JSON."""
    headers = {"Authorization": api.app_token, "Content-Type": media_type}

    answer = api("POST", CONSUMER, content=body, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (400, "BAD_REQUEST")


@pytest.mark.parametrize(("headers", "code"), [({}, 40105), ({"Authorization": "x"}, 40102)])
def test_consumer_token_needs_an_app_token(
    api: InProcess, headers: dict[str, str], code: int
) -> None:
    """Nobody gets a consumer token without a valid app token."""
    answer = api("POST", CONSUMER, json={"ext_consumer_id": "ada"}, headers=headers)

    assert (answer.status_code, answer.json()["body"]["errorCode"]) == (401, code)


@pytest.mark.parametrize(
    ("headers", "code", "title", "details"),
    [
        (
            {"Authorization": None},
            40105,
            "AppJWT is missing",
            "AUTHORIZATION header is not present",
        ),
        (
            {"Authorization": "x.y.z"},
            40102,
            "Invalid AppJWT",
            "AppJWT has expired or is invalid",
        ),
        (
            {"X-LP-ON-BEHALF": None},
            40104,
            "ConsumerJWS is missing",
            "X_ON_BEHALF_HEADER is not present",
        ),
        ({"X-LP-ON-BEHALF": "x.y.z"}, 40103, "Invalid ConsumerJWS", "ConsumerJWS is invalid"),
    ],
    ids=["no app token", "bad app token", "no consumer token", "bad consumer token"],
)
def test_refused_token_is_named(
    api: InProcess, headers: dict[str, Any], code: int, title: str, details: str
) -> None:
    """Each way to fail has its documented code and texts."""
    answer = api.create([], **headers)

    body = {"title": title, "details": details, "errorCode": code}
    assert answer.status_code == 401
    assert answer.json() == {
        "kind": "resp",
        "code": 401,
        "body": body,
        "type": ".ReqBody$ErrorResp",
    }


def test_bearer_prefix_is_refused(api: InProcess) -> None:
    """The token stands in the header by itself."""
    answer = api.create([], Authorization=f"Bearer {api.app_token}")

    assert answer.json()["body"]["errorCode"] == 40102


@pytest.mark.parametrize(
    ("app_first", "headers", "code"),
    [
        (True, {"Authorization": None, "X-LP-ON-BEHALF": None}, 40105),
        (False, {"Authorization": None, "X-LP-ON-BEHALF": None}, 40104),
        (False, {"Authorization": "x"}, 40102),
        (True, {"Authorization": "x", "X-LP-ON-BEHALF": None}, 40102),
    ],
)
def test_tokens_are_judged_in_order(
    assuming: Callable[[Assumptions], InProcess],
    app_first: bool,  # noqa: FBT001
    headers: dict[str, Any],
    code: int,
) -> None:
    """With two faults the first token's is reported; which is first is an assumption."""
    api = assuming(Assumptions(app_token_before_consumer_token=app_first))

    assert api.create([], **headers).json()["body"]["errorCode"] == code


def test_both_orders_let_the_right_one_in(
    assuming: Callable[[Assumptions], InProcess], batch: list[Any]
) -> None:
    """Valid tokens pass whichever is judged first."""
    api = assuming(Assumptions(app_token_before_consumer_token=False))

    assert api.create(batch).status_code == 200


def test_app_token_without_claims_is_refused(api: InProcess, shared_tokens: Tokens) -> None:
    """Missing claims have the code of a missing parameter."""
    answer = api.create([], Authorization=shared_tokens.sign_app_token({"aud": "70000001"}))

    assert (answer.status_code, answer.json()["body"]["errorCode"]) == (401, 40001)


def test_outdated_app_token_is_refused(account: Account, clock: Clock) -> None:
    """An hour after it was issued, a token opens nothing."""
    tokens = Tokens(clock)
    token = tokens.issue_app_token(account.id, account.client_id)
    app = create_app(create_sandbox(Store(account), clock=clock, tokens=tokens))
    api = InProcess(app, app_token=token, consumer_token="")
    clock.now_s += 3600

    assert api.create([]).json()["body"]["errorCode"] == 40102


def test_tokens_of_another_account_are_refused(api: InProcess, shared_tokens: Tokens) -> None:
    """Tokens for one account open nothing in another."""
    foreign_app = shared_tokens.issue_app_token("8", "app-1")
    foreign_consumer = shared_tokens.issue_consumer_token("8", "ada")

    assert api.create([], Authorization=foreign_app).json()["body"]["errorCode"] == 40102
    answer = api.create([], **{"X-LP-ON-BEHALF": foreign_consumer})
    assert answer.json()["body"]["errorCode"] == 40103
