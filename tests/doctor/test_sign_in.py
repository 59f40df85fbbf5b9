"""Whether the connector can sign in, and as whom."""

import time

import pytest

from tests.doctor.deployment import ACCOUNT, Deployment, app_token, jwt
from tests.doctor.looking import SECRET, endpoint_at, look_over

NOW = int(time.time())
OTHER = "check CONNECTOR_ACCOUNT"
TOKENS = {
    "other scope": (app_token(scope="faas"), "its scope is 'faas'", "scope msg.consumer"),
    "other account": (app_token(aud="8"), f"it is for account '8', not '{ACCOUNT}'", OTHER),
    "expired": (app_token(exp=NOW - 5), "it has expired already", "see the clock"),
    "of the future": (app_token(iat=NOW + 50_000), "s in the future", "see the clock"),
    "kept by somebody": (app_token(iat=NOW - 50_000), "s ago", "keeps old answers"),
    "empty": ({"access_token": ""}, "holds no usable 'access_token'", "check account, client id"),
    "not JSON": (b"<html>", "holds no usable 'access_token'", "check account, client id"),
}


def test_app_token_is_read(deployment: Deployment) -> None:
    """A good one tells account, scope and validity."""
    found = look_over(endpoint_at(deployment.url))["app token"]

    told = f"for account {ACCOUNT}, scope msg.consumer, valid for 60 min"
    assert (found.outcome, found.told) == ("good", told)


def test_opaque_app_token_is_one(deployment: Deployment) -> None:
    """What cannot be read is no fault."""
    deployment.will_answer("token", 200, {"access_token": "opaque"})

    found = look_over(endpoint_at(deployment.url))["app token"]

    assert (found.outcome, "it is no JWT" in found.told) == ("good", True)


@pytest.mark.parametrize(("answer", "told", "remedy"), TOKENS.values(), ids=TOKENS)
def test_wrong_app_token(deployment: Deployment, answer: object, told: str, remedy: str) -> None:
    """Each thing that is wrong with it is said, and what to do."""
    deployment.will_answer("token", 200, answer)

    found = look_over(endpoint_at(deployment.url))["app token"]

    assert (found.outcome, told in found.told, remedy in found.next) == ("wrong", True, True)


def test_all_that_is_wrong_is_said_at_once(deployment: Deployment) -> None:
    """Two mistakes are two halves of one line."""
    deployment.will_answer("token", 200, app_token(scope="faas", aud="8"))

    found = look_over(endpoint_at(deployment.url))["app token"]

    assert found.told == f"its scope is 'faas'; it is for account '8', not '{ACCOUNT}'"


def test_remedy_of_two_mistakes_is_said_once(deployment: Deployment) -> None:
    """A clock that is hours ahead finds a token both old and expired."""
    deployment.will_answer("token", 200, app_token(iat=NOW - 50_000, exp=NOW - 5))

    found = look_over(endpoint_at(deployment.url))["app token"]

    assert found.next.count("the clock of this machine") == 1


@pytest.mark.parametrize(
    ("status", "remedy"),
    [(401, "check CONNECTOR_CLIENT_ID and CONNECTOR_CLIENT_SECRET"), (503, "the fault is not in")],
)
def test_refused_sign_in(deployment: Deployment, status: int, remedy: str) -> None:
    """Credentials and failing servers are told apart; the secret is shown by neither."""
    deployment.will_answer("token", status, {"error": f"not {SECRET}"})

    found = look_over(endpoint_at(deployment.url))

    assert "signing in failed: the token service refused" in found["app token"].told
    assert remedy in found["app token"].next
    assert SECRET not in str(found)
    assert found["consumer token"].told == "not tried: no app token"
    assert found["conversation"].told == "not opened: there is no app token"


def test_refused_consumer_token(deployment: Deployment) -> None:
    """An app that signs in may still not speak for anybody."""
    deployment.will_answer("consumer", 403, {"message": "no"})

    found = look_over(endpoint_at(deployment.url))["consumer token"]

    assert (found.outcome, "…/consumer → 403" in found.told) == ("wrong", True)


def test_consumer_token_of_another_account(deployment: Deployment) -> None:
    """It is found before the API refuses it."""
    deployment.will_answer("consumer", 201, {"token": jwt(account_id="8")})

    found = look_over(endpoint_at(deployment.url))["consumer token"]

    assert found.told == f"it is for account '8', not '{ACCOUNT}'"
    assert OTHER in found.next
