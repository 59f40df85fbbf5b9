"""Whatever an endpoint answers, the client has a reply or one of the errors it documents."""

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import example as tried
from hypothesis import given
from hypothesis import strategies as st

from connector_harness.client.connector import Connector
from connector_harness.client.domains import DomainError, Domains
from connector_harness.client.files import AddressError, FileAddress
from connector_harness.client.http.exchange import Exchange, NotJsonError
from connector_harness.client.http.origins import origin
from connector_harness.client.http.transport import TransportError
from connector_harness.client.reply import Reply
from connector_harness.client.settings import Endpoint, Secret
from connector_harness.client.tokens import SignIn, SignInError
from connector_harness.contract.contract import ContractError
from connector_harness.json_types import JsonValue
from connector_harness.plugin.failing.message import ShownExchange
from connector_harness.plugin.running.exchange_recorder import ExchangeRecorder
from connector_harness.plugin.running.opened import Ledger
from connector_harness.redaction.redactor import Redactor
from tests.properties.answers import RESPONSES, Puppet, answering, answers, throttling
from tests.properties.malformed import bodies, documents, encoded, mutated, texts
from tests.schema_examples import EXAMPLES, FOLDER, example

Answer = TypeVar("Answer")
LONGEST_MESSAGE: Final = 20_000
DOCUMENTED: Final = (TransportError, SignInError, DomainError, NotJsonError, ContractError)
TOKENS: Final = SignIn("app-token-of-this-test", "consumer-token-of-this-test")
ADDRESS: Final = FileAddress("/v1/AUTH_async-images/70000001/a.png", {"temp_url_sig": "0" * 40})


class Indifferent:
    """A witness that judges and keeps nothing."""

    def sending(self, operation: str, document: JsonValue) -> None:
        """Let it go."""

    def exchanged(self, exchange: Exchange) -> None:
        """Let it go."""


@pytest.fixture(scope="module")
def puppet() -> Iterator[Puppet]:
    """An endpoint that answers as told."""
    puppet = Puppet()
    yield puppet
    puppet.close()


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    """What masks the secrets of this module."""
    return Redactor()


@pytest.fixture(scope="module")
def evidence(redactor: Redactor) -> ExchangeRecorder:
    """What judges every answer, and notes what was opened."""
    evidence = ExchangeRecorder(FOLDER, redactor)
    evidence.ledger = Ledger()
    return evidence


@pytest.fixture(scope="module")
def connector(puppet: Puppet, redactor: Redactor) -> Iterator[Connector]:
    """A connector to it that judges no answer and never really waits."""
    endpoint = Endpoint(
        name="puppet",
        account="70000001",
        client_id="client-7",
        client_secret=Secret("secret-of-client-7"),
        discovery=puppet.url,
        hosts=dict.fromkeys(("sentinel", "idp", "asyncMessagingEnt", "swift"), puppet.url),
        read_timeout_s=2.0,
        total_timeout_s=3.0,
        retry_after_budget_s=2.0,
    )
    with Connector(
        endpoint, witness=Indifferent(), redactor=redactor, wait=lambda _: None
    ) as connector:
        yield connector


def told(call: Callable[[], Answer]) -> Answer | None:
    """Return what *call* does, None for an error that is documented, which must be in words."""
    try:
        return call()
    except DOCUMENTED as error:
        check_words(error)
        return None


def check_words(error: Exception) -> None:
    """Fail unless a person can read what *error* says, and a terminal can show it."""
    words = str(error)
    assert words.encode()
    assert len(words) < LONGEST_MESSAGE


def read(reply: Reply) -> None:
    """Read all there is to read of *reply*; only that it is no JSON may be in the way."""
    for name in (
        *("document", "answers", "conversation_id", "code", "error_code"),
        *("message", "request_id", "sequence"),
    ):
        with contextlib.suppress(NotJsonError):
            getattr(reply, name)
    assert isinstance(reply.is_uncertain, bool)
    assert isinstance(reply.text, str)
    assert reply.exchange.title


@given(said=answers)
def test_create_and_send(puppet: Puppet, connector: Connector, said: bytes) -> None:
    """A call that is sent once comes back as a reply, or as an error that is documented."""
    puppet.said = said
    for call in (connector.create_conversation_as, connector.send_as):
        reply = told(lambda call=call: call({}, sign_in=TOKENS))  # type: ignore[misc]
        if reply is not None:
            read(reply)


TOKEN: Final = "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjE3MzU2OTMyMDB9.c2lnbmF0dXJl"
SIGNED_IN: Final = [
    {"access_token": TOKEN, "token_type": "Bearer", "token": TOKEN},
    {"access_token": "opaque", "token": "opaque"},
]


@given(said=answers | answering(SIGNED_IN) | throttling())
def test_signing_in(puppet: Puppet, connector: Connector, said: bytes) -> None:
    """Signing in works, or fails in words, and so does what needs it."""
    puppet.said = said
    connector.sign_out()
    told(lambda: connector.create_conversation([], consumer="shopper-1"))


@given(said=answers)
def test_files_and_domains(puppet: Puppet, connector: Connector, said: bytes) -> None:
    """Files and look-ups are calls like the others."""
    puppet.said = said
    for call in (
        lambda: connector.get_file(ADDRESS),
        lambda: connector.put_file(ADDRESS, b"file"),
        connector.domains,
        lambda: connector.domain("idp"),
        connector.request_app_token,
    ):
        reply = told(call)
        if reply is not None:
            read(reply)


def exchange(body: bytes, *, operation: str = "domains", status: int = 200) -> Exchange:
    """Return an exchange that got *body* as its answer."""
    json_type = (("content-type", "application/json"),)
    url = "https://api.liveperson.net/api/account/7/service/baseURI.json"
    return Exchange(operation, "GET", url, (), b"", status, json_type, body, 0.0, 0.1)


_PIECES: Final = (
    *("liveperson.net", "va.", "evil.test", "lpsnmedia.net", "127.0.0.1", "localhost", "[::1]"),
    *(".", "@", ":", "443", "/", "#", "?", "\\", "%2e", "\u3002", "-", "_", "*", " ", "\t", "x"),
    *("\x00", "0x7f", "2130706433", "xn--", "[", "]", "\u200b", "\u212a", "//", "http:", "\xad"),
)
hosts = st.lists(st.sampled_from(_PIECES), max_size=5).map("".join) | texts
ALLOWED: Final = ("liveperson.net", "lpsnmedia.net", "localhost", "127.0.0.1", "::1")


@given(host=hosts)
def test_discovered_hosts(host: str) -> None:
    """Whatever is discovered, two readers see one host in it, and it is one of the allowed."""
    settings = Endpoint(name="e", account="7", client_id="c", client_secret=Secret("x" * 8))
    listing = encoded({"baseURIs": [{"service": "idp", "baseURI": host}]})
    try:
        found = Domains(settings).learn(exchange(listing), service="idp")
    except DomainError:
        return
    read_by_python = urlsplit(found).hostname or ""
    assert httpx.URL(found).raw_host.decode() == read_by_python
    assert any(f".{read_by_python}".endswith(f".{allowed}") for allowed in ALLOWED)
    assert origin(found) == found


@given(listing=bodies([{"baseURIs": [{"service": "idp", "baseURI": "va.idp.liveperson.net"}]}]))
def test_discovered_lists(listing: bytes) -> None:
    """Any list is one, or is told to be none."""
    settings = Endpoint(name="e", account="7", client_id="c", client_secret=Secret("x" * 8))
    told(lambda: Domains(settings).learn(exchange(listing), service="idp"))


@given(address=hosts | texts)
def test_origins(address: str) -> None:
    """An address is an origin, and stays one, or is refused without being shown."""
    try:
        found = origin(address)
    except ValueError as error:
        check_words(error)
    else:
        assert origin(found) == found
        assert httpx.URL(found).raw_host


REQUESTS: Final = [
    example(file.relative_to(EXAMPLES).as_posix().removesuffix(".json"))
    for folder in ("batch", "update_conversation_field")
    for file in sorted((EXAMPLES / "request" / folder).glob("*.json"))
]
UPLOAD: Final = {
    "code": "OK",
    "reqId": "1",
    "body": {"relativePath": "/v1/a/b.png", "queryParams": {"temp_url_sig": "ab", "e": "1"}},
}


@given(document=mutated([UPLOAD]) | documents)
def test_addresses_of_files(document: Any) -> None:  # noqa: ANN401
    """The address of a file lies at the file service, whatever path an answer gives it."""
    reply = Reply(exchange(encoded(document), operation="generate_upload_url"), 200)
    try:
        address = FileAddress.of(reply)
    except AddressError:
        return
    for each in (address, address.forged(), address.unsigned()):
        url = httpx.URL(f"https://swift.liveperson.net{each.target}")
        assert (url.scheme, url.netloc) == ("https", b"swift.liveperson.net")


@given(path=hosts, name=texts, value=texts)
def test_paths_of_files(path: str, name: str, value: str) -> None:
    """No path leads to another host."""
    body = {"relativePath": path, "queryParams": {name: value}}
    test_addresses_of_files.hypothesis.inner_test({**UPLOAD, "body": body})  # type: ignore[attr-defined]


ODD_FIELD: Final = b'{"body": {"conversationId": "c", "conversationField": {"field": []}}}'
_OPERATIONS = st.sampled_from(["create_conversation", "update_conversation_field", "app_token"])
_STATUSES = st.sampled_from([200, 201, 307, 400, 401, 404, 429, 500])
exchanges = st.builds(
    lambda body, request, operation, status: replace(
        exchange(body, operation=operation, status=status), request_body=request
    ),
    *(bodies(RESPONSES), bodies(REQUESTS), _OPERATIONS, _STATUSES),
)


@given(one=exchanges)
@tried(one=replace(exchange(b"{}", operation="update_conversation_field"), request_body=ODD_FIELD))
def test_exchanges(evidence: ExchangeRecorder, redactor: Redactor, one: Exchange) -> None:
    """Any exchange can be titled, judged and shown as a line for the shell."""
    told(lambda: evidence.exchanged(one))
    assert "  repeat: curl " in "\n".join(ShownExchange(one, redactor).lines())
    assert one.title
    json.dumps(one.title).encode()
