"""Calls pass the gateway unchanged, unless they are to go wrong there."""

import json
import os
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme

from connector_harness.client.settings import Endpoint, Secret
from connector_harness.control.faults import Faults
from connector_harness.control.gateway import Gateway, GatewayError
from connector_harness.control.routes import SandboxControl, SandboxControlError
from connector_harness.sandbox.faults.fault import WEBHOOK
from connector_harness.sandbox.faults.faults import FAULTS
from connector_harness.sandbox.server import RunningSandbox, start_sandbox
from connector_harness.sandbox.web.gateway import LARGEST_ANSWER
from tests.client.server import LocalServer
from tests.client.tunnel import TunnelProxy
from tests.sandbox.plain import Brand, Shopper

SERVICES = ("discovery", "asyncMessagingEnt", "idp", "sentinel", "swift")
SENDING = "/api/account/70000001/messaging/consumer/conversation/send?v=3&x=%2fa%20b+c"


class Peer:
    """Takes one call and gives one answer, both as the bytes that travel.

    Args:
        answer: The answer.
    """

    def __init__(self, answer: bytes) -> None:
        self.received = b""
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.origin = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        with connection:
            while not self.received.endswith(b"the end"):
                self.received += connection.recv(65536)
            with suppress(OSError):
                connection.sendall(self._answer)

    def close(self) -> None:
        """Stop listening."""
        self._thread.join(30)
        self._listener.close()


def endpoint_at(origin: str, **more: object) -> Endpoint:
    """Return an endpoint whose services are all at *origin*."""
    known = Endpoint(
        name="staging",
        account="70000001",
        client_id="an-app",
        client_secret=Secret("its-secret-in-full"),
        address=origin,
        discovery=origin,
        total_timeout_s=5,
    )
    return replace(known, **more)  # type: ignore[arg-type]  # checked by use


def gateway_to(endpoint: Endpoint) -> Gateway:
    """Return a gateway to an endpoint that is in one place."""
    return Gateway(endpoint, dict.fromkeys(SERVICES, endpoint.discovery))


def passed(peer: Peer) -> tuple[httpx.Response, str]:
    """Return what came of one call that passes the gateway, and the gateway's host."""
    fields = {"X-LP-ON-BEHALF": "token", "Accept-Encoding": "gzip, br", "TE": "trailers"}
    with gateway_to(endpoint_at(peer.origin)) as gateway:
        answer = httpx.post(
            f"{gateway.url}{SENDING}", headers=fields, content=b"[ 1 ] the end", trust_env=False
        )
    peer.close()
    return answer, gateway.url


def test_call_passes_as_it_is() -> None:
    """Path, query, header fields and body arrive byte for byte, for the host of the service.

    What concerns the one connection to the gateway does not.
    """
    peer = Peer(b"HTTP/1.1 204 No Content\r\n\r\n")

    _, url = passed(peer)

    head, _, body = peer.received.partition(b"\r\n\r\n")
    line, *fields = head.decode().split("\r\n")
    assert (line, body) == (f"POST {SENDING} HTTP/1.1", b"[ 1 ] the end")
    assert f"host: {peer.origin.removeprefix('http://')}" in fields
    assert {"x-lp-on-behalf: token", "accept-encoding: gzip, br"} <= set(fields)
    assert url.removeprefix("http://") not in head.decode()
    assert "te: trailers" not in fields


def test_answer_passes_as_it_is() -> None:
    """Status, header fields and body come back as they are, and none is added."""
    fields = [
        ("content-type", "text/plain"),
        ("date", "Thu, 01 Jan 1970 00:00:00 GMT"),
        ("x-twice", "1"),
        ("x-twice", "2"),
        ("content-length", "7"),
    ]
    head = "".join(f"{name.title()}: {value}\r\n" for name, value in fields)
    peer = Peer(
        f"HTTP/1.1 418 A teapot\r\n{head}Connection: close\r\n\r\n".encode() + b"\xff{ [ 1 "
    )

    answer, _ = passed(peer)

    assert (answer.status_code, answer.content) == (418, b"\xff{ [ 1 ")
    assert answer.headers.multi_items() == fields


def test_answer_in_chunks_comes_whole() -> None:
    """How it was cut concerns one connection alone."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Own: 1\r\n\r\n"
    peer = Peer(head + b"2\r\n{}\r\n1\r\n \r\n0\r\n\r\n")

    answer, _ = passed(peer)

    assert answer.content == b"{} "
    assert answer.headers.multi_items() == [("x-own", "1"), ("content-length", "3")]


def test_answer_that_is_too_large_is_a_bad_gateway() -> None:
    """It is not kept in memory, however much comes."""
    size = LARGEST_ANSWER + 1
    peer = Peer(f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n".encode() + b" " * size)

    answer, _ = passed(peer)

    assert answer.status_code == 502
    assert f"more than {LARGEST_ANSWER} bytes came" in answer.text


@dataclass(frozen=True)
class Way:
    """The way to a sandbox that leads through a gateway.

    Attributes:
        sandbox: The sandbox.
        url: The address of the gateway.
        http: Calls the gateway.
        faults: Lets calls go wrong there.
    """

    sandbox: RunningSandbox
    url: str
    http: httpx.Client
    faults: Faults

    def shopper(self) -> Shopper:
        """Return a new consumer, who has signed in by this way."""
        sandbox = self.sandbox
        return Shopper(Brand(self.http, sandbox.account, sandbox.client_id, sandbox.client_secret))

    def opened_by(self, shopper: Shopper) -> int:
        """Return how many conversations of theirs the sandbox holds."""
        held = httpx.get(
            f"{self.sandbox.url}/_sandbox/conversations",
            params={"account": self.sandbox.account, "consumer": shopper.name},
            trust_env=False,
        )
        return len(held.json())


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    """A sandbox in a process of its own."""
    running = start_sandbox().ready()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def gateway(sandbox: RunningSandbox) -> Iterator[Gateway]:
    """A gateway to it."""
    with gateway_to(endpoint_at(sandbox.url)) as gateway:
        yield gateway


@pytest.fixture
def way(sandbox: RunningSandbox, gateway: Gateway) -> Iterator[Way]:
    """The way through the gateway, without faults in the end."""
    with (
        closing(SandboxControl(gateway.url, sandbox.account)) as control,
        httpx.Client(base_url=gateway.url, trust_env=False, timeout=2) as http,
    ):
        faults = Faults(control)
        yield Way(sandbox, gateway.url, http, faults)
        faults.recover()


def test_way_without_faults_is_open(way: Way) -> None:
    """A consumer signs in, opens a conversation and speaks in it."""
    shopper = way.shopper()

    assert (shopper.create().status_code, shopper.say("Hello").status_code) == (200, 200)
    assert way.opened_by(shopper) == 1


STRUCK: list[tuple[str, dict[str, Any], object, int]] = [
    ("latency", {"delay_s": 0.01}, 200, 1),
    ("slow_body", {"chunk_s": 0, "chunk_bytes": 64}, 200, 1),
    ("timeout", {}, httpx.ReadTimeout, 0),
    ("timeout", {"processed": True}, httpx.ReadTimeout, 1),
    ("reset_before", {}, httpx.ReadError, 0),
    ("reset_after", {}, httpx.ReadError, 1),
    ("half_body", {}, httpx.RemoteProtocolError, 1),
    ("wrong_content_type", {}, 200, 1),
    ("invalid_json", {}, json.JSONDecodeError, 1),
    ("reordered_answers", {}, 200, 1),
    ("duplicate_answer", {}, 200, 1),
    ("missing_answer", {}, 200, 1),
    ("throttled", {}, 429, 0),
    ("status_500", {}, 500, 0),
    ("status_502", {}, 502, 0),
    ("status_503", {}, 503, 0),
    ("status_504", {}, 504, 0),
    ("status_504", {"processed": True}, 504, 1),
    ("expired_token", {}, 401, 0),
]
"""Every fault of a call, what the caller sees, and how often the endpoint has carried it out."""


@pytest.mark.parametrize(
    ("fault", "parameters", "seen", "carried_out"),
    STRUCK,
    ids=[f"{fault}-{'-'.join(parameters)}" for fault, parameters, _, _ in STRUCK],
)
def test_call_goes_wrong(
    way: Way, fault: str, parameters: dict[str, Any], seen: object, carried_out: int
) -> None:
    """It does so once, as in the sandbox, and reaches the endpoint only where it is carried out."""
    shopper = way.shopper()
    injected = way.faults.inject(
        fault, consumer=shopper.name, operation="create_conversation", **parameters
    )

    assert outcome(shopper.create) == seen
    assert (way.opened_by(shopper), way.faults.applied(injected)) == (carried_out, 1)


def outcome(create: Callable[[], httpx.Response]) -> object:
    """Return the status of the answer, or the kind of error that came instead."""
    try:
        answer = create()
    except (httpx.HTTPError, json.JSONDecodeError) as error:
        return type(error)
    except (LookupError, TypeError):
        # The shopper of the tests looks for a conversation where there should be one.
        return 200
    return answer.status_code


def test_every_fault_of_a_call_is_tried() -> None:
    """All but those of webhooks, which pass elsewhere."""
    of_calls = {name for name, kind in FAULTS.items() if kind.operations != (WEBHOOK,)}

    assert {fault for fault, *_ in STRUCK} == of_calls


CALLS = {
    "app_token": ("POST", "/sentinel/api/account/70000001/app/token?v=1.0"),
    "consumer_token": ("POST", "/api/account/70000001/consumer?v=1.0"),
    "create_conversation": ("POST", "/api/account/70000001/messaging/consumer/conversation?v=3"),
    "send": ("POST", "/api/account/70000001/messaging/consumer/conversation/send?v=3"),
    "domains": ("GET", "/api/account/70000001/service/baseURI.json?version=1.0"),
    "put_file": ("PUT", "/v1/AUTH_async-images/70000001/a.PNG?temp_url_sig=1"),
    "get_file": ("GET", "//v1/AUTH_async-images/70000001/a.PNG?temp_url_sig=1"),
}


@pytest.mark.parametrize("operation", CALLS)
def test_every_operation_can_go_wrong(way: Way, operation: str) -> None:
    """And only the one that is meant."""
    way.faults.inject("status_503", consumer=None, operation=operation, times=None)

    applied = {name for name, (method, path) in CALLS.items() if status(way, method, path) == 503}

    assert applied == {operation}


def status(way: Way, method: str, path: str) -> int:
    """Return the status of one call without a body."""
    return httpx.request(method, f"{way.url}{path}", trust_env=False).status_code


def test_answers_come_in_another_order(way: Way) -> None:
    """What is altered is the endpoint's own answer."""
    shopper = way.shopper()
    path, kinds = CALLS["create_conversation"][1], ("SetUserProfile", "ConsumerRequestConversation")
    batch = [
        {"kind": "req", "id": kind, "type": f"{prefix}.{kind}", "body": {}}
        for prefix, kind in zip(("userprofile", "cm"), kinds, strict=True)
    ]
    batch[1]["body"] = {"brandId": way.sandbox.account}
    way.faults.inject("reordered_answers", consumer=None)

    answer = way.http.post(path, json=batch, headers=shopper.headers).json()

    assert [each["reqId"] for each in answer] == [*reversed(kinds)]
    assert "conversationId" in answer[0]["body"]


def test_spoilt_answer_keeps_its_other_header_fields(way: Way) -> None:
    """A media type is changed and nothing else."""
    way.faults.inject("wrong_content_type", consumer=None, operation="domains")
    method, path = CALLS["domains"]

    applied, usual = (httpx.request(method, f"{way.url}{path}", trust_env=False) for _ in range(2))

    assert applied.headers["content-type"] == "text/html; charset=utf-8"
    assert applied.content == usual.content
    assert applied.headers.keys() == usual.headers.keys()


def test_fault_for_a_consumer_applies_whoever_calls(way: Way) -> None:
    """The gateway serves one scenario at a time, and cannot tell consumers apart."""
    way.faults.inject("throttled", consumer="somebody else", retry_after=7)

    answer = way.http.get(CALLS["domains"][1])

    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")


@pytest.mark.parametrize(("fault", "operation"), [("twice", None), ("late", "webhook")])
def test_webhook_cannot_go_wrong(way: Way, fault: str, operation: str | None) -> None:
    """None passes the gateway, and it says so."""
    with pytest.raises(SandboxControlError, match=f"{fault} cannot apply to a webhook here"):
        way.faults.inject(fault, consumer=None, operation=operation, delay_s=1)


def test_unknown_fault_is_refused(way: Way) -> None:
    """As by the sandbox, with those that are known."""
    with pytest.raises(SandboxControlError, match="'earthquake', not one of latency"):
        way.faults.inject("earthquake", consumer=None)


def test_unknown_path_is_not_passed_on(way: Way) -> None:
    """Nobody can say which service it belongs to."""
    answer = way.http.get("/nowhere")

    assert answer.status_code == 502
    assert "no service is known to have GET /nowhere" in answer.text


def test_service_that_is_down_is_a_bad_gateway() -> None:
    """The answer says which service it is, where, and why."""
    with socket.socket() as holder:
        # Nobody else can take the port meanwhile, and nobody listens there.
        holder.bind(("127.0.0.1", 0))
        origin = f"http://127.0.0.1:{holder.getsockname()[1]}"
        with gateway_to(endpoint_at(origin)) as gateway:
            answer = httpx.get(f"{gateway.url}{CALLS['domains'][1]}", trust_env=False)

    assert answer.status_code == 502
    assert f"the service 'discovery' at {origin} did not answer" in answer.text


def test_service_without_an_address_is_a_bad_gateway(sandbox: RunningSandbox) -> None:
    """Not every account has every service."""
    with Gateway(endpoint_at(sandbox.url), {"discovery": sandbox.url}) as gateway:
        answer = httpx.post(f"{gateway.url}{CALLS['send'][1]}", trust_env=False)

    assert answer.status_code == 502
    assert "no address of the service 'asyncMessagingEnt' is known" in answer.text


def test_service_that_says_nothing_is_given_up() -> None:
    """After the time that the endpoint's settings give a call."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        origin = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with gateway_to(endpoint_at(origin, total_timeout_s=0.2)) as gateway:
            answer = httpx.get(f"{gateway.url}{CALLS['domains'][1]}", trust_env=False)

    assert answer.status_code == 502


@pytest.mark.parametrize("is_trusted", [True, False])
def test_certificate_must_be_trusted(is_trusted: bool) -> None:  # noqa: FBT001  # a parameter
    """By the authority that the endpoint's settings name; nobody else's will do."""
    running = start_sandbox("--tls").ready()
    endpoint = endpoint_at(running.url, ca_file=running.ca_file if is_trusted else None)

    with gateway_to(endpoint) as gateway:
        answer = httpx.get(f"{gateway.url}{CALLS['domains'][1]}", trust_env=False)

    running.stop()
    assert answer.status_code == (200 if is_trusted else 502)


def test_proxy_and_client_certificate(tmp_path: Path) -> None:
    """Calls take the way that the settings name, and show the certificate that they name."""
    authority, proxy = trustme.CA(), TunnelProxy()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    shown = authority.issue_cert("client.test").private_key_and_cert_chain_pem
    shown.write_to_path(tmp_path / "client.pem")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    server = LocalServer(context)
    endpoint = endpoint_at(
        server.url,
        ca_file=tmp_path / "ca.pem",
        client_certificate=tmp_path / "client.pem",
        proxy=Secret(proxy.address),
    )

    with gateway_to(endpoint) as gateway:
        answer = httpx.get(f"{gateway.url}{CALLS['domains'][1]}", trust_env=False)

    server.close()
    proxy.close()
    assert answer.status_code == 200
    assert proxy.asked[0].startswith("CONNECT 127.0.0.1:")


def test_gateway_that_does_not_start_says_why(tmp_path: Path) -> None:
    """With the last words of its process."""
    with pytest.raises(GatewayError, match="does not say what to call: FileNotFoundError"):
        gateway_to(endpoint_at("https://127.0.0.1:9", ca_file=tmp_path / "none.pem"))


def test_gateway_that_says_nothing_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for its address for ever."""
    (tmp_path / "mute.py").write_text("import sys\nsys.stdin.read()\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("connector_harness.control.gateway._MODULE", "mute")
    monkeypatch.setattr("connector_harness.control.gateway.START_TIMEOUT_S", 0.2)

    with pytest.raises(GatewayError, match="did not start; it said:\nnothing"):
        gateway_to(endpoint_at("http://127.0.0.1:9"))


def test_ctrl_c_does_not_reach_the_gateway(gateway: Gateway) -> None:
    """It has a session of its own; the run ends it in order."""
    assert os.getsid(gateway._process.pid) != os.getsid(0)  # noqa: SLF001


def test_stopped_gateway_is_gone(sandbox: RunningSandbox) -> None:
    """Nothing listens there any more; stopping again does nothing."""
    gateway = gateway_to(endpoint_at(sandbox.url))

    gateway.stop()
    gateway.stop()

    with pytest.raises(httpx.ConnectError):
        httpx.get(gateway.url, trust_env=False)
