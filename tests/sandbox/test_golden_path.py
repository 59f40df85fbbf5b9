"""The golden path, told to a real process by a plain client: what is delivered on the way."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from connector_harness.sandbox.server import RunningSandbox
from tests.sandbox.plain import Brand, Delivery, Receiver, Shopper, signature


@dataclass
class Story:
    """The golden path as it went: the statuses of the answers, and what was delivered."""

    brand: Brand
    statuses: list[int]
    deliveries: list[Delivery]


@pytest.fixture(scope="module")
def http(sandbox: RunningSandbox) -> Iterator[httpx.Client]:
    """A plain HTTP client."""
    with httpx.Client(base_url=sandbox.url, trust_env=False, timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def story(http: httpx.Client) -> Iterator[Story]:
    """All the steps, one after the other."""
    brand = Brand.added(http)
    with Receiver().listening() as receiver:
        brand.subscribe(f"{receiver.url}/")
        shopper = Shopper(brand)
        answers = [shopper.signed_in, shopper.known, shopper.create(), shopper.create()]
        answers.append(shopper.say("Where is my parcel?"))
        brand.play_agent(shopper.conversation, "join")
        for event in (
            {"type": "AcceptStatusEvent", "status": "READ", "sequenceList": [0]},
            {"type": "ChatStateEvent", "chatState": "COMPOSING"},
            {"type": "ContentEvent", "contentType": "text/plain", "message": "On its way. 👋"},
        ):
            brand.play_agent(shopper.conversation, "publish", event=event)
        answers.append(shopper.publish(type="AcceptStatusEvent", status="READ", sequenceList=[2]))
        answers += [shopper.close(), shopper.say("One more thing"), shopper.create(version="2")]
        statuses = [each.status_code for each in answers]
        yield Story(brand, statuses, receiver.wait_for(shopper.conversation, 8))


def test_calls_are_answered_as_documented(story: Story) -> None:
    """Signed in, opened once, said, read, closed; then nothing more, and no other version."""
    assert story.statuses == [200, 201, 200, 400, 200, 200, 200, 400, 404]


def test_deliveries_tell_the_story(story: Story) -> None:
    """Everything that happened is delivered, once, in order, with roles and numbers."""
    assert [delivery.summary for delivery in story.deliveries] == [
        "OPEN OPEN: CONSUMER",
        "CONSUMER Where is my parcel? 0",
        "OPEN OPEN: CONSUMER ASSIGNED_AGENT",
        "ASSIGNED_AGENT READ 1",
        "ASSIGNED_AGENT COMPOSING None",
        "ASSIGNED_AGENT On its way. 👋 2",
        "CONSUMER READ 3",
        "CLOSE CLOSE: CONSUMER ASSIGNED_AGENT",
    ]


def test_deliveries_are_signed_and_compact(story: Story) -> None:
    """Every delivery names account and app, and is signed with the app's secret over its bytes."""
    brand = story.brand
    for delivery in story.deliveries:
        names = ("account-id", "client-id", "signature")
        headers = [delivery.headers[f"x-liveperson-{name}"] for name in names]
        signed = signature(delivery.body, brand.client_secret)
        assert headers == [brand.account, brand.client_id, signed]
        document = json.loads(delivery.body)
        compact = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        assert delivery.body == compact.encode()


def test_endless_body_is_refused_early(http: httpx.Client) -> None:
    """A body over the limit is refused though it never ends, and the next call is served."""
    sent = 0

    def pieces() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(1024):
            sent += 65536
            yield b" " * 65536

    answer = http.post("/sentinel/api/account/1/app/token", content=pieces())

    assert (answer.status_code, sent < 2**25) == (413, True)
    assert http.get("/nowhere").status_code == 404
