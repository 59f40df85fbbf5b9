"""A host name is looked up in time or not at all."""

import socket
import threading
from collections.abc import Iterator

import pytest

from connector_harness.client.http.resolving import LookUpTimeoutError, Resolver


class SlowNames:
    """A system whose look-ups take until they are released."""

    def __init__(self, *addresses: str) -> None:
        """Answer with *addresses*, but not yet."""
        self.released = threading.Event()
        self.asked: list[str] = []
        self._addresses = addresses

    def getaddrinfo(self, host: str, port: int, **_: object) -> list[object]:
        """Stand in for `socket.getaddrinfo`."""
        self.asked.append(host)
        self.released.wait(5)
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in self._addresses
        ]


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowNames]:
    """Names that are slow to look up, released in the end."""
    slow = SlowNames("192.0.2.1", "127.0.0.1")
    monkeypatch.setattr(socket, "getaddrinfo", slow.getaddrinfo)
    yield slow
    slow.released.set()


@pytest.mark.parametrize("host", ["127.0.0.1", "192.0.2.1", "::1"])
def test_addresses_are_not_looked_up(slow: SlowNames, host: str) -> None:
    """An address is its own, at once."""
    assert Resolver().addresses(host, 80, within_s=0) == [host]
    assert slow.asked == []


def test_look_up_in_time(slow: SlowNames) -> None:
    """The addresses come in the order of the system."""
    slow.released.set()
    assert Resolver().addresses("a.test", 80, within_s=5) == ["192.0.2.1", "127.0.0.1"]


def test_look_up_that_takes_too_long(slow: SlowNames) -> None:
    """Nobody waits longer than allowed; who asks again waits for the look-up under way."""
    resolver = Resolver()
    for _ in range(3):
        with pytest.raises(LookUpTimeoutError):
            resolver.addresses("a.test", 80, within_s=0.01)
    assert slow.asked == ["a.test"]


def test_nothing_is_kept(slow: SlowNames) -> None:
    """A name is looked up anew once it has been found: hosts move."""
    slow.released.set()
    resolver = Resolver()
    resolver.addresses("a.test", 80, within_s=5)
    resolver.addresses("a.test", 80, within_s=5)
    assert slow.asked == ["a.test", "a.test"]


def test_name_of_this_machine_stays_here(slow: SlowNames) -> None:
    """A name that may be called in the clear leads nowhere else, whatever a look-up says."""
    slow.released.set()
    assert Resolver().addresses("a.localhost", 80, within_s=5) == ["127.0.0.1"]


def test_name_of_this_machine_that_leads_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where only another machine is found, nothing is."""
    away = SlowNames("192.0.2.1")
    away.released.set()
    monkeypatch.setattr(socket, "getaddrinfo", away.getaddrinfo)
    with pytest.raises(OSError, match="no address"):
        Resolver().addresses("a.localhost", 80, within_s=5)


@pytest.mark.parametrize("host", ["a..b", "a" * 70 + ".test"])
def test_name_that_cannot_be(host: str) -> None:
    """What no system looks up is told as a failure of the look-up."""
    with pytest.raises(OSError, match="label empty or too long"):
        Resolver().addresses(host, 80, within_s=5)
