"""What the tests of the sentences share: a sandbox, a connector to it, and answers made by hand."""

import json
from collections.abc import Callable, Iterator

import pytest

from connector_harness.client.http.exchange import Exchange
from connector_harness.client.reply import Reply
from connector_harness.client.settings import Endpoint
from connector_harness.control.routes import SandboxControl, SandboxView
from connector_harness.json_types import JsonValue


@pytest.fixture
def view(endpoint: Endpoint) -> Iterator[SandboxView]:
    """A look into the sandbox."""
    control = SandboxControl.of(endpoint, is_ours=True)
    assert control is not None
    yield SandboxView(control)
    control.close()


@pytest.fixture
def consumer(request: pytest.FixtureRequest) -> str:
    """A consumer that no other test has."""
    return f"consumer of {request.node.name}"


@pytest.fixture
def replying() -> Callable[..., Reply]:
    """A builder of replies as an endpoint may give them."""

    def build(status: int, document: JsonValue) -> Reply:
        body = json.dumps(document, ensure_ascii=False).encode()
        url = "http://127.0.0.1:9/api/account/1/messaging/consumer/conversation?v=3"
        exchange = Exchange(
            "create_conversation",
            "POST",
            url,
            (),
            b"[]",
            status,
            (),
            body,
            started_s=0,
            elapsed_s=0,
        )
        return Reply(exchange, status)

    return build
