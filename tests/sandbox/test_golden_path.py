"""The golden path and every documented refusal, told to a real process by a plain client."""

import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from connector_harness.sandbox.server import RunningSandbox

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
