"""The rules of file sharing."""

from dataclasses import replace
from typing import Any

import pytest

from connector_harness.json_types import JsonObject
from connector_harness.sandbox.api import files
from connector_harness.sandbox.api.context import Sandbox
from connector_harness.sandbox.assumptions import Assumptions
from connector_harness.sandbox.http.answers import Refusal
from connector_harness.sandbox.rules import temp_urls
from connector_harness.sandbox.state.clocks import Clocks
from connector_harness.sandbox.state.file_store import PLACE_SIZE
from connector_harness.sandbox.state.state import Account, Store
from connector_harness.sandbox.state.tokens import Consumer, Tokens
from tests.sandbox.callers import Clock

ACCOUNT = "70000001"
ADA, BEN = Consumer("ada", "a" * 64), Consumer("ben", "b" * 64)
MEGABYTE = 1024 * 1024


@pytest.fixture
def sandbox(account: Account, shared_tokens: Tokens, clock: Clock) -> Sandbox:
    """A sandbox whose clocks stand still."""
    return Sandbox(Store(account), shared_tokens, clock=clock, clocks=Clocks(clock))


def _upload(sandbox: Sandbox, content: bytes = b"bytes", *, size: int | None = None) -> str:
    """Return the path of a file that Ada has uploaded."""
    body: JsonObject = {"fileSize": size or len(content), "fileType": "PNG"}
    address = files.upload_address(sandbox, ACCOUNT, ADA, body)
    assert isinstance(address, dict)
    file = sandbox.files.get(str(address["relativePath"]))
    assert file is not None
    sandbox.files.fill(file, content)
    return file.path


def _message(path: str, **members: Any) -> JsonObject:  # noqa: ANN401
    return {"relativePath": path, "fileType": "PNG", **members}


@pytest.mark.parametrize("file_type", ["JPG", "JPEG", "PNG", "GIF"])
def test_upload_address_holds_for_one_minute(sandbox: Sandbox, file_type: str) -> None:
    """Every documented type gets an address, signed for PUT and for 60 seconds."""
    body: JsonObject = {"fileSize": "20480", "fileType": file_type}

    address: Any = files.upload_address(sandbox, ACCOUNT, ADA, body)

    path, query = address["relativePath"], address["queryParams"]
    assert path.startswith(f"/v1/AUTH_async-images/{ACCOUNT}/{ADA.lp_id}_uuid_")
    assert path.endswith(f"_01-01-2025_00-00-00-000.{file_type}")
    assert query["temp_url_expires"] == "1735689660"
    key = sandbox.assumptions.temp_url_key
    assert query["temp_url_sig"] == temp_urls.sign("PUT", path, expires=1735689660, key=key)


@pytest.mark.parametrize("size", [1, "2", "0020", 3 * MEGABYTE], ids=repr)
def test_size_is_a_number_or_a_string_of_one(sandbox: Sandbox, size: int | str) -> None:
    """Sizes come both ways, up to 3 MB."""
    body: JsonObject = {"fileSize": size, "fileType": "PNG"}

    assert isinstance(files.upload_address(sandbox, ACCOUNT, ADA, body), dict)


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
def test_faulty_file_gets_no_address(sandbox: Sandbox, body: Any, fault: str) -> None:  # noqa: ANN401
    """A type, a size or a member that is wrong is named."""
    refused = files.upload_address(sandbox, ACCOUNT, ADA, body)

    assert str(refused).startswith(fault)


def test_full_store_gives_no_address(sandbox: Sandbox) -> None:
    """Places that nobody fills are bounded, and given up when their addresses have ended."""
    sandbox = replace(sandbox, assumptions=Assumptions(file_limit=PLACE_SIZE))
    body: JsonObject = {"fileSize": "1", "fileType": "PNG"}
    answers = [files.upload_address(sandbox, ACCOUNT, ADA, body) for _ in range(2)]

    sandbox.clocks.advance("ada", 61)

    assert isinstance(answers[1], Refusal)
    assert (answers[1].status, answers[1].reason) == (
        503,
        "the sandbox keeps 1024 bytes of files; 1024 more would exceed 1024",
    )
    assert isinstance(files.upload_address(sandbox, ACCOUNT, BEN, body), dict)


def test_download_address_is_for_get(sandbox: Sandbox) -> None:
    """Who uploaded a file gets an address to fetch it, on the consumer's clock."""
    path = _upload(sandbox)
    sandbox.clocks.advance("ada", 3600)

    address = files.download_address(sandbox, ACCOUNT, ADA, {"relativePath": path})

    key = sandbox.assumptions.temp_url_key
    assert address == temp_urls.address("GET", path, expires=1735693260, key=key)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({}, "$.body lacks 'relativePath'"),
        ({"relativePath": 1}, "$.body.relativePath is 1, not a string"),
        ({"relativePath": "/v1/x"}, "$.body.relativePath is '/v1/x', where no file was uploaded"),
    ],
)
def test_faulty_download_is_named(sandbox: Sandbox, body: JsonObject, fault: str) -> None:
    """Only a file that exists gets an address."""
    assert files.download_address(sandbox, ACCOUNT, ADA, body) == fault


def test_foreign_file_is_not_given(sandbox: Sandbox) -> None:
    """Another consumer's file gets no address, unless that is assumed."""
    body: JsonObject = {"relativePath": _upload(sandbox)}
    generous = replace(sandbox, assumptions=Assumptions(foreign_download_refused=False))

    assert str(files.download_address(sandbox, ACCOUNT, BEN, body)).endswith("another consumer")
    assert isinstance(files.download_address(generous, ACCOUNT, BEN, body), dict)


@pytest.mark.parametrize("members", [{}, {"caption": ""}, {"caption": "x", "preview": "data:"}])
def test_uploaded_file_is_published(sandbox: Sandbox, members: JsonObject) -> None:
    """Caption and preview may be there or not."""
    message = _message(_upload(sandbox), **members)

    assert files.find_fault(sandbox, ACCOUNT, ADA, message) is None


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
def test_faulty_message_is_not_published(sandbox: Sandbox, members: JsonObject, fault: str) -> None:
    """A member that is wrong is named."""
    message = {**_message(_upload(sandbox)), **members}

    found = files.find_fault(sandbox, ACCOUNT, ADA, message)

    assert found == f"$.body.event.message{fault}"


def test_preview_of_30_kb_is_published(sandbox: Sandbox) -> None:
    """The longest preview is still one."""
    message = _message(_upload(sandbox), preview="x" * 30720)

    assert files.find_fault(sandbox, ACCOUNT, ADA, message) is None


def test_place_without_bytes_is_not_published(sandbox: Sandbox) -> None:
    """An address alone is no file."""
    body: JsonObject = {"fileSize": "1", "fileType": "PNG"}
    address: Any = files.upload_address(sandbox, ACCOUNT, ADA, body)

    found = files.find_fault(sandbox, ACCOUNT, ADA, _message(address["relativePath"]))

    assert str(found).endswith("where no file was uploaded")


@pytest.mark.parametrize(
    ("content", "size", "fault"),
    [
        (b"", 1, "the uploaded file is empty"),
        (b"12", 3, "the uploaded file has 2 bytes, not the 3 declared"),
    ],
)
def test_other_size_is_not_published(
    sandbox: Sandbox, content: bytes, size: int, fault: str
) -> None:
    """What arrived must be what was declared."""
    message = _message(_upload(sandbox, content, size=size))

    assert files.find_fault(sandbox, ACCOUNT, ADA, message) == fault


@pytest.mark.parametrize(("consumer", "brand"), [(BEN, ACCOUNT), (ADA, "70000002")])
def test_foreign_file_is_not_published(sandbox: Sandbox, consumer: Consumer, brand: str) -> None:
    """A file of another consumer or account cannot be shown as one's own."""
    message = _message(_upload(sandbox))

    assert files.find_fault(sandbox, brand, consumer, message)


@pytest.mark.parametrize(
    ("assumptions", "members"),
    [
        (Assumptions(schema_file_types_published=True), {"fileType": "PDF"}),
        (Assumptions(size_mismatch_refused=False), {}),
    ],
    ids=["types of the schema", "other sizes"],
)
def test_assumptions_admit_more(
    sandbox: Sandbox, assumptions: Assumptions, members: JsonObject
) -> None:
    """What is assumed to be refused can be assumed to be accepted."""
    sandbox = replace(sandbox, assumptions=assumptions)
    size = 9 if not members else None
    message = {**_message(_upload(sandbox, size=size)), **members}

    assert files.find_fault(sandbox, ACCOUNT, ADA, message) is None


def test_caption_can_be_required(sandbox: Sandbox) -> None:
    """One page asks for a caption; that can be assumed."""
    sandbox = replace(sandbox, assumptions=Assumptions(caption_required=True))

    found = files.find_fault(sandbox, ACCOUNT, ADA, _message(_upload(sandbox)))

    assert found == "$.body.event.message lacks 'caption'"
