"""One app's end of the receiver: what is delivered to it is verified, judged and kept."""

import math
import threading
import time
from collections.abc import Callable, Container
from dataclasses import replace
from typing import Final

from connector_harness.receiver import signature
from connector_harness.receiver.inbox import Inbox
from connector_harness.receiver.notification import Notification, read_notification
from connector_harness.receiver.requests import Request

ACCOUNT_HEADER: Final = "x-liveperson-account-id"
CLIENT_HEADER: Final = "x-liveperson-client-id"
"""The header fields, in lower case, that name account and app. Source: API facts §9.2."""

OK: Final = 200
UNAUTHORIZED: Final = 401
_STATUSES: Final = range(200, 600)

Witness = Callable[[Notification], str | None]
"""Judges a notification and returns what is wrong with it, if anything."""


class App:
    """One app's end of the receiver.

    A delivery with a bad signature is answered 401 and tells nothing; whatever else is wrong
    with one is kept with it as a fault, and it is answered 200 all the same, so that the sender
    has no reason to repeat it.

    Args:
        path: Where its deliveries go. Each type may go to a path of its own below it, named for
            the key of the app manifest, as ``/notifications/ms.….ContentEvent``.
        secret: The client secret, with which deliveries are signed.
        inbox: Where they are kept.
        witness: Judges every notification with a good signature.
        account: The account that deliveries must name; None for any. So for *client_id*.
        among: The conversations it is for; grows from outside. What is delivered of others is
            answered 200, and neither refused nor kept. None for all there are.
    """

    ANY: Final = "*"
    """Stands for whatever conversation where deliveries are refused."""

    def __init__(
        self,
        path: str,
        secret: str,
        *,
        inbox: Inbox,
        witness: Witness,
        account: str | None = None,
        client_id: str | None = None,
        among: Container[str] | None = None,
    ) -> None:
        """Refuse nothing yet."""
        self.path = path
        self.inbox = inbox
        self._secret = secret
        self._witness = witness
        self._among = among
        self._named = {ACCOUNT_HEADER: account, CLIENT_HEADER: client_id}
        # The status, and how often it is still given.
        self._refusals: dict[str, tuple[int, float]] = {}
        self._lock = threading.Lock()

    def refuse(self, conversation_id: str, *, status: int, times: int | None = None) -> None:
        """Answer deliveries of a conversation, or of `ANY`, with *status*, and lose them.

        So many times, or until `accept_again`; it is 200 to 599.

        Raises:
            ValueError: There is no such status.
        """
        if status not in _STATUSES:
            raise ValueError(
                f"{status!r} is no status to answer with\n  next: use one of 200 to 599"
            )
        with self._lock:
            self._refusals[conversation_id] = (status, math.inf if times is None else times)

    def accept_again(self, conversation_id: str) -> None:
        """Answer deliveries of a conversation as usual."""
        with self._lock:
            self._refusals.pop(conversation_id, None)

    def receive(self, request: Request) -> int:
        """Keep what *request* delivers, and return the HTTP status to answer with."""
        notification = read_notification(
            request.headers, request.body, received_at=time.monotonic(), at=time.time()
        )
        signed = notification.header(signature.HEADER)
        if signed is None or not signature.is_signed(signed, request.body, self._secret):
            self.inbox.deliver(notification.unsigned(_bad_signature(signed)))
            return UNAUTHORIZED
        if self._is_for_others(notification):
            return OK
        status = self._refusal(notification)
        if status is not None:
            self.inbox.deliver(replace(notification, lost_with=status))
            return status
        faults = [*self._faults_of_request(request, notification), *self._judge(notification)]
        self.inbox.deliver(notification.with_faults(*faults))
        return OK

    def _is_for_others(self, notification: Notification) -> bool:
        named, among = notification.conversation_ids, self._among
        return among is not None and bool(named) and not any(each in among for each in named)

    def _refusal(self, notification: Notification) -> int | None:
        with self._lock:
            for id_ in (*notification.conversation_ids, self.ANY):
                status, left = self._refusals.get(id_, (OK, 0))
                if left:
                    self._refusals[id_] = (status, left - 1)
                    return status
        return None

    def _faults_of_request(self, request: Request, notification: Notification) -> list[str]:
        faults = []
        if request.method != "POST":
            faults.append(f"delivered with {request.method!r}, not with 'POST'")
        for name, expected in self._named.items():
            given = notification.header(name)
            if not given:
                faults.append(f"the header {name} is missing")
            elif expected is not None and given != expected:
                faults.append(f"the header {name} is {given[:80]!r}, not {expected!r}")
        below = request.path.removeprefix(self.path).strip("/")
        if below and below != notification.subscription:
            faults.append(
                f"{notification.subscription!r} was delivered to the endpoint of {below[:80]!r}"
            )
        return faults

    def _judge(self, notification: Notification) -> list[str]:
        if notification.faults:
            return []
        try:
            fault = self._witness(notification)
        except Exception as error:  # noqa: BLE001  # a judge that fails must not answer the sender
            fault = f"it could not be judged: {type(error).__name__}: {str(error)[:200]}"
        return [] if fault is None else [fault]


def _bad_signature(header: str | None) -> str:
    if header is None:
        return f"the header {signature.HEADER} is missing"
    return f"the signature {header[:80]!r} is not that of the body"
