"""The control routes of webhooks and time, in process and over a real server."""

import asyncio
import logging
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal, NamedTuple

import httpx
import pytest

from connector_harness.sandbox.api.context import create_sandbox
from connector_harness.sandbox.assumptions import Assumptions
from connector_harness.sandbox.server import RunningSandbox
from connector_harness.sandbox.state.state import MOST_CONVERSATIONS, Account, Store
from connector_harness.sandbox.state.tokens import Tokens
from connector_harness.sandbox.web.app import create_app
from connector_harness.sandbox.webhooks.subscriptions import SignatureForm, sign
from connector_harness.sandbox.webhooks.webhooks import MOST_APPS
from tests.sandbox.callers import InProcess
from tests.sandbox.listening import Ear, ear

CONTENT = "ms.MessagingEventNotification.ContentEvent"
CHANGE = "cqm.ExConversationChangeNotification"
ACCOUNT = "70000001"


def _manifest(url: str = "https://hooks.example.test/x", **told: object) -> dict[str, Any]:
    """Return capabilities that ask for messages and conversations at *url*."""
    return {"webhooks": {key: {"endpoint": url, **told} for key in (CONTENT, CHANGE)}}


def _subscribe(api: InProcess, **changes: object) -> httpx.Response:
    document = {"account": ACCOUNT, "capabilities": _manifest(), **changes}
    return api("POST", "/_sandbox/webhooks", json=document)


def _apps(api: InProcess) -> list[str]:
    shown = api("GET", f"/_sandbox/webhooks?account={ACCOUNT}").json()
    return [app["clientId"] for app in shown["apps"]]


def test_own_app_is_subscribed(api: InProcess) -> None:
    """Without a client id it is the app whose credentials the account has."""
    answer = _subscribe(api)

    assert (answer.status_code, answer.json()) == (201, {"clientId": "app-1"})
    assert _apps(api) == ["app-1"]


def test_another_app_is_subscribed(api: InProcess) -> None:
    """Another client id, with its secret, is another app; both are kept."""
    _subscribe(api)

    assert _subscribe(api, clientId="app-2", clientSecret="s").status_code == 201
    assert _apps(api) == ["app-1", "app-2"]


def test_app_is_replaced(api: InProcess) -> None:
    """The same client id again is the same app, and its secret need not be repeated."""
    statuses = [
        _subscribe(api, clientId="app-2", **secret).status_code
        for secret in ({}, {"clientSecret": "s"}, {})
    ]

    assert statuses == [400, 201, 201]
    assert _apps(api) == ["app-2"]


def test_app_is_removed(api: InProcess) -> None:
    """Without a client id it is the account's own; what is not there cannot be removed."""
    _subscribe(api)
    _subscribe(api, clientId="app-2", clientSecret="s")
    path = f"/_sandbox/webhooks?account={ACCOUNT}"

    assert api("DELETE", path).json() == {}
    assert api("DELETE", path).status_code == 404
    assert _apps(api) == ["app-2"]
    assert api("DELETE", f"{path}&clientId=app-2").status_code == 200


def test_apps_are_limited(api: InProcess) -> None:
    """One app too many is refused; one that is there already may be replaced."""
    apps = [{"clientId": f"app-{number}", "clientSecret": "s"} for number in range(MOST_APPS + 1)]
    statuses = [_subscribe(api, **app).status_code for app in apps]

    assert statuses == [*[201] * MOST_APPS, 503]
    assert _subscribe(api, **apps[0]).status_code == 201


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"capabilities": {}}, "$.capabilities lacks 'webhooks'"),
        ({"capabilities": {"webhooks": {"x": 1}}}, "$.capabilities.webhooks has 'x', which is"),
        (
            {"capabilities": _manifest(max_retries=6)},
            f"$.capabilities.webhooks.{CONTENT}.max_retries is 6, not from 0 to 5",
        ),
        ({"signature": {"algorithm": "md5"}}, "$.signature.algorithm is 'md5', not one of sha1"),
        ({"signature": {"encoding": "x"}}, "$.signature.encoding is 'x', not one of base64, hex"),
        ({"clientId": "a b", "clientSecret": "s"}, "$.clientId is 'a b', not 1 to 128"),
        ({"clientId": "app-2"}, "app 'app-2' is new and has no clientSecret"),
        ({"clientSecret": ""}, "$.clientSecret is ''"),
        ({"clientID": "x"}, "$ has 'clientID', which is not known"),
    ],
)
def test_faulty_subscription_is_refused(
    api: InProcess, changes: dict[str, Any], reason: str
) -> None:
    """The refusal names the first fault, and nothing is subscribed."""
    answer = _subscribe(api, **changes)

    assert (answer.status_code, _apps(api)) == (400, [])
    assert reason in answer.json()["body"]["details"]


def test_secret_is_not_shown_in_a_refusal(api: InProcess, caplog: pytest.LogCaptureFixture) -> None:
    """What was sent as a secret stays out of the answer and the log."""
    with caplog.at_level(logging.INFO):
        answer = _subscribe(api, clientSecret=["hidden-word"])

    assert answer.status_code == 400
    assert "hidden" not in answer.text + caplog.text


@pytest.mark.parametrize(
    ("method", "route"),
    [("POST", "webhooks"), ("GET", "webhooks"), ("DELETE", "webhooks"), ("POST", "clock")],
)
def test_unknown_account_has_no_webhooks(api: InProcess, method: str, route: str) -> None:
    """An account that does not exist has neither apps nor clocks."""
    document: dict[str, Any] = {"account": "1", "capabilities": _manifest()}
    if route == "clock":
        document = {"account": "1", "consumer": "ada", "seconds": 1}

    body = {"json": document} if method == "POST" else {"params": {"account": "1"}}
    assert api(method, f"/_sandbox/{route}", **body).status_code == 404


def _advance(api: InProcess, seconds: object, consumer: object = "ada") -> httpx.Response:
    document = {"account": ACCOUNT, "consumer": consumer, "seconds": seconds}
    return api("POST", "/_sandbox/clock", json=document)


@pytest.mark.parametrize("seconds", [500, 864_000])
def test_clock_is_advanced(api: InProcess, seconds: float) -> None:
    """The answer says what time it is for the consumer now."""
    before = time.time()

    answer = _advance(api, seconds)

    assert answer.status_code == 200
    assert 0 <= answer.json()["now"] - before - seconds < 60


@pytest.mark.parametrize("seconds", [0, -1, 864_001, "1", None, True], ids=str)
def test_faulty_advance_is_refused(api: InProcess, seconds: object) -> None:
    """Time goes forward, ten days at the most."""
    assert _advance(api, seconds).status_code == 400


@pytest.mark.parametrize("consumer", ["", None, 7], ids=str)
def test_advance_is_for_somebody(api: InProcess, consumer: object) -> None:
    """The consumer has to be named."""
    assert _advance(api, 1, consumer).status_code == 400


def test_advanced_clocks_are_limited(account: Account, shared_tokens: Tokens) -> None:
    """One consumer too many is refused."""
    sandbox = create_sandbox(Store(account), tokens=shared_tokens)
    api = InProcess(create_app(sandbox), app_token="", consumer_token="")
    for number in range(MOST_CONVERSATIONS):
        sandbox.clocks.advance(str(number), 1)

    assert _advance(api, 1, "ada").status_code == 503


class Served(NamedTuple):
    """Where a sandbox is served, and the credentials of an account there."""

    url: str
    account: str
    client_id: str
    client_secret: str


@asynccontextmanager
async def _listening(
    sandbox: Served, transport: httpx.AsyncBaseTransport | None = None, **told: object
) -> AsyncIterator[tuple[httpx.AsyncClient, Ear]]:
    """Yield a client of a sandbox, and an ear that its account's own app is told at."""
    async with (
        httpx.AsyncClient(base_url=sandbox.url, trust_env=False, transport=transport) as http,
        ear() as listening,
    ):
        document = {"account": sandbox.account, "capabilities": _manifest(listening.url, **told)}
        (await http.post("/_sandbox/webhooks", json=document)).raise_for_status()
        yield http, listening


async def _open(http: httpx.AsyncClient, sandbox: Served) -> str:
    """Open a conversation as a new consumer, with a first message, and return its id."""
    account = f"/api/account/{sandbox.account}"
    app = await http.post(
        f"/sentinel{account}/app/token?v=1.0&grant_type=client_credentials",
        data={"client_id": sandbox.client_id, "client_secret": sandbox.client_secret},
    )
    headers = {"Authorization": app.json()["access_token"]}
    consumer = await http.post(
        f"{account}/consumer?v=1.0", json={"ext_consumer_id": str(uuid.uuid4())}, headers=headers
    )
    event = {"type": "ContentEvent", "contentType": "text/plain", "message": "Hello"}
    kinds = {
        "userprofile.SetUserProfile": {},
        "cm.ConsumerRequestConversation": {"brandId": sandbox.account},
        "ms.PublishEvent": {"event": event},
    }
    answer = await http.post(
        f"{account}/messaging/consumer/conversation?v=3",
        json=[
            {"kind": "req", "id": str(number), "type": kind, "body": body}
            for number, (kind, body) in enumerate(kinds.items())
        ],
        headers={**headers, "X-LP-ON-BEHALF": consumer.json()["token"]},
    )
    return str(answer.json()[1]["body"]["conversationId"])


def test_app_is_told_of_a_conversation(sandbox: RunningSandbox) -> None:
    """Opening a conversation is told first, then what was said in it; both are shown."""
    served = Served(sandbox.url, sandbox.account, sandbox.client_id, sandbox.client_secret)

    async def tell() -> None:
        async with _listening(served) as (http, listening):
            conversation = await _open(http, served)
            told = await listening.until(2)
            path = f"/_sandbox/webhooks?account={sandbox.account}"
            shown = (await http.get(path)).json()
            await http.delete(path)

        expected = sign(listening.heard[0].body, sandbox.client_secret, SignatureForm())
        assert listening.heard[0].header("x-liveperson-signature") == expected
        assert [f'"type":"{CHANGE}"' in body for body in told] == [True, False]
        assert [
            (each["type"], each["outcome"])
            for each in shown["deliveries"]
            if each["conversation"] == conversation
        ] == [(CHANGE, "delivered"), (CONTENT, "delivered")]

    asyncio.run(asyncio.wait_for(tell(), 20))


@pytest.mark.parametrize(("first", "heard"), [("after", 0), ("before", 2)])
def test_first_webhook_goes_out_as_assumed(
    account: Account, shared_tokens: Tokens, first: Literal["before", "after"], heard: int
) -> None:
    """When the answer of a create call arrives, its two webhooks have arrived, or not yet."""
    assumptions = Assumptions(first_webhook=first)
    app = create_app(create_sandbox(Store(account), assumptions=assumptions, tokens=shared_tokens))
    served = Served("http://box.test", account.id, account.client_id, account.client_secret)

    async def tell() -> None:
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            _listening(served, transport) as (http, listening),
        ):
            await _open(http, served)
            assert len(listening.heard) == heard
            await listening.until(2)

    asyncio.run(asyncio.wait_for(tell(), 20))


def test_advance_is_answered_when_what_was_due_is_done(sandbox: RunningSandbox) -> None:
    """Once the clock's answer is there, every attempt has been made."""
    served = Served(sandbox.url, sandbox.account, sandbox.client_id, sandbox.client_secret)

    async def tell() -> None:
        async with _listening(served, max_retries=5) as (http, listening):
            listening.answers += [500] * 3
            await _open(http, served)
            entries = (await http.get(f"/_sandbox/journal?account={served.account}")).json()
            consumer = entries["entries"][-1]["consumer"]
            advance = {"account": served.account, "consumer": consumer, "seconds": 600}
            (await http.post("/_sandbox/clock", json=advance)).raise_for_status()
            assert len(listening.heard) == 5
            await http.delete(f"/_sandbox/webhooks?account={served.account}")

    asyncio.run(asyncio.wait_for(tell(), 20))


def test_server_stops_while_an_app_does_not_answer() -> None:
    """What is on its way when the signal comes neither delays the end nor leaves a word behind."""

    async def tell() -> tuple[int, bytes, float]:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-W", "error", "-X", "dev", "-m", "connector_harness.sandbox"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert process.stdout is not None
        lines = [(await process.stdout.readline()).decode().strip() for _ in range(4)]
        served = Served(*(line.partition(": ")[2] for line in lines))
        async with _listening(served) as (http, listening):
            listening.answers.append(0)
            await _open(http, served)
            await listening.until(1)
            started = time.monotonic()
            process.send_signal(signal.SIGTERM)
            _, errors = await process.communicate()
        return process.returncode or 0, errors, time.monotonic() - started

    code, errors, took = asyncio.run(asyncio.wait_for(tell(), 20))
    assert (code, errors) == (0, b"")
    assert took < 10


def test_sandbox_without_webhooks_loads_no_client() -> None:
    """A sandbox that nobody subscribes to starts without the HTTP client."""
    loaded = (
        "import sys; from connector_harness.sandbox.web.app import create_app\n"
        "from connector_harness.sandbox.api.context import create_sandbox\n"
        "from connector_harness.sandbox.state.state import Store\n"
        "create_app(create_sandbox(Store())); print('httpx' in sys.modules)"
    )

    shown = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", loaded], capture_output=True, text=True, check=True
    )

    assert shown.stdout == "False\n"
