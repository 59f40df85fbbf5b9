"""A small HTTP server in a thread of its own: bounded, timed, and silent whatever is sent to it.

It speaks HTTP/1.1 through h11, answers with statuses alone, and never with one of the 500s
unless told to. The usual servers read a head for as long as its sender likes to take, say on
standard error what they think of it, and take a fifth of a second to stop.
"""

import asyncio
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from http import HTTPStatus
from socket import socket
from typing import Final

import h11

from connector_harness.receiver.requests import Request

LARGEST_HEAD: Final = 32_768
"""How many bytes the request line and the header fields may have together."""

LARGEST_BODY: Final = 1_000_000
"""How many bytes a body may have."""

MOST_HEADERS: Final = 100
"""How many header fields a request may have."""

MOST_CONNECTIONS: Final = 200
"""How many connections are open at a time; one more is closed at once."""

REQUEST_S: Final = 5.0
"""How long a request may take to arrive, in seconds; the documented senders wait no longer."""

IDLE_S: Final = 75.0
"""How long a connection may stay unused, in seconds; longer than clients keep one."""

_CHUNK: Final = 65_536
_LINGER_S: Final = 1.0
_STOP_S: Final = 5.0

Handle = Callable[[Request], int]
"""Takes a request and returns the HTTP status to answer with; called in the server's thread."""


class _RefusedError(Exception):
    """A request that is answered without being handled, and the status for it."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Listener:
    """Serves HTTP in a thread of its own.

    Args:
        bound: A bound socket; closed in the end.
        handle: Answers the requests, one at a time.
        tls: What to speak TLS with; None for plain HTTP.
        request_s: How long a request may take to arrive, in seconds.
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
        self._bound = bound
        self._handle = handle
        self._tls = tls
        self._request_s = request_s
        self._tasks: set[asyncio.Task[None]] = set()
        self._started: Future[Callable[[], None]] = Future()
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
        loop, ending = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(
            self._accept,
            sock=self._bound,
            limit=_CHUNK,
            backlog=MOST_CONNECTIONS,
            ssl=self._tls,
            ssl_handshake_timeout=self._request_s if self._tls else None,
        )

        def end() -> None:
            loop.call_soon_threadsafe(ending.set)

        self._started.set_result(end)
        await ending.wait()
        # asyncio forgets whom it has accepted and not yet served when a server is closed: nobody
        # further is accepted, and those get their turn. Not every kind of loop has readers.
        with suppress(NotImplementedError):
            loop.remove_reader(self._bound)
        await asyncio.sleep(0)
        server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._tasks) >= MOST_CONNECTIONS:
            writer.transport.abort()
            return
        connection = _Connection(reader, writer, self._request_s)
        task = asyncio.get_running_loop().create_task(connection.serve(self._handle))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        # Not inside of the task: one that is cancelled before it begins does nothing at all.
        task.add_done_callback(lambda _: writer.transport.abort())


class _Connection:
    """One connection and the requests that follow each other on it."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request_s: float
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._request_s = request_s
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=LARGEST_HEAD)

    async def serve(self, handle: Handle) -> None:
        """Answer requests until either side has had enough."""
        try:
            while await self._is_used() and await self._serve_one(handle):
                self._http.start_next_cycle()
        except (OSError, h11.ProtocolError):
            # A time ran out, the other side has gone or breaks the protocol: nobody to tell.
            return

    async def _is_used(self) -> bool:
        """Wait for the first bytes of a request; return whether there are any."""
        already_here, _ = self._http.trailing_data
        if already_here:
            return True
        async with asyncio.timeout(IDLE_S):
            data = await self._reader.read(_CHUNK)
        self._http.receive_data(data)
        return bool(data)

    async def _serve_one(self, handle: Handle) -> bool:
        """Answer one request and return whether another may follow."""
        try:
            async with asyncio.timeout(self._request_s):
                request = await self._request()
        except TimeoutError:
            await self._refuse(HTTPStatus.REQUEST_TIMEOUT)
        except h11.RemoteProtocolError as error:
            hint = error.error_status_hint
            known = hint < HTTPStatus.INTERNAL_SERVER_ERROR
            await self._refuse(hint if known else HTTPStatus.BAD_REQUEST)
        except _RefusedError as refusal:
            await self._refuse(refusal.status)
        else:
            await self._answer(handle(request))
        return self._http.our_state is self._http.their_state is h11.DONE

    async def _request(self) -> Request:
        head = await self._event()
        if not isinstance(head, h11.Request):
            raise _RefusedError(HTTPStatus.BAD_REQUEST)
        headers = tuple(
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers
        )
        if len(headers) > MOST_HEADERS:
            raise _RefusedError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        if int(dict(headers).get("content-length", "0")) > LARGEST_BODY:
            raise _RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if self._http.they_are_waiting_for_100_continue:
            self._write(h11.InformationalResponse(status_code=100, headers=[]))
        path, _, _ = head.target.decode("latin-1").partition("?")
        return Request(head.method.decode("latin-1"), path, headers, await self._body())

    async def _body(self) -> bytes:
        body = bytearray()
        while isinstance(event := await self._event(), h11.Data):
            body += event.data
            if len(body) > LARGEST_BODY:
                raise _RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return bytes(body)

    async def _event(self) -> object:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            self._http.receive_data(await self._reader.read(_CHUNK))
        return event

    async def _refuse(self, status: int) -> None:
        await self._answer(status, ("connection", "close"))
        if self._writer.can_write_eof():
            self._writer.write_eof()
        # Closing on bytes unread would reset the connection, and the answer with it.
        with suppress(TimeoutError):
            async with asyncio.timeout(_LINGER_S):
                while await self._reader.read(_CHUNK):
                    pass

    async def _answer(self, status: int, *headers: tuple[str, str]) -> None:
        self._write(
            h11.Response(status_code=status, headers=[("content-length", "0"), *headers]),
            h11.EndOfMessage(),
        )
        async with asyncio.timeout(self._request_s):
            await self._writer.drain()

    def _write(self, *events: h11.Event) -> None:
        # In one piece: the second of two small ones would wait for the receipt of the first.
        self._writer.write(b"".join(self._http.send(event) or b"" for event in events))
