"""Plays each scenario of a run under the breakage that its folder is named after."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from connector_harness.plugin.endpoint import endpoint
from connector_harness.plugin.endpoint.endpoint import ENDPOINT
from connector_harness.sandbox.server import StartingSandbox
from tests.false_green.trials import IN_THE_SANDBOX, TRIALS, UNBROKEN

STRIKES = "strikes.json"
"""The file in which the run tells how often each breakage has struck."""

_struck: Counter[str] = Counter()


def start_broken_sandbox(*arguments: str) -> StartingSandbox:
    """Start a sandbox that can be told to be wrong."""
    script = str(Path(__file__).with_name("broken_sandbox.py"))
    return StartingSandbox([sys.executable, "-P", script, "--stop-with-stdin", *arguments])


# No function of the sandbox is broken by this: the run starts another sandbox than it would.
setattr(endpoint, "start_sandbox", start_broken_sandbox)  # noqa: B010  # for mypy, no attribute


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave what no trial asks for out, and say so."""
    config.hook.pytest_deselected(items=[item for item in items if not _is_asked_for(item)])
    items[:] = [item for item in items if _is_asked_for(item)]


def _is_asked_for(item: pytest.Item) -> bool:
    trial = item.path.parent.name
    if trial != UNBROKEN:
        return item.name.startswith(TRIALS[trial].titles)
    file = item.path.stem
    asked = (each for each in TRIALS.values() if Path(each.feature).stem == file)
    return any(item.name.startswith(each.titles) for each in asked)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Break what the trial breaks, for as long as the scenario lasts."""
    # Not earlier: the steps must not be loaded before the conftest.py has asked for them.
    from steps import app  # noqa: PLC0415
    from tests.false_green import run_breakages  # noqa: PLC0415

    app.PATIENCE_S = 1.0

    trial = item.path.parent.name
    if trial == UNBROKEN:
        return (yield)
    address = str(item.config.stash[ENDPOINT].endpoint.address)
    if trial in IN_THE_SANDBOX:
        httpx.post(f"{address}/_breakage/{trial}", trust_env=False).raise_for_status()
    else:
        run_breakages.BREAKAGES.turn_on(trial)
    try:
        return (yield)
    finally:
        struck = httpx.delete(f"{address}/_breakage", trust_env=False).raise_for_status().json()
        _struck[trial] += struck + run_breakages.BREAKAGES.turn_off()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell how often each breakage has struck."""
    text = json.dumps(_struck)
    (session.config.rootpath / STRIKES).write_text(text, encoding="utf-8")
