"""One conversation is opened, spoken in, and closed whatever comes."""

import re
from dataclasses import replace

import pytest

from tests.doctor.deployment import Deployment
from tests.doctor.looking import endpoint_at, look_over

CLOSED = {"code": "BAD_REQUEST", "body": {"msg": "Bad Request, Conversation is close"}}


def test_conversation_is_closed_again(deployment: Deployment) -> None:
    """One is opened and the same is closed."""
    found = look_over(endpoint_at(deployment.url))["conversation"]

    assert found.outcome == "good"
    assert found.told.endswith(" s, spoken in, and closed")
    assert deployment.closings() == ["c-1"]


@pytest.mark.parametrize("why", ["not wanted", "nobody is there to allow it; --yes does"])
def test_nothing_is_opened_that_nobody_wants(deployment: Deployment, why: str) -> None:
    """What needs a conversation is not tried."""
    found = look_over(endpoint_at(deployment.url), refusal=why)

    assert (found["conversation"].outcome, found["conversation"].told) == (
        "not tried",
        f"not opened: {why}",
    )
    assert deployment.requests("conversation") == []


def test_nothing_is_opened_in_production(deployment: Deployment) -> None:
    """Not even where somebody allows it."""
    found = look_over(replace(endpoint_at(deployment.url), production=True))["conversation"]

    assert found.told == "not opened: the settings say production = true"
    assert deployment.requests("conversation") == []


def test_opening_is_refused(deployment: Deployment) -> None:
    """The status and the begin of the answer are told; nothing is left open."""
    deployment.will_answer("conversation", 400, {"message": "no Messaging"})

    found = look_over(endpoint_at(deployment.url))["conversation"]

    told = 'opening it was refused with status 400: {"message": "no Messaging"}'
    assert (found.outcome, found.told) == ("wrong", told)


def test_opening_that_failed_may_have_opened(deployment: Deployment) -> None:
    """After a 5xx somebody has to look, and is told for which consumer."""
    deployment.will_answer("conversation", 503, {})

    found = look_over(endpoint_at(deployment.url))["conversation"]

    assert "a conversation of consumer doctor-7 may be open" in found.told
    assert "close it in the agent workspace" in found.next


@pytest.mark.parametrize(
    ("body", "headers"),
    [(b"x", {"Content_Encoding": "unheard-of"}), (b"<html>", {}), ([], {})],
    ids=["no usable answer", "no document", "no conversation"],
)
def test_answer_that_names_no_conversation(
    deployment: Deployment, body: object, headers: dict[str, str]
) -> None:
    """Where it does not say that nothing was opened, something may have been."""
    deployment.will_answer("conversation", 200, body, **headers)

    found = look_over(endpoint_at(deployment.url))["conversation"]

    assert "a conversation of consumer doctor-7 may be open" in found.told


@pytest.mark.parametrize(
    ("word", "check"),
    [
        ("token", "app token"),
        ("consumer", "consumer token"),
        ("conversation", "conversation"),
        ("send", "conversation"),
    ],
)
def test_call_without_a_usable_answer(deployment: Deployment, word: str, check: str) -> None:
    """It is told as in a run, with the call that it was."""
    deployment.will_answer(word, 200, b"x", Content_Encoding="unheard-of")

    found = look_over(endpoint_at(deployment.url))[check]

    assert found.outcome == "wrong"
    assert re.match(r"no answer from the endpoint: .*\(\w+, POST http://.*\)", found.told)


def test_sign_in_that_failed_has_opened_nothing(deployment: Deployment) -> None:
    """Only what was sent to the conversation service may have opened a conversation."""
    deployment.will_answer("consumer", 201, {"token": "of-the-check-before"})
    deployment.will_answer("consumer", 201, b"x", Content_Encoding="unheard-of")

    found = look_over(endpoint_at(deployment.url))["conversation"]

    assert found.outcome == "wrong"
    assert "may be open" not in found.told


def test_opening_that_is_no_document(deployment: Deployment) -> None:
    """A page instead of JSON is named as that."""
    deployment.will_answer("conversation", 200, b"<html>")

    found = look_over(endpoint_at(deployment.url))["conversation"]

    assert found.told.startswith("the answer of POST …/conversation → 200 is not JSON")
    assert "a wrong address often answers with a page" in found.next


def test_message_is_refused(deployment: Deployment) -> None:
    """The conversation is closed all the same."""
    deployment.will_answer("send", 400, {"code": "BAD_REQUEST"})

    found = look_over(endpoint_at(deployment.url))["conversation"]

    assert found.told == 'a message was refused with status 400: {"code": "BAD_REQUEST"}'
    assert deployment.closings() == ["c-1"]


def test_closing_is_refused(deployment: Deployment) -> None:
    """It is tried in both ways, and what stays open is named by its id."""
    for status in (200, 403, 403):
        deployment.will_answer("send", status, {"body": {"sequence": 0}})

    found = look_over(endpoint_at(deployment.url))["conversation"]

    assert "closing it was refused with status 403" in found.told
    assert "conversation c-1 is still open" in found.told
    assert deployment.closings() == ["c-1", "c-1"]


def test_somebody_else_has_closed(deployment: Deployment) -> None:
    """A refusal because it is closed already is as good."""
    deployment.will_answer("send", 200, {"body": {"sequence": 0}})
    for _ in range(2):
        deployment.will_answer("send", 400, CLOSED)

    assert look_over(endpoint_at(deployment.url))["conversation"].outcome == "good"


def test_throttled_calls_are_counted(deployment: Deployment) -> None:
    """What was to be waited for is shown with the settings that help."""
    deployment.will_answer("consumer", 429, {}, Retry_After="0")

    found = look_over(endpoint_at(deployment.url))["rate limits"]

    assert found.outcome == "wrong"
    assert found.told.endswith(" calls were answered 429; Retry-After: 0")
    assert "max_concurrent or requests_per_second" in found.next


def test_calls_that_are_not_throttled_are_counted_too(deployment: Deployment) -> None:
    """How many calls there were says how much that is worth."""
    found = look_over(endpoint_at(deployment.url))["rate limits"]

    assert (found.outcome, found.told) == ("good", "no 429 in 9 calls")
