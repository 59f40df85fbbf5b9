"""Host names looked up within a time limit, which the operating system does not offer."""

import socket
import threading
from ipaddress import ip_address
from typing import Final

from connector_harness.client.http.origins import is_loopback

_NO_ADDRESS: Final = "the host name has no address"


class LookUpTimeoutError(Exception):
    """A host name was not looked up in time."""


class Resolver:
    """Looks host names up in threads of its own, and stops waiting when the time is over.

    A look-up that takes too long cannot be stopped: it is left to end by itself, and whoever
    asks for the same host meanwhile waits for that one, so that no threads pile up.
    """

    def __init__(self) -> None:
        """Know nothing; nothing is kept between look-ups either, the system does that."""
        self._lock = threading.Lock()
        self._under_way: dict[tuple[str, int], _LookUp] = {}

    def addresses(self, host: str, port: int, *, within_s: float) -> list[str]:
        """Return the addresses of *host*, in the order of the operating system.

        Args:
            host: A name, or an address, which is its own.
            port: The port to be called there.
            within_s: The longest wait, in seconds.

        Raises:
            LookUpTimeoutError: The time was over first.
            OSError: There are none; or *host* names this machine and leads to another.
        """
        if _is_address(host):
            return [host]
        look_up = self._look_up(host, port)
        if not look_up.done.wait(within_s):
            raise LookUpTimeoutError("the host name was not looked up in time")
        if look_up.failure is not None:
            raise OSError(str(look_up.failure)) from look_up.failure
        return _staying(host, look_up.found)

    def _look_up(self, host: str, port: int) -> "_LookUp":
        with self._lock:
            look_up = self._under_way.get((host, port))
            if look_up is None or look_up.done.is_set():
                look_up = self._under_way[host, port] = _LookUp(host, port)
                # A daemon, lest a look-up without end keep the process from ending.
                threading.Thread(target=look_up.run, daemon=True).start()
            return look_up


class _LookUp:
    """One look-up: under way, then done."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self.done = threading.Event()
        self.found: list[str] = []
        self.failure: Exception | None = None

    def run(self) -> None:
        try:
            entries = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
            self.found = [str(entry[4][0]) for entry in entries]
        except (OSError, UnicodeError) as error:
            self.failure = error
        finally:
            self.done.set()


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _staying(host: str, found: list[str]) -> list[str]:
    # What names this machine may be called in the clear: nobody's DNS may send it elsewhere.
    if is_loopback(host):
        found = [address for address in found if is_loopback(address)]
    if not found:
        raise OSError(_NO_ADDRESS)
    return found
