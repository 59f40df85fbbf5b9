"""Sentences about what arrived at the endpoint."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import pytest
from pytest_bdd import parsers, then

from connector_harness.client.connector import Connector
from connector_harness.client.conversation import Conversation
from connector_harness.client.reply import Reply
from connector_harness.client.settings import Endpoint
from connector_harness.control.routes import SandboxView
from connector_harness.json_types import JsonObject, JsonValue
from steps.account import for_account
from steps.batch import TARGETS, Target, conversation_requests, profiles
from steps.shown_message import PROBE, TextsOf


@dataclass(frozen=True)
class Received:
    """What an endpoint was told in one batch."""

    profile: JsonValue
    request: JsonValue
    messages: list[JsonValue]


def received(view: SandboxView, consumer: str) -> Received:
    """Return what the sandbox holds for *consumer*."""
    held = view.conversations(consumer)
    assert len(held) == 1, f"expected one conversation; the sandbox holds {len(held)}"
    return _held(held[0])


def _held(conversation: JsonObject) -> Received:
    match conversation:
        case {"profile": profile, "request": request, "dialogs": [{"messages": [*messages]}]}:
            texts = [message["text"] for message in messages if isinstance(message, dict)]
            return Received(profile, request, [text for text in texts if text != PROBE])
    raise AssertionError(f"the sandbox holds something else: {sorted(conversation)}")


Arrived: TypeAlias = Callable[[Reply], list[JsonValue]]
"""Returns the texts that arrived with the batch of an answer, and since."""


@pytest.fixture
def arrived(
    sandbox_view: SandboxView | None, texts_of: TextsOf, connector: Connector, consumer: str
) -> Arrived:
    """What arrived: as the sandbox holds it, or as all is told that was under way."""
    if sandbox_view is not None:
        return lambda _: received(sandbox_view, consumer).messages
    return lambda reply: texts_told(texts_of, connector, reply, consumer)


def texts_told(
    texts_of: TextsOf, connector: Connector, reply: Reply, consumer: str
) -> list[JsonValue]:
    """Return what the conversation of *reply* is told to hold, but for what the check has said."""
    conversation = Conversation(connector, consumer=consumer, id=str(reply.conversation_id))
    return [text for text in texts_of(conversation) if text != PROBE]


@then(parsers.parse('the endpoint received "{text}" unchanged'))
def the_endpoint_received(arrived: Arrived, reply: Reply, text: str) -> None:
    """Expect exactly *text*, as the one message."""
    texts = arrived(reply)
    assert texts == [text], f"expected {[text]!r}; {texts!r} arrived"


@then("the endpoint received its lines unchanged")
def the_endpoint_received_its_lines(arrived: Arrived, reply: Reply, text: str) -> None:
    """Expect exactly the lines of the message that was sent."""
    the_endpoint_received(arrived, reply, text)


@then(
    parsers.parse('the endpoint received the profile "{profile}"'), converters={"profile": profiles}
)
def the_endpoint_received_the_profile(
    inside: SandboxView, consumer: str, profile: JsonObject
) -> None:
    """Expect the named profile, member by member."""
    arrived = received(inside, consumer).profile
    assert arrived == profile["body"], "expected the profile as it is named; another arrived"


@then(
    parsers.parse('the endpoint received the conversation request "{request_name}"'),
    converters={"request_name": conversation_requests},
)
def the_endpoint_received_the_conversation_request(
    inside: SandboxView,
    endpoint: Endpoint,
    consumer: str,
    request_name: JsonObject,
) -> None:
    """Expect the named request, for the account under test."""
    expected = for_account(request_name, endpoint)["body"]
    arrived = received(inside, consumer).request
    assert arrived == expected, "expected the request as it is named; another arrived"


@then(
    parsers.parse('the endpoint received the conversation request for the {target} "{name}"'),
    converters={"target": TARGETS},
)
def the_endpoint_received_the_conversation_request_for(
    inside: SandboxView, endpoint: Endpoint, consumer: str, target: Target, name: str
) -> None:
    """Expect the target by its ids in the account under test, and nothing else but the brand."""
    expected = target(endpoint, name, "any")["body"]
    arrived = received(inside, consumer).request
    assert arrived == expected, f"expected the request for {name!r}; another arrived"
