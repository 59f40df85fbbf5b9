"""The receiver's web server: uvicorn in a thread of its own, bounded, timed, and silent.

What uvicorn leaves open is closed here: it reads a head for as long as its sender likes to take,
lets in any number of connections, tells whoever breaks HTTP what it thinks of that, and takes a
fifth of a second to stop.
"""

import asyncio
import ssl
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from http import HTTPStatus
from socket import socket
from typing import Final

import h11
import starlette.requests
import uvicorn
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from connector_harness.receiver.requests import Request

LARGEST_HEAD: Final = 32_768
"""How many bytes the request line and the header fields may have together."""

LARGEST_BODY: Final = 1_000_000
MOST_HEADERS: Final = 100
MOST_CONNECTIONS: Final = 200
"""How many connections are open at a time; one more is closed at once."""

REQUEST_S: Final = 5.0
"""How long a first byte, head and body may take, each; the documented senders wait no longer."""

IDLE_S: Final = 75
"""How long a connection may stay unused between requests; longer than clients keep one."""

_STOP_S: Final = 5.0
_LATE: Final = HTTPStatus.REQUEST_TIMEOUT

Handle = Callable[[Request], int]
"""Takes a request and returns the HTTP status to answer with; called in the server's thread."""


class Listener:
    """Serves HTTP, or HTTPS where there is *tls*, in a thread of its own.

    The bound socket is closed in the end; *handle* answers the requests, one at a time.

    Attributes:
        origin: The address of this machine under which it is reached.
    """

    def __init__(
        self,
        bound: socket,
        handle: Handle,
        *,
        tls: ssl.SSLContext | None = None,
        request_s: float = REQUEST_S,
    ) -> None:
        """Accept connections from now on."""
        host, port = bound.getsockname()[:2]
        # What listens everywhere is reached nearby.
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # a comparison
        host = f"[{host}]" if ":" in host else host
        self.origin = f"{'https' if tls else 'http'}://{host}:{port}"
        self._bound = bound
        self._tls = tls
        self._request_s = request_s
        self._config = uvicorn.Config(
            application(handle, request_s),
            http=H11Protocol,
            ws="none",
            # Whoever scans the network is nobody's news; a mistake of ours is.
            log_config=None,
            log_level="error",
            access_log=False,
            h11_max_incomplete_event_size=LARGEST_HEAD,
            timeout_keep_alive=IDLE_S,
        )
        self._started: Future[Callable[[], object]] = Future()
        self._thread = threading.Thread(target=self._run, name="webhook receiver", daemon=True)
        self._thread.start()
        self._end = self._started.result()

    def stop(self) -> None:
        """Close every connection and end the thread; calling it again does nothing."""
        if self._thread.is_alive():
            # The loop may end by itself between the question and the call.
            with suppress(RuntimeError):
                self._end()
            self._thread.join(_STOP_S)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            if self._started.done():
                raise
            self._bound.close()
            self._started.set_exception(error)

    async def _serve(self) -> None:
        loop, ending, state = asyncio.get_running_loop(), asyncio.Event(), ServerState()
        # Not `uvicorn.Server`, which grants a greeting in TLS a minute.
        server = await loop.create_server(
            lambda: _Protocol(self._config, state, self._request_s),
            sock=self._bound,
            backlog=MOST_CONNECTIONS,
            ssl=self._tls,
            ssl_handshake_timeout=self._request_s if self._tls else None,
        )
        self._started.set_result(lambda: loop.call_soon_threadsafe(ending.set))
        await ending.wait()
        # asyncio forgets whom it has accepted and not yet served when a server is closed: nobody
        # further is accepted, and those get their turn. Not every kind of loop has readers.
        with suppress(NotImplementedError):
            loop.remove_reader(self._bound)
        await asyncio.sleep(0)
        server.close()
        for connection in state.connections:
            connection.transport.abort()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        # Requests end with their connections; whoever is just being accepted is let go.
        for task in tasks - state.tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _Protocol(H11Protocol):
    """HTTP over one connection, whose heads arrive in time; refusals are statuses alone."""

    def __init__(self, config: uvicorn.Config, state: ServerState, request_s: float) -> None:
        super().__init__(config, state, {})
        self._request_s = request_s
        self._lateness: asyncio.TimerHandle | None = None

    def connection_made(  # type: ignore[override]  # as in uvicorn
        self, transport: asyncio.Transport
    ) -> None:
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.abort()
        self.timeout_keep_alive_task = self.loop.call_later(
            self._request_s, self.timeout_keep_alive_handler
        )

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        has_head = self.conn.their_state is not h11.IDLE
        if self._lateness is None and not has_head:
            self._lateness = self.loop.call_later(self._request_s, self._refuse, _LATE)
        elif self._lateness is not None and has_head:
            self._lateness.cancel()
            self._lateness = None

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  # nobody is told
        status = getattr(sys.exception(), "error_status_hint", HTTPStatus.BAD_REQUEST)
        known = status < HTTPStatus.INTERNAL_SERVER_ERROR
        self._refuse(status if known else HTTPStatus.BAD_REQUEST)

    def _refuse(self, status: int) -> None:
        if self.transport.is_closing():
            return
        headers = [("content-length", "0"), ("connection", "close")]
        for event in (h11.Response(status_code=status, headers=headers), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


def application(handle: Handle, request_s: float) -> ASGIApp:
    """Return the application that hands requests on, and answers with a status alone."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        asked = starlette.requests.Request(scope, receive)
        try:
            body = await _body(asked, request_s)
        except ClientDisconnect:
            return
        if isinstance(body, HTTPStatus):
            response = Response(status_code=body, headers={"connection": "close"})
        else:
            fields = (
                (name.decode("latin-1"), value.decode("latin-1"))
                for name, value in asked.headers.raw
            )
            path = asked.scope["raw_path"].decode("latin-1")
            response = Response(
                status_code=handle(Request(asked.method, path, tuple(fields), body))
            )
        await response(scope, receive, send)

    return answer


async def _body(asked: starlette.requests.Request, request_s: float) -> bytes | HTTPStatus:
    """Return the body, or the status with which the request is refused.

    Whoever sends too much can send it all, and so gets to read that it was too much.
    """
    if len(asked.headers.raw) > MOST_HEADERS:
        return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    body = bytearray()
    try:
        async with asyncio.timeout(request_s):
            async for piece in asked.stream():
                body += piece[: LARGEST_BODY + 1 - len(body)]
    except TimeoutError:
        if int(asked.headers.get("content-length", 0)) <= LARGEST_BODY >= len(body):
            return HTTPStatus.REQUEST_TIMEOUT
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return HTTPStatus.REQUEST_ENTITY_TOO_LARGE if len(body) > LARGEST_BODY else bytes(body)
