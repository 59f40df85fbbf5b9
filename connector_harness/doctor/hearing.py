"""What a receiver hears: the doctor's own call to the public address, and webhooks."""

import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from connector_harness.client.http.exchange import Exchange
from connector_harness.client.http.transport import Transport, TransportError
from connector_harness.client.settings import ReceiverSettings
from connector_harness.control.apps import WebhookApps
from connector_harness.doctor.connection import ConnectionProblemError, certificate_of
from connector_harness.doctor.conversation import TEXT, TrialConversation
from connector_harness.doctor.result import (
    CheckResult,
    Problem,
    failed,
    judged,
    not_tried,
    wrong,
)
from connector_harness.doctor.session import Session
from connector_harness.receiver.arrival import NotArrivedError
from connector_harness.receiver.inbox import Inbox
from connector_harness.receiver.notification import CONVERSATION, MESSAGING, Change
from connector_harness.receiver.requests import Request
from connector_harness.receiver.server import PATH, Entrance, Receiver, ReceiverError, listen
from connector_harness.receiver.signature import HEADER, sign

_OK: Final = 200


class Heard:
    """What has come in: the webhooks, and the doctor's own calls, known by a mark in them.

    The endpoint reaches the receiver at `url`, this machine at the origin `nearby`.
    """

    def __init__(self) -> None:
        self.inbox = Inbox()
        self.url = self.nearby = ""
        self.mark = f"doctor-{secrets.token_hex(8)}"
        self.own: list[Request] = []

    def open(self, settings: ReceiverSettings, handle: Callable[[Request], int]) -> Entrance:
        """Open the receiver's entrance, in which the doctor's own calls are kept apart."""

        def sort(request: Request) -> int:
            if not self._is_own(request):
                return handle(request)
            self.own.append(request)
            return _OK

        entrance = listen(settings, sort)
        self.nearby = entrance.origin
        return entrance

    def _is_own(self, request: Request) -> bool:
        # A proxy may have lost either the body or a header.
        return self.mark.encode() in request.body or any(
            self.mark in value for _, value in request.headers
        )


@contextmanager
def hearing(session: Session, check: str) -> Iterator[Heard | CheckResult]:
    """Yield what is heard while the context lasts; or, as the result of *check*, why nothing is."""
    settings = session.endpoint.receiver
    if session.control is None and session.endpoint.public_address is None:
        missing = "listen and public_address" if settings is None else "public_address"
        yield not_tried(check, f"not tried: the settings name no receiver ({missing})")
        return
    heard = Heard()
    receiver = Receiver(
        heard.inbox,
        session.endpoint.client_secret.get_secret_value(),
        witness=lambda _: None,
        settings=settings,
        account=session.endpoint.account,
        opening=heard.open,
    )
    try:
        receiver.start()
    except ReceiverError as error:
        yield failed(check, error)
        return
    with ExitStack() as stack:
        stack.callback(receiver.stop)
        if session.control is not None:
            # A sandbox can be told to send its webhooks here.
            apps = WebhookApps(session.control, receiver, session.redactor)
            stack.callback(apps.remove_all)
            apps.install_instead_of_main()
        heard.url = receiver.url
        yield heard


PUBLIC_ADDRESS: Final = "public address"

_BAD_GATEWAY: Final = (502, 503, 504)
_LONGEST_S: Final = 10.0


def check_public_address(session: Session, heard: Heard) -> CheckResult:
    """Send a signed document to the public address, and return how it arrived at the receiver."""
    endpoint = session.endpoint
    origin = endpoint.public_address
    if origin is None:
        return not_tried(PUBLIC_ADDRESS, "not needed: the sandbox there is told where to send")
    try:
        certificate_of(origin, endpoint)
    except ConnectionProblemError as error:
        return wrong(PUBLIC_ADDRESS, f"{origin}: {error.what}", error.remedy)
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
            return failed(PUBLIC_ADDRESS, error)
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
    return judged(PUBLIC_ADDRESS, problems, told)


def _elsewhere(heard: Heard, status: int | None) -> CheckResult:
    if status in _BAD_GATEWAY:
        return wrong(
            PUBLIC_ADDRESS,
            f"{heard.url} answers {status}: a proxy is there, and does not reach the receiver",
            f"let it forward to {heard.nearby}, or let listen name where it does",
        )
    return wrong(
        PUBLIC_ADDRESS,
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


WEBHOOKS: Final = "webhooks"

WITHIN_S: Final = 15.0
"""How long both are waited for, in seconds."""


def check_webhooks(
    trial: TrialConversation,
    heard: Heard,
    address: CheckResult,
    *,
    within_s: float = WITHIN_S,
) -> CheckResult:
    """Return whether the open conversation and its message were told of, and after what time."""
    if trial.conversation is None:
        return not_tried(WEBHOOKS, "not tried: no conversation was opened")
    id_, deadline = trial.conversation.id, time.monotonic() + within_s
    opening = _wait_for(heard, id_, "conversation", deadline)
    message = _wait_for(heard, id_, "message", deadline) if trial.number is not None else None
    faults = list(dict.fromkeys(heard.inbox.faults_of(id_)))
    if not (opening or message):
        return _silence(heard, address, id_, within_s)
    problems = [
        (fault.partition("\n")[0], "see the webhook; other apps may send here") for fault in faults
    ]
    problems += _missing(opening, f"{CONVERSATION} did not arrive", CONVERSATION)
    if trial.number is not None:
        event = f"{MESSAGING}.ContentEvent"
        problems += _missing(message, f"{event} did not arrive", event)
    told = [f"the conversation after {_late(opening, trial.opened_at)}"]
    told += [f"the message after {_late(message, trial.said_at)}"] if message else []
    return judged(WEBHOOKS, problems, ", ".join(told))


def _silence(heard: Heard, address: CheckResult, id_: str, within_s: float) -> CheckResult:
    if heard.inbox.refused(id_):
        return wrong(
            WEBHOOKS,
            "they arrive, and are signed with another secret than CONNECTOR_CLIENT_SECRET",
            "set the secret of the app whose manifest names the receiver",
        )
    told = f"none within {within_s:g} s of the message"
    if address.outcome == "wrong":
        return wrong(WEBHOOKS, told, "first mend the public address, then look again")
    return wrong(
        WEBHOOKS,
        told,
        f"see that the app's manifest names {heard.url}, or what is below it, as endpoint of "
        "each type; that the app is enabled; and wait 120 s after a change of it",
    )


def _wait_for(heard: Heard, id_: str, what: str, deadline: float) -> Change | None:
    def is_it(change: Change) -> bool:
        if what == "conversation":
            return change.kind == "conversation"
        return change.is_content and change.event.get("message") == TEXT

    try:
        left = max(0.0, deadline - time.monotonic())
        return heard.inbox.wait_for(id_, is_it, what=what, within_s=left)
    except NotArrivedError:
        return None


def _missing(change: Change | None, what: str, subscription: str) -> list[tuple[str, str]]:
    remedy = f"name an endpoint for {subscription} in the app's manifest"
    return [] if change is not None else [(what, remedy)]


def _late(change: Change | None, since: float) -> str:
    # One that is told of before the answer arrives is not late at all.
    return "0.00 s" if change is None else f"{max(0.0, change.received_at - since):.2f} s"
