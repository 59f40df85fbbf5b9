"""What the sandbox's tests share: a batch that is accepted, a clock, and two ways to call."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from connector_harness.sandbox.api.context import create_sandbox
from connector_harness.sandbox.assumptions import Assumptions
from connector_harness.sandbox.server import RunningSandbox, start_sandbox
from connector_harness.sandbox.state.state import Account, Store
from connector_harness.sandbox.state.tokens import Tokens
from connector_harness.sandbox.web.app import create_app
from tests.sandbox.callers import Clock, InProcess
from tests.sandbox.talks import Talk


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
def assuming(account: Account, shared_tokens: Tokens) -> Callable[[Assumptions], InProcess]:
    """A builder of in-process sandboxes that differ in what they assume."""

    def build(assumptions: Assumptions) -> InProcess:
        app = create_app(
            create_sandbox(Store(account), assumptions=assumptions, tokens=shared_tokens)
        )
        return InProcess(
            app,
            app_token=shared_tokens.issue_app_token(account.id, account.client_id),
            consumer_token=shared_tokens.issue_consumer_token(account.id, "ada"),
        )

    return build


@pytest.fixture
def api(assuming: Callable[[Assumptions], InProcess]) -> InProcess:
    """An in-process sandbox that assumes what is proposed."""
    return assuming(Assumptions())


@pytest.fixture
def talking(account: Account, shared_tokens: Tokens) -> Callable[..., Talk]:
    """A builder of conversations in sandboxes that differ in what they assume."""

    def build(**assumed: Any) -> Talk:  # noqa: ANN401
        return Talk(account, shared_tokens, Assumptions(**assumed))

    return build


@pytest.fixture
def talk(talking: Callable[..., Talk]) -> Talk:
    """A conversation in a sandbox that assumes what is proposed."""
    return talking()


@pytest.fixture(scope="session")
def sandbox() -> Iterator[RunningSandbox]:
    """A sandbox in a process of its own."""
    running = start_sandbox().ready()
    yield running
    running.stop()
