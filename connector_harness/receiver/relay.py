"""One web server for all processes of a run: each is told of every delivery, over this machine."""

import os
import secrets
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener
from socket import SHUT_RDWR, socket
from typing import Final, NamedTuple

from connector_harness.client.settings import ReceiverSettings
from connector_harness.receiver.requests import Request
from connector_harness.receiver.server import Open, listen

ANSWER_S: Final = 4.0
"""How long the answers of the processes are waited for, in seconds; senders wait 5."""

OK: Final = 200
_UNAUTHORIZED: Final = 401
_UNAVAILABLE: Final = 503
_HANDLED: Final = (OK, _UNAUTHORIZED)


class Told(NamedTuple):
    """What a process must know to be told of deliveries; it is plain, and travels as it is.

    The relay is joined at an address, a file that is this user's alone, or a pipe, with a key that
    proves that a process belongs to the run; the web server is reached at the origin.
    """

    address: str
    key: bytes
    origin: str


class _Process:
    """A process that has joined, at the relay's end.

    It is told of deliveries in their order, by a thread of its own, so that a process that has
    stopped holds up no other.
    """

    def __init__(self, connection: Connection) -> None:
        self.is_gone = False
        self._connection = connection
        self._thread = ThreadPoolExecutor(1, "webhook relay")
        self._latest: Future[list[int | None]] | None = None

    @property
    def is_behind(self) -> bool:
        """Whether it owes an answer to what it has been told before."""
        return self._latest is not None and not self._latest.done()

    def ask(self, request: Request, *, is_nobodys: bool) -> "Future[list[int | None]]":
        """Tell it of a delivery, and return its answer to come; none if it leaves without."""
        self._latest = self._thread.submit(self._exchange, request, is_nobodys)
        return self._latest

    def stop(self) -> None:
        """Tell it nothing more."""
        _hang_up(self._connection)
        self._thread.shutdown()
        self._connection.close()

    def _exchange(self, request: Request, is_nobodys: bool) -> list[int | None]:  # noqa: FBT001  # as it is submitted
        try:
            self._connection.send((request, is_nobodys))
            return [self._connection.recv()]
        except (OSError, EOFError):
            self.is_gone = True
            return []


class Relay:
    """Receives for all processes of a run, which must know what it has `told` to join.

    A delivery is handed to every process that has joined, and answered as they agree: a status
    that a scenario asked for beats 200, which beats that of a bad signature. A process that has
    been late with an answer is waited for again once it has made up for it; it misses nothing, and
    where there is no other, 200 is the answer. As long as none has joined, 503 asks the sender to
    come again.

    Raises:
        ReceiverError: The address cannot be listened on, or the certificate cannot be used.
    """

    def __init__(self, settings: ReceiverSettings) -> None:
        """Receive from now on."""
        key = secrets.token_bytes(32)
        self._processes: list[_Process] = []
        self._lock = threading.Lock()
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
        # Who waits for somebody to join is woken by somebody who does; and who is not let in any
        # more, because somebody else has just joined, by the end of the listener.
        waking = threading.Thread(target=self._wake, name="webhook relay", daemon=True)
        waking.start()
        self._thread.join(ANSWER_S)
        self._listener.close()
        waking.join(ANSWER_S)
        for process in self._processes:
            process.stop()

    def _let_join(self) -> None:
        while self._is_open:
            try:
                connection = self._listener.accept()
            except (OSError, EOFError, AuthenticationError):
                continue
            with self._lock:
                self._processes = [*self._processes, _Process(connection)]

    def _wake(self) -> None:
        with suppress(OSError, EOFError):
            Client(self.told.address, authkey=self.told.key).close()

    def _handle(self, request: Request) -> int:
        with self._lock:
            processes = self._there()
        prompt = [each for each in processes if not each.is_behind]
        answers = _ask(processes, prompt, request)
        there = [each for each in processes if not each.is_gone]
        if there and answers == [None] * len(there):
            answers = _ask(there[:1], there[:1], request, is_nobodys=True)
        given = [answer for answer in answers if answer is not None]
        # Told to a process that is late it has arrived: sent again, it would arrive twice.
        return agreed(given or [OK] * bool(there))

    def _there(self) -> list[_Process]:
        """Return the processes that have not left, and let go of those that have."""
        for process in self._processes:
            if process.is_gone:
                process.stop()
        self._processes = [each for each in self._processes if not each.is_gone]
        return self._processes


def _ask(
    processes: Sequence[_Process],
    awaited: Sequence[_Process],
    request: Request,
    *,
    is_nobodys: bool = False,
) -> list[int | None]:
    """Tell *processes* of a delivery, and return the answers of those *awaited*, in time."""
    answers = {each: each.ask(request, is_nobodys=is_nobodys) for each in processes}
    timely, _ = wait([answers[each] for each in awaited], timeout=ANSWER_S)
    return [
        status for each in awaited if answers[each] in timely for status in answers[each].result()
    ]


def agreed(statuses: Sequence[int]) -> int:
    """Return the one status that the answers of several processes come to."""
    asked_for = [status for status in statuses if status not in _HANDLED]
    return next(iter([*asked_for, *sorted(statuses)]), _UNAVAILABLE)


class Member:
    """A process that has joined a relay: its entrance.

    *takes* tells whether a path is one of those that this process receives at; *handle* takes a
    request and returns the status to answer with.
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
        _hang_up(self._connection)
        self._thread.join(ANSWER_S)
        self._connection.close()

    def _serve(self) -> None:
        # Ended from either side: there is nothing more to be told.
        with suppress(OSError, EOFError):
            while True:
                request, is_nobodys = self._connection.recv()
                is_ours = is_nobodys or self._takes(request.path)
                self._connection.send(self._handle(request) if is_ours else None)


def _hang_up(connection: Connection) -> None:
    """End a connection for both sides; closing alone would wake no thread that waits for it."""
    with suppress(OSError), socket(fileno=os.dup(connection.fileno())) as end:
        end.shutdown(SHUT_RDWR)


def joining(told: Told, takes: Callable[[str], bool]) -> Open:
    """Return what opens the entrance of a process, as a `Member` of a relay."""
    return lambda _settings, handle: Member(told, takes=takes, handle=handle)
