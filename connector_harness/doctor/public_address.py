"""Whether what is sent to the public address arrives at the receiver as it was sent."""

import json
from typing import Final

from connector_harness.client.http.exchange import Exchange
from connector_harness.client.http.transport import Transport, TransportError
from connector_harness.doctor.certificate import ConnectionProblemError, certificate_of
from connector_harness.doctor.hearing import Heard
from connector_harness.doctor.result import (
    CheckResult,
    Problem,
    failed,
    judged,
    not_tried,
    wrong,
)
from connector_harness.doctor.session import Session
from connector_harness.receiver.requests import Request
from connector_harness.receiver.server import PATH
from connector_harness.receiver.signature import HEADER, sign

CHECK: Final = "public address"

_OK: Final = 200
_BAD_GATEWAY: Final = (502, 503, 504)
_LONGEST_S: Final = 10.0


def check_public_address(session: Session, heard: Heard) -> CheckResult:
    """Send a signed document to the public address, and return how it arrived at the receiver."""
    endpoint = session.endpoint
    origin = endpoint.public_address
    if origin is None:
        return not_tried(CHECK, "not needed: the sandbox there is told where to send")
    try:
        certificate_of(origin, endpoint)
    except ConnectionProblemError as error:
        return wrong(CHECK, f"{origin}: {error.what}", error.remedy)
    body = _body(heard.mark)
    headers = {
        "Content-Type": "application/json",
        HEADER: sign(body, endpoint.client_secret.get_secret_value()),
        "x-liveperson-account-id": endpoint.account,
        "x-liveperson-client-id": heard.mark,
    }
    transport = Transport(endpoint, report=lambda _: None)
    transport.total_s = min(transport.total_s, _LONGEST_S)
    fields = [(name.encode(), value.encode()) for name, value in headers.items()]
    try:
        exchange = transport.call("webhook", "POST", heard.url, headers=fields, content=body)
    except TransportError as error:
        if not heard.own:
            return failed(CHECK, error)
        exchange = error.exchange
    finally:
        transport.close()
    return _arrival(heard, exchange, headers, body)


def _body(mark: str) -> bytes:
    # Signs and spaces that a proxy which writes JSON anew would not keep.
    document = {"kind": "doctor", "mark": mark, "text": "Grüße 👋 <&>  "}
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _arrival(heard: Heard, exchange: Exchange, headers: dict[str, str], body: bytes) -> CheckResult:
    if not heard.own:
        return _elsewhere(heard, exchange.status)
    problems = list(_changes(heard.own[0], headers, body))
    if exchange.status != _OK:
        back = exchange.failure or f"status {exchange.status}"
        what = f"the receiver answered 200, and {back} came back"
        problems.append((what, "let the proxy hand on the answer"))
    told = f"{heard.url} reaches the receiver, in {exchange.elapsed_s:.2f} s"
    return judged(CHECK, problems, told)


def _elsewhere(heard: Heard, status: int | None) -> CheckResult:
    if status in _BAD_GATEWAY:
        return wrong(
            CHECK,
            f"{heard.url} answers {status}: a proxy is there, and does not reach the receiver",
            f"let it forward to {heard.nearby}, or let listen name where it does",
        )
    return wrong(
        CHECK,
        f"another server answers at {heard.url}, with status {status}",
        f"point the tunnel or proxy at {heard.nearby}, path included",
    )


def _changes(came: Request, headers: dict[str, str], body: bytes) -> list[Problem]:
    found = []
    if came.body != body:
        sizes = f"{len(body)} bytes sent, {len(came.body)} came"
        what = f"the body was changed on the way ({sizes}), so that no signature fits"
        found.append((what, "let the proxy hand on the bytes as they are"))
    for name, sent in headers.items():
        values = [value for key, value in came.headers if key == name.lower()]
        if values != [sent]:
            how = "lost" if not values else "changed"
            what = f"the header {name} was {how} on the way"
            found.append((what, f"let the proxy hand on {name} as it is"))
    if came.path != PATH:
        what = f"what was sent to {PATH} arrived at {came.path}, where nothing is taken"
        found.append((what, "let the proxy hand on the path as it is"))
    if came.method != "POST":
        found.append((f"the POST arrived as {came.method}", "let the proxy not redirect"))
    return found
