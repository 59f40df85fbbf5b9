"""File sharing: addresses, the files that may be published, and the bytes at the addresses."""

import base64
import logging
from dataclasses import replace
from typing import Any

import httpx
import pytest
from starlette.datastructures import Headers, QueryParams

from connector_harness.json_types import JsonObject
from connector_harness.sandbox.api import files
from connector_harness.sandbox.http import Answer, Call, FileAnswer
from connector_harness.sandbox.rules import temp_urls
from connector_harness.sandbox.state.file_store import PLACE_SIZE, FileStore
from connector_harness.sandbox.state.tokens import Consumer
from tests.sandbox.callers import InProcess
from tests.sandbox.talks import ADA, BEN, Talk, answered

ACCOUNT, KEY = "70000001", "sandbox-swift-key"
MEGABYTE = 1024 * 1024
LATE = 9_999_999_999


def _ask_upload(talk: Talk, body: Any, **members: Any) -> Answer:  # noqa: ANN401
    return answered(files.give_upload_address, talk.command(body, **members))


def _ask_download(talk: Talk, body: Any, **members: Any) -> Answer:  # noqa: ANN401
    return answered(files.give_download_address, talk.command(body, **members))


def _address(talk: Talk, size: int = 5, file_type: str = "PNG") -> Any:  # noqa: ANN401
    """Return the address of an upload of Ada's."""
    answer: Any = _ask_upload(talk, {"fileSize": size, "fileType": file_type})
    assert answer.status == 200
    return answer.body["body"]


def _upload(talk: Talk, content: bytes = b"bytes", *, size: int | None = None) -> str:
    """Return the path of a file that Ada has uploaded."""
    address = _address(talk, size or len(content))
    assert _put(talk, address, content).status == 201
    return str(address["relativePath"])


def _call(method: str, address: Any, body: bytes = b"") -> Call:  # noqa: ANN401
    path, query = address["relativePath"], QueryParams(address["queryParams"])
    return Call(method, path, {"account": ACCOUNT}, query, Headers(), body)


def _put(talk: Talk, address: Any, content: bytes) -> Answer:  # noqa: ANN401
    return answered(files.store_file, talk.sandbox, _call("PUT", address, content))


def _get(talk: Talk, address: Any) -> Answer:  # noqa: ANN401
    return answered(files.send_file, talk.sandbox, _call("GET", address))


def _signed(method: str, path: str) -> Any:  # noqa: ANN401
    return temp_urls.address(method, path, expires=LATE, key=KEY)


def _find_fault(
    talk: Talk,
    path: str,
    consumer: Consumer = ADA,
    brand: str = ACCOUNT,
    **members: Any,  # noqa: ANN401
) -> str | None:
    message = {"relativePath": path, "fileType": "PNG", **members}
    event: Any = {"type": "ContentEvent", "contentType": "hosted/file", "message": message}
    conversation = replace(talk.conversation, consumer=consumer, brand=brand)
    return files.find_file_fault(talk.sandbox, conversation, event)


@pytest.mark.parametrize("file_type", ["JPG", "JPEG", "PNG", "GIF"])
def test_upload_address_holds_for_one_minute(talk: Talk, file_type: str) -> None:
    """Every documented type gets an address, signed for PUT and for 60 seconds."""
    address = _address(talk, file_type=file_type)

    path, query = address["relativePath"], address["queryParams"]
    assert path.startswith(f"/v1/AUTH_async-images/{ACCOUNT}/{ADA.lp_id}_uuid_")
    assert path.endswith(f"_01-01-2025_00-00-00-000.{file_type}")
    assert query["temp_url_expires"] == "1735689660"
    assert query["temp_url_sig"] == temp_urls.sign("PUT", path, expires=1735689660, key=KEY)


@pytest.mark.parametrize("size", [1, "2", "0020", 3 * MEGABYTE], ids=repr)
def test_size_is_a_number_or_a_string_of_one(talk: Talk, size: int | str) -> None:
    """Sizes come both ways, up to 3 MB."""
    assert _ask_upload(talk, {"fileSize": size, "fileType": "PNG"}).status == 200


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"fileSize": "1"}, "$.body lacks 'fileType'"),
        ({"fileType": "PNG"}, "$.body lacks 'fileSize'"),
        ({"fileSize": "1", "fileType": "png"}, "$.body.fileType is 'png', not one of JPG, "),
        ({"fileSize": "1", "fileType": "PDF"}, "$.body.fileType is 'PDF', not one of JPG, "),
        ({"fileSize": "0", "fileType": "PNG"}, "$.body.fileSize is '0', not a number of bytes"),
        ({"fileSize": -1, "fileType": "PNG"}, "$.body.fileSize is -1, not a number of bytes"),
        ({"fileSize": True, "fileType": "PNG"}, "$.body.fileSize is True, not a number of bytes"),
        (
            {"fileSize": 3 * MEGABYTE + 1, "fileType": "PNG"},
            "$.body.fileSize is 3145729, more than 3145728",
        ),
    ],
)
def test_faulty_file_gets_no_address(talk: Talk, body: Any, fault: str) -> None:  # noqa: ANN401
    """A type, a size or a member that is wrong is named."""
    refused: Any = _ask_upload(talk, body)

    assert (refused.status, refused.reason[: len(fault)]) == (400, fault)


def test_full_store_gives_no_address(talk: Talk) -> None:
    """Places that nobody fills are bounded, and given up when their addresses have ended."""
    talk.sandbox = replace(talk.sandbox, files=FileStore(PLACE_SIZE))
    body = {"fileSize": "1", "fileType": "PNG"}
    answers: list[Any] = [_ask_upload(talk, body) for _ in range(2)]

    talk.sandbox.clocks.advance("ada", 61)

    reason = "the sandbox keeps 1024 bytes of files; 1024 are too many"
    assert (answers[1].status, answers[1].reason) == (503, reason)
    assert _ask_upload(talk, body, consumer=BEN).status == 200


def test_full_store_takes_nothing(talk: Talk) -> None:
    """What exceeds the limit is refused; sending a file again needs no more room."""
    talk.sandbox = replace(talk.sandbox, files=FileStore(PLACE_SIZE + 5))
    address = _address(talk)

    statuses = [_put(talk, address, body).status for body in (b"123456", b"12345", b"54321")]

    assert statuses == [503, 201, 201]


def test_download_address_is_for_get(talk: Talk) -> None:
    """Who uploaded a file gets an address to fetch it, on the consumer's clock."""
    path = _upload(talk)
    talk.sandbox.clocks.advance("ada", 3600)

    answer: Any = _ask_download(talk, {"relativePath": path})

    assert answer.body["body"] == temp_urls.address("GET", path, expires=1735693260, key=KEY)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({}, "$.body lacks 'relativePath'"),
        ({"relativePath": 1}, "$.body.relativePath is 1, not a string"),
        ({"relativePath": "/v1/x"}, "$.body.relativePath is '/v1/x', where no file was uploaded"),
    ],
)
def test_faulty_download_is_named(talk: Talk, body: JsonObject, fault: str) -> None:
    """Only a file that exists gets an address."""
    refused: Any = _ask_download(talk, body)

    assert (refused.status, refused.reason) == (400, fault)


def test_foreign_file_is_not_given(talk: Talk) -> None:
    """Another consumer's file gets no address."""
    refused: Any = _ask_download(talk, {"relativePath": _upload(talk)}, consumer=BEN)

    assert refused.reason.endswith("a file of another consumer")


@pytest.mark.parametrize(
    "members", [{}, {"caption": ""}, {"caption": "x", "preview": "x" * 30720}], ids=len
)
def test_uploaded_file_is_published(talk: Talk, members: Any) -> None:  # noqa: ANN401
    """Caption and preview, of 30 KB at the most, may be there or not."""
    assert _find_fault(talk, _upload(talk), **members) is None


@pytest.mark.parametrize(
    ("members", "fault"),
    [
        ({"fileType": "PDF"}, ".fileType is 'PDF', not one of JPG, JPEG, PNG, GIF"),
        ({"fileType": None}, ".fileType is None, not one of JPG, JPEG, PNG, GIF"),
        ({"caption": 1}, ".caption is 1, not a string"),
        ({"preview": []}, ".preview is an array, not a string"),
        ({"preview": "x" * 30721}, ".preview is longer than 30720 characters"),
        ({"relativePath": "/x"}, ".relativePath is '/x', where no file was uploaded"),
    ],
)
def test_faulty_message_is_not_published(talk: Talk, members: JsonObject, fault: str) -> None:
    """A member that is wrong is named."""
    found = _find_fault(talk, **{"path": _upload(talk), **members})  # type: ignore[arg-type]

    assert found == f"$.body.event.message{fault}"


def test_place_without_bytes_is_not_published(talk: Talk) -> None:
    """An address alone is no file."""
    found = _find_fault(talk, _address(talk)["relativePath"])

    assert str(found).endswith("where no file was uploaded")


@pytest.mark.parametrize(
    ("content", "size", "fault"),
    [
        (b"", 1, "the uploaded file is empty"),
        (b"12", 3, "the uploaded file has 2 bytes, not the 3 declared"),
    ],
)
def test_other_size_is_not_published(talk: Talk, content: bytes, size: int, fault: str) -> None:
    """What arrived must be what was declared."""
    assert _find_fault(talk, _upload(talk, content, size=size)) == fault


@pytest.mark.parametrize(("consumer", "brand"), [(BEN, ACCOUNT), (ADA, "70000002")])
def test_foreign_file_is_not_published(talk: Talk, consumer: Consumer, brand: str) -> None:
    """A file of another consumer or account cannot be shown as one's own."""
    assert _find_fault(talk, _upload(talk), consumer, brand)


@pytest.mark.parametrize(
    ("file_type", "media_type"),
    [("JPG", "image/jpeg"), ("JPEG", "image/jpeg"), ("PNG", "image/png"), ("GIF", "image/gif")],
)
def test_bytes_come_back(talk: Talk, file_type: str, media_type: str) -> None:
    """What was sent is fetched, byte for byte, as what it is."""
    address = _address(talk, file_type=file_type)
    stored = _put(talk, address, b"\x00\xff\r\n\x00")

    sent = _get(talk, _signed("GET", address["relativePath"]))

    assert stored == FileAnswer(201, None, b"", None)
    assert sent == FileAnswer(200, None, b"\x00\xff\r\n\x00", media_type)


def test_upload_is_of_the_consumer(talk: Talk) -> None:
    """The call is known as that of the consumer who asked for the address."""
    call = _call("PUT", _address(talk), b"bytes")

    files.store_file(talk.sandbox, call)

    assert call.consumer == "ada"


@pytest.mark.parametrize(("seconds", "put", "got"), [(60, 201, 200), (61, 401, 401)])
def test_addresses_end_on_the_consumers_clock(
    talk: Talk, seconds: float, put: int, got: int
) -> None:
    """One minute of the consumer's time, not of anybody else's."""
    upload, path = _address(talk), _upload(talk)
    download: Any = _ask_download(talk, {"relativePath": path}).body
    talk.sandbox.clocks.advance("ben", 3600)
    talk.sandbox.clocks.advance("ada", seconds)

    assert _put(talk, upload, b"bytes").status == put
    assert _get(talk, download["body"]).status == got


def test_address_is_for_one_method(talk: Talk) -> None:
    """Who may send a file may not fetch it by the same address, nor the other way round."""
    upload = _address(talk)
    _put(talk, upload, b"bytes")

    assert _get(talk, upload).status == 401
    assert _put(talk, _signed("GET", upload["relativePath"]), b"other").status == 401


def test_place_that_nobody_asked_for_is_refused(talk: Talk) -> None:
    """However well it is signed, a path without a place takes and gives nothing."""
    path = f"/v1/AUTH_async-images/{ACCOUNT}/x.PNG"

    assert _put(talk, _signed("PUT", path), b"x").status == 401
    assert _get(talk, _signed("GET", path)).status == 404


def test_place_without_bytes_gives_nothing(talk: Talk) -> None:
    """Before the upload there is no file."""
    assert _get(talk, _signed("GET", _address(talk)["relativePath"])).status == 404


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
