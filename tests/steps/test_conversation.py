"""Tests of the sentences that open conversations and judge what came of it."""

from collections.abc import Callable

import pytest

from connector_harness.client.connector import Connector
from connector_harness.client.reply import Reply
from connector_harness.client.settings import Endpoint
from connector_harness.control.routes import SandboxView
from connector_harness.json_types import JsonValue
from steps import conversation as sentences

Replying = Callable[[int, JsonValue], Reply]
OPENED: list[JsonValue] = [
    {"code": "OK", "body": {"msg": "OK User Profile set successfully"}, "reqId": "1"},
    {"code": "OK", "body": {"conversationId": "c-1"}, "reqId": "2"},
]


@pytest.mark.parametrize(("status", "doubt"), [(503, True), (400, False)])
def test_failed_endpoint_leaves_open_what_arrived(
    replying: Replying, status: int, *, doubt: bool
) -> None:
    """Where the endpoint failed, the message says that the request may have been delivered."""
    counts = sentences.answered(replying(status, {}), "a conversation opened")

    assert ("may or may not have been delivered" in counts) is doubt


def test_second_opening_is_named(connector: Connector, endpoint: Endpoint, consumer: str) -> None:
    """A scenario opens one conversation; another opening is told as what it is."""
    opening = sentences.Opening(connector, endpoint, consumer, [])
    opening()

    with pytest.raises(AssertionError, match=r"this scenario already has a conversation.*\n  next"):
        opening()


def test_what_was_answered_is_said(replying: Replying) -> None:
    """A failed expectation shows what was expected, the status, and the begin of the answer."""
    text = sentences.answered(replying(400, {"msg": "für " + "x" * 300}), "a refusal")

    head, _, answer = text.partition("\nanswer: ")
    assert head == "expected a refusal; the endpoint answered 400"
    assert answer.startswith('{"msg": "für xxx')
    assert len(answer) == 200


def test_commands_accepted_in_order_pass(replying: Replying, endpoint: Endpoint) -> None:
    """One good answer for each command, with its id, is what the sentence says."""
    sentences.every_command_is_accepted(replying(200, OPENED), sentences.minimal_batch(endpoint))


@pytest.mark.parametrize(
    ("status", "answers"),
    [
        (201, OPENED),
        (200, OPENED[::-1]),
        (200, OPENED[:1]),
        (200, [*OPENED, OPENED[1]]),
        (200, [OPENED[0], {"code": "BAD_REQUEST", "reqId": "2"}]),
        (200, [OPENED[0], {"code": "OK", "reqId": 2}]),
        (200, {}),
    ],
)
def test_commands_not_accepted_in_order_fail(
    replying: Replying, endpoint: Endpoint, status: int, answers: JsonValue
) -> None:
    """A missing, extra, swapped or refused answer fails, and so does another status."""
    with pytest.raises(AssertionError, match=f"the endpoint answered {status}\n"):
        sentences.every_command_is_accepted(
            replying(status, answers), sentences.minimal_batch(endpoint)
        )


def test_no_conversation_was_opened_tries(
    connector: Connector, endpoint: Endpoint, consumer: str
) -> None:
    """Where a conversation had been opened after all, opening one is refused, which fails."""
    sentences.no_conversation_was_opened(connector, endpoint, consumer, None)

    with pytest.raises(AssertionError, match="expected no conversation open so far"):
        sentences.no_conversation_was_opened(connector, endpoint, consumer, None)


def test_no_conversation_was_opened_looks(
    connector: Connector, endpoint: Endpoint, consumer: str, view: SandboxView
) -> None:
    """In the sandbox, a conversation that should not be there is seen."""
    sentences.Opening(connector, endpoint, consumer, [])()

    with pytest.raises(AssertionError, match="the sandbox holds 1"):
        sentences.no_conversation_was_opened(connector, endpoint, consumer, view)


def test_no_further_conversation_was_opened_tries(
    connector: Connector, endpoint: Endpoint, consumer: str, replying: Replying
) -> None:
    """Where the first conversation is not open any more, the sentence fails."""
    refused = replying(400, [])

    with pytest.raises(AssertionError, match="expected a second conversation refused"):
        sentences.no_further_conversation_was_opened(connector, endpoint, consumer, None, refused)
    sentences.no_further_conversation_was_opened(connector, endpoint, consumer, None, refused)


def test_refusal_that_names_a_conversation_fails(
    connector: Connector, endpoint: Endpoint, consumer: str, replying: Replying
) -> None:
    """A refusal with a conversation id has opened something, even if the first is open still."""
    sentences.Opening(connector, endpoint, consumer, [])()

    with pytest.raises(AssertionError, match="expected no conversation"):
        sentences.no_further_conversation_was_opened(
            connector, endpoint, consumer, None, replying(400, OPENED)
        )


@pytest.mark.parametrize(("status", "document"), [(500, {"oops": 1}), (503, OPENED), (200, [])])
def test_no_open_conversation_is_named(
    replying: Replying, status: int, document: JsonValue
) -> None:
    """An answer without an open conversation says what came instead, whatever its shape."""
    with pytest.raises(AssertionError, match=f"the endpoint answered {status}"):
        sentences.a_conversation_is_open(replying(status, document))


def test_missing_answer_is_named(replying: Replying) -> None:
    """An answer that is left out fails as an expectation, not as an error of the step's code."""
    with pytest.raises(AssertionError, match="expected an answer to command 3"):
        sentences.the_first_message_has_number(replying(200, OPENED), 0)


def test_another_shopper_is_somebody_else(
    connector: Connector, endpoint: Endpoint, consumer: str
) -> None:
    """The other shopper can open a conversation while the first has one."""
    sentences.the_shopper_asks_for_a_conversation(connector, endpoint, consumer)
    reply = sentences.another_shopper_asks_for_a_conversation(connector, endpoint, consumer)

    assert reply.status == 200
