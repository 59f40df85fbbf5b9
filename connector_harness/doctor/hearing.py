"""A receiver that listens as that of a run does, and knows the doctor's own calls from webhooks."""

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from connector_harness.client.settings import ReceiverSettings
from connector_harness.control.apps import WebhookApps
from connector_harness.doctor.result import CheckResult, failed, not_tried
from connector_harness.doctor.session import Session
from connector_harness.receiver.inbox import Inbox
from connector_harness.receiver.requests import Request
from connector_harness.receiver.server import Entrance, Receiver, ReceiverError, listen

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
        self.has_come = threading.Event()

    def open(self, settings: ReceiverSettings, handle: Callable[[Request], int]) -> Entrance:
        """Open the receiver's entrance, in which the doctor's own calls are kept apart."""

        def sort(request: Request) -> int:
            if not self._is_own(request):
                return handle(request)
            self.own.append(request)
            self.has_come.set()
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
