"""The stranger is what a real account is: known by its discovery address and nothing else."""

import ssl
import time
from collections.abc import Iterator
from dataclasses import fields
from urllib.parse import urlsplit

import httpx
import pytest

from connector_harness.client import commands
from connector_harness.client.connector import Connector
from connector_harness.client.settings import Endpoint, ReceiverSettings, Secret
from connector_harness.receiver.inbox import Inbox
from connector_harness.receiver.notification import Notification
from connector_harness.receiver.server import Receiver
from connector_harness.redaction.redactor import Redactor
from connector_harness.sandbox.assumptions import Assumptions
from tests.client.conftest import Record
from tests.stranger.adapter import PRIVATE_ADDRESS, StrangersAgent
from tests.stranger.deployment import LATENESS_S
from tests.stranger.otherwise import OTHERWISE
from tests.stranger.running import Stranger, stranger

PATHS = {
    "sentinel": "/sentinel/well-known/jwks",
    "idp": "/api/account/le58210447/consumer",
    "asyncMessagingEnt": "/api/account/le58210447/messaging/consumer/conversation",
    "swift": "/v1/AUTH_async-images/le58210447/none",
}
NOT_FOUND = 404


@pytest.fixture(scope="module")
def client(telling: Stranger) -> Iterator[httpx.Client]:
    """A client that trusts the stranger's authority."""
    trusting = ssl.create_default_context(cafile=telling.ca_file)
    with httpx.Client(verify=trusting, trust_env=False) as client:
        yield client


@pytest.fixture(scope="module")
def hosts(client: httpx.Client, telling: Stranger) -> dict[str, str]:
    """Where discovery says that services are."""
    path = f"/api/account/{telling.account}/service/baseURI.json?version=1.0"
    entries = client.get(f"{telling.discovery}{path}").json()["baseURIs"]
    return {each["service"]: each["baseURI"] for each in entries}


def endpoint_of(stranger: Stranger) -> Endpoint:
    """Return the settings of somebody who was given an account."""
    return Endpoint(
        name="staging",
        account=stranger.account,
        client_id=stranger.client_id,
        client_secret=Secret(stranger.client_secret),
        discovery=stranger.discovery,
        ca_file=stranger.ca_file,
    )


def test_every_service_has_a_port_of_its_own(hosts: dict[str, str], telling: Stranger) -> None:
    """Only discovery names them, and none of them is discovery."""
    named = [hosts[service] for service in PATHS]

    assert len({*named, urlsplit(telling.discovery).netloc}) == len(PATHS) + 1


@pytest.mark.parametrize("service", PATHS)
def test_service_is_served_at_its_port_alone(
    client: httpx.Client, hosts: dict[str, str], service: str
) -> None:
    """Who calls it where another one is finds nothing."""
    found = {name for name in PATHS if _status(client, hosts[name], PATHS[service]) != NOT_FOUND}

    assert found == {service}


def test_control_routes_are_at_the_private_address_alone(
    client: httpx.Client, hosts: dict[str, str], telling: Stranger
) -> None:
    """Nothing at the API's addresses tells that this is a sandbox."""
    path = f"/_sandbox/conversations?account={telling.account}"
    addresses = {*hosts.values(), urlsplit(telling.discovery).netloc}

    assert {_status(client, each, path) for each in addresses} == {NOT_FOUND}
    assert client.get(f"{telling.control}{path}").status_code == 200


def test_every_answer_is_late(client: httpx.Client, hosts: dict[str, str]) -> None:
    """As those of an account at the other end of a network are."""
    _status(client, hosts["sentinel"], PATHS["sentinel"])
    started_s = time.perf_counter()

    _status(client, hosts["sentinel"], PATHS["sentinel"])

    assert time.perf_counter() - started_s >= LATENESS_S


@pytest.fixture
def inbox(telling: Stranger) -> Iterator[Inbox]:
    """What is delivered to a receiver behind the public address."""
    listen, inbox = urlsplit(telling.receiver or ""), Inbox()
    settings = ReceiverSettings(listen=listen.netloc)
    with Receiver(inbox, telling.client_secret, witness=_accept, settings=settings):
        yield inbox


@pytest.fixture
def connector(telling: Stranger) -> Iterator[Connector]:
    """A connector that was told of the account."""
    with Connector(endpoint_of(telling), witness=Record(), redactor=Redactor()) as connector:
        yield connector


def test_webhooks_arrive_by_the_public_address(
    telling: Stranger, connector: Connector, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account's app is told of a conversation, and of what the agent says, from the start."""
    monkeypatch.setenv(PRIVATE_ADDRESS, telling.control)
    batch = [
        commands.set_user_profile({}, id="1"),
        commands.request_conversation(id="2", account=telling.account),
    ]
    opened = connector.create_conversation(batch, consumer="ada").conversation_id or ""
    agent = StrangersAgent(endpoint_of(telling))

    agent.join(opened)
    agent.say(opened, "On its way")
    agent.sign_out()

    assert inbox.wait_for(opened, lambda it: it.text == "On its way", what="it", within_s=10)


def test_nobody_behind_the_public_address_is_a_bad_gateway(
    client: httpx.Client, telling: Stranger
) -> None:
    """As with any proxy: the app is told again later."""
    assert client.post(f"{telling.public_address}/notifications").status_code == 502


def test_it_ends_with_whoever_started_it() -> None:
    """Nothing is left at any of its addresses."""
    with stranger() as running:
        addresses = [running.discovery, running.control, running.public_address]

    for address in addresses:
        with pytest.raises(httpx.ConnectError):
            httpx.get(address, trust_env=False, verify=False)  # noqa: S501  # nobody is there
    assert not running.ca_file.exists()


def test_what_is_assumed_is_assumed_otherwise() -> None:
    """At least twenty assumptions differ from those of the built-in sandbox."""
    usual = Assumptions()
    names = [each.name for each in fields(usual)]

    differing = [name for name in names if getattr(OTHERWISE, name) != getattr(usual, name)]

    assert len(differing) >= 20


def _accept(_: Notification) -> None:
    """Find nothing wrong."""


def _status(client: httpx.Client, host: str, path: str) -> int:
    return client.get(f"https://{host}{path}").status_code
