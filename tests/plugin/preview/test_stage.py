"""A sandbox inside of this process answers a connector as any sandbox does."""

from collections.abc import Iterator

import httpx
import pytest

from connector_harness.client import commands
from connector_harness.client.connector import Connector
from connector_harness.client.http.exchange import Exchange
from connector_harness.client.http.transport import TransportError
from connector_harness.client.settings import Endpoint, Secret
from connector_harness.control.apps import manifest
from connector_harness.control.routes import SandboxControl
from connector_harness.plugin.preview.stage import ADDRESS, RECEIVER, Stage
from connector_harness.receiver.requests import Request
from connector_harness.redaction.redactor import Redactor


class Silent:
    """A witness who says nothing."""

    def sending(self, operation: str, document: object) -> None:
        """Let it pass."""

    def exchanged(self, exchange: Exchange) -> None:
        """Let it pass."""


@pytest.fixture
def stage() -> Iterator[Stage]:
    """What answers."""
    stage = Stage()
    yield stage
    stage.close()


@pytest.fixture
def connector(stage: Stage) -> Iterator[Connector]:
    """A connector that calls it."""
    endpoint = Endpoint(
        name="here",
        account=stage.account,
        client_id=stage.client_id,
        client_secret=Secret(stage.client_secret),
        address=ADDRESS,
    )
    with Connector(
        endpoint,
        witness=Silent(),
        redactor=Redactor(),
        clock=stage.clock,
        wait=stage.wait,
        carrier=stage.carrier,
    ) as connector:
        yield connector


@pytest.fixture
def control(stage: Stage) -> Iterator[SandboxControl]:
    """Its control routes."""
    control = SandboxControl(ADDRESS, stage.account, carrier=stage.control_carrier)
    yield control
    control.close()


def opened(connector: Connector, stage: Stage) -> str | None:
    """Open a conversation and return its id."""
    batch = [
        commands.set_user_profile({}, id="1"),
        commands.request_conversation(id="2", account=stage.account),
    ]
    return connector.create_conversation(batch, consumer="somebody").conversation_id


def test_conversation_is_opened(connector: Connector, stage: Stage) -> None:
    """Signing in and creating are answered as documented."""
    assert opened(connector, stage) is not None


def test_silence_ends_when_the_connector_gives_up(
    connector: Connector, stage: Stage, control: SandboxControl
) -> None:
    """The time that it waits is skipped, and the failure is that of a run."""
    control.tell("faults", {"fault": "timeout", "operation": "create_conversation"})
    before = stage.clock()

    with pytest.raises(TransportError) as failure:
        opened(connector, stage)

    assert (failure.value.kind, failure.value.delivery) == ("timed_out", "uncertain")
    assert stage.clock() - before >= 20


@pytest.mark.parametrize("fault", ["reset_before", "half_body"])
def test_broken_connection_is_one(
    connector: Connector, stage: Stage, control: SandboxControl, fault: str
) -> None:
    """What breaks off in the sandbox breaks off for the connector."""
    control.tell("faults", {"fault": fault, "operation": "create_conversation"})

    with pytest.raises(TransportError) as failure:
        opened(connector, stage)

    assert failure.value.kind == "closed"


def test_busy_endpoint_is_waited_for_at_once(
    connector: Connector, stage: Stage, control: SandboxControl
) -> None:
    """A pause before a call is repeated is skipped as well."""
    control.tell(
        "faults", {"fault": "throttled", "retry_after": 9, "operation": "create_conversation"}
    )
    before = stage.clock()

    assert opened(connector, stage) is not None
    assert stage.clock() - before >= 9


def test_notifications_arrive(connector: Connector, stage: Stage, control: SandboxControl) -> None:
    """The entrance of a receiver is told of what happens, below its path."""
    heard: list[Request] = []

    def take(request: Request) -> int:
        heard.append(request)
        return 200

    entrance = stage.open(None, take)  # type: ignore[arg-type]  # it listens nowhere
    url = f"{entrance.origin}/notifications"
    control.tell("webhooks", {"capabilities": {"webhooks": manifest(url)}})
    opened(connector, stage)
    control.read("webhooks")

    assert entrance.origin == RECEIVER
    assert {each.path for each in heard} == {"/notifications/cqm.ExConversationChangeNotification"}


def test_account_of_another_endpoint_is_known() -> None:
    """A named endpoint's account gets the same answers as the sandbox's own."""
    stage = Stage("70000001", "client-7", "a-secret-of-some-length")
    request = httpx.Request("GET", f"{ADDRESS}/api/account/70000001/service/baseURI.json")

    answer = stage.answer(request, within_s=5)

    assert (stage.account, answer.status_code) == ("70000001", 200)
    stage.close()
