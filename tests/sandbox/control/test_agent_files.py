"""Files that an agent sends."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from starlette.datastructures import Headers, QueryParams

from connector_harness.sandbox.control.agent import add_file
from connector_harness.sandbox.http import Call
from connector_harness.sandbox.state.file_store import FileStore
from tests.sandbox.callers import InProcess
from tests.sandbox.talks import Talk, answered

PNG = base64.b64encode(b"bytes").decode()


@pytest.fixture
def request_(api: InProcess, batch: list[Any]) -> dict[str, str]:
    """A file for the consumer of an open conversation."""
    conversation = api.create(batch).json()[1]["body"]["conversationId"]
    return {
        "account": "70000001",
        "conversation": conversation,
        "fileType": "PNG",
        "content": PNG,
    }


def test_agents_file_is_kept(api: InProcess, request_: dict[str, str]) -> None:
    """The answer names the file by a path of the documented form, one for each."""
    answers = [api("POST", "/_sandbox/files", json=request_) for _ in range(2)]

    paths = [answer.json()["relativePath"] for answer in answers]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert paths[0].startswith("/v1/AUTH_async-images/70000001/")
    assert paths[0] != paths[1]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"account": "1"}, 404),
        ({"conversation": "1"}, 404),
        ({"fileType": "PDF"}, 400),
        ({"content": "?"}, 400),
        ({"content": "é"}, 400),
        ({"content": f"?{PNG}"}, 400),
        ({"content": ""}, 400),
        ({"content": None}, 400),
    ],
)
def test_faulty_file_is_refused(
    api: InProcess, request_: dict[str, str], changes: dict[str, Any], status: int
) -> None:
    """What is no file of a known conversation is refused with the reason."""
    answer = api("POST", "/_sandbox/files", json={**request_, **changes})

    assert answer.status_code == status
    assert answer.json()["body"]["details"]


def test_no_json_is_refused(api: InProcess) -> None:
    """The route takes JSON."""
    assert api("POST", "/_sandbox/files", content=b"x").status_code == 400


@pytest.mark.parametrize(("more", "status"), [(0, 201), (1, 400)])
def test_file_has_3_mb_at_most(
    api: InProcess, request_: dict[str, str], more: int, status: int
) -> None:
    """The largest file fits into a request, a larger one is refused."""
    request_["content"] = base64.b64encode(b"x" * (3 * 1024 * 1024 + more)).decode()

    assert api("POST", "/_sandbox/files", json=request_).status_code == status


def test_full_store_refuses_the_file(talk: Talk) -> None:
    """A sandbox that keeps as much as it may says so."""
    sandbox = replace(talk.sandbox, files=FileStore(1024))
    request = {"account": "70000001", "conversation": talk.conversation.id, "fileType": "PNG"}
    body = json.dumps({**request, "content": PNG}).encode()
    call = Call("POST", "/_sandbox/files", {}, QueryParams(), Headers(), body)

    assert answered(add_file, sandbox, call).status == 503
