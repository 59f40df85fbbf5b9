"""A sandbox in this process, and the ways to it and from it that open no connection."""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.applications import Starlette

from connector_harness.client.http.connections import CallState, Carrier
from connector_harness.client.settings import ReceiverSettings
from connector_harness.plugin.preview.hurry import HurriedLoop
from connector_harness.receiver.requests import Request
from connector_harness.sandbox.api.context import create_sandbox
from connector_harness.sandbox.state.state import Store
from connector_harness.sandbox.state.tokens import Tokens
from connector_harness.sandbox.web.app import create_app

ADDRESS: Final = "http://localhost"
"""Where the sandbox is said to be; nothing listens there for a preview."""

RECEIVER: Final = "http://localhost/receiver"
"""Where the receiver is said to be; nothing listens there either."""

_CONTROL_S: Final = 30.0
_Done = TypeVar("_Done")


class Stage:
    """A sandbox in this process: what it is asked it answers as any other, without a network.

    Attributes:
        account: The id of its one account.
        client_id: The id of the account's app.
        client_secret: The secret of that app.

    Args:
        account: See above; default: one of its own.
        client_id: See above; default: one of its own.
        client_secret: See above; default: one of its own.
    """

    def __init__(
        self,
        account: str | None = None,
        client_id: str | None = None,
        client_secret: str | None = None,
    ) -> None:
        """Be ready to answer."""
        store = Store()
        known = store.add(account, client_id=client_id, client_secret=client_secret)
        self.account, self.client_id = known.id, known.client_id
        self.client_secret = known.client_secret
        self._entrance: _Entrance | None = None
        self._loop = HurriedLoop()
        self._thread = threading.Thread(target=self._serve, name="stage", daemon=True)
        self._thread.start()
        self._app = create_app(
            create_sandbox(
                store,
                clock=self.clock,
                tokens=Tokens(self.clock),
                webhook_carrier=_ToReceiver(self._receive),
            )
        )
        self._context = AsyncExitStack()
        self._run(self._context.enter_async_context(_lifespan(self._app)))

    @property
    def carrier(self) -> Carrier:
        """What a connector's requests travel by."""
        return lambda call: _FromClient(self, call)

    @property
    def control_carrier(self) -> httpx.BaseTransport:
        """What requests to the sandbox's control routes travel by."""
        return _FromControl(self)

    def open(self, _settings: ReceiverSettings, handle: Callable[[Request], int]) -> "_Entrance":
        """Return the entrance of a receiver, to which the sandbox's deliveries go from now on."""
        self._entrance = _Entrance(handle)
        return self._entrance

    def clock(self) -> float:
        """Return the time of day as the sandbox has it, in seconds since the epoch."""
        return time.time() + self._loop.skipped_s

    def wait(self, seconds: float) -> None:
        """Let *seconds* pass, at once."""
        self._loop.skip(seconds)

    def answer(self, request: httpx.Request, *, within_s: float) -> httpx.Response:
        """Return the answer to *request*.

        Raises:
            TimeoutError: There is none in time; the time is skipped, not waited for.
            ConnectionError: The sandbox breaks the connection.
        """
        return self._run(self._answer(request, within_s))

    def close(self) -> None:
        """End it, with all that it still wanted to deliver."""
        self._run(self._context.aclose())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _answer(self, request: httpx.Request, within_s: float) -> httpx.Response:
        # An httpx transport, whose exceptions are the application's own.
        application = httpx.ASGITransport(self._app)
        sent = httpx.Request(
            request.method, request.url, headers=request.headers.raw, content=request.read()
        )
        with self._loop.hurried():
            async with asyncio.timeout(within_s):
                response = await application.handle_async_request(sent)
                body = await response.aread()
        return httpx.Response(
            response.status_code, headers=response.headers.raw, stream=httpx.ByteStream(body)
        )

    def _receive(self, request: Request) -> int | None:
        return None if self._entrance is None else self._entrance.take(request)

    def _run(self, work: Coroutine[Any, Any, _Done]) -> _Done:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()


def _lifespan(app: Starlette) -> Any:  # noqa: ANN401  # as Starlette has it
    return app.router.lifespan_context(app)


class _FromClient(httpx.BaseTransport):
    """Carries a connector's requests, and fails as connections do."""

    def __init__(self, stage: Stage, call: CallState) -> None:
        self._stage = stage
        self._call = call

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._call.delivery = "uncertain"
        within_s = self._call.left(None, httpx.ReadTimeout)
        try:
            response = self._stage.answer(request, within_s=within_s)
        except TimeoutError as error:
            raise httpx.ReadTimeout("no answer in time") from error
        except ConnectionError as error:
            raise httpx.ReadError(str(error)) from error
        self._call.expect_body(None)
        return response


class _FromControl(httpx.BaseTransport):
    """Carries requests to the control routes."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._stage.answer(request, within_s=_CONTROL_S)


class _ToReceiver(httpx.AsyncBaseTransport):
    """Carries deliveries to the receiver."""

    def __init__(self, receive: Callable[[Request], int | None]) -> None:
        self._receive = receive

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode("ascii").partition("?")[0]
        headers = tuple((name.lower(), value) for name, value in request.headers.multi_items())
        status = self._receive(
            Request(request.method, path.removeprefix(_RECEIVER_PATH), headers, request.read())
        )
        if status is None:
            raise httpx.ConnectError("no receiver is open")
        return httpx.Response(status, stream=httpx.ByteStream(b""))


_RECEIVER_PATH: Final = urlsplit(RECEIVER).path


class _Entrance:
    """The entrance of a receiver, without a web server."""

    origin = RECEIVER

    def __init__(self, handle: Callable[[Request], int]) -> None:
        self._handle: Callable[[Request], int] | None = handle

    def take(self, request: Request) -> int | None:
        """Return the status that *request* is answered with; None where it is not let in."""
        return None if self._handle is None else self._handle(request)

    def stop(self) -> None:
        self._handle = None


STAGE: Final = pytest.StashKey[Stage]()
"""What answers in a preview."""
