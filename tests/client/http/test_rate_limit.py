"""All processes that share a folder keep within one limit."""

import itertools
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from connector_harness.client.connector import Connector
from connector_harness.client.http.rate_limit import POLL_S, FileThrottle, RateLimit
from tests.client.conftest import Clock
from tests.client.gauge import GaugedServer
from tests.client.server import LocalServer

CALLER = """
import http.client, sys
from pathlib import Path
from connector_harness.client.http.rate_limit import RateLimit

folder, port, most, rate, calls = sys.argv[1:]
due_s = []
# Time stands still: what is waited for is the moment at which the call is due.
limit = RateLimit(
    Path(folder),
    max_concurrent=int(most) or None,
    requests_per_second=float(rate) or None,
    now=lambda: 0.0,
    wait=due_s.append,
)
connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=30)
print("ready", flush=True)
sys.stdin.readline()
for _ in range(int(calls)):
    due_s[:] = [0.0]
    with limit.turn():
        connection.request("GET", f"/{sys.argv[0]}?due={due_s[-1]}")
        connection.getresponse().read()
"""
"""A process that makes calls when it is told to, each with the moment at which it is due."""

HOLDER = """
import sys
from pathlib import Path
from connector_harness.client.http.rate_limit import RateLimit, FileThrottle

folder = Path(sys.argv[1])
with {held}:
    print("holding", flush=True)
    sys.stdin.readline()
"""
"""A process that holds something until it is told to let go, or killed."""

Wait = Callable[[float], None]

THE_ONLY_SLOT = HOLDER.format(held="RateLimit(folder, max_concurrent=1).turn()")
ALL_CALLS = HOLDER.format(held="FileThrottle(folder).hold(0)")


def call_from_processes(
    count: int, folder: Path, server: LocalServer, *, most: int = 0, rate: float = 0, calls: int = 3
) -> None:
    """Let *count* processes begin at the same time to make *calls* calls each."""
    port = server.url.rpartition(":")[2]
    arguments = (str(folder), port, str(most), str(rate), str(calls))
    processes = [started(CALLER, *arguments) for _ in range(count)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    assert [(process.communicate(timeout=60), process.returncode)[1] for process in processes] == [
        0
    ] * count


def started(script: str, *arguments: str) -> "subprocess.Popen[str]":
    """Start a process."""
    return subprocess.Popen(  # noqa: S603  # our own script
        [sys.executable, "-c", script, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def holding(script: str, folder: Path) -> "subprocess.Popen[str]":
    """Start a process that holds something, and return once it does."""
    process = started(script, str(folder))
    assert process.stdout is not None
    assert process.stdout.readline() == "holding\n"
    return process


@pytest.fixture
def gauged() -> Iterator[Callable[[int], GaugedServer]]:
    """Start a server that measures; so many requests are allowed at once."""
    servers = []

    def start(allowed: int) -> GaugedServer:
        servers.append(GaugedServer(allowed))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.mark.parametrize("most", [1, 2, 3])
def test_no_more_calls_at_once_than_allowed(
    gauged: Callable[[int], GaugedServer], tmp_path: Path, most: int
) -> None:
    """Of four processes as many call at once as may, and never one more."""
    server = gauged(most)

    call_from_processes(4, tmp_path, server, most=most)

    assert (server.gauge.most, len(server.received)) == (most, 12)


def test_without_a_limit_all_call_at_once(
    gauged: Callable[[int], GaugedServer], tmp_path: Path
) -> None:
    """Nobody waits where nothing says so, and nothing is written."""
    server = gauged(4)

    call_from_processes(4, tmp_path, server)

    assert server.gauge.most == 4
    assert list(tmp_path.iterdir()) == []


def test_calls_of_all_processes_begin_evenly_spaced(server: LocalServer, tmp_path: Path) -> None:
    """At four a second, fifteen calls of three processes are due a quarter of a second apart."""
    call_from_processes(3, tmp_path, server, rate=4, calls=5)

    targets = [urlsplit(request.target) for request in server.received]
    due_s = sorted(float(parse_qs(target.query)["due"][0]) for target in targets)
    assert due_s == [number / 4 for number in range(15)]


def test_nobody_reserves_a_moment_twice(tmp_path: Path) -> None:
    """Who looks for the next free moment is alone with it: a second one gets the one after."""
    together, waited_s = threading.Barrier(2), list[float]()

    def meet() -> float:
        # Both would come here at once if nothing kept them apart.
        with suppress(threading.BrokenBarrierError):
            together.wait(0.2)
        return 0.0

    limit = RateLimit(tmp_path, requests_per_second=2, now=meet, wait=waited_s.append)
    threads = [threading.Thread(target=take, args=(limit,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert waited_s == [0.5]


def take(limit: RateLimit) -> None:
    """Take a turn and give it back."""
    with limit.turn():
        pass


def test_both_limits_hold_together(gauged: Callable[[int], GaugedServer], tmp_path: Path) -> None:
    """Two at once and four a second: neither limit gives way to the other."""
    server = gauged(2)

    call_from_processes(3, tmp_path, server, most=2, rate=4)

    queries = [parse_qs(urlsplit(request.target).query) for request in server.received]
    assert server.gauge.most == 2
    assert sorted(float(query["due"][0]) for query in queries) == [n / 4 for n in range(9)]


def test_a_pause_saves_nothing_up(tmp_path: Path, clock: Clock) -> None:
    """After a while without calls the next ones are as far apart as ever."""
    limit = RateLimit(tmp_path, requests_per_second=2, now=clock, wait=clock.wait)
    began = []
    for pause_s in (0, 0, 60, 0, 0):
        clock.now += pause_s
        with limit.turn():
            began.append(clock.now)

    assert [after - before for before, after in itertools.pairwise(began)] == [0.5, 60, 0.5, 0.5]


def test_a_killed_process_gives_its_slot_back(tmp_path: Path) -> None:
    """What a process held that is gone, the next one gets."""
    process = holding(THE_ONLY_SLOT, tmp_path)
    limit = RateLimit(tmp_path, max_concurrent=1)
    waiting = threading.Thread(target=take, args=(limit,), daemon=True)
    waiting.start()
    process.kill()
    process.communicate()
    waiting.join(20)

    assert not waiting.is_alive()


def test_a_failed_call_gives_its_slot_back(tmp_path: Path) -> None:
    """A call that raises ends its turn like any other."""
    with pytest.raises(OSError, match="gone"), RateLimit(tmp_path, max_concurrent=1).turn():
        raise OSError("gone")

    take(RateLimit(tmp_path, max_concurrent=1))


class Turns:
    """Takes turns and counts those under way."""

    def __init__(self) -> None:
        """Begin with none."""
        self.begun = 0
        self.open = 0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Count one."""
        self.begun += 1
        self.open += 1
        yield
        self.open -= 1


def test_every_call_of_the_connector_takes_a_turn(
    connect: Callable[..., Connector], server: LocalServer
) -> None:
    """Discovery, both tokens and the call itself: each takes a turn, and none inside another."""
    turns = Turns()
    take: Callable[[], AbstractContextManager[None]] = turns.turn

    connect(turn=take, address=None).create_conversation([], consumer="ada")

    assert (turns.begun, turns.open) == (len(server.received), 0)
    assert turns.begun == 4


@pytest.fixture
def holder(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """Another process of the run, whose call is throttled."""
    process = holding(ALL_CALLS, tmp_path)
    yield process
    process.kill()
    process.communicate()


def letting_go(process: "subprocess.Popen[str]", after: int) -> tuple[list[float], Wait]:
    """Return pauses, and what passes them: during the last of them *process* is killed."""
    pauses: list[float] = []

    def wait(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == after:
            process.kill()
            process.communicate()

    return pauses, wait


def test_nobody_waits_and_nothing_is_written_before_a_call_is_throttled(tmp_path: Path) -> None:
    """A call asks for one file that is not there."""
    FileThrottle(tmp_path, wait=refuse).wait(30)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("again", [False, True])
def test_calls_of_other_processes_are_held(
    tmp_path: Path,
    holder: "subprocess.Popen[str]",
    again: bool,  # noqa: FBT001
) -> None:
    """A call begins when nobody is throttled any more; so does one that is throttled itself.

    A process that was killed holds nobody.
    """
    pauses, wait = letting_go(holder, after=3)
    throttle = FileThrottle(tmp_path, wait=wait)

    with throttle.hold(30) if again else nullcontext():
        throttle.wait(0 if again else 30)

    assert len(pauses) == 3
    assert all(POLL_S <= pause_s <= 2 * POLL_S for pause_s in pauses)


@pytest.mark.usefixtures("holder")
@pytest.mark.parametrize("again", [False, True])
def test_no_call_is_held_for_longer_than_it_may_wait(tmp_path: Path, again: bool) -> None:  # noqa: FBT001
    """Not by a process that has stopped, either: the call then begins all the same."""
    pauses: list[float] = []
    throttle = FileThrottle(tmp_path, wait=pauses.append)

    with throttle.hold(5) if again else nullcontext():
        throttle.wait(0 if again else 5)

    assert sum(pauses) == pytest.approx(5)


def test_held_calls_do_not_come_back_together(tmp_path: Path) -> None:
    """Nor do they ask at the same moments."""
    with FileThrottle(tmp_path).hold(0):
        first, second = list[float](), list[float]()
        for pauses in (first, second):
            FileThrottle(tmp_path, wait=pauses.append).wait(1)

    assert first != second


def test_nobody_waits_once_it_is_over(tmp_path: Path) -> None:
    """Afterwards calls begin as before."""
    throttle = FileThrottle(tmp_path, wait=refuse)
    with throttle.hold(0):
        pass

    throttle.wait(30)
    with throttle.hold(30):
        pass


def refuse(seconds: float) -> None:
    """Do not wait."""
    raise AssertionError(f"nobody should wait for {seconds} s")
