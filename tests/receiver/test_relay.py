"""Processes of a run share one receiver: each is told, and the answers agree."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from multiprocessing.connection import Client
from queue import SimpleQueue

import httpx
import pytest

from connector_harness.client.settings import ReceiverSettings
from connector_harness.receiver.inbox import Inbox
from connector_harness.receiver.notification import Notification
from connector_harness.receiver.relay import Member, Relay, agreed, joining
from connector_harness.receiver.requests import Request
from connector_harness.receiver.server import Receiver, ReceiverError
from tests.receiver.deliveries import CONVERSATION, SECRET, body, event_item, headers, text

HELLO = body(event_item(text("Hello"), 0))
LOCAL = ReceiverSettings(listen="127.0.0.1:0")

Join = Callable[[], Receiver]


def accept(_: Notification) -> None:
    """Find nothing wrong."""


@pytest.fixture
def relay() -> Iterator[Relay]:
    """The one receiver of a run."""
    relay = Relay(LOCAL)
    yield relay
    relay.stop()


@pytest.fixture
def join(relay: Relay) -> Iterator[Join]:
    """Lets one more process join, and returns its receiver."""
    with ExitStack() as stack:

        def join() -> Receiver:
            def takes(path: str) -> bool:
                return one.takes(path)

            opening = joining(relay.told, takes)
            one = Receiver(Inbox(), SECRET, witness=accept, settings=LOCAL, opening=opening)
            return stack.enter_context(one)

        yield join


def deliver(relay: Relay, path: str = "/notifications", secret: str = SECRET) -> int:
    """Deliver a message and return the status it was answered with."""
    url = f"{relay.told.origin}{path}"
    return httpx.post(url, content=HELLO, headers=headers(HELLO, secret)).status_code


def test_every_process_is_told(relay: Relay, join: Join) -> None:
    """A delivery arrives in every process that has joined."""
    processes = [join(), join(), join()]

    assert deliver(relay) == 200
    told = [len(each.main.inbox.notifications_of(CONVERSATION)) for each in processes]
    assert told == [1, 1, 1]


def test_address_is_that_of_the_web_server(relay: Relay, join: Join) -> None:
    """Each process names the one address under which all are reached."""
    assert join().url == join().url == f"{relay.told.origin}/notifications"


def test_refusal_of_one_process_is_the_answer(relay: Relay, join: Join) -> None:
    """Where a scenario of one process refuses, the sender is told so, and the others hear."""
    one, other = join(), join()
    one.main.refuse(CONVERSATION, status=503, times=1)

    assert (deliver(relay), deliver(relay)) == (503, 200)
    assert len(one.main.inbox.of(CONVERSATION)) == 1
    assert len(other.main.inbox.of(CONVERSATION)) == 2


def test_bad_signature_is_refused(relay: Relay, join: Join) -> None:
    """What nobody believes is answered with 401."""
    join(), join()

    assert deliver(relay, secret="another-secret-altogether") == 401


def test_app_of_one_process(relay: Relay, join: Join) -> None:
    """What goes to an app of one process is no stray to the others."""
    one, other = join(), join()
    app = one.add_app("/own", SECRET)

    assert deliver(relay, "/own") == 200
    assert len(app.inbox.of(CONVERSATION)) == 1
    assert other.main.inbox.strangers(()) == []


def test_stray_is_kept_once(relay: Relay, join: Join) -> None:
    """A signed delivery to where no app is gets a 404, and one process keeps it."""
    processes = [join(), join()]

    assert deliver(relay, "/nowhere") == 404
    assert sum(len(each.main.inbox.strangers(())) for each in processes) == 1


def test_nobody_has_joined(relay: Relay) -> None:
    """Before a process has joined, and after the last has gone, the sender is to come again."""
    assert deliver(relay) == 503


def test_process_that_has_gone(relay: Relay, join: Join) -> None:
    """One that has gone is missed by nobody."""
    gone, there = join(), join()
    gone.stop()

    assert deliver(relay) == 200
    assert len(there.main.inbox.of(CONVERSATION)) == 1


class Stopped:
    """A process that has joined and stops at the first delivery, until it is let go."""

    def __init__(self, relay: Relay) -> None:
        self.heard: SimpleQueue[bytes] = SimpleQueue()
        self.may_go_on = threading.Event()
        self._member = Member(relay.told, takes=lambda _: True, handle=self._take)

    def stop(self) -> None:
        """Leave."""
        self.may_go_on.set()
        self._member.stop()

    def _take(self, request: Request) -> int:
        self.may_go_on.wait()
        self.heard.put(request.body)
        return 200


@pytest.fixture
def stopped(relay: Relay, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stopped]:
    """A process that has stopped, in a run that waits for none for long."""
    monkeypatch.setattr("connector_harness.receiver.relay.ANSWER_S", 2)
    stopped = Stopped(relay)
    yield stopped
    stopped.stop()


def send(relay: Relay, *bodies: bytes) -> list[int]:
    """Deliver *bodies* one after the other, each of which a sender waits 2 seconds for."""
    url = f"{relay.told.origin}/notifications"
    return [httpx.post(url, content=each, timeout=30).status_code for each in bodies]


def test_process_that_has_stopped_holds_up_nobody(
    relay: Relay, join: Join, stopped: Stopped
) -> None:
    """The others are told in time, of more than a connection holds; it makes up for it later.

    Only its first answer is waited for.
    """
    other, began = join(), time.monotonic()
    large = [b"%d" % number * 900_000 for number in range(8)]

    assert send(relay, *large) == [401] * 8
    assert time.monotonic() - began < 8 * 0.5
    assert len(other.main.inbox.strangers(())) == 8
    stopped.may_go_on.set()
    assert [stopped.heard.get(timeout=30) for _ in large] == large


def test_only_process_has_stopped(relay: Relay, stopped: Stopped) -> None:
    """What it will hear later has arrived, and need not be sent again."""
    bodies = [b"first", b"second", b"third"]

    assert send(relay, *bodies) == [200] * 3
    stopped.may_go_on.set()
    assert [stopped.heard.get(timeout=30) for _ in bodies] == bodies


def test_stranger_who_does_not_know_the_key(relay: Relay, join: Join) -> None:
    """Who does not belong to the run does not join, and keeps nobody from it."""
    with pytest.raises((OSError, EOFError, Exception), match="digest"):
        Client(relay.told.address, authkey=b"no key")
    join()

    assert deliver(relay) == 200


def test_address_in_use(relay: Relay) -> None:
    """An address that somebody else has is named."""
    port = int(relay.told.origin.rpartition(":")[2])

    with pytest.raises(ReceiverError, match=f"cannot listen on '127.0.0.1' port {port}"):
        Relay(ReceiverSettings(listen=f"127.0.0.1:{port}"))


def test_stopping_while_processes_join() -> None:
    """A relay stops, however short before that somebody has joined."""
    for _ in range(100):
        relay = Relay(LOCAL)
        Client(relay.told.address, authkey=relay.told.key).close()
        relay.stop()

    assert not [each for each in threading.enumerate() if each.name.startswith("webhook relay")]


def test_stopping_twice(relay: Relay) -> None:
    """Once stopped, it listens no more, and may be stopped again."""
    relay.stop()
    relay.stop()

    with pytest.raises(httpx.ConnectError):
        deliver(relay)


@pytest.mark.parametrize(
    ("statuses", "status"),
    [
        ([200, 200], 200),
        ([401, 401], 401),
        ([401, 200], 200),
        ([200, 404], 404),
        ([204, 200], 204),
        ([], 503),
    ],
)
def test_answers_agree(statuses: list[int], status: int) -> None:
    """A status asked for beats 200, which beats 401; no answer at all is none of them."""
    assert agreed(statuses) == status
