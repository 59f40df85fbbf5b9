"""What is not run at the endpoint under test: what is unsafe there, what needs what it lacks."""

import contextlib
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from typing import Final

import pytest

from connector_harness.client.settings import Endpoint, SettingsError
from connector_harness.control.agent import Agent
from connector_harness.control.routes import SandboxControl
from connector_harness.gherkin.guard import SAFE
from connector_harness.gherkin.tags import NEEDS
from connector_harness.plugin.account import production
from connector_harness.plugin.collecting.collection import OURS, ScenarioItem
from connector_harness.plugin.collecting.needs import (
    ALL,
    BEYOND,
    Need,
    Needs,
    beyond,
    offered,
    reason,
)
from connector_harness.plugin.endpoint.agents import agent_on_duty
from connector_harness.plugin.endpoint.endpoint import ENDPOINT, SANDBOX
from connector_harness.plugin.options import is_idle
from connector_harness.plugin.running.bdd import fixture_names, fixture_parameters
from connector_harness.sandbox.server import SandboxError


class HeldBack:
    """Counts what is skipped at an endpoint before anything of it begins, in workers as well."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._unsafe: set[str] = set()
        self._needs: list[list[str]] = []
        self._has_run = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what was held back, and for what."""
        if self._is_unsafe(report):
            self._unsafe.add(report.nodeid)
        elif report.skipped and (needs := needs_of(report)):
            self._needs.append(needs)
        elif report.when == "call" or report.failed:
            self._has_run = True

    @property
    def is_all(self) -> bool:
        """Whether something was held back, and nothing else is left."""
        return bool(self._unsafe or self._needs) and not self._has_run

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter
    ) -> Generator[None, None, None]:
        """Leave it out of pytest's list of reasons, unless ``-v`` asks for each."""
        stats = terminalreporter.stats
        skipped = stats.get("skipped", [])
        others = [each for each in skipped if not (self._is_unsafe(each) or needs_of(each))]
        if terminalreporter.config.option.verbose > 0 or len(others) == len(skipped):
            return (yield)
        stats["skipped"] = others
        try:
            return (yield)
        finally:
            stats["skipped"] = skipped

    def tell(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say how many scenarios were held back, and for what."""
        if self._unsafe:
            terminalreporter.section("production", yellow=True)
            count = len(self._unsafe)
            terminalreporter.line(f"{count} not run at {self._endpoint}: not tagged @{SAFE}")
            terminalreporter.line(f"  next: {production.NEXT}")
        if self._needs:
            terminalreporter.section("not run here", yellow=True)
            for line in _told(self._needs, self._endpoint):
                terminalreporter.line(line)

    def _is_unsafe(self, report: pytest.TestReport) -> bool:
        return (
            isinstance(report.longrepr, tuple)
            and production.reason(self._endpoint) in report.longrepr[2]
        )


HELD_BACK: Final = pytest.StashKey[HeldBack]()
"""What was not run; there where the endpoint outlives the run."""


def unmet(
    config: pytest.Config, items: Sequence[pytest.Item]
) -> list[tuple[ScenarioItem, tuple[Need, ...]]]:
    """Return those scenarios of *items* that need more than the endpoint offers, with what.

    Raises:
        SandboxError: The sandbox did not start.
        SettingsError: The settings of the endpoint are missing or wrong.
    """
    under_test = config.stash[ENDPOINT]
    if under_test.name == SANDBOX:
        return []
    there = offered(
        under_test.endpoint, allow_production=bool(config.getoption("allow_production"))
    )
    # What is held back for another reason, as in production, says that one.
    scenarios = [
        item
        for item in items
        if isinstance(item, ScenarioItem) and item.get_closest_marker("skip") is None
    ]
    needs = Needs(
        fixture_parameters(config.pluginmanager, ours=OURS),
        own=fixture_names(config.pluginmanager, apart_from=OURS),
    )
    missing = [needs.missing(item.steps, there) for item in scenarios]
    # Asked only where that makes a difference.
    if any(missing) and _is_sandbox(under_test.endpoint):
        missing = [() for _ in scenarios]
    agent = _agent(config, under_test.endpoint)
    unable = [beyond(agent, item) if agent else () for item in scenarios]
    found = zip(scenarios, missing, unable, strict=True)
    return [(item, (*some, *others)) for item, some, others in found if some or others]


def _agent(config: pytest.Config, endpoint: Endpoint) -> Agent | None:
    if endpoint.agent is None or is_idle(config):
        return None
    # Who cannot be had after all, in this process, fails the scenarios that ask for them.
    with contextlib.suppress(SettingsError):
        return agent_on_duty(config, endpoint)
    return None


def _is_sandbox(endpoint: Endpoint) -> bool:
    # One that can be controlled offers everything.
    control = SandboxControl.of(endpoint, is_ours=False)
    if control is not None:
        control.close()
    return control is not None


def hold_back(config: pytest.Config, items: Sequence[pytest.Item]) -> None:
    """Mark those of *items* as skipped that need more than the endpoint under test offers."""
    for item, missing in unmet(config, items):
        why = reason(missing, config.stash[ENDPOINT].name)
        item.add_marker(pytest.mark.skip(reason=why), append=False)
        item.user_properties.extend((NEEDS, need.words) for need in missing)


def needs_of(report: object) -> list[str]:
    """Return what the scenario of *report* lacked, in words."""
    return [str(value) for name, value in getattr(report, "user_properties", ()) if name == NEEDS]


def _told(found: Sequence[Sequence[str]], endpoint: str) -> Iterator[str]:
    """Yield how many scenarios lack what, a line for each need."""
    count = Counter(words for each in found for words in each)
    alone = Counter(each[0] for each in found if len(each) == 1)
    them = "scenario needs" if len(found) == 1 else "scenarios need"
    yield f"{len(found)} {them} what endpoint {endpoint!r} does not offer"
    remedies = {need.words: need.remedy for need in ALL}
    for words in (*remedies, *sorted(count.keys() - remedies.keys())):
        if words in count:
            others = count[words] - alone[words]
            besides = f", {others} of them something else, too" if others else ""
            verb = "needs" if count[words] == 1 else "need"
            remedy = remedies.get(words, BEYOND)
            mark = "" if remedy.startswith("(") else ";"
            yield f"  {count[words]} {verb} {words}{besides}{mark} {remedy}"


def write_will_run(terminalreporter: pytest.TerminalReporter, items: Sequence[pytest.Item]) -> None:
    """Say of *items* how many the endpoint under test can run, and why not the others.

    Nothing is known of it where the settings cannot be used.
    """
    config = terminalreporter.config
    scenarios = [item for item in items if isinstance(item, ScenarioItem)]
    is_guarded = production.is_guarded(config)
    safe = [item for item in scenarios if not is_guarded or production.is_safe(item)]
    try:
        found = [[need.words for need in missing] for _, missing in unmet(config, safe)]
    except (SettingsError, SandboxError) as error:
        # What sends nothing needs no settings.
        what = str(error).partition("\n")[0]
        terminalreporter.line(f"how many can run there is not known: {what}")
        return
    name, count = config.stash[ENDPOINT].name, len(safe) - len(found)
    terminalreporter.line(f"{count} of {len(scenarios)} scenario(s) can run at {name!r}")
    if unsafe := len(scenarios) - len(safe):
        told = f"{unsafe} not in production: not tagged @{SAFE}; next: {production.NEXT}"
        terminalreporter.line(told)
    for line in _told(found, name) if found else ():
        terminalreporter.line(line)
