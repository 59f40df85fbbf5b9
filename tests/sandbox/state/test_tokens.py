"""Issuing and verifying tokens."""

from typing import Any

import jwt
import pytest

from connector_harness.sandbox.state.tokens import (
    ClaimsError,
    Consumer,
    InvalidTokenError,
    Tokens,
    lp_consumer_id,
)
from tests.sandbox.callers import Clock


@pytest.fixture
def tokens(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Tokens:
    """An issuer whose time stands still, and which remembers nothing longer than one call."""
    monkeypatch.setattr("connector_harness.sandbox.state.tokens.REMEMBERED_TOKENS", 1)
    return Tokens(clock)


def _claims(**changes: str | int) -> dict[str, Any]:
    claims: dict[str, Any] = {"aud": "7", "azp": "app", "scope": "msg.consumer"}
    return {**claims, "iss": "Sentinel", "iat": 0, "exp": 2_000_000_000, **changes}


def test_app_token_is_a_signed_document(tokens: Tokens) -> None:
    """Anyone can verify an app token with the published keys; its claims are documented."""
    token = tokens.issue_app_token("7", "app")
    header = jwt.get_unverified_header(token)
    key = jwt.PyJWKSet.from_dict(tokens.key_set())[header["kid"]]

    claims = jwt.decode(
        token, key, algorithms=["RS256"], options={"verify_exp": False}, audience="7"
    )

    assert header == {"alg": "RS256", "typ": "JWT", "kid": "appjwt-01-01-25"}
    assert claims == _claims(iat=1_735_689_600, exp=1_735_693_200)


def test_consumer_token_has_three_claims(tokens: Tokens) -> None:
    """A consumer token names account and consumer, and nothing about time."""
    token = tokens.issue_consumer_token("70000001", "shopper-0042")

    assert jwt.decode(token, options={"verify_signature": False}) == {
        "account_id": "70000001",
        "ext_consumer_id": "shopper-0042",
        "lp_consumer_id": "22f5352d7815a79085274e8c6d8dd7c2d60fea0499906dd22418f5c8b62646de",
    }


def test_app_token_holds_until_it_expires(tokens: Tokens, clock: Clock) -> None:
    """The last second of the hour is inside, its end is not, also for a token known already."""
    token = tokens.issue_app_token("7", "app")
    clock.now_s += 3599
    tokens.check_app_token(token, "7")

    clock.now_s += 1

    with pytest.raises(InvalidTokenError, match="expired at 1735693200"):
        tokens.check_app_token(token, "7")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"aud": "8"}, "for account '8'"),
        ({"scope": "msg.agent"}, "scope of the app token is 'msg.agent'"),
        ({"exp": "soon"}, "expired at 'soon'"),
    ],
    ids=["audience", "scope", "expiry"],
)
def test_app_token_for_something_else_is_refused(
    tokens: Tokens, changes: dict[str, str], reason: str
) -> None:
    """A signed token opens only what it was issued for."""
    token = tokens.sign_app_token(_claims(**changes))

    with pytest.raises(InvalidTokenError, match=reason) as refusal:
        tokens.check_app_token(token, "7")

    assert not isinstance(refusal.value, ClaimsError)


def test_foreign_issuer_is_a_fault_in_the_claims(tokens: Tokens) -> None:
    """The issuer is spelled with a capital letter."""
    token = tokens.sign_app_token(_claims(iss="sentinel"))

    with pytest.raises(ClaimsError, match="iss of the app token is 'sentinel', not 'Sentinel'"):
        tokens.check_app_token(token, "7")


def test_missing_claims_are_all_named(tokens: Tokens) -> None:
    """A token without mandatory claims is refused with their names."""
    with pytest.raises(ClaimsError, match="lacks azp, scope, iss, iat, exp"):
        tokens.check_app_token(tokens.sign_app_token({"aud": "7"}), "7")


def test_verification_does_not_need_memory(tokens: Tokens) -> None:
    """A token that was forgotten is verified by its signature."""
    token = tokens.issue_consumer_token("7", "ada")
    tokens.issue_consumer_token("7", "ben")

    consumer = tokens.read_consumer_token(token, "7")

    assert consumer == Consumer("ada", lp_consumer_id("7", "ada"))


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é", "eyJhbGciOiJub25lIn0.e30."])
def test_what_is_no_token_is_refused(tokens: Tokens, token: str) -> None:
    """Whatever stands in the header, it is refused and not repeated."""
    with pytest.raises(InvalidTokenError, match="the signature does not hold"):
        tokens.check_app_token(token, "7")


def test_changed_token_is_refused(tokens: Tokens) -> None:
    """One character of the claims changed breaks the signature."""
    header, claims, signature = tokens.issue_app_token("7", "app").split(".")

    with pytest.raises(InvalidTokenError, match="the signature does not hold"):
        tokens.check_app_token(f"{header}.{claims[:-1]}A.{signature}", "7")


def test_token_of_another_issuer_is_refused(tokens: Tokens, shared_tokens: Tokens) -> None:
    """A correct token signed by another key is refused."""
    with pytest.raises(InvalidTokenError, match="the signature does not hold"):
        tokens.check_app_token(shared_tokens.issue_app_token("7", "app"), "7")


def test_consumer_token_is_no_app_token(tokens: Tokens) -> None:
    """The two kinds cannot stand for each other."""
    with pytest.raises(InvalidTokenError, match="it is signed as 'consumerjws-01-01-25'"):
        tokens.check_app_token(tokens.issue_consumer_token("7", "ada"), "7")


def test_consumer_token_of_another_account_is_refused(tokens: Tokens) -> None:
    """A consumer speaks in one account only."""
    with pytest.raises(InvalidTokenError, match="for account '7'"):
        tokens.read_consumer_token(tokens.issue_consumer_token("7", "ada"), "8")


def test_one_consumer_has_one_id_in_each_account() -> None:
    """The same consumer gets the same id again, and another one elsewhere."""
    assert lp_consumer_id("7", "ada") == lp_consumer_id("7", "ada")
    assert lp_consumer_id("7", "ada") != lp_consumer_id("8", "ada")
