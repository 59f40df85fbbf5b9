"""The application's routes: what every call has in common."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

from connector_harness.sandbox.web.routes import LARGEST_BODY
from tests.sandbox.callers import InProcess

CREATE = "/api/account/70000001/messaging/consumer/conversation"


def _journal(api: InProcess) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = api("GET", "/_sandbox/journal").json()["entries"]
    return entries


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("POST", f"{CREATE}/", 404),
        ("POST", f"{CREATE}/send", 404),
        ("GET", f"{CREATE}?v=3", 405),
        ("DELETE", "/_sandbox/journal", 405),
    ],
)
def test_what_no_route_has_is_refused(api: InProcess, method: str, path: str, status: int) -> None:
    """Unknown paths and methods are answered with an error object, never a page."""
    answer = api(method, path)

    assert answer.status_code == status
    assert answer.json()["code"] == status
    assert answer.json()["kind"] == "resp"


def test_refused_method_names_the_allowed_one(api: InProcess) -> None:
    """A 405 says which method the path has, as HTTP asks."""
    assert api("GET", CREATE).headers["allow"] == "POST"


def test_answers_are_json(api: InProcess, batch: list[Any]) -> None:
    """The media type of every answer is JSON."""
    assert api.create(batch).headers["content-type"] == "application/json"


def test_body_over_the_limit_is_refused(api: InProcess) -> None:
    """A body that is too large is answered with 413, and the connection ends."""
    answer = api.create(b" " * (LARGEST_BODY + 1))

    assert answer.status_code == 413
    assert answer.json()["body"]["details"] == "declared 1048577 bytes; the limit is 1048576"
    assert answer.headers["connection"] == "close"


def test_undeclared_body_over_the_limit_is_refused(api: InProcess) -> None:
    """A body sent in chunks is refused as soon as it is too large."""
    sent = []

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(64):
            sent.append(b" " * LARGEST_BODY)
            yield sent[-1]

    answer = api("POST", CREATE, content=chunks())

    assert answer.json()["body"]["details"] == "more than 1048576 bytes"
    assert len(sent) == 2


def test_lost_caller_is_no_error(api: InProcess) -> None:
    """A caller that goes away in the middle of its body leaves no trace."""
    sent: list[Any] = []

    async def receive() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:  # noqa: ANN401
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": CREATE, "query_string": b"", "headers": []}
    asyncio.run(api.app(scope, receive, send))

    assert sent[0]["status"] == 400
    assert _journal(api) == []


def test_calls_are_journaled(api: InProcess, batch: list[Any]) -> None:
    """Each call is kept with account, consumer, operation and both bodies."""
    created = api.create(batch)

    entry = _journal(api)[-1]
    found = {name: entry[name] for name in ("account", "consumer", "operation", "status")}
    assert found == {
        "account": "70000001",
        "consumer": "ada",
        "operation": "create_conversation",
        "status": 200,
    }
    assert (entry["request"][1:], entry["response"]) == (batch[1:], created.json())
    assert entry["path"] == f"{CREATE}?v=3"


def test_lost_ways_are_journaled(api: InProcess) -> None:
    """A call to an unknown path is kept; reading the journal is not."""
    api("GET", "/nowhere")

    assert [(entry["operation"], entry["status"]) for entry in _journal(api)] == [("unknown", 404)]
    assert len(_journal(api)) == 1


def test_refusals_are_logged(api: InProcess, caplog: pytest.LogCaptureFixture) -> None:
    """The log says why a call was refused, in words the caller does not get."""
    caplog.set_level(logging.INFO)

    api.create([])

    assert "create_conversation: 400, because $ has 0 commands, not 2 to 3" in caplog.messages


def test_tokens_are_not_logged(api: InProcess, caplog: pytest.LogCaptureFixture) -> None:
    """A refused token is not repeated in the log."""
    caplog.set_level(logging.DEBUG, logger="connector_harness")

    api.create([], Authorization=f"Bearer {api.app_token}")

    assert "create_conversation: 401" in caplog.text
    assert api.app_token not in caplog.text
