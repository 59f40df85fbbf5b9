"""Tests of the sentences about what arrived."""

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace

import pytest

from connector_harness.client import commands, events
from connector_harness.client.connector import Connector
from connector_harness.client.conversation import Conversation
from connector_harness.client.reply import Reply
from connector_harness.client.settings import Endpoint
from connector_harness.control.routes import SandboxControl, SandboxControlError, SandboxView
from connector_harness.json_types import JsonObject, JsonValue
from steps import received as sentences
from steps.batch import TARGETS
from steps.shown_message import PROBE
from tests.client.server import LocalServer

PROFILE: JsonObject = {"role": "X"}


@pytest.fixture
def server() -> Iterator[LocalServer]:
    """An endpoint that is no sandbox."""
    server = LocalServer()
    yield server
    server.close()


@pytest.fixture
def reply(connector: Connector, endpoint: Endpoint, consumer: str) -> Reply:
    """The answer to a batch with a profile, a skill and a message."""
    batch = [
        commands.set_user_profile(PROFILE, id="1"),
        commands.request_conversation(id="2", account=endpoint.account, skill_id="7"),
        commands.publish_event(events.text_event("Grüße 📦 "), id="3"),
    ]
    return connector.create_conversation(batch, consumer=consumer)


def test_sandbox_shows_what_it_received(
    reply: Reply, view: SandboxView, endpoint: Endpoint, consumer: str
) -> None:
    """Profile, request and texts are those that one consumer's batch held."""
    assert reply.status == 200
    assert sentences.received(view, consumer) == sentences.Received(
        PROFILE, {"brandId": endpoint.account, "skillId": "7"}, ["Grüße 📦 "]
    )


@pytest.mark.parametrize(
    ("came", "is_right"),
    [
        (["Grüße 📦 "], True),
        (["Grüße 📦"], False),
        (["Grüße 📦 ", "Grüße 📦 "], False),
        ([], False),
    ],
)
def test_elsewhere_all_that_is_told_is_judged(
    reply: Reply,
    connector: Connector,
    consumer: str,
    came: list[JsonValue],
    is_right: bool,  # noqa: FBT001
) -> None:
    """Without a look into the endpoint, the message must come back as it was sent, and once."""

    def texts_of(conversation: Conversation) -> list[JsonValue]:
        assert (conversation.id, conversation.consumer) == (reply.conversation_id, consumer)
        return [*came, PROBE]

    told = sentences.texts_told(texts_of, connector, reply, consumer)

    with nullcontext() if is_right else pytest.raises(AssertionError):
        sentences.the_endpoint_received(lambda _: told, reply, "Grüße 📦 ")


def test_changed_message_fails(reply: Reply, view: SandboxView, consumer: str) -> None:
    """A text that came otherwise than it was written is not unchanged."""
    with pytest.raises(AssertionError):
        sentences.the_endpoint_received(
            lambda _: sentences.received(view, consumer).messages, reply, "Grüße 📦"
        )


@pytest.mark.usefixtures("reply")
def test_another_profile_fails(view: SandboxView, consumer: str) -> None:
    """A profile that lost a member on its way is not the named one."""
    named: JsonObject = {"body": {"role": "X", "firstName": "Mira"}}
    with pytest.raises(AssertionError):
        sentences.the_endpoint_received_the_profile(view, consumer, named)


@pytest.mark.usefixtures("reply")
def test_another_request_fails(view: SandboxView, endpoint: Endpoint, consumer: str) -> None:
    """A request that lost a member on its way is not the named one."""
    named: JsonObject = {"body": {"brandId": "{accountid}"}}
    with pytest.raises(AssertionError):
        sentences.the_endpoint_received_the_conversation_request(view, endpoint, consumer, named)


@pytest.mark.usefixtures("reply")
@pytest.mark.parametrize(("target", "name"), [("campaign", "spring"), ("skill", "billing")])
def test_request_for_another_target_fails(
    view: SandboxView, endpoint: Endpoint, consumer: str, target: str, name: str
) -> None:
    """A request that asks for another campaign or skill than the sentence is not that one."""
    with pytest.raises(AssertionError):
        sentences.the_endpoint_received_the_conversation_request_for(
            view, endpoint, consumer, TARGETS(target), name
        )


@pytest.mark.parametrize("address", [None, "https://127.0.0.1:9", "https://example.test"])
def test_only_this_machine_is_asked_for_a_sandbox(endpoint: Endpoint, address: str | None) -> None:
    """An endpoint with services of its own, far away, or where nobody answers, gives no look."""
    assert SandboxControl.of(replace(endpoint, address=address), is_ours=False) is None


def test_server_without_control_routes_is_none(endpoint: Endpoint, server: LocalServer) -> None:
    """A plain server is asked once, and gives no look."""
    assert SandboxControl.of(replace(endpoint, address=server.url), is_ours=False) is None
    assert len(server.requests("conversations")) == 1


def test_our_own_sandbox_must_show_itself(endpoint: Endpoint, server: LocalServer) -> None:
    """A sandbox of ours that shows nothing fails, and is not passed over."""
    control = SandboxControl.of(replace(endpoint, address=server.url), is_ours=True)

    assert control is not None
    with pytest.raises((SandboxControlError, ValueError)):
        SandboxView(control).conversations("ada")
    control.close()


@pytest.mark.parametrize("document", [[1, 2], [{}], {}, None])
def test_server_that_answers_something_else_is_no_sandbox(
    endpoint: Endpoint, server: LocalServer, document: JsonValue
) -> None:
    """A service that answers every path is not taken for a sandbox, which would be told things."""
    server.will_answer("conversations", 200, document)

    assert SandboxControl.of(replace(endpoint, address=server.url), is_ours=False) is None
