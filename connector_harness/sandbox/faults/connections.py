"""The open connections of a server, so that one of them can be broken on purpose."""

import asyncio
import socket
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

# Only a process that serves loads it.
if TYPE_CHECKING:
    from uvicorn.protocols.http.h11_impl import H11Protocol

Peer: TypeAlias = tuple[str, int]
"""The address at the other end, as an ASGI scope names its client."""

_NOT_A_MOMENT = struct.pack("ii", 1, 0)


class Connections:
    """Every open connection by its other end, and those that a fault has in hand."""

    def __init__(self) -> None:
        self._transports: dict[Peer, asyncio.Transport] = {}
        self._in_hand: set[Peer] = set()
        self._closing = False

    def add(self, peer: Peer, transport: asyncio.Transport) -> None:
        """Note a connection that was made."""
        self._transports[peer] = transport

    def remove(self, peer: Peer, transport: asyncio.Transport) -> None:
        """Forget a connection that was lost, unless the other end has made another one since."""
        if self._transports.get(peer) is transport:
            del self._transports[peer]

    def reset(self, peer: Peer) -> None:
        """Break a connection at once; the other end sees a reset.

        Raises:
            ConnectionResetError: There is none, as the call came without a socket.
        """
        transport = self._transport(peer)
        opened = transport.get_extra_info("socket")
        # Closed without lingering, a connection is reset instead of ended.
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NOT_A_MOMENT)
        transport.abort()

    def end(self, peer: Peer) -> None:
        """End a connection once what was written has gone out.

        Raises:
            ConnectionResetError: There is none, as the call came without a socket.
        """
        self._transport(peer).close()

    @contextmanager
    def in_hand(self, peer: Peer) -> Iterator[None]:
        """Have a connection in hand, which may take long: until then, or until `let_go`."""
        self._in_hand.add(peer)
        if self._closing:
            self.reset(peer)
        try:
            yield
        finally:
            self._in_hand.discard(peer)

    def let_go(self) -> None:
        """Break all that is in hand, now and from now on, as the server is about to stop."""
        self._closing = True
        for peer in self._in_hand & self._transports.keys():
            self.reset(peer)

    def _transport(self, peer: Peer) -> asyncio.Transport:
        if peer not in self._transports:
            raise ConnectionResetError("the sandbox broke the connection")
        return self._transports[peer]


def protocol(connections: Connections) -> "type[H11Protocol]":
    """Return uvicorn's protocol for HTTP, which also notes its connections."""
    from uvicorn.protocols.http.h11_impl import H11Protocol  # noqa: PLC0415 - see the top

    class Noted(H11Protocol):
        """HTTP over a connection that is noted."""

        def connection_made(  # type: ignore[override]  # as in uvicorn
            self, transport: asyncio.Transport
        ) -> None:
            super().connection_made(transport)
            # Written down now, as a connection that is lost does not know its other end any more.
            self._peer = peer_of(transport.get_extra_info("peername"))
            connections.add(self._peer, transport)

        def connection_lost(self, exc: Exception | None) -> None:
            connections.remove(self._peer, self.transport)
            super().connection_lost(exc)

    return Noted


def peer_of(address: Sequence[Any] | None) -> Peer:
    """Return the other end in *address*, of either version of IP; None is nowhere."""
    return (str(address[0]), int(address[1])) if address else ("", 0)
