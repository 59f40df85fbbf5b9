"""The client reads back from the sandbox what a conversation holds."""

from collections.abc import Iterator

import httpx
import pytest

from connector_harness.client.connector import Connector
from connector_harness.client.read_back import MessagingRest, ReadBackError
from connector_harness.client.settings import Endpoint, Secret
from connector_harness.redaction import Redactor
from connector_harness.sandbox.server import RunningSandbox
from tests.client.conftest import Record
from tests.sandbox.plain import Brand, Shopper

READ = {"type": "AcceptStatusEvent", "status": "READ", "sequenceList": [0]}
CARD = {"type": "vertical", "elements": [{"type": "text", "text": "Keep it?"}]}


@pytest.fixture
def brand(sandbox: RunningSandbox) -> Iterator[Brand]:
    """A brand of the test's own."""
    with httpx.Client(base_url=sandbox.url, trust_env=False) as http:
        yield Brand.added(http)


@pytest.fixture
def shopper(brand: Brand) -> Shopper:
    """Somebody with an open conversation."""
    shopper = Shopper(brand)
    shopper.create()
    return shopper


@pytest.fixture
def connector(sandbox: RunningSandbox, brand: Brand) -> Iterator[Connector]:
    """A connector of the brand, which finds the services by discovery."""
    endpoint = Endpoint(
        name="sandbox",
        account=brand.account,
        client_id=brand.client_id,
        client_secret=Secret(brand.client_secret),
        discovery=sandbox.url,
        history_token=Secret("token-of-a-user"),
    )
    with Connector(endpoint, witness=Record(), redactor=Redactor()) as connector:
        yield connector


@pytest.fixture
def rest(connector: Connector) -> MessagingRest:
    """The reads of the Messaging REST API."""
    return MessagingRest(connector)


def chat(shopper: Shopper, brand: Brand) -> None:
    """Let both sides speak, with typing and receipts in between."""
    shopper.say("Is the kayak still for hire?")
    brand.play_agent(shopper.conversation, "join")
    brand.play_agent(shopper.conversation, "publish", event=READ)
    shopper.publish(type="ChatStateEvent", chatState="COMPOSING")
    brand.play_agent(
        shopper.conversation, "publish", event={"type": "RichContentEvent", "content": CARD}
    )
    shopper.say("Until Sunday?")


def test_chat_is_read_back(rest: MessagingRest, brand: Brand, shopper: Shopper) -> None:
    """What both sides said is there, structured content as it was published."""
    chat(shopper, brand)
    held = rest.messages(shopper.conversation, consumer=shopper.name)

    assert [(each.sequence, each.role, each.kind, each.text or each.content) for each in held] == [
        (0, "CONSUMER", "text", "Is the kayak still for hire?"),
        (2, "ASSIGNED_AGENT", "rich", CARD),
        (3, "CONSUMER", "text", "Until Sunday?"),
    ]


@pytest.mark.parametrize("count", [0, 1, 100, 250])
def test_everything_is_read_back(rest: MessagingRest, shopper: Shopper, count: int) -> None:
    """However much was said, nothing is missing and nothing is there twice."""
    for number in range(count):
        shopper.say(str(number))
    held = rest.messages(shopper.conversation, consumer=shopper.name)

    assert [each.text for each in held] == [str(number) for number in range(count)]


def test_conversation_that_is_closed(rest: MessagingRest, shopper: Shopper) -> None:
    """Open and closed are told apart."""
    was_open = rest.is_open(shopper.conversation, consumer=shopper.name)
    shopper.close()

    assert (was_open, rest.is_open(shopper.conversation, consumer=shopper.name)) == (True, False)


@pytest.mark.parametrize(("whose", "status"), [("somebody", 401), (None, 404)])
def test_what_is_not_ones_own(
    rest: MessagingRest, shopper: Shopper, whose: str | None, status: int
) -> None:
    """Another consumer's conversation is not read, nor is one that is not there."""
    id_ = shopper.conversation if whose else "nosuch"
    with pytest.raises(ReadBackError, match=f"refused with status {status}"):
        rest.messages(id_, consumer=whose or shopper.name)
