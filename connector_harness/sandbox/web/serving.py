"""Serving applications until a signal to end arrives, by http or, for one run, by https."""

import asyncio
import asyncio.constants
import errno
import logging
import os
import re
import socket
import ssl
import struct
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from connector_harness.sandbox.faults.broken_responses import CONNECTION
from connector_harness.sandbox.web.control_guard import ControlGuard

REQUEST_S: Final = 30.0
"""How long a request may take to arrive, from the connection or its first byte to its last."""

_DESCRIPTORS: Final = os.sysconf("SC_OPEN_MAX") if hasattr(os, "sysconf") else -1
MOST_CONNECTIONS: Final = min(1000, _DESCRIPTORS // 2) if _DESCRIPTORS > 0 else 1000
"""How many connections are open at a port at the most; the other descriptors are for the rest."""

_AT_ONCE: Final = max(1, min(128, MOST_CONNECTIONS // 4))
_OUT_OF_DESCRIPTORS: Final = (errno.EMFILE, errno.ENFILE)

_logger = logging.getLogger(__name__)
_NAMEABLE: Final = re.compile("[A-Za-z0-9.:-]+")
# Closed without lingering, a connection is reset instead of ended.
_NOT_A_MOMENT: Final = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Entrance:
    """An application and where it is served; by https where there is *tls* to do it with.

    Answers are ``dated`` by a header unless they are handed on as they are; ``control_token`` lets
    other machines use control routes.
    """

    app: ASGIApp
    bound: socket.socket
    tls: ssl.SSLContext | None = None
    dated: bool = True
    control_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Certified:
    """What a server needs to serve https, and what its clients need to believe it."""

    context: ssl.SSLContext
    ca_file: Path


@contextmanager
def certified(*hosts: str) -> Iterator[Certified]:
    """Yield a certificate for *hosts*; the PEM file of its authority is removed at the end.

    Nothing else is left on disk: the authority's key exists in memory only. A name with an
    underscore, say, which no certificate can hold, is left out.
    """
    # Loaded only where it is asked for: it makes keys with a crypto library.
    import trustme  # noqa: PLC0415

    authority = trustme.CA(organization_name="connector_harness sandbox")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    named = [host for host in dict.fromkeys(hosts) if _NAMEABLE.fullmatch(host)]
    authority.issue_cert(*named).configure_cert(context)
    descriptor, name = tempfile.mkstemp(prefix="connector-sandbox-", suffix=".pem")
    ca_file = Path(name)
    try:
        os.close(descriptor)
        ca_file.write_bytes(authority.cert_pem.bytes())
        yield Certified(context, ca_file)
    finally:
        ca_file.unlink(missing_ok=True)


def serve(
    main: Entrance,
    *beside: Entrance,
    announce: Callable[[], None],
    stop_with: int | None = None,
) -> None:
    """Serve until a signal to end arrives, or *stop_with*, a file descriptor, comes to its end.

    What the main application does at its end is done; those beside it have the same event loop.
    Once connections are accepted, *announce* is called.
    """
    for each in beside:
        # At once, so that connections wait instead of being refused.
        each.bound.listen()
    server = _Server(main, [_Server(each) for each in beside], announce)
    if stop_with is not None:
        threading.Thread(target=_stop_at_end, args=(server, stop_with), daemon=True).start()
    server.run(sockets=[main.bound])


class _Connection(H11Protocol):
    """HTTP over a connection that the calls on it are told of, so that a fault can break it.

    A request has to be there in `REQUEST_S`, and one connection too many is closed at once.
    """

    is_held = False
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, CONNECTION: self}
        if len(self.connections) > MOST_CONNECTIONS:
            _shortage.note(f"{MOST_CONNECTIONS} connections are open")
            transport.abort()
        else:
            self._expect_request()

    def data_received(self, data: bytes) -> None:
        if self._deadline is None:
            self._expect_request()
        super().data_received(data)
        if self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)
        if len(self.connections) < MOST_CONNECTIONS // 2:
            _shortage.end()

    def _expect_request(self) -> None:
        self._deadline = self.loop.call_later(REQUEST_S, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def reset(self) -> None:
        opened = self.transport.get_extra_info("socket")
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NOT_A_MOMENT)
        self.transport.abort()

    def end(self) -> None:
        self.transport.close()


class _Shortage:
    """Says once that nobody more is served, until that has ended."""

    is_told = False

    def note(self, why: str) -> None:
        if not self.is_told:
            self.is_told = True
            _logger.warning("nobody more is served until others have left: %s", why)

    def end(self) -> None:
        self.is_told = False

    def handle(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Handle what the event loop tells, which repeats itself where descriptors are out."""
        error = context.get("exception")
        if isinstance(error, OSError) and error.errno in _OUT_OF_DESCRIPTORS:
            self.note(str(error.strerror))
        else:
            loop.default_exception_handler(context)


_shortage: Final = _Shortage()


class _Server(uvicorn.Server):
    """A server; the one that announces has the signals, and ends those beside it.

    It waits for nobody when it ends: neither for idle clients, nor for those that a fault has.
    """

    def __init__(
        self,
        entrance: Entrance,
        beside: "Sequence[_Server]" = (),
        announce: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(_config(entrance, lifespan="off" if announce is None else "on"))
        self.bound = entrance.bound
        self._beside = beside
        self._announce = announce

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        with nullcontext() if self._announce is None else super().capture_signals():
            yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        asyncio.get_running_loop().set_exception_handler(_shortage.handle)
        # Over TLS there is a handshake before the connection; uvicorn has no setting for it.
        asyncio.constants.SSL_HANDSHAKE_TIMEOUT = REQUEST_S
        await super().startup(sockets=sockets)
        self._tasks = [asyncio.create_task(each.serve([each.bound])) for each in self._beside]
        if self._announce is not None:
            self._announce()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for each in self._beside:
            each.should_exit = True
        await asyncio.gather(*self._tasks)
        connections: Iterable[Any] = list(self.server_state.connections)
        for connection in connections:
            is_idle = connection.cycle is None or connection.cycle.response_complete
            if connection.is_held:
                connection.reset()
            elif is_idle and self.config.is_ssl:
                # It does not answer a goodbye over TLS, and would be waited for.
                connection.transport.abort()
        await super().shutdown(sockets=sockets)


def _config(entrance: Entrance, *, lifespan: Literal["on", "off"]) -> uvicorn.Config:
    tls = entrance.tls
    return uvicorn.Config(
        ControlGuard(entrance.app, entrance.control_token),
        loop="asyncio",
        http=_Connection,
        proxy_headers=False,
        ws="none",
        lifespan=lifespan,
        log_config=None,
        access_log=False,
        server_header=False,
        # So many are taken before the first of them can be turned away.
        backlog=_AT_ONCE,
        date_header=entrance.dated,
        # Longer than clients keep idle connections, so that they never write to a closing one.
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
        ssl_context_factory=None if tls is None else lambda _config, _default: tls,
    )


def _stop_at_end(server: uvicorn.Server, descriptor: int) -> None:
    # Not through a file object: Python cannot end while a thread waits inside one.
    while os.read(descriptor, 1024):
        pass
    server.should_exit = True
