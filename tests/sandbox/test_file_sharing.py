"""File sharing from end to end, told to a real process by a plain client."""

import base64
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from connector_harness.sandbox.server import RunningSandbox
from tests.sandbox.plain import Brand, Receiver, Shopper

CONTENT = bytes(range(256)) * 80
"""Every byte there is, so that none is lost to a text conversion."""


@pytest.fixture(scope="module")
def brand(sandbox: RunningSandbox) -> Iterator[Brand]:
    """An account that no other test uses."""
    with httpx.Client(base_url=sandbox.url, trust_env=False, timeout=5) as http:
        yield Brand.added(http)


@pytest.fixture(scope="module")
def receiver(brand: Brand) -> Iterator[Receiver]:
    """A receiver of what happens to the brand."""
    with Receiver().listening() as receiver:
        brand.subscribe(f"{receiver.url}/")
        yield receiver


@pytest.fixture(scope="module")
def swift(brand: Brand) -> str:
    """The file service, as discovery names it."""
    path = f"/api/account/{brand.account}/service/swift/baseURI.json?version=1.0"
    return f"http://{brand.http.get(path).json()['baseURI']}"


@pytest.fixture
def shopper(brand: Brand, receiver: Receiver) -> Shopper:
    """A consumer with an open conversation that is listened to."""
    shopper = Shopper(brand)
    shopper.create()
    receiver.wait_for(shopper.conversation, 1)
    return shopper


def _address(shopper: Shopper, step: str, **body: str) -> Any:  # noqa: ANN401
    answer = shopper.send(f"ms.GenerateURLFor{step}File", body)
    assert (answer.status_code, answer.json()["code"]) == (200, "OK")
    return answer.json()["body"]


def _url(swift: str, address: Any) -> str:  # noqa: ANN401
    return f"{swift}{address['relativePath']}?{httpx.QueryParams(address['queryParams'])}"


def _upload(shopper: Shopper, swift: str, content: bytes = CONTENT) -> str:
    address = _address(shopper, "Upload", fileSize=str(len(CONTENT)), fileType="PNG")
    answer = shopper.brand.http.put(_url(swift, address), content=content)
    assert (answer.status_code, answer.content) == (201, b"")
    return str(address["relativePath"])


def _publish(shopper: Shopper, path: str) -> httpx.Response:
    message = {"relativePath": path, "fileType": "PNG", "caption": "Receipt"}
    return shopper.publish(type="ContentEvent", contentType="hosted/file", message=message)


def test_file_is_shared(shopper: Shopper, swift: str) -> None:
    """Address, PUT, publish, address, GET: what comes back is what was sent."""
    path = _upload(shopper, swift)
    published = _publish(shopper, path)
    url = _url(swift, _address(shopper, "Download", relativePath=path))

    fetched = shopper.brand.http.get(url)

    assert published.json() == {"code": "OK", "body": {"sequence": 0}, "reqId": "s-1"}
    assert (fetched.status_code, fetched.content) == (200, CONTENT)
    assert fetched.headers["content-type"] == "image/png"


def test_file_is_notified(shopper: Shopper, swift: str, receiver: Receiver) -> None:
    """The message that names the file is delivered as it was published."""
    path = _upload(shopper, swift)
    _publish(shopper, path)

    change = receiver.wait_for(shopper.conversation, 2)[-1].change

    message = {"relativePath": path, "fileType": "PNG", "caption": "Receipt"}
    assert (change["sequence"], change["event"]["message"]) == (0, message)


def test_agents_file_is_fetched(shopper: Shopper, swift: str, receiver: Receiver) -> None:
    """A file of the agent's is notified, gets an address, and is fetched."""
    brand, conversation = shopper.brand, shopper.conversation
    content = base64.b64encode(CONTENT).decode()
    request = {"account": brand.account, "conversation": conversation, "fileType": "JPEG"}
    kept = brand.http.post("/_sandbox/files", json={**request, "content": content})
    message = {**kept.json(), "fileType": "JPEG", "caption": "label"}
    brand.play_agent(conversation, "join")
    event = {"type": "ContentEvent", "contentType": "hosted/file", "message": message}
    brand.play_agent(conversation, "publish", event=event)

    change = receiver.wait_for(conversation, 3)[-1].change

    path = change["event"]["message"]["relativePath"]
    fetched = brand.http.get(_url(swift, _address(shopper, "Download", relativePath=path)))
    assert change["originatorMetadata"]["role"] == "ASSIGNED_AGENT"
    assert (fetched.content, fetched.headers["content-type"]) == (CONTENT, "image/jpeg")


def test_place_that_was_given_up(shopper: Shopper, swift: str) -> None:
    """A call by anybody may give up an old place; its address is refused as before."""
    address = _address(shopper, "Upload", fileSize="20", fileType="PNG")
    shopper.brand.advance(shopper.name, 61)
    other = Shopper(shopper.brand)
    other.create()
    _address(other, "Upload", fileSize="20", fileType="PNG")

    assert shopper.brand.http.put(_url(swift, address), content=CONTENT).status_code == 401


def test_addresses_end_after_one_minute(shopper: Shopper, swift: str) -> None:
    """Neither address holds longer; a new one does."""
    upload = _address(shopper, "Upload", fileSize="5", fileType="PNG")
    download = _address(shopper, "Download", relativePath=_upload(shopper, swift))
    http = shopper.brand.http

    shopper.brand.advance(shopper.name, 62)

    assert http.put(_url(swift, upload), content=b"bytes").status_code == 401
    assert http.get(_url(swift, download)).status_code == 401
    assert _upload(shopper, swift)


def test_tampered_address_is_refused(shopper: Shopper, swift: str) -> None:
    """A signature belongs to its file and its time."""
    address = _address(shopper, "Upload", fileSize="5", fileType="PNG")
    query = address["queryParams"]
    query["temp_url_expires"] = str(int(query["temp_url_expires"]) + 3600)

    answer = shopper.brand.http.put(_url(swift, address), content=b"bytes")

    assert answer.status_code == 401


def test_doubled_slash_is_tolerated(shopper: Shopper, swift: str) -> None:
    """An address made by the documented template, with two slashes, is served as well."""
    address = _address(shopper, "Upload", fileSize=str(len(CONTENT)), fileType="PNG")

    answer = shopper.brand.http.put(_url(f"{swift}/", address), content=CONTENT)

    assert answer.status_code == 201


@pytest.mark.parametrize("content", [b"", CONTENT[1:]], ids=["nothing", "a byte less"])
def test_other_bytes_are_not_published(shopper: Shopper, swift: str, content: bytes) -> None:
    """A file that is not as large as was declared is refused at the publish."""
    answer = _publish(shopper, _upload(shopper, swift, content))

    assert (answer.status_code, answer.json()["code"]) == (400, "BAD_REQUEST")


@pytest.mark.parametrize(
    ("size", "file_type"), [("3145729", "PNG"), ("0", "PNG"), ("5", "PDF"), ("5", "png")]
)
def test_limits_are_told_at_once(shopper: Shopper, size: str, file_type: str) -> None:
    """A file that is too large, empty or of another type gets no address."""
    body = {"fileSize": size, "fileType": file_type}

    answer = shopper.send("ms.GenerateURLForUploadFile", body)

    refused = {"code": "BAD_REQUEST", "body": {"msg": "Bad Request"}, "reqId": "s-1"}
    assert (answer.status_code, answer.json()) == (400, refused)


def test_foreign_file_is_not_given(shopper: Shopper, swift: str) -> None:
    """One consumer's file is not for another."""
    path = _upload(shopper, swift)
    stranger = Shopper(shopper.brand)
    stranger.create()

    answer = stranger.send("ms.GenerateURLForDownloadFile", {"relativePath": path})

    assert answer.status_code == 400
    assert _publish(stranger, path).status_code == 400
