"""Tests of the sentences about what arrived."""

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace

import pytest

from connector_harness.client import commands, events
from connector_harness.client.connector import Connector
from connector_harness.client.reply import Reply
from connector_harness.client.settings import Endpoint
from connector_harness.control.routes import SandboxControl, SandboxControlError
from connector_harness.control.view import SandboxView
from connector_harness.documents import JsonObject, JsonValue
from connector_harness.receiver.inbox import Inbox
from steps import received as sentences
from steps.batch import TARGETS
from tests.client.server import LocalServer
from tests.receiver.deliveries import event_item, notification, text

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


def test_elsewhere_nothing_is_taken_as_arrived(reply: Reply, consumer: str) -> None:
    """Without a look into the endpoint, and no echo, nobody can say what arrived."""
    with pytest.raises(AssertionError, match="something else tells"):
        sentences.the_endpoint_received(None, None, reply, consumer, "Grüße 📦 ")


@pytest.mark.parametrize(("came", "is_unchanged"), [("Grüße 📦 ", True), ("Grüße 📦", False)])
def test_elsewhere_the_echo_is_judged(
    reply: Reply,
    consumer: str,
    came: str,
    is_unchanged: bool,  # noqa: FBT001
) -> None:
    """Without a look into the endpoint, the message must come back as it was sent."""
    inbox, id_ = Inbox(), str(reply.conversation_id)
    inbox.deliver(notification(event_item(text(came), 0, role="CONSUMER", conversation=id_)))

    with nullcontext() if is_unchanged else pytest.raises(AssertionError):
        sentences.the_endpoint_received(None, inbox, reply, consumer, "Grüße 📦 ")


def test_changed_message_fails(reply: Reply, view: SandboxView, consumer: str) -> None:
    """A text that came otherwise than it was written is not unchanged."""
    with pytest.raises(AssertionError):
        sentences.the_endpoint_received(view, None, reply, consumer, "Grüße 📦")


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


@pytest.mark.parametrize("address", [None, "https://127.0.0.1:9", "http://example.test"])
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
