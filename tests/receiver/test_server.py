"""The receiver hands each app what is delivered to it, over real connections."""

import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import trustme

from connector_harness.client.settings import ReceiverSettings
from connector_harness.receiver.inbox import Inbox
from connector_harness.receiver.notification import Notification
from connector_harness.receiver.server import Receiver, ReceiverError
from tests.receiver.deliveries import (
    CONVERSATION,
    SECRET,
    body,
    event_item,
    headers,
    state_item,
    text,
)

HELLO = body(event_item(text("Grüße 👋"), 0))
LOCAL = ReceiverSettings(listen="127.0.0.1:0")


def accept(_: Notification) -> None:
    """Find nothing wrong."""


@pytest.fixture
def inbox() -> Inbox:
    """Where the main app keeps its deliveries."""
    return Inbox()


@pytest.fixture
def receiver(inbox: Inbox) -> Iterator[Receiver]:
    """A receiver on a free port of this machine."""
    with Receiver(inbox, SECRET, witness=accept) as receiver:
        yield receiver


def deliver(url: str, content: bytes = HELLO, secret: str = SECRET) -> int:
    """Deliver *content* and return the status it was answered with."""
    return httpx.post(url, content=content, headers=headers(content, secret)).status_code


def test_delivery_arrives(receiver: Receiver, inbox: Inbox) -> None:
    """What is delivered while somebody waits ends the wait."""
    assert deliver(receiver.url) == 200
    found = inbox.wait_for(CONVERSATION, lambda each: each.sequence == 0, what="it", within_s=30)
    assert found.text == "Grüße 👋"
    assert inbox.faults_of(CONVERSATION) == []


def test_times_of_a_delivery(receiver: Receiver, inbox: Inbox) -> None:
    """A delivery is stamped by both clocks."""
    deliver(receiver.url)
    (delivery,) = inbox.notifications_of(CONVERSATION)
    assert 0 <= time.monotonic() - delivery.received_at < 60
    assert 0 <= time.time() - delivery.at < 60


HOSTILE = [
    (b"", 200, "the body is not JSON"),
    (b"<html>", 200, "the body is not JSON"),
    (b'"\xff\xfe"', 200, "the body is not JSON: byte 1 is not UTF-8"),
    (b"[" * 10_000 + b"]" * 10_000, 200, "the body is nested deeper"),
    (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, 200, "the body is nested deeper"),
    (b"[" * 1_000_000, 200, "the body is n"),
]


@pytest.mark.parametrize(("content", "status", "fault"), HOSTILE)
def test_hostile_body(
    receiver: Receiver, inbox: Inbox, content: bytes, status: int, fault: str
) -> None:
    """Signed or not, no body upsets the receiver; signed, it is a fault that belongs to nobody."""
    assert deliver(receiver.url, content) == status
    assert deliver(receiver.url, content, "wrong-secret") == 401
    assert [each.startswith(fault) for each in inbox.faults_of(None)] == [True, False]
    assert deliver(receiver.url) == 200


def test_delivery_without_signature(receiver: Receiver, inbox: Inbox) -> None:
    """An unsigned delivery is answered 401 and is a fault of the conversation it names."""
    assert httpx.post(receiver.url, content=HELLO).status_code == 401
    assert inbox.faults_of(CONVERSATION) == ["the header x-liveperson-signature is missing"]


@pytest.mark.parametrize("path", ["/", "/notificationsx", "/other", "*", "//notifications"])
def test_path_without_an_app(receiver: Receiver, inbox: Inbox, path: str) -> None:
    """A delivery to nobody is answered 404 and found among the faults; a scan is not."""
    address = receiver.url.removesuffix("/notifications") + path.replace("*", "/%2A")
    assert httpx.post(address, content=HELLO).status_code == 404
    assert inbox.faults_of(CONVERSATION) == []
    assert deliver(address) == 404
    assert "where no app is" in inbox.faults_of(CONVERSATION)[0]


def test_method(receiver: Receiver, inbox: Inbox) -> None:
    """A signed delivery by another method is a fault."""
    assert httpx.put(receiver.url, content=HELLO, headers=headers(HELLO)).status_code == 200
    assert inbox.faults_of(CONVERSATION) == ["delivered with 'PUT', not with 'POST'"]


def test_one_more_app(receiver: Receiver, inbox: Inbox) -> None:
    """An app of its own has a path, a secret and an inbox of its own."""
    own = receiver.add_app("/own/1", "another-secret")
    assert deliver(receiver.url_of(own), secret="another-secret") == 200
    assert deliver(receiver.url_of(own)) == 401
    assert len(own.inbox.of(CONVERSATION)) == 1
    assert inbox.of(CONVERSATION) == []


def test_removed_app(receiver: Receiver) -> None:
    """Nothing is received for an app that is removed, however often."""
    own = receiver.add_app("/own/1", "another-secret")
    receiver.remove_app(own)
    receiver.remove_app(own)
    assert deliver(receiver.url_of(own), secret="another-secret") == 404
    assert receiver.add_app("/own/1", "another-secret") is not own


def test_receiver_that_is_down(receiver: Receiver) -> None:
    """The receiver can play one that is down, and come back."""
    receiver.main.refuse(CONVERSATION, status=503)
    assert (deliver(receiver.url), deliver(receiver.url, body(state_item(conversation="c")))) == (
        503,
        200,
    )
    receiver.main.accept_again(CONVERSATION)
    assert deliver(receiver.url) == 200


def test_start_and_stop_are_quick(inbox: Inbox) -> None:
    """Starting, and stopping too, takes far less than a tenth of a second."""

    def seconds() -> float:
        began = time.perf_counter()
        with Receiver(inbox, SECRET, witness=accept):
            return time.perf_counter() - began

    def seconds_to_stop() -> float:
        with Receiver(inbox, SECRET, witness=accept) as receiver:
            assert deliver(receiver.url) == 200
            began = time.perf_counter()
        return time.perf_counter() - began

    # Most of the time a busy machine may be doing something else.
    assert any(seconds() < 0.05 for _ in range(100))
    assert any(seconds_to_stop() < 0.05 for _ in range(100))


def test_no_web_server_is_loaded_before_the_start() -> None:
    """A run without notifications pays for no web server."""
    loads = (
        "import sys, connector_harness.receiver.server, connector_harness.receiver.transcript; "
        "sys.exit(bool({'h11', 'starlette', 'uvicorn'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", loads]
    assert subprocess.run(command, check=False).returncode == 0  # noqa: S603  # our own command


def test_stopped_receiver(inbox: Inbox) -> None:
    """A stopped receiver has no address, listens no more, and can be started again."""
    receiver = Receiver(inbox, SECRET, witness=accept)
    receiver.stop()
    with pytest.raises(ReceiverError, match="no address yet\n  next: start it first"):
        _ = receiver.url
    with receiver:
        first = receiver.url
    with pytest.raises(httpx.ConnectError):
        httpx.get(first)
    with receiver:
        assert deliver(receiver.url) == 200


def test_address_in_use(inbox: Inbox) -> None:
    """A port that somebody has is told with what to do about it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = replace(LOCAL, listen=f"127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(ReceiverError, match=r"cannot listen on '127.0.0.1' port \d+: Address"):
            Receiver(inbox, SECRET, witness=accept, settings=settings).start()


def test_host_that_is_none(inbox: Inbox) -> None:
    """A name that nobody has is told the same way."""
    settings = replace(LOCAL, listen="no-such-host.invalid:0")
    with pytest.raises(ReceiverError, match=r"cannot listen on 'no-such-host\.invalid' port 0: "):
        Receiver(inbox, SECRET, witness=accept, settings=settings).start()


def test_public_address(inbox: Inbox) -> None:
    """Where there is a public address, deliveries go there."""
    settings = replace(LOCAL, public_address="https://hooks.example.test")
    with Receiver(inbox, SECRET, witness=accept, settings=settings) as receiver:
        assert receiver.url == "https://hooks.example.test/notifications"


@pytest.mark.parametrize("host", ["0.0.0.0", "localhost"])  # noqa: S104  # what is tested
def test_every_address(inbox: Inbox, host: str) -> None:
    """Whatever it listens on, it names an address that leads to it."""
    with Receiver(
        inbox, SECRET, witness=accept, settings=replace(LOCAL, listen=f"{host}:0")
    ) as receiver:
        assert receiver.url.startswith(("http://127.0.0.1:", "http://[::1]:"))
        assert deliver(receiver.url) == 200


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """A throw-away authority."""
    return trustme.CA()


@pytest.fixture
def secured(tmp_path: Path, authority: trustme.CA, inbox: Inbox) -> Iterator[Receiver]:
    """A receiver that speaks TLS, with certificate and key in two files."""
    issued = authority.issue_cert("127.0.0.1")
    certificate, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    issued.cert_chain_pems[0].write_to_path(certificate)
    issued.private_key_pem.write_to_path(key)
    settings = replace(LOCAL, certificate=certificate, key=key)
    with Receiver(inbox, SECRET, witness=accept, settings=settings) as receiver:
        yield receiver


@pytest.fixture
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    """What a sender needs to trust the receiver."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def test_tls(secured: Receiver, trusting: ssl.SSLContext) -> None:
    """With a certificate it speaks https, to those who trust it."""
    assert secured.url.startswith("https://127.0.0.1:")
    with httpx.Client(verify=trusting) as client:
        answers = [client.post(secured.url, content=HELLO, headers=headers(HELLO)) for _ in "ab"]
        too_large = client.post(secured.url, content=b"x" * 1_000_001)
    assert [each.status_code for each in [*answers, too_large]] == [200, 200, 413]


def test_plain_words_to_tls(
    secured: Receiver, trusting: ssl.SSLContext, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whoever does not speak TLS is left alone, and so is whoever says nothing at the end."""
    plain = httpx.URL(secured.url).copy_with(scheme="http")
    with pytest.raises(httpx.TransportError):
        httpx.get(plain)
    with pytest.raises(httpx.ConnectError):
        httpx.get(secured.url)
    with socket.create_connection((plain.host, plain.port or 0)) as silent:
        assert httpx.get(secured.url, verify=trusting).status_code == 401
        secured.stop()
        assert silent.recv(1) == b""
    assert capfd.readouterr() == ("", "")


def test_oldest_tls(secured: Receiver, trusting: ssl.SSLContext) -> None:
    """TLS below 1.2 is not spoken."""
    trusting.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        trusting.maximum_version = ssl.TLSVersion.TLSv1_1
    trusting.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises(httpx.ConnectError):
        httpx.get(secured.url, verify=trusting)


def test_certificate_that_is_none(inbox: Inbox, tmp_path: Path) -> None:
    """A file that holds no certificate is named."""
    (tmp_path / "chain.pem").write_text("no certificate", encoding="ascii")
    settings = replace(LOCAL, certificate=tmp_path / "chain.pem")
    with pytest.raises(ReceiverError, match=r"certificate 'chain\.pem' cannot be used"):
        Receiver(inbox, SECRET, witness=accept, settings=settings).start()
