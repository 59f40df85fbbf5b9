"""Responses that do not arrive as they should: late, slowly, in part or never."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import ClassVar, Final, Protocol

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from connector_harness.sandbox.faults.faults import Fault

CONNECTION: Final = "connection"
"""The name in a scope's state under which a server tells the `Connection` of a call."""


class Connection(Protocol):
    """What a server lets a fault do to the connection of a call."""

    is_held: bool
    """Whether a fault has it, which may take long."""

    def reset(self) -> None:
        """Break it at once; the other end sees a reset."""

    def end(self) -> None:
        """End it once what was written has gone out."""


class BrokenResponse(Response):
    """A response that a fault, one of its `DELIVERIES`, keeps from arriving as it should."""

    def __init__(self, whole: Response, fault: Fault) -> None:
        super().__init__()
        self._whole = whole
        self._fault = fault

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Deliver it, badly.

        Raises:
            ConnectionResetError: The call came without a connection that could be broken.
        """
        self._scope, self._receive, self._send = scope, receive, send
        self._connection: Connection | None = scope.get("state", {}).get(CONNECTION)
        if self._connection is not None:
            self._connection.is_held = True
        await self.DELIVERIES[self._fault.name](self)
        if self._connection is not None:
            self._connection.is_held = False

    async def _late(self) -> None:
        if await self._wait(self._fault.seconds("delay_s")):
            await self._whole(self._scope, self._receive, self._send)

    async def _slowly(self) -> None:
        size = int(str(self._fault.parameters.get("chunk_bytes", 1)))
        body = bytes(self._whole.body)
        await self._send_head()
        for start in range(0, len(body), size):
            await self._send_part(body[start : start + size])
            if not await self._wait(self._fault.seconds("chunk_s")):
                return
        await self._send_part(b"", more=False)

    async def _never(self) -> None:
        await self._wait()

    async def _reset(self) -> None:
        self._own_connection().reset()
        await self._wait()

    async def _half(self) -> None:
        body = bytes(self._whole.body)
        # Also of nothing a half must be missing.
        self._whole.headers["content-length"] = str(len(body) or 1)
        await self._send_head()
        await self._send_part(body[: len(body) // 2])
        self._own_connection().end()
        await self._wait()

    async def _wait(self, seconds: float | None = None) -> bool:
        """Wait and return whether the client is still there; without a time, until it is gone."""
        try:
            async with asyncio.timeout(seconds):
                while (await self._receive())["type"] != "http.disconnect":
                    pass
        except TimeoutError:
            return True
        return False

    async def _send_head(self) -> None:
        head = {"status": self._whole.status_code, "headers": self._whole.raw_headers}
        await self._send({"type": "http.response.start", **head})

    async def _send_part(self, body: bytes, *, more: bool = True) -> None:
        await self._send({"type": "http.response.body", "body": body, "more_body": more})

    def _own_connection(self) -> Connection:
        if self._connection is None:
            raise ConnectionResetError("the sandbox broke the connection")
        return self._connection

    DELIVERIES: ClassVar[Mapping[str, Callable[["BrokenResponse"], Awaitable[None]]]] = {
        "latency": _late,
        "slow_body": _slowly,
        "timeout": _never,
        "reset_before": _reset,
        "reset_after": _reset,
        "half_body": _half,
    }
    """How a response is delivered, by the name of the fault that applies to it."""
