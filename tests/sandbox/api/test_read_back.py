"""The client reads back from the sandbox what a conversation holds."""

import json
from collections.abc import Iterator

import httpx
import pytest

from connector_harness.client.connector import Connector
from connector_harness.client.reading.read_back import (
    HistorySearch,
    MessagingRest,
    ReadBack,
    ReadBackError,
)
from connector_harness.client.settings import Endpoint, Secret
from connector_harness.plugin.running.exchange_recorder import ExchangeRecorder
from connector_harness.redaction.redactor import Redactor
from connector_harness.sandbox.server import RunningSandbox
from connector_harness.wording.roles import who
from tests.sandbox.plain import Brand, Shopper
from tests.schema_examples import FOLDER

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
    """A connector of the brand that finds the services by discovery, its answers judged."""
    endpoint = Endpoint(
        name="sandbox",
        account=brand.account,
        client_id=brand.client_id,
        client_secret=Secret(brand.client_secret),
        discovery=sandbox.url,
        history_token=Secret("token-of-a-user"),
    )
    redactor = Redactor()
    with Connector(
        endpoint, witness=ExchangeRecorder(FOLDER, redactor), redactor=redactor
    ) as connector:
        yield connector


@pytest.fixture(params=[MessagingRest, HistorySearch])
def way(request: pytest.FixtureRequest, connector: Connector) -> ReadBack:
    """Each way to read back."""
    found: ReadBack = request.param(connector)
    return found


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


def test_chat_is_read_back(way: ReadBack, brand: Brand, shopper: Shopper) -> None:
    """What both sides said is there, structured content as it was published."""
    chat(shopper, brand)
    held = way.messages(shopper.conversation, consumer=shopper.name)

    assert [(each.sequence, each.kind, each.text or each.content) for each in held] == [
        (0, "text", "Is the kayak still for hire?"),
        (2, "rich", CARD),
        (3, "text", "Until Sunday?"),
    ]
    assert [who(each.role) for each in held] == ["consumer", "agent", "consumer"]


@pytest.mark.parametrize("count", [0, 1, 100, 250])
def test_everything_is_read_back(way: ReadBack, shopper: Shopper, count: int) -> None:
    """However much was said, nothing is missing and nothing is there twice."""
    for number in range(count):
        shopper.say(str(number))
    held = way.messages(shopper.conversation, consumer=shopper.name)

    assert [each.text for each in held] == [str(number) for number in range(count)]


def test_file_is_read_back(way: ReadBack, shopper: Shopper) -> None:
    """A file is named as it was published."""
    asked = shopper.send("ms.GenerateURLForUploadFile", {"fileSize": "5", "fileType": "PNG"})
    address = asked.json()["body"]
    path, query = address["relativePath"], address["queryParams"]
    shopper.brand.http.put(path, params=query, content=b"bytes")
    file = {"relativePath": path, "fileType": "PNG", "caption": "The kayak"}
    shopper.publish(type="ContentEvent", contentType="hosted/file", message=file)

    (held,) = way.messages(shopper.conversation, consumer=shopper.name)

    assert (held.kind, held.text, held.content) == ("file", None, file)


def test_survey_is_read_back(way: ReadBack, brand: Brand, shopper: Shopper) -> None:
    """What is asked in a survey is in its dialog."""
    request = {"account": brand.account, "skill": "-1", "question": "How was it?"}
    brand.http.post("/_sandbox/surveys", json=request)
    brand.play_agent(shopper.conversation, "join")
    properties = {"type": ".ClientProperties", "features": ["MULTI_DIALOG"]}
    shopper.headers["Client-Properties"] = json.dumps(properties)
    shopper.close_dialog()
    survey = shopper.read().json()["dialogs"][1]["id"]

    held = way.messages(shopper.conversation, consumer=shopper.name, dialog_id=survey)

    assert [(each.sequence, each.text) for each in held] == [(0, "How was it?")]


@pytest.mark.parametrize(("whose", "status"), [("somebody", 401), (None, 404)])
def test_what_is_not_ones_own(
    connector: Connector, shopper: Shopper, whose: str | None, status: int
) -> None:
    """Another consumer's conversation is not read, nor is one that is not there."""
    id_ = shopper.conversation if whose else "nosuch"
    with pytest.raises(ReadBackError, match=f"refused with status {status}"):
        MessagingRest(connector).messages(id_, consumer=whose or shopper.name)
