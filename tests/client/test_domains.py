"""Services are found by settings first, then by one look-up."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from connector_harness.client.connector import Connector
from connector_harness.client.domains import DomainError, Domains
from connector_harness.client.http.transport import TransportError
from connector_harness.client.settings import Endpoint
from connector_harness.client.tokens import SignIn
from tests.client.server import LocalServer

Connect = Callable[..., Connector]
NOBODY = SignIn(None, None)


def test_address_needs_no_discovery(connector: Connector, server: LocalServer) -> None:
    """With one address for everything nothing is looked up."""
    connector.sign_in("shopper-1")
    assert server.requests("baseURI.json") == []


def test_discovery_is_asked_once(connect: Connect, server: LocalServer) -> None:
    """Without an address one look-up finds every service, for as long as the connector lives."""
    connector = connect(address=None)
    connector.sign_in("shopper-1")
    connector.create_conversation([], consumer="shopper-2")
    targets = [one.target for one in server.requests("baseURI.json")]
    assert targets == ["/api/account/70000001/service/baseURI.json?version=1.0"]


def test_explicit_host_wins(connect: Connect, server: LocalServer) -> None:
    """A host given by the settings is used even where discovery names another."""
    hosts = {"asyncMessagingEnt": server.url}
    connector = connect(address=None, hosts=hosts)
    server.will_answer("baseURI.json", 200, _listing(server, asyncMessagingEnt="127.0.0.1:1"))
    connector.sign_in("shopper-1")
    assert connector.create_conversation_as([], sign_in=NOBODY).status == 200


def test_through_another_origin(connect: Connect, server: LocalServer) -> None:
    """As long as it is to go through another origin, every call goes there, and then no more."""
    connector = connect(address="http://127.0.0.1:1", discovery="http://127.0.0.1:1")

    with connector.through(server.url):
        assert connector.domains().exchange.url.startswith("http://127.0.0.1:1/api/account/")
        connector.sign_in("shopper-1")
        with connector.through(None), pytest.raises(TransportError):
            connector.domains()

    assert [len(server.requests(name)) for name in ("baseURI.json", "token")] == [1, 1]
    with pytest.raises(TransportError):
        connector.domains()


def test_origins_of_one_address(connect: Connect, server: LocalServer) -> None:
    """Where one address serves everything, nothing is looked up."""
    origins = connect().origins()

    names = {"asyncMessagingEnt", "discovery", "idp", "sentinel", "swift"}
    assert origins == dict.fromkeys(names, server.url)
    assert server.requests("baseURI.json") == []


def test_origins_are_looked_up_once(connect: Connect, server: LocalServer) -> None:
    """Settings win over what the list says, and what it says besides is told as well."""
    listed = _listing(server, asyncMessagingEnt="127.0.0.1:1", swift="127.0.0.1:2", idp="localhost")
    server.will_answer("baseURI.json", 200, listed)
    connector = connect(address=None, hosts={"sentinel": "https://tokens.example.test"})

    origins = [connector.origins(), connector.origins()][1]

    assert origins == {
        "discovery": server.url,
        "sentinel": "https://tokens.example.test",
        "idp": "http://localhost",
        "asyncMessagingEnt": "http://127.0.0.1:1",
        "swift": "http://127.0.0.1:2",
    }
    assert len(server.requests("baseURI.json")) == 1


def test_service_that_is_missing_has_no_origin(connect: Connect, server: LocalServer) -> None:
    """An account without files has a gateway all the same."""
    server.will_answer("baseURI.json", 200, _listing(server, asyncMessagingEnt="127.0.0.1:1"))

    assert "swift" not in connect(address=None).origins()


def _listing(server: LocalServer, **hosts: object) -> object:
    host = server.url.removeprefix("http://")
    named: dict[str, object] = {"sentinel": host, "idp": host, **hosts}
    return {"baseURIs": [{"service": name, "baseURI": base} for name, base in named.items()]}


@pytest.mark.parametrize(
    ("status", "document"),
    [(400, {"baseURIs": []}), (200, []), (200, {"baseURIs": None})],
)
def test_answer_without_a_list(
    connect: Connect, server: LocalServer, status: int, document: object
) -> None:
    """An answer that lists no services says so, with the exchange."""
    server.will_answer("baseURI.json", status, document)
    with pytest.raises(DomainError, match="without a list of services") as caught:
        connect(address=None).sign_in("shopper-1")
    assert caught.value.exchange.status == status


def test_listing_that_is_no_json(connect: Connect, server: LocalServer) -> None:
    """A page instead of a list is told as an answer without a list."""
    server.will_answer("baseURI.json", 200, b"<html>")
    with pytest.raises(DomainError, match="without a list of services"):
        connect(address=None).sign_in("shopper-1")


@pytest.mark.parametrize("host", ["", None, 7])
def test_listed_host_that_is_none(connect: Connect, server: LocalServer, host: object) -> None:
    """What is no text, or an empty one, is passed over, and the service counts as not named."""
    server.will_answer("baseURI.json", 200, _listing(server, sentinel=host))
    with pytest.raises(DomainError, match="names no service 'sentinel'") as caught:
        connect(address=None).sign_in("shopper-1")
    assert "it names: idp" in str(caught.value)


def test_listed_hosts_mean_https(
    connector: Connector, server: LocalServer, endpoint: Endpoint
) -> None:
    """Hosts carry no scheme: they mean https, unless they and discovery are on this machine."""
    server.will_answer("baseURI.json", 200, _listing(server, swift="z1.files.liveperson.net"))
    domains = Domains(replace(endpoint, address=None))
    assert domains.learn(connector.domains().exchange, service="sentinel") == server.url
    assert domains.known("swift") == "https://z1.files.liveperson.net"


def test_one_service(connector: Connector, server: LocalServer) -> None:
    """One service can be looked up by name, which is quoted into the address."""
    connector.domain("a/b")
    assert (
        server.received[0].target == "/api/account/70000001/service/a%2Fb/baseURI.json?version=1.0"
    )
