"""Responses that do not arrive as they should: late, slowly, in part or never."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from connector_harness.sandbox.faults.fault import CALL, Fault, FaultKind

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
    """A response that a fault, one of `FAULTS`, keeps from arriving as it should."""

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
        await FAULTS[self._fault.name].deliver(self)
        if self._connection is not None:
            self._connection.is_held = False

    async def late(self) -> None:
        """Deliver it later by ``delay_s``."""
        if await self._wait(self._fault.seconds("delay_s")):
            await self._whole(self._scope, self._receive, self._send)

    async def slowly(self) -> None:
        """Deliver it in chunks of ``chunk_bytes``, one every ``chunk_s``."""
        size = int(str(self._fault.parameters.get("chunk_bytes", 1)))
        body = bytes(self._whole.body)
        await self._send_head()
        for start in range(0, len(body), size):
            await self._send_part(body[start : start + size])
            if not await self._wait(self._fault.seconds("chunk_s")):
                return
        await self._send_part(b"", more=False)

    async def never(self) -> None:
        """Wait until nobody waits for it any more."""
        await self._wait()

    async def reset(self) -> None:
        """Break the connection instead."""
        self._own_connection().reset()
        await self._wait()

    async def half(self) -> None:
        """Deliver half of it, and end the connection."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenDelivery(FaultKind):
    """A fault for which a response does not arrive as it should, but as *deliver* has it."""

    deliver: Callable[[BrokenResponse], Awaitable[None]]


FAULTS: Final[Mapping[str, BrokenDelivery]] = {
    "latency": BrokenDelivery(CALL, needs=("delay_s",), deliver=BrokenResponse.late),
    "slow_body": BrokenDelivery(
        CALL, needs=("chunk_s",), takes=("chunk_bytes",), deliver=BrokenResponse.slowly
    ),
    "timeout": BrokenDelivery(CALL, takes=("processed",), deliver=BrokenResponse.never),
    "reset_before": BrokenDelivery(CALL, deliver=BrokenResponse.reset),
    "reset_after": BrokenDelivery(CALL, deliver=BrokenResponse.reset),
    "half_body": BrokenDelivery(CALL, deliver=BrokenResponse.half),
}
"""The faults of the way of a response, by name."""
