"""One web server for all processes of a run: each is told of every delivery, over this machine."""

import os
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener
from socket import SHUT_RDWR, socket
from typing import Final, NamedTuple

from connector_harness.client.settings import ReceiverSettings
from connector_harness.receiver.requests import Request
from connector_harness.receiver.server import Entrance, Open, listen

ANSWER_S: Final = 4.0
"""How long the answers of the processes are waited for, in seconds; senders wait 5."""

OK: Final = 200
_UNAUTHORIZED: Final = 401
_UNAVAILABLE: Final = 503
_HANDLED: Final = (OK, _UNAUTHORIZED)


class Told(NamedTuple):
    """What a process must know to be told of deliveries; it is plain, and travels as it is.

    Attributes:
        address: Where the relay is joined: a file that is this user's alone, or a pipe.
        key: What proves that a process belongs to the run.
        origin: The address under which the web server is reached.
    """

    address: str
    key: bytes
    origin: str


class _Delivery(NamedTuple):
    number: int
    request: Request
    is_nobodys: bool


class Relay:
    """Receives for all processes of a run.

    A delivery is handed to every process that has joined, and answered as they agree: a status
    that a scenario asked for beats 200, which beats that of a bad signature. As long as none has
    joined, 503 asks the sender to come again.

    Attributes:
        told: What a process of the run must know to join.

    Args:
        settings: Where to listen, and how it is reached.

    Raises:
        ReceiverError: The address cannot be listened on, or the certificate cannot be used.
    """

    def __init__(self, settings: ReceiverSettings) -> None:
        """Receive from now on."""
        key = secrets.token_bytes(32)
        self._members: list[Connection] = []
        self._lock = threading.Lock()
        self._count = 0
        self._entrance = listen(settings, self._handle)
        self._listener = Listener(authkey=key)
        self.told = Told(str(self._listener.address), key, self._entrance.origin)
        self._is_open = True
        self._thread = threading.Thread(target=self._let_join, name="webhook relay", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Receive no more; calling it again does nothing."""
        if not self._is_open:
            return
        self._is_open = False
        self._entrance.stop()
        # Who waits for somebody to join is woken by somebody who does.
        with suppress(OSError, EOFError):
            Client(self.told.address, authkey=self.told.key).close()
        self._thread.join(ANSWER_S)
        self._listener.close()
        for member in self._members:
            member.close()

    def _let_join(self) -> None:
        while self._is_open:
            try:
                member = self._listener.accept()
            except (OSError, EOFError, AuthenticationError):
                continue
            with self._lock:
                self._members = [*self._members, member]

    def _handle(self, request: Request) -> int:
        with self._lock:
            self._count += 1
            answers = self._ask(self._members, _Delivery(self._count, request, is_nobodys=False))
            if answers and all(answer is None for answer in answers):
                nobodys = _Delivery(self._count, request, is_nobodys=True)
                answers = self._ask(self._members[:1], nobodys)
        return agreed([answer for answer in answers if answer is not None])

    def _ask(self, members: Sequence[Connection], delivery: _Delivery) -> list[int | None]:
        ends = time.monotonic() + ANSWER_S
        asked = [member for member in members if self._is_sent(member, delivery)]
        return [
            answer
            for member in asked
            for answer in self._answer(member, delivery.number, ends - time.monotonic())
        ]

    def _is_sent(self, member: Connection, delivery: _Delivery) -> bool:
        try:
            member.send(delivery)
        except OSError:
            self._members = [each for each in self._members if each is not member]
            return False
        return True

    def _answer(self, member: Connection, number: int, left_s: float) -> list[int | None]:
        """Return the one answer of a process to a delivery; none where it has gone or is late."""
        try:
            while member.poll(max(0.0, left_s)):
                answered, status = member.recv()
                if answered == number:
                    return [status]
        except (OSError, EOFError):
            self._members = [each for each in self._members if each is not member]
        return []


def agreed(statuses: Sequence[int]) -> int:
    """Return the one status that the answers of several processes come to."""
    asked_for = [status for status in statuses if status not in _HANDLED]
    return next(iter([*asked_for, *sorted(statuses)]), _UNAVAILABLE)


class Member:
    """A process that has joined a relay: its entrance.

    Args:
        told: What the relay said.
        takes: Returns whether a path is one of those that this process receives at.
        handle: Takes a request and returns the status to answer with.
    """

    def __init__(
        self, told: Told, *, takes: Callable[[str], bool], handle: Callable[[Request], int]
    ) -> None:
        """Join."""
        self.origin = told.origin
        self._takes = takes
        self._handle = handle
        self._connection = Client(told.address, authkey=told.key)
        self._thread = threading.Thread(target=self._serve, name="webhook receiver", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Be told of nothing any more; calling it again does nothing."""
        with suppress(OSError):
            # Closing alone would not wake the thread.
            with socket(fileno=os.dup(self._connection.fileno())) as end:
                end.shutdown(SHUT_RDWR)
            self._thread.join(ANSWER_S)
            self._connection.close()

    def _serve(self) -> None:
        # Ended from either side: there is nothing more to be told.
        with suppress(OSError, EOFError):
            while True:
                number, request, is_nobodys = self._connection.recv()
                is_ours = is_nobodys or self._takes(request.path)
                self._connection.send((number, self._handle(request) if is_ours else None))


def joining(told: Told, takes: Callable[[str], bool]) -> Open:
    """Return what opens the entrance of a process that joins a relay.

    Args:
        told: What the relay said.
        takes: Returns whether a path is one of those that the process receives at.
    """

    def join(_settings: ReceiverSettings, handle: Callable[[Request], int]) -> Entrance:
        return Member(told, takes=takes, handle=handle)

    return join
