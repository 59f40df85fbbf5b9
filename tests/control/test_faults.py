"""Faults are injected, counted and recovered over the sandbox's control routes."""

from collections.abc import Iterator

import httpx
import pytest

from connector_harness.control.faults import Faults
from connector_harness.control.routes import SandboxControl, SandboxControlError
from connector_harness.json_types import JsonObject
from connector_harness.sandbox.server import RunningSandbox, start_sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    """A sandbox in a process of its own."""
    running = start_sandbox().ready()
    yield running
    running.stop()


@pytest.fixture
def control(sandbox: RunningSandbox) -> Iterator[SandboxControl]:
    """The sandbox's control routes."""
    control = SandboxControl(sandbox.url, sandbox.account)
    yield control
    control.close()


@pytest.fixture
def faults(control: SandboxControl) -> Iterator[Faults]:
    """The sandbox's faults, over at the end."""
    faults = Faults(control)
    yield faults
    faults.recover()


def _discover(sandbox: RunningSandbox) -> httpx.Response:
    path = f"/api/account/{sandbox.account}/service/baseURI.json?version=1.0"
    return httpx.get(f"{sandbox.url}{path}", trust_env=False)


def test_fault_applies_once(sandbox: RunningSandbox, faults: Faults) -> None:
    """Unless told otherwise; and it is counted."""
    fault = faults.inject("throttled", consumer=None, operation="domains", retry_after=7)
    before = faults.applied(fault)

    answers = [_discover(sandbox) for _ in range(2)]

    assert [each.status_code for each in answers] == [429, 200]
    assert answers[0].headers["retry-after"] == "7"
    assert (before, faults.applied(fault)) == (0, 1)


def test_fault_applies_until_recovered(sandbox: RunningSandbox, faults: Faults) -> None:
    """Without a number of times; how often it was applied is known afterwards."""
    fault = faults.inject("status_503", consumer=None, times=None)
    before = [_discover(sandbox).status_code for _ in range(3)]

    faults.recover()

    assert (before, _discover(sandbox).status_code) == ([503, 503, 503], 200)
    assert faults.applied(fault) == 3


def test_one_consumers_faults_recover(control: SandboxControl, faults: Faults) -> None:
    """Those of others go on."""
    for consumer in ("ada", "ben"):
        faults.inject("timeout", consumer=consumer)

    faults.recover(consumer="ada")

    (ada,), (ben,) = (_shown(control, consumer) for consumer in ("ada", "ben"))
    assert (ada["over"], ben["over"]) == (True, False)


def test_others_faults_are_left_alone(control: SandboxControl, faults: Faults) -> None:
    """Whoever shares the account injects and recovers without regard to others."""
    others = Faults(control)
    others.inject("timeout", consumer="cem")

    faults.recover()

    (cem,) = _shown(control, "cem")
    others.recover()
    assert cem["over"] is False


def test_unknown_fault_is_refused(faults: Faults) -> None:
    """The message names those that are known."""
    with pytest.raises(SandboxControlError, match="'earthquake', not one of latency"):
        faults.inject("earthquake", consumer=None)


def _shown(control: SandboxControl, consumer: str) -> list[JsonObject]:
    document = control.read("faults", consumer=consumer)
    assert isinstance(document, dict)
    shown = document["faults"]
    return [each for each in shown if isinstance(each, dict)] if isinstance(shown, list) else []
