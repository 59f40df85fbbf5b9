"""Tokens go to hosts that were configured, or discovered in a domain that is allowed."""

import json
import socket
from collections.abc import Callable

import pytest

from connector_harness.client.connector import Connector
from connector_harness.client.domains import DomainError
from connector_harness.client.http.transport import TransportError
from connector_harness.client.tokens import SignIn
from tests.client.server import RawServer
from tests.hostile.behaviours import answer, answering

Connect = Callable[..., Connector]
Serve = Callable[..., RawServer]
TOKENS = SignIn("app-token-of-this-test", "consumer-token-of-this-test")

OUTSIDE = (
    "evil.test",
    "liveperson.net.evil.test",
    "evilliveperson.net",
    "liveperson-net.test",
    "liveperson.net.evil.test:443",
    "net",
    "liveperson.com",
    "xn--lveperson-c5a.net",
    "10.0.0.1",
    "169.254.169.254",
    "[2001:db8::1]",
    "[::ffff:10.0.0.1]:443",
)
"""Hosts that are some, and none of ours."""

NO_HOSTS = (
    "va.liveperson.net@evil.test",
    "user:word@va.liveperson.net",
    "evil.test#.liveperson.net",
    "evil.test/.liveperson.net",
    "evil.test?.liveperson.net",
    "evil.test\\.liveperson.net",
    "evil.test%2f.liveperson.net",
    "evil.test\u3002liveperson.net",
    "evil.test\uff0fva.liveperson.net",
    "va.\u2113iveperson.net",
    "va.l\u0456veperson.net",
    "va.liveperson.net.",
    "liveperson.net..",
    ".liveperson.net",
    "va..liveperson.net",
    "va.liveperson.net:0",
    "va.liveperson.net:99999",
    "va.liveperson.net:443:443",
    "va.liveperson.net:443@evil.test",
    "https://va.liveperson.net",
    "//evil.test/.liveperson.net",
    "va.liveperson.net\r\nHost: evil.test",
    "va.liveperson.net\x00.evil.test",
    " va.liveperson.net",
    "va .liveperson.net",
    "*.liveperson.net",
    "127.1",
    "2130706433",
    "0x7f000001",
    "017700000001",
    "::1",
    f"{'a' * 64}.liveperson.net",
    f"{'a.' * 130}liveperson.net",
)
"""What two readers could take for two hosts, or nobody for one."""

INSIDE = ("va.msg.liveperson.net", "LIVEPERSON.net:8443", "a.b.lpsnmedia.net", "z-1.liveperson.net")


@pytest.fixture
def looked_up(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The hosts that were looked up; none of them is found."""
    hosts: list[object] = []
    look_up = socket.getaddrinfo

    def nowhere(host: str, *arguments: int, **named: int) -> object:
        if host == "127.0.0.1":
            return look_up(host, *arguments, **named)
        hosts.append(host)
        raise socket.gaierror(socket.EAI_NONAME, "not known")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    return hosts


@pytest.fixture
def discover(serve: Serve, connect: Connect) -> Callable[..., Connector]:
    """Build connectors to whom the Domain API names one host for every service."""

    def build(host: str, **settings: object) -> Connector:
        services = ("sentinel", "idp", "asyncMessagingEnt", "swift")
        entries = [{"service": service, "baseURI": host} for service in services]
        listing = json.dumps({"baseURIs": entries}).encode()
        discovery = serve(answering(answer(listing, b"Content-Type: application/json")))
        return connect(discovery.url, address=None, **settings)

    return build


@pytest.mark.parametrize("host", OUTSIDE)
def test_host_outside_the_allowed_domains(
    discover: Connect, looked_up: list[object], host: str
) -> None:
    """A host that only looks like one of ours gets nothing, and the message says what to do."""
    with pytest.raises(DomainError) as caught:
        discover(host).create_conversation_as([], sign_in=TOKENS)
    assert str(caught.value) == (
        f"the Domain API names {host!r} for the service 'asyncMessagingEnt', "
        "a host outside the allowed domains: nothing was sent there\n"
        "  at: GET …/baseURI.json → 200; "
        "allowed: 127.0.0.1, liveperson.net, lpsnmedia.net and this machine\n"
        "  next: if the host is right, add its domain to `allowed_domains` of the endpoint, "
        "or give the host of asyncMessagingEnt under `hosts`"
    )
    assert looked_up == []


@pytest.mark.parametrize("host", NO_HOSTS)
def test_host_that_is_none(discover: Connect, looked_up: list[object], host: str) -> None:
    """What is no plain host name is not read as one, however it ends."""
    with pytest.raises(DomainError, match=r"which is no host name: nothing was sent") as caught:
        discover(host).sign_in("shopper-1")
    assert looked_up == []
    assert "user:word" not in str(caught.value)


@pytest.mark.parametrize("host", INSIDE)
def test_host_inside_the_allowed_domains(
    discover: Connect, looked_up: list[object], host: str
) -> None:
    """The hosts of real accounts are called without a setting."""
    with pytest.raises(TransportError, match="unreachable"):
        discover(host).create_conversation_as([], sign_in=TOKENS)
    assert looked_up == [host.lower().partition(":")[0]]


def test_this_machine_is_always_allowed(discover: Connect, serve: Serve) -> None:
    """A sandbox is discovered without a setting, and beside any."""
    host = serve(answering(answer())).url.removeprefix("http://")
    connector = discover(host, allowed_domains=["liveperson.net"])
    assert connector.create_conversation_as([], sign_in=TOKENS).status == 200


def test_allowed_domain_of_the_settings(discover: Connect, looked_up: list[object]) -> None:
    """A domain that settings allow is called; naming one forbids the others."""
    allowed = ["example.test", "192.0.2.7"]
    with pytest.raises(TransportError, match="unreachable"):
        discover("msg.example.test", allowed_domains=allowed).sign_in("shopper-1")
    with pytest.raises(DomainError, match=r"allowed: example\.test, 192\.0\.2\.7 and this machine"):
        discover("va.liveperson.net", allowed_domains=allowed).sign_in("shopper-1")
    assert looked_up == ["msg.example.test"]


def test_one_bad_host_does_not_spoil_the_others(serve: Serve, connect: Connect) -> None:
    """A service that nobody needs may live anywhere; only calling it is refused."""
    here = serve(answering(answer())).url.removeprefix("http://")
    hosts = {"asyncMessagingEnt": here, "msgHist": "evil.test", "sentinel": "evil.test"}
    entries = [{"service": name, "baseURI": host} for name, host in hosts.items()]
    listing = answer(json.dumps({"baseURIs": entries}).encode(), b"Content-Type: application/json")
    connector = connect(serve(answering(listing)).url, address=None)
    assert connector.create_conversation_as([], sign_in=TOKENS).status == 200
    with pytest.raises(DomainError, match=r"'evil\.test' for the service 'sentinel'"):
        connector.sign_in("shopper-1")


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
def test_redirect(serve: Serve, connect: Connect, status: int) -> None:
    """A redirect is an answer: nobody goes where it points."""
    other = serve(answering(answer()))
    said = answer(b"{}", f"Location: {other.url}/elsewhere".encode())
    server = serve(answering(said.replace(b"200 OK", b"%d Away" % status)))
    assert connect(server.url).create_conversation_as([], sign_in=TOKENS).status == status
    assert (server.connections, other.connections) == (1, 0)


@pytest.mark.parametrize(
    "location",
    [b"http://[", b"http://a:b", b"//", b"\x01\xff", b"", b"a" * 60_000, b"http://\xe2\x84\x93"],
)
def test_redirect_to_nowhere(serve: Serve, connect: Connect, location: bytes) -> None:
    """Where a redirect points is not even looked at."""
    said = answer(b"{}", b"Location: " + location).replace(b"200 OK", b"302 Away")
    connector = connect(serve(answering(said)).url)
    assert connector.create_conversation_as([], sign_in=TOKENS).status == 302
