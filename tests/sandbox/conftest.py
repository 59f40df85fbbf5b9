"""What the sandbox's tests share: a batch that is accepted, a clock, and two ways to call."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from connector_harness.sandbox.app import create_app
from connector_harness.sandbox.assumptions import Assumptions
from connector_harness.sandbox.server import RunningSandbox, start_sandbox
from connector_harness.sandbox.state import Account, Store
from connector_harness.sandbox.tokens import Tokens


class Clock:
    """A clock that goes only when it is told to."""

    def __init__(self) -> None:
        self.now_s = 1_735_689_600.0

    def __call__(self) -> float:
        """Return the time in seconds since the epoch."""
        return self.now_s


class InProcess:
    """Calls an application without a socket, signed in as one consumer."""

    def __init__(self, app: Starlette, headers: dict[str, str], account: str) -> None:
        self._app = app
        self._headers = headers
        self._conversation = f"/api/account/{account}/messaging/consumer/conversation?v=3"

    def __call__(self, method: str, path: str, **options: Any) -> httpx.Response:  # noqa: ANN401
        """Return the answer to one request with nothing added."""
        return asyncio.run(self._request(method, path, options))

    def create(self, document: object, **headers: str) -> httpx.Response:
        """Return the answer to one create call."""
        headers = {**self._headers, **headers}
        return self("POST", self._conversation, json=document, headers=headers)

    def create_raw(self, content: bytes, media_type: str = "application/json") -> httpx.Response:
        """Return the answer to one create call whose body is sent byte by byte as given."""
        headers = {**self._headers, "Content-Type": media_type}
        return self("POST", self._conversation, content=content, headers=headers)

    async def _request(self, method: str, path: str, options: dict[str, Any]) -> httpx.Response:
        transport = httpx.ASGITransport(self._app)
        async with httpx.AsyncClient(transport=transport, base_url="http://sandbox.test") as client:
            return await client.request(method, path, **options)


@pytest.fixture
def batch() -> list[Any]:
    """A create call of account 70000001 with every documented member, first message included."""
    attributes = [
        {
            "type": "ctmrinfo",
            "info": {"socialId": "soc-1", "balance": 1.5, "companySize": 3},
            "auth": {"amr": ["pwd"], "iss": "shop"},
        },
        {
            "type": "personal",
            "personal": {
                "firstname": "Mira",
                "gender": "FEMALE",
                "age": {"age": 30},
                "contacts": [{"email": "mira@example.test"}],
            },
        },
    ]
    request = {
        "brandId": "70000001",
        "channelType": "MESSAGING",
        "ttrDefName": "NORMAL",
        "skillId": "-1",
        "campaignInfo": {"campaignId": "31001", "engagementId": 31077},
        "conversationContext": {"type": "SharkContext", "visitorId": "", "lang": "de-DE"},
    }
    event = {"type": "ContentEvent", "contentType": "text/plain", "message": "Hello"}
    profile = {"authenticatedData": {"lp_sdes": attributes}, "privateData": {"mail": "m"}}
    return [
        {"kind": "req", "id": "1,", "type": "userprofile.SetUserProfile", "body": profile},
        {"kind": "req", "id": 2, "type": "cm.ConsumerRequestConversation", "body": request},
        {"kind": "req", "id": "3", "type": "ms.PublishEvent", "body": {"event": event}},
    ]


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still."""
    return Clock()


@pytest.fixture(scope="session")
def shared_tokens() -> Tokens:
    """An issuer that goes by the real time; making its key is slow, so there is one."""
    return Tokens()


@pytest.fixture
def account() -> Account:
    """The account of the in-process sandbox."""
    return Store().add(client_id="app-1", client_secret="secret-of-app-1")


@pytest.fixture
def build(
    account: Account, shared_tokens: Tokens, clock: Clock
) -> Callable[[Assumptions], InProcess]:
    """A builder of in-process sandboxes that differ in what they assume."""

    def make(assumptions: Assumptions) -> InProcess:
        store = Store(account)
        app = create_app(store, assumptions=assumptions, clock=clock, tokens=shared_tokens)
        headers = {
            "Authorization": shared_tokens.issue_app_token(account.id, account.client_id),
            "X-LP-ON-BEHALF": shared_tokens.issue_consumer_token(account.id, "ada"),
        }
        return InProcess(app, headers, account.id)

    return make


@pytest.fixture
def api(build: Callable[[Assumptions], InProcess]) -> InProcess:
    """An in-process sandbox that assumes what is proposed."""
    return build(Assumptions())


@pytest.fixture(scope="session")
def sandbox() -> Iterator[RunningSandbox]:
    """A sandbox in a process of its own."""
    running = start_sandbox().ready()
    yield running
    running.stop()
