"""The golden path and every documented refusal, told to a real process by a plain client."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from connector_harness.sandbox.server import RunningSandbox
from tests.sandbox.plain import Brand, Delivery, Receiver, Shopper, signature

BAD_REQUEST = {"code": "BAD_REQUEST", "body": {"msg": "Bad Request"}}


@pytest.fixture(scope="module")
def http(sandbox: RunningSandbox) -> Iterator[httpx.Client]:
    """A plain HTTP client."""
    with httpx.Client(base_url=sandbox.url, trust_env=False, timeout=5) as client:
        yield client


@pytest.fixture(scope="module")
def app_token(http: httpx.Client, sandbox: RunningSandbox) -> str:
    """An app token, signed in the way the current page describes."""
    path = f"/sentinel/api/account/{sandbox.account}/app/token"
    answer = http.post(
        f"{path}?v=1.0&grant_type=client_credentials",
        data={"client_id": sandbox.client_id, "client_secret": sandbox.client_secret},
    )
    assert (answer.status_code, answer.json()["token_type"]) == (200, "Bearer")
    return str(answer.json()["access_token"])


@pytest.fixture
def headers(http: httpx.Client, sandbox: RunningSandbox, app_token: str) -> dict[str, str]:
    """The headers of a consumer who has no conversation."""
    answer = http.post(
        f"/api/account/{sandbox.account}/consumer?v=1.0",
        json={"ext_consumer_id": str(uuid.uuid4())},
        headers={"Authorization": app_token},
    )
    assert answer.status_code == 201
    return {"Authorization": app_token, "X-LP-ON-BEHALF": answer.json()["token"]}


@pytest.fixture
def path(sandbox: RunningSandbox) -> str:
    """The path of create calls."""
    return f"/api/account/{sandbox.account}/messaging/consumer/conversation?v=3"


def test_hosts_are_found(http: httpx.Client, sandbox: RunningSandbox) -> None:
    """Step 1: every service has one host, this one."""
    path = f"/api/account/{sandbox.account}/service/baseURI.json?version=1.0"

    entries = http.get(path).json()["baseURIs"]

    assert {"asyncMessagingEnt", "sentinel", "idp"} <= {entry["service"] for entry in entries}
    assert {f"http://{entry['baseURI']}" for entry in entries} == {sandbox.url}


def test_conversation_is_opened_once(
    http: httpx.Client, path: str, headers: dict[str, str], batch: list[Any]
) -> None:
    """Steps 4 and 5: the first call opens a conversation, the same again is refused."""
    first = http.post(path, json=batch[:2], headers=headers)
    second = http.post(path, json=batch[:2], headers=headers)

    assert (first.status_code, second.status_code) == (200, 400)
    assert [item["code"] for item in first.json()] == ["OK", "OK"]
    assert str(uuid.UUID(first.json()[1]["body"]["conversationId"]))
    assert [item["code"] for item in second.json()] == ["OK", "BAD_REQUEST"]
    assert [item["reqId"] for item in second.json()] == ["1,", "2"]


def test_first_message_is_number_0(
    http: httpx.Client, path: str, headers: dict[str, str], batch: list[Any]
) -> None:
    """A first message in the same call is answered with its number."""
    answer = http.post(path, json=batch, headers=headers)

    assert answer.json()[2] == {"code": "OK", "body": {"sequence": 0}, "reqId": "3"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"Authorization": None}, 40105),
        ({"Authorization": "no.app.token"}, 40102),
        ({"X-LP-ON-BEHALF": None}, 40104),
        ({"X-LP-ON-BEHALF": "no.consumer.token"}, 40103),
    ],
    ids=["no app token", "bad app token", "no consumer token", "bad consumer token"],
)
def test_tokens_are_needed(
    http: httpx.Client, path: str, headers: dict[str, str], changes: dict[str, str], code: int
) -> None:
    """Step 11: without its tokens a call is refused with the code of what is wrong."""
    headers = {name: value for name, value in {**headers, **changes}.items() if value}

    answer = http.post(path, json=[], headers=headers)

    assert (answer.status_code, answer.json()["body"]["errorCode"]) == (401, code)


def test_brand_must_be_the_account(
    http: httpx.Client, path: str, headers: dict[str, str], batch: list[Any]
) -> None:
    """A conversation for another brand is refused."""
    batch[1]["body"]["brandId"] = "1"

    answer = http.post(path, json=batch, headers=headers)

    assert (answer.status_code, answer.json()["body"]["errorCode"]) == (400, 40001)


def test_other_version_is_not_found(
    http: httpx.Client, path: str, headers: dict[str, str], batch: list[Any]
) -> None:
    """Step 12: version 2 does not exist."""
    answer = http.post(path.replace("v=3", "v=2"), json=batch, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (404, 404)


def test_wrong_order_is_refused(
    http: httpx.Client, path: str, headers: dict[str, str], batch: list[Any]
) -> None:
    """The conversation cannot come before the profile."""
    answer = http.post(path, json=batch[1::-1], headers=headers)

    assert (answer.status_code, answer.json()) == (400, {**BAD_REQUEST, "reqId": "2"})


def test_long_message_is_refused(
    http: httpx.Client, path: str, headers: dict[str, str], batch: list[Any]
) -> None:
    """No command is longer than 5,000 characters."""
    batch[2]["body"]["event"]["message"] = "x" * 5000

    answer = http.post(path, json=batch, headers=headers)

    assert (answer.status_code, answer.json()) == (400, {**BAD_REQUEST, "reqId": "1,"})


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[NaN]", b"[" * 9999, b"[1,1]"])
def test_hostile_body_is_refused(
    http: httpx.Client, path: str, headers: dict[str, str], body: bytes
) -> None:
    """A body that is no batch is a bad request, whatever it is."""
    headers["Content-Type"] = "application/json"

    answer = http.post(path, content=body, headers=headers)

    assert (answer.status_code, answer.json()) == (400, {**BAD_REQUEST, "reqId": ""})


@pytest.mark.parametrize("chunked", [False, True])
def test_huge_body_is_refused_early(
    http: httpx.Client,
    path: str,
    headers: dict[str, str],
    chunked: bool,  # noqa: FBT001
) -> None:
    """A body over the limit is refused though it never ends, and the next call is served."""
    sent = 0

    def pieces() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(1024):
            sent += 65536
            yield b" " * 65536

    content: Any = pieces() if chunked else b" " * (2**20 + 1)
    answer = http.post(path, content=content, headers=headers)

    assert answer.status_code == 413
    assert sent < 2**25
    assert http.get("/nowhere").status_code == 404


def test_wrong_secret_gets_no_token(http: httpx.Client, sandbox: RunningSandbox) -> None:
    """Sentinel refuses a wrong secret."""
    answer = http.post(
        f"/sentinel/api/account/{sandbox.account}/app/token?v=1.0&grant_type=client_credentials",
        data={"client_id": sandbox.client_id, "client_secret": "wrong"},
    )

    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})


def test_other_grant_gets_no_token(http: httpx.Client, sandbox: RunningSandbox) -> None:
    """Sentinel grants client credentials only."""
    path = f"/sentinel/api/account/{sandbox.account}/app/token?v=1.0&grant_type=password"

    answer = http.post(path)

    assert (answer.status_code, answer.json()) == (400, {"error": "unsupported_grant_type"})


def test_unknown_service_has_no_host(http: httpx.Client, sandbox: RunningSandbox) -> None:
    """Discovery knows the services by their exact names."""
    path = f"/api/account/{sandbox.account}/service/sentinell/baseURI.json?version=1.0"

    assert http.get(path).status_code == 400


def test_journal_holds_no_secret(
    http: httpx.Client, sandbox: RunningSandbox, headers: dict[str, str]
) -> None:
    """After all this the journal has every call and none of the secrets."""
    journal = http.get("/_sandbox/journal").text

    assert '"operation":"app_token"' in journal
    for secret in (sandbox.client_secret, *headers.values()):
        assert secret not in journal


@pytest.fixture(scope="module")
def brand(http: httpx.Client) -> Brand:
    """An account that no other test uses."""
    return Brand.added(http)


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    """A receiver of deliveries."""
    with Receiver().listening() as receiver:
        yield receiver


@dataclass
class Story:
    """The golden path as it went: what was answered by step, and what was delivered."""

    shopper: Shopper
    answers: dict[int, httpx.Response]
    deliveries: list[Delivery]


@pytest.fixture(scope="module")
def story(brand: Brand, receiver: Receiver) -> Story:
    """All the steps, one after the other."""
    brand.subscribe(f"{receiver.url}/")
    shopper = Shopper(brand)
    answers = {2: shopper.signed_in, 3: shopper.known}
    answers[4], answers[5] = shopper.create(), shopper.create()
    answers[6] = shopper.say("Where is my parcel?")
    brand.play_agent(shopper.conversation, "join")
    for event in (
        {"type": "AcceptStatusEvent", "status": "READ", "sequenceList": [0]},
        {"type": "ChatStateEvent", "chatState": "COMPOSING"},
        {"type": "ContentEvent", "contentType": "text/plain", "message": "On its way. 👋"},
    ):
        brand.play_agent(shopper.conversation, "publish", event=event)
    answers[8] = shopper.publish(type="AcceptStatusEvent", status="READ", sequenceList=[2])
    answers[9] = shopper.close()
    answers[10] = shopper.say("One more thing")
    del shopper.headers["X-LP-ON-BEHALF"]
    answers[11] = shopper.say("Hello?")
    answers[12] = shopper.create(version="2")
    return Story(shopper, answers, receiver.wait_for(shopper.conversation, 8))


def test_tokens_are_given(story: Story) -> None:
    """Steps 2 and 3: one token for the app, one for the consumer."""
    assert (story.answers[2].status_code, story.answers[3].status_code) == (200, 201)
    assert story.answers[2].json()["token_type"] == "Bearer"


def test_story_has_one_conversation(story: Story) -> None:
    """Steps 4 and 5: opened once, refused the second time."""
    assert [story.answers[step].status_code for step in (4, 5)] == [200, 400]
    assert [item["code"] for item in story.answers[5].json()] == ["OK", "BAD_REQUEST"]


@pytest.mark.parametrize(("step", "sequence"), [(6, 0), (8, 3)], ids=["message", "receipt"])
def test_events_are_numbered(story: Story, step: int, sequence: int) -> None:
    """Steps 6 and 8: messages and receipts, the agent's included, count from 0."""
    answer = story.answers[step]

    assert answer.status_code == 200
    assert answer.json() == {"code": "OK", "body": {"sequence": sequence}, "reqId": "s-1"}


def test_close_is_confirmed(story: Story) -> None:
    """Step 9: the answer says that the conversation is resolved."""
    answer = story.answers[9]

    body = {"msg": "OK Conversation resolved successfully"}
    assert answer.status_code == 200
    assert answer.json() == {"code": "OK", "body": body, "reqId": "s-1"}


def test_closed_conversation_takes_no_message(story: Story) -> None:
    """Step 10: what follows the close is refused in the documented words."""
    answer = story.answers[10]

    body = {"msg": "Bad Request, Conversation is close"}
    assert answer.status_code == 400
    assert answer.json() == {"code": "BAD_REQUEST", "body": body, "reqId": "s-1"}


def test_story_ends_with_refusals(story: Story) -> None:
    """Steps 11 and 12: no consumer token, and a version that does not exist."""
    without_token, other_version = story.answers[11], story.answers[12]

    assert (without_token.status_code, other_version.status_code) == (401, 404)
    assert without_token.json()["body"]["errorCode"] == 40104


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


def test_typing_has_neither_number_nor_time(story: Story) -> None:
    """Step 7: the notification of a chat state lacks what it lacks in the samples."""
    changes = [delivery.change for delivery in story.deliveries]
    (typing,) = [change for change in changes if "chatState" in change.get("event", {})]

    assert {"sequence", "serverTimestamp"}.isdisjoint(typing)
    assert typing["dialogId"] == typing["conversationId"] == story.shopper.conversation


def test_closed_conversation_has_no_deadline(story: Story) -> None:
    """Step 9: the last notification says who closed it, and that no answer is due."""
    result = story.deliveries[-1].change["result"]
    details = result["conversationDetails"]

    assert result["effectiveTTR"] == -1
    assert (details["closeReason"], details["dialogs"][0]["closedBy"]) == ("CONSUMER", "CONSUMER")


def test_deliveries_are_signed(story: Story, brand: Brand) -> None:
    """Every delivery names account and app, and is signed with the app's secret."""
    for delivery in story.deliveries:
        names = ("account-id", "client-id", "signature")
        headers = [delivery.headers[f"x-liveperson-{name}"] for name in names]
        signed = signature(delivery.body, brand.client_secret)
        assert headers == [brand.account, brand.client_id, signed]


def test_deliveries_are_compact(story: Story) -> None:
    """A body is JSON in UTF-8 without spaces, as in the documented vectors."""
    for delivery in story.deliveries:
        document = json.loads(delivery.body)
        compact = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        assert delivery.body == compact.encode()
        assert delivery.headers["content-type"] == "application/json"


VECTOR_SECRET = "sandbox-secret-01"
SHORT_BODY = '{"kind":"notification"}'
LONG_BODY = (
    '{"kind":"notification","body":{"changes":[{"sequence":2,"originatorId":"agent-7",'
    '"originatorMetadata":{"id":"agent-7","role":"ASSIGNED_AGENT"},'
    '"serverTimestamp":1735689600123,"event":{"type":"ContentEvent","message":"Grüße 👋",'
    '"contentType":"text/plain"},"conversationId":"0b9f6a1e-2c74-4d0e-9a51-6f2d8c3e7b10",'
    '"dialogId":"0b9f6a1e-2c74-4d0e-9a51-6f2d8c3e7b10","messageAudience":"ALL"}]},'
    '"type":"ms.MessagingEventNotification"}'
)


@pytest.mark.parametrize(
    ("body", "algorithm", "encoding", "expected"),
    [
        (SHORT_BODY, "sha1", "base64", "sha1=HSpMeX0xVk0UBltHFXtJeGn0EBI="),
        (SHORT_BODY, "sha256", "base64", "sha256=Vi6+sXCEyQrY80ScPPxYGT7o1gW4/WGEsclNagVCPYg="),
        (LONG_BODY, "sha1", "base64", "sha1=r4gvHHjetkuahvMh+Tp+efZ2IAA="),
        (LONG_BODY, "sha256", "base64", "sha256=ZFYv4Wqh3VkiZV8VGoK/pSdleJnxoc177wMwfPgQaF8="),
        (LONG_BODY, "sha1", "hex", "sha1=af882f1c78deb64b9a86f321f93a7e79f6762000"),
    ],
)
def test_vectors_hold(body: str, algorithm: str, encoding: str, expected: str) -> None:
    """What deliveries are verified with here is right by the documented vectors."""
    assert signature(body.encode(), VECTOR_SECRET, algorithm, encoding) == expected


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
@pytest.mark.parametrize("encoding", ["base64", "hex"])
def test_app_chooses_its_signature(
    brand: Brand, receiver: Receiver, algorithm: str, encoding: str
) -> None:
    """The vectors' text is delivered signed with their secret, as the app wants it."""
    path, chosen = f"/{algorithm}/{encoding}", {"algorithm": algorithm, "encoding": encoding}
    app = {"clientId": path[1:], "clientSecret": VECTOR_SECRET, "signature": chosen}
    brand.subscribe(f"{receiver.url}{path}", **app)
    shopper = Shopper(brand)
    shopper.create()

    shopper.say("Grüße 👋")

    delivery = receiver.wait_for(shopper.conversation, 2, path=path)[-1]
    assert "Grüße 👋".encode() in delivery.body
    signed = signature(delivery.body, VECTOR_SECRET, algorithm, encoding)
    assert delivery.headers["x-liveperson-signature"] == signed
