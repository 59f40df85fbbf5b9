"""Files travel as they are, to the address that was given, without tokens."""

import json
import socket
from collections.abc import Callable
from contextlib import closing

import pytest

from connector_harness.client.connector import Connector
from connector_harness.client.files import AddressError, FileAddress
from connector_harness.client.http.exchange import Exchange
from connector_harness.client.http.limits import MAX_ANSWER
from connector_harness.client.reply import Reply
from connector_harness.redaction.redactor import Redactor
from tests.client.conftest import Record
from tests.client.server import ADDRESS, FILE_NAME, FILE_PATH, SIGNATURE, LocalServer, RawServer

Connect = Callable[..., Connector]
QUERY = f"temp_url_sig={SIGNATURE}&temp_url_expires=1735689665"
THREE_MB = bytes(range(256)) * (3 * 1024 * 4)


def reply_with(document: object, redactor: Redactor | None = None) -> Reply:
    """Return a reply that carries *document*."""
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    exchange = Exchange("generate_upload_url", "POST", "http://h/x", (), b"", 200, (), body, 0, 0)
    return Reply(exchange, 200, redactor or Redactor())


@pytest.fixture
def address() -> FileAddress:
    """The address that the server's answers name."""
    return FileAddress.of(reply_with(ADDRESS))


def test_address_of_an_answer(address: FileAddress) -> None:
    """Path and query are those of the answer."""
    assert address.relative_path == FILE_PATH
    assert address.target == f"{FILE_PATH}?{QUERY}"


def test_signature_is_never_shown(redactor: Redactor) -> None:
    """From the moment an address is read its signature is masked, and it does not show itself."""
    address = FileAddress.of(reply_with(ADDRESS, redactor))
    assert redactor.text(f"signed {SIGNATURE}") == "signed ***"
    assert SIGNATURE not in repr(address)


@pytest.mark.parametrize(
    "document",
    [
        b"<html>",
        [],
        {"code": "BAD_REQUEST", "body": {"msg": "Bad Request"}},
        {"body": {"relativePath": "", "queryParams": {}}},
        {"body": {"relativePath": "/v1/a.PNG"}},
        {"body": {"relativePath": "/v1/\ud83d", "queryParams": {}}},
        {"body": {"relativePath": f"/v1/{'a' * 4_000}.PNG", "queryParams": {}}},
        {"body": {"relativePath": "/v1/a.PNG", "queryParams": {"temp_url_sig": "\r\n"}}},
    ],
)
def test_answer_without_an_address(document: object) -> None:
    """An answer without a usable address says so, with the exchange and without the answer."""
    with pytest.raises(AddressError, match="names no usable address") as caught:
        FileAddress.of(reply_with(document))
    assert caught.value.exchange.title == "POST …/x → 200"


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/v1/a_01-01-2025.PNG", "/v1/a_01-01-2025.PNG"),
        ("/v1/a%20b", "/v1/a%20b"),
        ("/v1/a b?c#d", "/v1/a%20b%3Fc%23d"),
        ("/v1/Grüße", "/v1/Gr%C3%BC%C3%9Fe"),
        ("v1/a.PNG", "/v1/a.PNG"),
        ("@other.test/a", "/@other.test/a"),
        ("//v1/a", "//v1/a"),
    ],
)
def test_path_in_an_address(path: str, target: str) -> None:
    """A path stays as it is, where it can: no other host, no second escape, no stray query."""
    assert FileAddress(path, {}).target == target


def test_addresses_that_permit_nothing(address: FileAddress) -> None:
    """A forged, an unsigned and a prolonged address differ from the given one in that alone."""
    given = {"temp_url_sig": SIGNATURE, "temp_url_expires": "1735689665"}
    assert address.forged().query == given | {"temp_url_sig": "0" * 40}
    assert address.unsigned().query == {"temp_url_expires": "1735689665"}
    assert address.prolonged(seconds=60).query == given | {"temp_url_expires": "1735689725"}
    assert address.query == given


def test_upload(connector: Connector, server: LocalServer, address: FileAddress) -> None:
    """The bytes travel as they are, to the signed address, and no token with them."""
    server.will_answer(FILE_NAME, 201, b"")
    assert connector.put_file(address, b"\x89PNG\r\n\x1a\n\xff").status == 201
    request = server.received[0]
    assert (request.method, request.target) == ("PUT", f"{FILE_PATH}?{QUERY}")
    assert request.body == b"\x89PNG\r\n\x1a\n\xff"
    assert {"authorization", "x-lp-on-behalf", "client-properties"}.isdisjoint(request.headers)


def test_download(connector: Connector, server: LocalServer, address: FileAddress) -> None:
    """The bytes come back as they are, from the signed address, without a token."""
    server.will_answer(FILE_NAME, 200, THREE_MB)
    assert connector.get_file(address).content == THREE_MB
    request = server.received[0]
    assert (request.method, request.target) == ("GET", f"{FILE_PATH}?{QUERY}")
    assert {"authorization", "x-lp-on-behalf"}.isdisjoint(request.headers)


def test_largest_upload(connector: Connector, server: LocalServer, address: FileAddress) -> None:
    """The largest file that the API takes arrives whole."""
    connector.put_file(address, THREE_MB)
    assert server.received[0].body == THREE_MB


def test_empty_upload(connector: Connector, server: LocalServer, address: FileAddress) -> None:
    """A file without bytes is sent as one, with its length."""
    connector.put_file(address, b"")
    assert server.received[0].headers["content-length"] == "0"


def test_largest_answer(connector: Connector, server: LocalServer, address: FileAddress) -> None:
    """An answer of the largest size that is read arrives whole."""
    server.will_answer(FILE_NAME, 200, b" " * MAX_ANSWER)
    assert len(connector.get_file(address).content) == MAX_ANSWER


def test_file_service_by_discovery(
    connect: Connect, server: LocalServer, address: FileAddress
) -> None:
    """Files go to the service that discovery calls swift, and come from there."""
    with closing(LocalServer()) as files:
        services = [{"service": "swift", "baseURI": files.url.removeprefix("http://")}]
        server.will_answer("baseURI.json", 200, {"baseURIs": services})
        connector = connect(address=None)
        connector.put_file(address, b"x")
        connector.get_file(address)
    assert [one.method for one in files.received] == ["PUT", "GET"]


@pytest.mark.parametrize("status", [400, 401, 404, 413, 500, 503])
def test_refused_file(
    connector: Connector, server: LocalServer, address: FileAddress, status: int
) -> None:
    """A refusal is the outcome, at once: a new address is the caller's to ask for."""
    server.will_answer(FILE_NAME, status, b"Temp URL invalid")
    server.will_answer(FILE_NAME, status, b"Temp URL invalid")
    replies = [connector.put_file(address, b"x"), connector.get_file(address)]
    assert [reply.status for reply in replies] == [status, status]
    assert len(server.received) == 2


def test_refusal_before_the_file_has_been_read(
    raw_server: Callable[..., RawServer], connect: Connect, address: FileAddress
) -> None:
    """A service that refuses and hangs up without reading the file is heard all the same."""

    def refuse(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")

    connector = connect(address=raw_server(refuse, reads=False).url)
    assert connector.put_file(address, THREE_MB).status == 401


def test_exchange_of_a_file(connector: Connector, record: Record, address: FileAddress) -> None:
    """A file leaves evidence like any call: its operation, its bytes, and the end of its name."""
    connector.put_file(address, b"x")
    exchange = record.exchanges[0]
    assert (exchange.operation, exchange.request_body) == ("put_file", b"x")
    assert exchange.title == "PUT …/…5b2a7e4c9d01_01-01-2025_00-00-05-250.PNG → 200"


def test_nothing_to_judge_before_a_file_leaves(
    connector: Connector, record: Record, address: FileAddress
) -> None:
    """The witness judges documents; bytes are none."""
    connector.put_file(address, b"x")
    connector.get_file(address)
    assert record.sent == []
