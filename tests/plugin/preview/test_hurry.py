"""Waiting is skipped where somebody waits for it."""

import asyncio
import time

import pytest

from connector_harness.plugin.preview.hurry import HurriedLoop


@pytest.fixture
def loop() -> HurriedLoop:
    """A loop that is not running."""
    return HurriedLoop()


def test_hours_pass_at_once(loop: HurriedLoop) -> None:
    """What sleeps an hour has slept one, and nobody has waited for it."""
    began, virtual = time.monotonic(), loop.time()

    with loop.hurried():
        loop.run_until_complete(asyncio.sleep(3600))

    assert time.monotonic() - began < 1
    assert 3600 <= loop.time() - virtual < 3601
    loop.close()


def test_other_waiting_takes_its_time(loop: HurriedLoop) -> None:
    """Outside of a hurry nothing comes earlier than it should."""
    began = time.monotonic()

    loop.run_until_complete(asyncio.sleep(0.05))

    assert time.monotonic() - began >= 0.05
    assert loop.skipped_s == 0
    loop.close()


def test_time_can_be_let_pass(loop: HurriedLoop) -> None:
    """The time that a caller would have slept is gone by."""
    before = loop.time()

    loop.skip(60)

    assert loop.time() - before >= 60
    loop.close()
