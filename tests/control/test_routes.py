"""What looks into the sandbox and plays in it does so over its control routes alone."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from connector_harness.client import commands
from connector_harness.client.connector import Connector
from connector_harness.client.conversation import Conversation
from connector_harness.client.files import FileAddress
from connector_harness.client.settings import Endpoint, Secret
from connector_harness.control.routes import (
    SandboxControl,
    SandboxControlError,
    SandboxView,
    VirtualClock,
)
from connector_harness.control.sandbox_agent import SandboxAgent
from connector_harness.sandbox.server import start_sandbox


@pytest.fixture
def control(endpoint: Endpoint) -> Iterator[SandboxControl]:
    """The sandbox's control routes."""
    control = SandboxControl.of(endpoint, is_ours=True)
    assert control is not None
    yield control
    control.close()


@pytest.fixture
def conversation(
    request: pytest.FixtureRequest, connector: Connector, endpoint: Endpoint
) -> Conversation:
    """An open conversation of a consumer that no other test has."""
    consumer = f"consumer of {request.node.name}"
    batch = [
        commands.set_user_profile({}, id="1"),
        commands.request_conversation(id="2", account=endpoint.account),
    ]
    opened = connector.create_conversation(batch, consumer=consumer).conversation_id
    assert opened is not None
    return Conversation(connector, consumer=consumer, id=opened)


def messages(control: SandboxControl, consumer: str) -> list[object]:
    """Return the texts that the sandbox holds of a consumer's main dialog."""
    (held,) = SandboxView(control).conversations(consumer)
    dialogs = held["dialogs"]
    assert isinstance(dialogs, list)
    (main, *_) = dialogs
    return [each["text"] for each in main["messages"]]  # type: ignore[index, union-attr, call-overload]  # the sandbox's document


def test_agent_joins_and_answers(control: SandboxControl, conversation: Conversation) -> None:
    """What the agent says stands in the conversation, numbered with what the consumer says."""
    agent = SandboxAgent(control)
    conversation.send_text("Where is my parcel?")

    assert agent.join(conversation.id)
    assert agent.receipt(conversation.id, "READ", [0]) == 1
    assert agent.say(conversation.id, "On its way.") == 2
    assert "On its way." in messages(control, conversation.consumer)


def test_agent_sends_a_file(control: SandboxControl, conversation: Conversation) -> None:
    """The consumer downloads the bytes that the agent has sent."""
    agent = SandboxAgent(control)
    agent.join(conversation.id)

    path = agent.send_file(conversation.id, b"\x89PNG", file_type="PNG", caption="label")

    assert conversation.download_file(path).content == b"\x89PNG"


def test_agent_who_has_not_joined_cannot_speak(
    control: SandboxControl, conversation: Conversation
) -> None:
    """A part that cannot be played fails with the sandbox's reason and what to do."""
    with pytest.raises(SandboxControlError, match="no agent has joined\n  next: "):
        SandboxAgent(control).say(conversation.id, "Hello")


def test_time_passes_for_one_consumer_alone(
    control: SandboxControl, connector: Connector, conversation: Conversation
) -> None:
    """The address of a file runs out for the consumer whose clock was put forward."""
    address = conversation.request_upload(size=4, file_type="PNG")
    VirtualClock(control).advance("somebody else", 120)
    assert conversation.upload_file(b"\x89PNG", file_type="PNG").status == 200

    VirtualClock(control).advance(conversation.consumer, 120)

    late = connector.put_file(FileAddress.of(address), b"\x89PNG")
    assert late.status == 401


def test_address_that_is_no_sandbox_has_no_control(endpoint: Endpoint) -> None:
    """Another server at a loopback address is not taken for a sandbox, and the web never asked."""
    closed = Endpoint(
        name="x",
        account="1",
        client_id="c",
        client_secret=Secret("s"),
        address="http://127.0.0.1:9",
        discovery=endpoint.discovery,
    )

    assert SandboxControl.of(closed, is_ours=False) is None


@pytest.mark.parametrize("name", ["127.0.0.2", "127.0.0.1"])
def test_sandbox_that_others_reach_has_control(endpoint: Endpoint, name: str) -> None:
    """By a name that is not asked otherwise, too, where its token is known."""
    token = "a-token-of-mine"
    running = start_sandbox("--host", "0.0.0.0", "--control-token", token).ready()  # noqa: S104
    address = running.url.replace("0.0.0.0", name)  # noqa: S104
    at_it = replace(endpoint, address=address, account=running.account)
    try:
        control = SandboxControl.of(replace(at_it, sandbox_token=Secret(token)), is_ours=False)
        assert control is not None
        assert control.read("conversations") == []
        control.close()
    finally:
        running.stop()
