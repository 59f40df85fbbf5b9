"""A proxy and a client certificate: used where they are named, and told where they fail."""

import base64
import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme

from connector_harness.client.connector import Connector
from connector_harness.client.http.transport import TransportError
from connector_harness.client.settings import Secret
from tests.client.conftest import LONG_S
from tests.client.server import LocalServer
from tests.client.tunnel import TunnelProxy

Connect = Callable[..., Connector]


@pytest.fixture
def proxy() -> Iterator[TunnelProxy]:
    """A proxy that lets through."""
    proxy = TunnelProxy()
    yield proxy
    proxy.close()


@pytest.fixture
def authority() -> trustme.CA:
    """An authority of the test's own."""
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> Path:
    """Its certificate."""
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    return tmp_path / "ca.pem"


@pytest.fixture
def certificate(authority: trustme.CA, tmp_path: Path) -> Path:
    """A client's certificate with its key."""
    authority.issue_cert("client.test").private_key_and_cert_chain_pem.write_to_path(
        tmp_path / "client.pem"
    )
    return tmp_path / "client.pem"


@pytest.fixture
def demanding(authority: trustme.CA) -> Iterator[str]:
    """The origin of a server that demands a client certificate of the authority."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    server = LocalServer(context)
    yield server.url
    server.close()


@pytest.mark.usefixtures("server")
def test_proxy_with_a_password(
    connect: Connect, proxy: TunnelProxy, tls_server: tuple[str, Path]
) -> None:
    """Calls by https pass through the proxy, which is shown user and password."""
    url, ca_file = tls_server
    named = Secret(proxy.address.replace("//", "//user:pass%20word@"))
    connector = connect(discovery=url, ca_file=ca_file, proxy=named)
    assert [connector.domains().status for _ in range(2)] == [200, 200]
    [head] = proxy.asked
    assert head.startswith(f"CONNECT {url.removeprefix('https://')} HTTP/1.1\r\n")
    assert base64.b64encode(b"user:pass word").decode() in head


def test_plain_http_passes_no_proxy(connector: Connector, connect: Connect) -> None:
    """What is plain http is this machine, and called directly."""
    assert connector.domains().status == 200
    assert connect(proxy=Secret("http://127.0.0.1:1")).domains().status == 200


def test_proxy_that_refuses(
    connect: Connect, proxy: TunnelProxy, tls_server: tuple[str, Path]
) -> None:
    """What the proxy answers is told; nothing was sent to the endpoint."""
    url, ca_file = tls_server
    proxy.refusal = "407 Proxy Authentication Required"
    connector = connect(address=url, ca_file=ca_file, proxy=Secret(proxy.address))
    with pytest.raises(TransportError) as caught:
        connector.create_conversation([], consumer="shopper-1")
    assert (caught.value.kind, caught.value.delivery) == ("proxy", "not sent")
    assert "the proxy does not let through: 407 Proxy Authentication Required" in str(caught.value)


def test_proxy_that_is_silent(connect: Connect, tls_server: tuple[str, Path]) -> None:
    """A proxy that says nothing holds a call no longer than an endpoint, and has sent nothing."""
    url, ca_file = tls_server
    with socket.create_server(("127.0.0.1", 0)) as silent:
        named = Secret(f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(TransportError) as caught:
            connect(discovery=url, ca_file=ca_file, proxy=named, total_timeout_s=0.3).domains()
    assert (caught.value.kind, caught.value.delivery) == ("timed_out", "not sent")
    assert caught.value.exchange.elapsed_s < LONG_S


def test_proxy_that_is_not_there(connect: Connect, tls_server: tuple[str, Path]) -> None:
    """It is the proxy that is not reached, and not the endpoint."""
    url, ca_file = tls_server
    named = Secret("http://127.0.0.1:1")
    with pytest.raises(TransportError, match="the proxy is not reached: connection refused"):
        connect(discovery=url, ca_file=ca_file, proxy=named, total_timeout_s=0.3).domains()


def test_client_certificate(
    connect: Connect, demanding: str, ca_file: Path, certificate: Path
) -> None:
    """A server that demands a certificate is shown the one that is named."""
    connector = connect(discovery=demanding, ca_file=ca_file, client_certificate=certificate)
    assert connector.domains().status == 200


def test_no_client_certificate(connect: Connect, demanding: str, ca_file: Path) -> None:
    """A server that is shown none has been told nothing, and the setting is named."""
    with pytest.raises(TransportError, match="the server wants a client certificate") as caught:
        connect(discovery=demanding, ca_file=ca_file).domains()
    assert (caught.value.kind, caught.value.delivery) == ("tls", "not sent")
    assert "next: name one in `client_certificate`" in str(caught.value)


def test_client_certificate_of_another_authority(
    connect: Connect, demanding: str, ca_file: Path, tmp_path: Path
) -> None:
    """One that the server does not accept is told as that."""
    other = tmp_path / "other.pem"
    trustme.CA().issue_cert("client.test").private_key_and_cert_chain_pem.write_to_path(other)
    with pytest.raises(TransportError, match="the server refuses the client certificate"):
        connect(discovery=demanding, ca_file=ca_file, client_certificate=other).domains()
