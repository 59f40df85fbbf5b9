"""Whether this machine reaches the endpoint: TLS, clock and proxy."""

import datetime as dt
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from email.utils import formatdate
from pathlib import Path

import pytest
import trustme

from connector_harness.client.http.exchange import Exchange
from connector_harness.client.http.settings import HttpSettings
from connector_harness.client.settings import Secret
from connector_harness.doctor.connection import (
    ConnectionProblemError,
    certificate_of,
    check_clock,
    check_proxy,
    check_tls,
)
from connector_harness.doctor.result import good, wrong
from tests.client.server import LocalServer, RawServer
from tests.client.tunnel import TunnelProxy
from tests.doctor.looking import endpoint_at, session_of

Serve = Callable[..., str]


@pytest.fixture
def authority() -> trustme.CA:
    """An authority of the test's own."""
    return trustme.CA(organization_name="Test Authority")


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> Path:
    """Its certificate."""
    file = tmp_path / "ca.pem"
    file.write_bytes(authority.cert_pem.bytes())
    return file


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts servers with a certificate."""
    servers = []

    def start(
        authority: trustme.CA,
        host: str = "127.0.0.1",
        *,
        days: int = 30,
        not_before: dt.datetime | None = None,
    ) -> str:
        until = dt.datetime.now(dt.UTC) + dt.timedelta(days=days)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert(host, not_after=until, not_before=not_before).configure_cert(context)
        servers.append(LocalServer(context))
        return servers[-1].url

    yield start
    for server in servers:
        server.close()


def tls_of(url: str, ca_file: Path) -> tuple[str, str]:
    """Return what the check of TLS says of a server, and what to do."""
    with session_of(endpoint_at(url, ca_file=ca_file)) as session:
        found = check_tls(session)
    return found.told.removeprefix(f"{url}: "), found.next


def test_good_certificate(serve: Serve, authority: trustme.CA, ca_file: Path) -> None:
    """It tells who has issued it, and how long it is valid."""
    until = dt.datetime.now(dt.UTC) + dt.timedelta(days=30)

    told, remedy = tls_of(serve(authority), ca_file)

    assert told == f"certificates of Test Authority, valid until {until:%Y-%m-%d}"
    assert remedy == ""


def test_expired_certificate(serve: Serve, authority: trustme.CA, ca_file: Path) -> None:
    """It is named as that."""
    told, remedy = tls_of(serve(authority, days=-1), ca_file)

    assert (told, remedy) == ("the certificate has expired", "let it be renewed")


def test_certificate_of_the_future(serve: Serve, authority: trustme.CA, ca_file: Path) -> None:
    """Whatever else is wrong with it is told in the words of the library."""
    tomorrow = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)

    told, remedy = tls_of(serve(authority, not_before=tomorrow), ca_file)

    assert told == "the certificate cannot be trusted: certificate is not yet valid"
    assert "the clock of this machine" in remedy


def test_unknown_authority(serve: Serve, ca_file: Path) -> None:
    """The setting that names authorities is."""
    told, remedy = tls_of(serve(trustme.CA()), ca_file)

    assert told.startswith("nobody here trusts the certificate: ")
    assert "ca_file" in remedy


def test_certificate_of_another_host(serve: Serve, authority: trustme.CA, ca_file: Path) -> None:
    """A certificate counts for the names in it."""
    told, remedy = tls_of(serve(authority, "hooks.example.test"), ca_file)

    assert told == "the certificate is not for 127.0.0.1"
    assert "check the address" in remedy


def test_https_to_a_plain_port(ca_file: Path) -> None:
    """A server without TLS is named as that."""
    server = LocalServer()
    told, remedy = tls_of(server.url.replace("http:", "https:"), ca_file)
    server.close()

    assert told == "a plain http server answers at the https address"
    assert "name the port that speaks https" in remedy


def test_no_tls_at_all(ca_file: Path) -> None:
    """What is no web server either is told apart from one."""
    server = RawServer(lambda connection: connection.sendall(b"220 mail\r\n"), reads=False)
    told, remedy = tls_of(server.url.replace("http:", "https:"), ca_file)
    server.close()

    assert told.startswith("no TLS is spoken there: ")
    assert "port" in remedy


def test_nobody_listens(ca_file: Path) -> None:
    """A port that refuses is named."""
    told, remedy = tls_of("https://127.0.0.1:9", ca_file)

    assert told == "127.0.0.1 port 9 refuses connections"
    assert "see whether the server runs" in remedy


@pytest.fixture
def proxy() -> Iterator[TunnelProxy]:
    """A proxy that lets through."""
    proxy = TunnelProxy()
    yield proxy
    proxy.close()


def test_certificate_behind_a_proxy(
    serve: Serve, authority: trustme.CA, ca_file: Path, proxy: TunnelProxy
) -> None:
    """It is looked at through the proxy that the settings name, which is told of itself."""
    named = Secret(proxy.address.replace("//", "//user:password@"))
    with session_of(endpoint_at(serve(authority), ca_file=ca_file, proxy=named)) as session:
        tls = check_tls(session)
        told = check_proxy(session, tls, {"HTTPS_PROXY": "http://another.test:3128"}).told

    assert tls.told.startswith("certificates of Test Authority")
    assert "Proxy-Authorization: Basic dXNlcjpwYXNzd29yZA==" in proxy.asked[0]
    assert told == f"https passes through {proxy.address.removeprefix('http://')}"


def test_proxy_that_refuses(serve: Serve, authority: trustme.CA, proxy: TunnelProxy) -> None:
    """What it says is told, with the setting that names it."""
    proxy.refusal = "407 Proxy Authentication Required"
    with session_of(endpoint_at(serve(authority), proxy=Secret(proxy.address))) as session:
        found = check_tls(session)

    assert "does not let through: 407 Proxy Authentication Required" in found.told
    assert "CONNECTOR_PROXY" in found.next


def test_proxy_that_is_not_there(serve: Serve, authority: trustme.CA) -> None:
    """The address that is named is the one at which nobody is."""
    named = Secret("http://127.0.0.1:9")
    with session_of(endpoint_at(serve(authority), proxy=named)) as session:
        assert "127.0.0.1 port 9 refuses connections" in check_tls(session).told


def test_name_without_an_address(ca_file: Path) -> None:
    """A misspelt name is found before anything is called."""
    told, remedy = tls_of("https://nowhere.invalid", ca_file)

    assert told == "the name nowhere.invalid has no address"
    assert "check the name" in remedy


def test_address_that_is_not_reached() -> None:
    """Where connections are not answered, network and firewall are named."""
    with ExitStack() as stack:
        full = stack.enter_context(socket.socket())
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.settimeout(0)
            waiting.connect_ex(full.getsockname())
        port = full.getsockname()[1]
        with pytest.raises(ConnectionProblemError) as raised:
            certificate_of(f"https://127.0.0.1:{port}", HttpSettings(), within_s=0.2)

    assert raised.value.what == f"127.0.0.1 port {port} cannot be reached: timed out"
    assert "network and firewall" in raised.value.remedy


def answered(*, ahead_s: float, after_s: float = 0.1) -> Exchange:
    """Return an exchange whose answer, dated *ahead_s* seconds later, came *after_s* seconds."""
    headers = (("Date", formatdate(1_700_000_000 + after_s + ahead_s, usegmt=True)),)
    return Exchange("domains", "GET", "", (), b"", 200, headers, b"", 1_700_000_000.0, after_s)


@pytest.mark.parametrize(
    ("ahead_s", "told"),
    [
        (1, "within 30 s of the endpoint"),
        (300, "this machine is 300 s behind the endpoint"),
        (-300, "this machine is 300 s ahead of the endpoint"),
    ],
)
def test_clocks_are_compared(ahead_s: float, told: str) -> None:
    """More than half a minute is too much for tokens and signatures of files."""
    with session_of(endpoint_at("http://127.0.0.1:9")) as session:
        session.log.exchanged(answered(ahead_s=ahead_s))
        found = check_clock(session)

    assert found.told == told
    assert bool(found.next) is (abs(ahead_s) > 30)


def test_slow_answer_is_no_other_time() -> None:
    """It is dated when it came, not when it was asked for."""
    with session_of(endpoint_at("http://127.0.0.1:9")) as session:
        session.log.exchanged(answered(ahead_s=0, after_s=60))

        assert check_clock(session).outcome == "good"


def test_one_clock_that_differs_is_enough() -> None:
    """Whichever way, and whatever the others say."""
    with session_of(endpoint_at("http://127.0.0.1:9")) as session:
        for ahead_s in (1, -300, 2):
            session.log.exchanged(answered(ahead_s=ahead_s))

        assert check_clock(session).told == "this machine is 300 s ahead of the endpoint"


def test_proxy_is_not_used() -> None:
    """One that is set is no fault as long as all is reached without it."""
    environ = {"https_proxy": "http://user:password@proxy.test:3128"}
    with session_of(endpoint_at("http://127.0.0.1:9")) as session:
        fine = check_proxy(session, good("TLS", ""), environ)
        amiss = check_proxy(session, wrong("TLS", "", ""), environ)

    assert fine.told == "https_proxy set; the harness connects directly and does not use it"
    assert amiss.told == f"{fine.told}, and a connection failed"
    assert "name it in `proxy`" in amiss.next
