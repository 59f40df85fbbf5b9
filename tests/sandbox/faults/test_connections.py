"""The connections of a server, without one."""

import asyncio
import socket
import struct
from collections.abc import Iterator

import pytest

from connector_harness.sandbox.faults.connections import Connections, peer_of

PEER = ("127.0.0.1", 5000)


class Wire(asyncio.Transport):
    """A transport over a real socket, which notes what becomes of it."""

    def __init__(self, opened: socket.socket) -> None:
        super().__init__({"socket": opened})
        self.fate = "open"

    def abort(self) -> None:
        """Note it."""
        self.fate = "aborted"

    def close(self) -> None:
        """Note it."""
        self.fate = "closed"


@pytest.fixture
def wire() -> Iterator[Wire]:
    """A transport."""
    with socket.socket() as opened:
        yield Wire(opened)


@pytest.mark.parametrize(
    ("address", "peer"),
    [(("127.0.0.1", 1), ("127.0.0.1", 1)), (("::1", 2, 0, 0), ("::1", 2)), (None, ("", 0))],
    ids=["IPv4", "IPv6", "gone"],
)
def test_other_end_is_host_and_port(address: tuple[object, ...], peer: tuple[str, int]) -> None:
    """That is what a scope names, whatever the version of IP."""
    assert peer_of(address) == peer


@pytest.mark.parametrize("break_", [Connections.reset, Connections.end])
def test_call_without_a_socket_is_cut_off_by_an_error(break_: object) -> None:
    """In process there is nothing to break but the call itself."""
    assert callable(break_)

    with pytest.raises(ConnectionResetError):
        break_(Connections(), PEER)


def test_lost_connection_is_forgotten(wire: Wire) -> None:
    """Nothing is kept of it."""
    connections = Connections()
    connections.add(PEER, wire)

    connections.remove(PEER, wire)

    with pytest.raises(ConnectionResetError):
        connections.end(PEER)


def test_address_can_be_used_again_at_once(wire: Wire) -> None:
    """News of a lost connection do not make a later one from the same address forgotten."""
    connections, earlier = Connections(), asyncio.Transport()
    connections.add(PEER, earlier)
    connections.add(PEER, wire)

    connections.remove(PEER, earlier)
    connections.end(PEER)

    assert wire.fate == "closed"


def test_nothing_is_taken_in_hand_while_the_server_stops(wire: Wire) -> None:
    """What a fault has then is broken at once; what none has is left alone."""
    connections = Connections()
    connections.add(PEER, wire)
    connections.let_go()
    before = wire.fate

    with connections.in_hand(PEER):
        during = wire.fate

    assert (before, during) == ("open", "aborted")


def test_connections_in_hand_are_broken_when_the_server_stops(wire: Wire) -> None:
    """Whoever waits then is told by a reset."""
    connections = Connections()
    connections.add(PEER, wire)

    with connections.in_hand(PEER):
        connections.let_go()

    assert wire.fate == "aborted"
    assert wire.get_extra_info("socket").getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8) == (
        struct.pack("ii", 1, 0)
    )
