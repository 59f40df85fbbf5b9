"""Whether the public address leads to the receiver, and nothing is changed on the way."""

import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest

from connector_harness.doctor.result import CheckResult
from tests.client.server import LocalServer, RawServer
from tests.doctor.looking import endpoint_at, look_over, receiver_at
from tests.doctor.proxy import Change, Passing, Proxy, with_header, without
from tests.ports import free_port

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    """A proxy in front of the receiver."""
    proxy = Proxy()
    yield proxy
    proxy.close()


def address(url: str, *, port: int = 0) -> CheckResult:
    """Return what the check of a public address finds; the endpoint itself is down."""
    endpoint = endpoint_at(NOWHERE, receiver=receiver_at(url, port=port))
    return look_over(endpoint, refusal="not wanted")["public address"]


def through(proxy: Proxy, change: Change | None = None) -> CheckResult:
    """Return what the check finds behind *proxy*."""
    port = free_port()
    proxy.behind = f"http://127.0.0.1:{port}"
    proxy.change = change or proxy.change
    return address(proxy.url, port=port)


def test_proxy_that_hands_on(proxy: Proxy) -> None:
    """What is sent arrives as it was sent."""
    found = through(proxy)

    assert (found.outcome, found.next) == ("good", "")
    assert found.told.startswith(f"{proxy.url}/notifications reaches the receiver, in 0.")


CHANGES = {
    "body": (
        lambda passing: replace(passing, body=passing.body.replace(b"\n", b"")),
        "the body was changed on the way (",
        "let the proxy hand on the bytes as they are",
    ),
    "lost signature": (
        without("x-liveperson-signature"),
        "the header x-liveperson-signature was lost on the way",
        "let the proxy hand on x-liveperson-signature as it is",
    ),
    "other signature": (
        with_header("x-liveperson-signature", "sha1=x"),
        "the header x-liveperson-signature was changed on the way",
        "let the proxy hand on x-liveperson-signature as it is",
    ),
    "lost account": (
        without("x-liveperson-account-id"),
        "the header x-liveperson-account-id was lost on the way",
        "let the proxy hand on x-liveperson-account-id as it is",
    ),
    "path": (
        lambda passing: replace(passing, path="/elsewhere"),
        "what was sent to /notifications arrived at /elsewhere",
        "let the proxy hand on the path as it is",
    ),
    "method": (
        lambda passing: replace(passing, method="GET"),
        "the POST arrived as GET",
        "let the proxy not redirect",
    ),
    "answer": (
        lambda passing: replace(passing, status=204),
        "the receiver answered 200, and status 204 came back",
        "let the proxy hand on the answer",
    ),
}


@pytest.mark.parametrize(("change", "told", "remedy"), CHANGES.values(), ids=CHANGES)
def test_proxy_that_changes_something(proxy: Proxy, change: Change, told: str, remedy: str) -> None:
    """Webhooks would fail for it, so it is said what it was."""
    found = through(proxy, change)

    assert (found.outcome, told in found.told, remedy in found.next) == ("wrong", True, True)


def test_all_changes_are_named(proxy: Proxy) -> None:
    """Two changes are two remedies."""

    def spoil(passing: Passing) -> Passing:
        return replace(without("x-liveperson-client-id")(passing), status=500)

    found = through(proxy, spoil)

    assert found.told.count("; ") == found.next.count("; ") == 1


def test_proxy_that_does_not_reach_the_receiver(proxy: Proxy) -> None:
    """It is told where to forward to."""
    port = free_port()
    proxy.behind = NOWHERE

    found = address(proxy.url, port=port)

    assert found.told.endswith("answers 502: a proxy is there, and does not reach the receiver")
    assert (
        found.next == f"let it forward to http://127.0.0.1:{port}, or let listen name where it does"
    )


@pytest.mark.parametrize("status", [200, 404])
def test_another_server(status: int) -> None:
    """Whatever it answers, the receiver has not been reached."""
    server = LocalServer()
    server.will_answer("notifications", status, {})
    found = address(server.url)
    server.close()

    assert found.told.startswith(f"another server answers at {server.url}/notifications, with stat")
    assert found.told.endswith(str(status))
    assert "point the tunnel or proxy at http://127.0.0.1:" in found.next


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://nowhere.invalid", "https://nowhere.invalid: the name nowhere.invalid has no a"),
        (NOWHERE, f"{NOWHERE}: 127.0.0.1 port 9 refuses connections"),
    ],
)
def test_address_that_leads_nowhere(url: str, told: str) -> None:
    """Misspelt names and refused ports are told apart."""
    found = address(url)

    assert (found.outcome, found.told.startswith(told)) == ("wrong", True)


def test_https_address_of_a_plain_server() -> None:
    """A tunnel that speaks plain http is named as that."""
    server = LocalServer()
    found = address(server.url.replace("http:", "https:"))
    server.close()

    assert found.told.endswith("a plain http server answers at the https address")


def test_server_that_hangs_up() -> None:
    """A call without an answer is worded as every such call."""
    server = RawServer(lambda _: None)
    found = address(server.url)
    server.close()

    assert found.told.startswith("no answer from the endpoint: ")


def test_port_of_the_receiver_is_taken() -> None:
    """Where the receiver cannot listen, the setting is named; the rest is looked at."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        found = address(NOWHERE, port=other.getsockname()[1])

    assert "the receiver cannot listen on '127.0.0.1' port" in found.told
    assert found.next.startswith("name an address of this machine that nobody else listens on")


def test_no_receiver() -> None:
    """What the settings leave out is no fault."""
    found = look_over(endpoint_at(NOWHERE), refusal="not wanted")

    told = "not tried: the settings name no receiver (listen and public_address)"
    assert (found["public address"].outcome, found["public address"].told) == ("not tried", told)
