"""Tests of the sentences that open conversations and judge what came of it."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from connector_harness.client import commands
from connector_harness.client.connector import Connector, Reply
from connector_harness.client.settings import Endpoint
from connector_harness.documents import JsonValue
from steps import conversation as sentences
from tests.client.server import LocalServer

Replying = Callable[[int, JsonValue], Reply]
OPENED: list[JsonValue] = [
    {"code": "OK", "body": {"msg": "OK User Profile set successfully"}, "reqId": "1"},
    {"code": "OK", "body": {"conversationId": "c-1"}, "reqId": "2"},
]


@pytest.fixture
def server() -> Iterator[LocalServer]:
    """An endpoint that is no sandbox."""
    server = LocalServer()
    yield server
    server.close()


def test_what_was_answered_is_said(replying: Replying) -> None:
    """A failed expectation shows what was expected, the status, and the begin of the answer."""
    text = sentences.answered(replying(400, {"msg": "für " + "x" * 300}), "a refusal")

    assert text.startswith('expected a refusal; the endpoint answered 400: {"msg": "für xxx')
    assert len(text.partition("400: ")[2]) == 200


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
    with pytest.raises(AssertionError, match=f"the endpoint answered {status}: "):
        sentences.every_command_is_accepted(
            replying(status, answers), sentences.minimal_batch(endpoint)
        )


def test_no_conversation_was_opened_looks(
    connector: Connector, endpoint: Endpoint, consumer: str
) -> None:
    """Where a conversation had been opened after all, the sentence fails."""
    sentences.no_conversation_was_opened(connector, endpoint, consumer)

    with pytest.raises(AssertionError, match="expected no conversation open so far"):
        sentences.no_conversation_was_opened(connector, endpoint, consumer)


def test_no_further_conversation_was_opened_looks(
    connector: Connector, endpoint: Endpoint, consumer: str, replying: Replying
) -> None:
    """Where the first conversation is not open any more, the sentence fails."""
    refused = replying(400, [])

    with pytest.raises(AssertionError, match="expected a second conversation refused"):
        sentences.no_further_conversation_was_opened(connector, endpoint, consumer, refused)
    sentences.no_further_conversation_was_opened(connector, endpoint, consumer, refused)


def test_refusal_that_names_a_conversation_fails(
    connector: Connector, endpoint: Endpoint, consumer: str, replying: Replying
) -> None:
    """A refusal with a conversation id has opened something, even if the first is open still."""
    sentences.a_shopper_with_an_open_conversation(connector, endpoint, consumer)

    with pytest.raises(AssertionError):
        sentences.no_further_conversation_was_opened(
            connector, endpoint, consumer, replying(400, OPENED)
        )


def test_another_shopper_is_somebody_else(
    connector: Connector, endpoint: Endpoint, consumer: str
) -> None:
    """The other shopper can open a conversation while the first has one."""
    sentences.the_shopper_asks_for_a_conversation(connector, endpoint, consumer)
    reply = sentences.another_shopper_asks_for_a_conversation(connector, endpoint, consumer)

    assert reply.status == 200


def test_messages_are_those_of_the_consumer(
    connector: Connector, endpoint: Endpoint, consumer: str
) -> None:
    """The sandbox shows the texts that one consumer has written, and nobody else's."""
    for who, text in ((consumer, "Grüße 📦"), (f"{consumer}-friend", "Hello")):
        message = commands.publish_event(commands.text_event(text), id="3")
        connector.create_conversation([*sentences.minimal_batch(endpoint), message], consumer=who)

    assert [each["text"] for each in sentences.messages_of(endpoint, consumer)] == ["Grüße 📦"]


def test_changed_message_fails(connector: Connector, endpoint: Endpoint, consumer: str) -> None:
    """A text that came otherwise than it was written is not unchanged."""
    message = commands.publish_event(commands.text_event("Hello "), id="3")
    connector.create_conversation([*sentences.minimal_batch(endpoint), message], consumer=consumer)

    with pytest.raises(AssertionError):
        sentences.the_endpoint_received(endpoint, consumer, "Hello")


@pytest.mark.parametrize("address", [None, "https://127.0.0.1:9"])
def test_messages_elsewhere_are_not_asked_for(endpoint: Endpoint, address: str | None) -> None:
    """An endpoint with services of its own, or behind TLS, is no sandbox: the step skips."""
    with pytest.raises(pytest.skip.Exception, match="only the sandbox shows"):
        sentences.messages_of(replace(endpoint, address=address), "ada")


def test_messages_of_a_server_without_control_routes_are_skipped(
    endpoint: Endpoint, server: LocalServer
) -> None:
    """A plain server that is no sandbox is asked once, and the step skips."""
    with pytest.raises(pytest.skip.Exception, match="only the sandbox shows"):
        sentences.messages_of(replace(endpoint, address=server.url), "ada")

    assert len(server.requests("conversations")) == 1
