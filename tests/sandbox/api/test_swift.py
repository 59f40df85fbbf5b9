"""The file service."""

import base64
import logging
from dataclasses import replace
from typing import Any

import httpx
import pytest
from starlette.datastructures import Headers, QueryParams

from connector_harness.json_types import JsonObject
from connector_harness.sandbox.api import files
from connector_harness.sandbox.api.context import Sandbox
from connector_harness.sandbox.assumptions import Assumptions
from connector_harness.sandbox.http.answers import FileAnswer
from connector_harness.sandbox.http.calls import Call
from connector_harness.sandbox.rules import temp_urls
from connector_harness.sandbox.state.clocks import Clocks
from connector_harness.sandbox.state.file_store import PLACE_SIZE
from connector_harness.sandbox.state.state import Account, Store
from connector_harness.sandbox.state.tokens import Consumer, Tokens
from tests.sandbox.callers import Clock, InProcess

ACCOUNT = "70000001"
ADA = Consumer("ada", "a" * 64)
KEY = "sandbox-swift-key"
LATE = 9_999_999_999


@pytest.fixture
def sandbox(account: Account, shared_tokens: Tokens, clock: Clock) -> Sandbox:
    """A sandbox whose clocks stand still."""
    return Sandbox(Store(account), shared_tokens, clock=clock, clocks=Clocks(clock))


def _address(sandbox: Sandbox, file_type: str = "PNG") -> Any:  # noqa: ANN401
    body: JsonObject = {"fileSize": "5", "fileType": file_type}
    return files.upload_address(sandbox, ACCOUNT, ADA, body)


def _call(method: str, address: Any, body: bytes = b"") -> Call:  # noqa: ANN401
    path, query = address["relativePath"], QueryParams(address["queryParams"])
    return Call(method, path, {"account": ACCOUNT}, query, Headers(), body)


def _signed(method: str, path: str) -> Any:  # noqa: ANN401
    return temp_urls.address(method, path, expires=LATE, key=KEY)


@pytest.mark.parametrize(
    ("file_type", "media_type"),
    [("JPG", "image/jpeg"), ("JPEG", "image/jpeg"), ("PNG", "image/png"), ("GIF", "image/gif")],
)
def test_bytes_come_back(sandbox: Sandbox, file_type: str, media_type: str) -> None:
    """What was sent is fetched, byte for byte, as what it is."""
    address = _address(sandbox, file_type)
    stored = files.store_file(sandbox, _call("PUT", address, b"\x00\xff\r\n\x00"))

    sent = files.send_file(sandbox, _call("GET", _signed("GET", address["relativePath"])))

    assert stored == FileAnswer(201, None, b"", None)
    assert sent == FileAnswer(200, None, b"\x00\xff\r\n\x00", media_type)


def test_upload_is_of_the_consumer(sandbox: Sandbox) -> None:
    """The call is known as that of the consumer who asked for the address."""
    call = _call("PUT", _address(sandbox), b"bytes")

    files.store_file(sandbox, call)

    assert call.consumer == "ada"


@pytest.mark.parametrize(("seconds", "status"), [(60, 201), (61, 401)])
def test_upload_address_ends_on_the_consumers_clock(
    sandbox: Sandbox, seconds: float, status: int
) -> None:
    """One minute of the consumer's time, not of anybody else's."""
    address = _address(sandbox)
    sandbox.clocks.advance("ben", 3600)
    sandbox.clocks.advance("ada", seconds)

    assert files.store_file(sandbox, _call("PUT", address, b"bytes")).status == status


@pytest.mark.parametrize(("assumed", "status"), [(401, 401), (403, 403)])
def test_download_address_ends(sandbox: Sandbox, assumed: int, status: int) -> None:
    """An address to fetch from ends as well, with a status that is assumed."""
    sandbox = replace(sandbox, assumptions=Assumptions(invalid_download_status=assumed))
    upload = _address(sandbox)
    files.store_file(sandbox, _call("PUT", upload, b"bytes"))
    body = {"relativePath": upload["relativePath"]}
    address = files.download_address(sandbox, ACCOUNT, ADA, body)
    sandbox.clocks.advance("ada", 61)

    assert files.send_file(sandbox, _call("GET", address)).status == status


def test_address_is_for_one_method(sandbox: Sandbox) -> None:
    """Who may send a file may not fetch it by the same address, nor the other way round."""
    upload = _address(sandbox)
    files.store_file(sandbox, _call("PUT", upload, b"bytes"))
    download = _signed("GET", upload["relativePath"])

    assert files.send_file(sandbox, _call("GET", upload)).status == 401
    assert files.store_file(sandbox, _call("PUT", download, b"other")).status == 401


def test_place_that_nobody_asked_for_is_refused(sandbox: Sandbox) -> None:
    """However well it is signed, a path without a place takes and gives nothing."""
    path = f"/v1/AUTH_async-images/{ACCOUNT}/x.PNG"

    assert files.store_file(sandbox, _call("PUT", _signed("PUT", path))).status == 401
    assert files.send_file(sandbox, _call("GET", _signed("GET", path))).status == 404


def test_place_without_bytes_gives_nothing(sandbox: Sandbox) -> None:
    """Before the upload there is no file."""
    path = _address(sandbox)["relativePath"]

    assert files.send_file(sandbox, _call("GET", _signed("GET", path))).status == 404


def test_full_store_takes_nothing(sandbox: Sandbox) -> None:
    """What exceeds the limit is refused; sending a file again needs no more room."""
    sandbox = replace(sandbox, assumptions=Assumptions(file_limit=PLACE_SIZE + 5))
    address = _address(sandbox)

    statuses = [
        files.store_file(sandbox, _call("PUT", address, body)).status
        for body in (b"123456", b"12345", b"54321")
    ]

    assert statuses == [503, 201, 201]


def _agents_file(api: InProcess, batch: list[Any]) -> str:
    conversation = api.create(batch).json()[1]["body"]["conversationId"]
    request = {"account": ACCOUNT, "conversation": conversation, "fileType": "GIF"}
    content = base64.b64encode(b"GIF89a").decode()
    answer = api("POST", "/_sandbox/files", json={**request, "content": content})
    return str(answer.json()["relativePath"])


def _url(method: str, path: str) -> str:
    query = httpx.QueryParams(_signed(method, path)["queryParams"])
    return f"{path}?{query}"


@pytest.mark.parametrize("slashes", ["", "/"])
def test_doubled_slash_is_tolerated(api: InProcess, batch: list[Any], slashes: str) -> None:
    """The documented template leads to two slashes; what is signed has one."""
    url = _url("GET", _agents_file(api, batch))

    answer = api("GET", f"http://box.test:81{slashes}{url}")

    assert (answer.status_code, answer.content) == (200, b"GIF89a")
    assert answer.headers["content-type"] == "image/gif"


@pytest.mark.parametrize(("size", "status"), [(3 * 1024 * 1024, 201), (3 * 1024 * 1024 + 1, 413)])
def test_upload_has_3_mb_at_most(api: InProcess, batch: list[Any], size: int, status: int) -> None:
    """The largest file is taken whole, a larger one is not."""
    url = _url("PUT", _agents_file(api, batch))

    assert api("PUT", url, content=b"x" * size).status_code == status


def test_created_has_no_body(api: InProcess, batch: list[Any]) -> None:
    """A stored file is answered with a status and nothing else."""
    answer = api("PUT", _url("PUT", _agents_file(api, batch)), content=b"x")

    assert (answer.status_code, answer.content) == (201, b"")
    assert "content-type" not in answer.headers


def test_invalid_address_is_told(
    api: InProcess, batch: list[Any], caplog: pytest.LogCaptureFixture
) -> None:
    """The answer says what the documentation calls it, the log says why; neither the signature."""
    caplog.set_level(logging.INFO)
    path = _agents_file(api, batch)

    answer = api("PUT", f"{path}?temp_url_sig=0badc0de&temp_url_expires={LATE}", content=b"x")

    assert (answer.status_code, answer.json()["body"]["title"]) == (401, "Temp URL invalid")
    reason = "put_file: 401, because temp_url_sig is not the signature for PUT of this file"
    assert reason in caplog.messages
    assert "0badc0de" not in caplog.text + answer.text


def test_signature_is_not_journaled(api: InProcess, batch: list[Any]) -> None:
    """The journal shows calls to the file service without what opens it."""
    url = _url("GET", _agents_file(api, batch))
    api("GET", url)

    entry = api("GET", "/_sandbox/journal").json()["entries"][-1]

    path = url.partition("?")[0]
    assert (entry["operation"], entry["consumer"]) == ("get_file", "ada")
    assert entry["path"] == f"{path}?temp_url_sig=***&temp_url_expires={LATE}"
