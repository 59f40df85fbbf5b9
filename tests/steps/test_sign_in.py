"""Tests of the sentences about tokens."""

from collections.abc import Callable

import jwt
import pytest

from connector_harness.client.connector import Connector
from connector_harness.client.reply import Reply
from connector_harness.client.tokens import SignIn, claims
from connector_harness.json_types import JsonValue
from steps import sign_in as sentences

APP = jwt.encode({"sub": "app", "exp": 4_000_000_000}, "k" * 32)
SIGNED_IN = SignIn(APP, "consumer-token")


@pytest.mark.parametrize(
    ("mistake", "app", "consumer"),
    [
        ("without an app token", None, "consumer-token"),
        ("with an unreadable app token", sentences.UNREADABLE, "consumer-token"),
        ("without a consumer token", APP, None),
        ("with an unreadable consumer token", APP, sentences.UNREADABLE),
        ("without any token", None, None),
    ],
)
def test_mistake_is_the_only_thing_wrong(
    mistake: str, app: str | None, consumer: str | None
) -> None:
    """A mistake spoils the token it names, and leaves the other as it was."""
    assert sentences.Mistakes()(mistake)(SIGNED_IN) == SignIn(app, consumer)


def test_outdated_token_says_so() -> None:
    """An outdated app token is the same one with an expiry long past."""
    spoilt = sentences.Mistakes()("with an outdated app token")(SIGNED_IN)

    assert claims(spoilt.app_token or "") == {"sub": "app", "exp": 0}
    assert spoilt.consumer_token == "consumer-token"


def test_unknown_mistake_is_found_before_the_run() -> None:
    """A mistake that nobody makes is answered with the closest that is known."""
    problem = sentences.Mistakes().problem("without an ap token")

    assert problem == (
        "nobody signs in 'without an ap token'",
        "write one of: without an app token",
    )
    assert sentences.Mistakes().problem("without an app token") is None


def test_calls_are_counted_from_the_sentence_on(connector: Connector, consumer: str) -> None:
    """What was asked for before the sentence, and by it, does not count as further."""
    counted = sentences.the_connector_has_signed_in(connector, consumer)

    assert counted == sentences.TokenCalls(app=1, consumer=1)
    sentences.the_connector_asked_for_no_further_app_token(connector, counted)
    sentences.the_connector_asked_for_no_further_consumer_token(connector, counted)


def test_further_calls_fail(connector: Connector, consumer: str) -> None:
    """A token asked for again is a further one."""
    counted = sentences.count_token_calls(connector)
    connector.sign_in(consumer)

    with pytest.raises(AssertionError):
        sentences.the_connector_asked_for_no_further_app_token(connector, counted)
    with pytest.raises(AssertionError):
        sentences.the_connector_asked_for_no_further_consumer_token(connector, counted)
    sentences.the_connector_asked_for_further_app_tokens(connector, counted, 1)


@pytest.mark.parametrize("member", ["token", "access_token"])
def test_refusal_with_a_token_fails(replying: Callable[..., Reply], member: str) -> None:
    """A 401 that hands a token out all the same is no refusal."""
    document: JsonValue = {"error": "invalid_client", member: "a.b.c"}

    with pytest.raises(AssertionError):
        sentences.no_token_is_given(replying(401, document))


@pytest.mark.parametrize(("error", "expected"), [(40001, 400), (40104, 401)])
def test_other_status_is_named(replying: Callable[..., Reply], error: int, expected: int) -> None:
    """Where the error is right and the status is not, the message says which was expected."""
    document: JsonValue = {"kind": "resp", "body": {"errorCode": error}}

    with pytest.raises(AssertionError, match=f"expected status {expected} with error {error}"):
        sentences.the_sign_in_is_refused(replying(403, document), error)
