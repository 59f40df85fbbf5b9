"""The clocks of the consumers."""

import asyncio
import time

from connector_harness.sandbox.state.clocks import Clocks
from tests.sandbox.callers import Clock


def test_time_is_that_of_the_machine() -> None:
    """Nobody's time differs until it is advanced."""
    clocks = Clocks(Clock())

    assert clocks.now() == clocks.now("ada") == 1_735_689_600.0


def test_time_is_advanced_for_one_consumer() -> None:
    """What passes for one consumer does not pass for another, nor for the machine."""
    clocks = Clocks(Clock())

    assert clocks.advance("ada", 1.5) == clocks.now("ada") == 1_735_689_601.5
    assert clocks.now("ben") == clocks.now() == 1_735_689_600.0


def test_advances_add_up() -> None:
    """Time goes on from where it was."""
    clocks = Clocks(Clock())
    clocks.advance("ada", 1)
    clocks.advance("ben", 5)

    assert clocks.advance("ada", 2) == clocks.now() + 3
    assert clocks.advanced == 2


def test_machine_goes_on_beneath() -> None:
    """Real time passes for everybody."""
    clock = Clock()
    clocks = Clocks(clock)
    clocks.advance("ada", 10)
    before = clocks.now("ada")

    clock.now_s += 1

    assert clocks.now("ada") == before + 1


def test_past_is_not_waited_for() -> None:
    """Waiting for a time that has come ends at once."""
    clocks = Clocks(Clock())

    asyncio.run(asyncio.wait_for(clocks.wait_until("ada", clocks.now()), 10))


def test_real_time_ends_the_wait() -> None:
    """Without an advance the wait takes as long as it says, and no shorter."""
    clocks = Clocks()
    started = time.monotonic()

    asyncio.run(clocks.wait_until("ada", clocks.now() + 0.05))

    assert 0.045 <= time.monotonic() - started < 10


async def _waits(clocks: Clocks, *, consumer: str, seconds: float) -> list[bool]:
    """Return whether a wait of 60 s for Ada has ended, after each of two advances."""
    waiting = asyncio.create_task(clocks.wait_until("ada", clocks.now() + 60))
    ended = []
    for _ in range(2):
        await asyncio.sleep(0)
        clocks.advance(consumer, seconds)
        await asyncio.wait([waiting], timeout=0.02)
        ended.append(waiting.done())
    waiting.cancel()
    return ended


def test_advance_ends_the_wait() -> None:
    """Whoever waits is woken by an advance that reaches their time, not by a shorter one."""
    assert asyncio.run(_waits(Clocks(), consumer="ada", seconds=40)) == [False, True]


def test_advance_of_another_consumer_is_not_noticed() -> None:
    """Waits end by the clock of the consumer they are for."""
    assert asyncio.run(_waits(Clocks(), consumer="ben", seconds=100)) == [False, False]


def test_several_wait_for_one_consumer() -> None:
    """One advance wakes everybody whose time has come."""

    async def wait() -> None:
        clocks = Clocks()
        waits = [clocks.wait_until("ada", clocks.now() + seconds) for seconds in (10, 20, 30)]
        tasks = [asyncio.create_task(each) for each in waits]
        await asyncio.sleep(0)
        clocks.advance("ada", 30)
        await asyncio.wait_for(asyncio.gather(*tasks), 10)

    asyncio.run(wait())
