"""Responses that do not arrive as they should: late, slowly, in part or never."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from connector_harness.sandbox.faults.connections import Connections, peer_of
from connector_harness.sandbox.faults.faults import Fault


class Line:
    """The way to the client that one response is for."""

    def __init__(
        self, scope: Scope, receive: Receive, send: Send, connections: Connections
    ) -> None:
        self.peer = peer_of(scope["client"])
        self._scope = scope
        self._receive = receive
        self._send = send
        self._connections = connections

    async def wait(self, seconds: float | None = None) -> bool:
        """Wait and return whether the client is still there; without a time, until it is gone."""
        try:
            async with asyncio.timeout(seconds):
                while (await self._receive())["type"] != "http.disconnect":
                    pass
        except TimeoutError:
            return True
        return False

    async def send(self, response: Response) -> None:
        """Send a whole response."""
        await response(self._scope, self._receive, self._send)

    async def send_head(self, response: Response) -> None:
        """Send the status and the headers of a response."""
        head = {"status": response.status_code, "headers": response.raw_headers}
        await self._send({"type": "http.response.start", **head})

    async def send_part(self, body: bytes, *, more: bool) -> None:
        """Send a part of the body.

        Args:
            body: The part.
            more: Whether it is not the last one.
        """
        await self._send({"type": "http.response.body", "body": body, "more_body": more})

    async def reset(self) -> None:
        """Break the connection at once."""
        self._connections.reset(self.peer)
        await self.wait()

    async def end(self) -> None:
        """End the connection, whatever has been sent."""
        self._connections.end(self.peer)
        await self.wait()


Deliver = Callable[[Line, Response, Fault], Awaitable[None]]


class BrokenResponse(Response):
    """A response that a fault keeps from arriving as it should.

    Args:
        whole: The response as it should arrive.
        fault: The fault; one of `DELIVERIES`.
        connections: The connections of the server.
    """

    def __init__(self, whole: Response, fault: Fault, connections: Connections) -> None:
        super().__init__()
        self._whole = whole
        self._fault = fault
        self._connections = connections

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Deliver it, badly."""
        line = Line(scope, receive, send, self._connections)
        with self._connections.in_hand(line.peer):
            await DELIVERIES[self._fault.name](line, self._whole, self._fault)


async def _late(line: Line, whole: Response, fault: Fault) -> None:
    if await line.wait(fault.seconds("delay_s")):
        await line.send(whole)


async def _slowly(line: Line, whole: Response, fault: Fault) -> None:
    size = int(str(fault.parameters.get("chunk_bytes", 1)))
    body = bytes(whole.body)
    await line.send_head(whole)
    for start in range(0, len(body), size):
        await line.send_part(body[start : start + size], more=True)
        if not await line.wait(fault.seconds("chunk_s")):
            return
    await line.send_part(b"", more=False)


async def _never(line: Line, _whole: Response, _fault: Fault) -> None:
    await line.wait()


async def _reset(line: Line, _whole: Response, _fault: Fault) -> None:
    await line.reset()


async def _half(line: Line, whole: Response, _fault: Fault) -> None:
    body = bytes(whole.body)
    # Also of nothing a half must be missing.
    whole.headers["content-length"] = str(len(body) or 1)
    await line.send_head(whole)
    await line.send_part(body[: len(body) // 2], more=True)
    await line.end()


DELIVERIES: dict[str, Deliver] = {
    "latency": _late,
    "slow_body": _slowly,
    "timeout": _never,
    "reset_before": _reset,
    "reset_after": _reset,
    "half_body": _half,
}
"""How a response is delivered, by the name of the fault that applies to it."""
