"""The webhook receiver: a web server that hands each app what is delivered to it."""

import socket
import ssl
import time
from collections.abc import Callable, Container
from typing import Final, Protocol, Self, TypeAlias

from connector_harness.client.settings import ReceiverSettings
from connector_harness.receiver import signature
from connector_harness.receiver.app import App, Witness
from connector_harness.receiver.inbox import Inbox
from connector_harness.receiver.notification import read_notification
from connector_harness.receiver.requests import Request

PATH: Final = "/notifications"
"""Where the deliveries to the main app go."""

_NOT_FOUND: Final = 404
_LOCAL: Final = ReceiverSettings(listen="127.0.0.1:0")


class ReceiverError(Exception):
    """The receiver cannot be started; the message says why."""


class Entrance(Protocol):
    """Where deliveries come in, once it is open."""

    @property
    def origin(self) -> str:
        """The address of this machine under which it is reached."""

    def stop(self) -> None:
        """Let nothing in any more; calling it again does nothing."""


Open: TypeAlias = Callable[[ReceiverSettings, Callable[[Request], int]], Entrance]
"""Opens an entrance; what comes in is handed on, and answered with the status that is returned."""


class Receiver:
    """The webhook receiver, in a thread of its own once it is started.

    The main app has an inbox, the client secret as *secret*, and perhaps an id that deliveries
    must name, as they must *account*. *witness* judges every notification with a good signature,
    in the receiver's thread. By default it listens on a free port of this machine, as a web server.
    """

    def __init__(
        self,
        inbox: Inbox,
        secret: str,
        *,
        witness: Witness,
        settings: ReceiverSettings | None = None,
        account: str | None = None,
        client_id: str | None = None,
        opening: Open | None = None,
    ) -> None:
        """Know the main app; nothing listens yet."""
        self._opening = opening or listen
        self._settings = settings or _LOCAL
        self._witness = witness
        self._account = account
        self._entrance: Entrance | None = None
        self.main = App(
            PATH, secret, inbox=inbox, witness=witness, account=account, client_id=client_id
        )
        self._apps = {PATH: self.main}

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self.stop()

    @property
    def url(self) -> str:
        """Where the main app's deliveries go, as the endpoint reaches it."""
        return self.url_of(self.main)

    def url_of(self, app: App) -> str:
        """Return where the deliveries to *app* go, as the endpoint reaches it.

        Raises:
            ReceiverError: It is not started.
        """
        if self._entrance is None:
            raise ReceiverError("the receiver has no address yet\n  next: start it first")
        return f"{self._settings.public_address or self._entrance.origin}{app.path}"

    def start(self) -> None:
        """Accept deliveries from now on.

        Raises:
            ReceiverError: The address cannot be listened on, or the certificate cannot be used.
        """
        self._entrance = self._opening(self._settings, self._handle)

    def stop(self) -> None:
        """Close every connection and stop listening; calling it again does nothing."""
        entrance, self._entrance = self._entrance, None
        if entrance is not None:
            entrance.stop()

    def add_app(
        self,
        path: str,
        secret: str,
        *,
        inbox: Inbox | None = None,
        client_id: str | None = None,
        among: Container[str] | None = None,
    ) -> App:
        """Receive for one more app and return its end; it may be added while others receive.

        The arguments are those of `App`; *path*, as ``/own/1``, is no other app's, nor below one,
        and by default the inbox is a new one.
        """
        app = App(
            path,
            secret,
            inbox=Inbox(wait_s=self.main.inbox.wait_s) if inbox is None else inbox,
            witness=self._witness,
            account=self._account,
            client_id=client_id,
            among=among,
        )
        # Replaced as a whole, because the receiver's thread may be reading it.
        self._apps = {**self._apps, path: app}
        return app

    def remove_app(self, app: App) -> None:
        """Receive for *app* no more; removing it again does nothing."""
        self._apps = {path: each for path, each in self._apps.items() if each is not app}

    def takes(self, path: str) -> bool:
        """Return whether an app receives at *path*."""
        return any(_is_at_or_below(path, each) for each in self._apps)

    def _handle(self, request: Request) -> int:
        for path, app in self._apps.items():
            if _is_at_or_below(request.path, path):
                return app.receive(request)
        self._keep_misdirected(request)
        return _NOT_FOUND

    def _keep_misdirected(self, request: Request) -> None:
        """Keep what was meant for a receiver; whoever scans the network signs nothing."""
        if all(name != signature.HEADER for name, _ in request.headers):
            return
        notification = read_notification(
            request.headers, request.body, received_at=time.monotonic(), at=time.time()
        )
        fault = f"delivered to {request.path[:80]!r}, where no app is"
        self.main.inbox.deliver(notification.unsigned(fault))


def _is_at_or_below(path: str, other: str) -> bool:
    return path == other or path.startswith(f"{other}/")


def listen(settings: ReceiverSettings, handle: Callable[[Request], int]) -> Entrance:
    """Open a web server in a thread of its own, which answers with the statuses of *handle*.

    Raises:
        ReceiverError: The address cannot be listened on, or the certificate cannot be used.
    """
    # A run without notifications needs no web server and should not wait for one.
    from connector_harness.receiver.listener import Listener  # noqa: PLC0415  # see above

    tls = _tls(settings)
    return Listener(_bind(settings), handle, tls=tls)


def see_whether_free(settings: ReceiverSettings) -> None:
    """See that a web server could be opened, and open none.

    Raises:
        ReceiverError: The address cannot be listened on, or the certificate cannot be used.
    """
    _tls(settings)
    _bind(settings).close()


def _bind(settings: ReceiverSettings) -> socket.socket:
    host, port = settings.host, settings.port
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise ReceiverError(
            f"the receiver cannot listen on {host!r} port {port}: {error.strerror or error}\n"
            "  at: listen in the endpoint's table, receiver\n"
            "  next: name an address of this machine that nobody else listens on"
        ) from None


def _tls(settings: ReceiverSettings) -> ssl.SSLContext | None:
    if settings.certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # The oldest version that deliveries use. Source: API facts §9.2.
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        # The empty password keeps a locked key from asking for one on the terminal.
        context.load_cert_chain(settings.certificate, settings.key, password="")
    except OSError as error:
        raise ReceiverError(
            f"the receiver's certificate {settings.certificate.name!r} cannot be used: "
            f"{error.strerror or type(error).__name__}\n"
            "  at: certificate and key in the endpoint's table, receiver\n"
            "  next: name a certificate chain and its private key in PEM form, without a password"
        ) from None
    return context
