"""Serving applications until a signal to end arrives."""

import asyncio
import os
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import uvicorn
from starlette.applications import Starlette

from connector_harness.sandbox.faults.connections import protocol


@dataclass(frozen=True, slots=True)
class Entrance:
    """An application and where it is served.

    Attributes:
        app: The application.
        bound: Where to listen.
        tls: What to serve https with; None for plain http.
        dated: Whether answers get the header ``Date``; what hands answers on leaves them as they
            are.
    """

    app: Starlette
    bound: socket.socket
    tls: ssl.SSLContext | None = None
    dated: bool = True


def serve(
    main: Entrance,
    *beside: Entrance,
    announce: Callable[[], None],
    stop_with: int | None = None,
) -> None:
    """Serve until a signal to end arrives.

    Args:
        main: What is served; what its application does at the end is done.
        beside: What is served in the same event loop, at other addresses.
        announce: Called once connections are accepted.
        stop_with: A file descriptor whose end is another reason to stop.
    """
    for each in beside:
        # At once, so that connections wait instead of being refused.
        each.bound.listen()
    server = _Main(main, beside, announce)
    if stop_with is not None:
        threading.Thread(target=_stop_at_end, args=(server, stop_with), daemon=True).start()
    server.run(sockets=[main.bound])


class _Server(uvicorn.Server):
    """Leaves idle clients behind when it ends."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self.config.is_ssl:
            # An idle client does not answer a goodbye over TLS, and would be waited for.
            connections: Iterable[Any] = self.server_state.connections
            for connection in connections:
                if connection.cycle is None or connection.cycle.response_complete:
                    connection.transport.abort()
        await super().shutdown(sockets=sockets)


class _Companion(_Server):
    """A server that ends with the main one, to which it leaves the signals."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _Main(_Server):
    """The server that the signals are for, and that ends the others."""

    def __init__(
        self, main: Entrance, beside: Sequence[Entrance], announce: Callable[[], None]
    ) -> None:
        super().__init__(_config(main, lifespan="on"))
        self._connections = main.app.state.connections
        self._beside = beside
        self._companions = [_Companion(_config(each, lifespan="off")) for each in beside]
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self._tasks = [
            asyncio.create_task(companion.serve([each.bound]))
            for companion, each in zip(self._companions, self._beside, strict=True)
        ]
        self._announce()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._connections.let_go()
        for companion in self._companions:
            companion.should_exit = True
        await asyncio.gather(*self._tasks)
        await super().shutdown(sockets=sockets)


def _config(entrance: Entrance, *, lifespan: Literal["on", "off"]) -> uvicorn.Config:
    tls = entrance.tls
    return uvicorn.Config(
        entrance.app,
        loop="asyncio",
        http=protocol(entrance.app.state.connections),
        # What a client says of its own address is not taken for it: connections go by it.
        proxy_headers=False,
        ws="none",
        lifespan=lifespan,
        log_config=None,
        access_log=False,
        server_header=False,
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
