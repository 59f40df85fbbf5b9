"""An endpoint with real consumers and agents: only what is tagged as safe there runs."""

from typing import Final

import pytest

from connector_harness.client.settings import SettingsError
from connector_harness.gherkin.guard import SAFE
from connector_harness.plugin.collecting.collection import ScenarioItem
from connector_harness.plugin.endpoint.endpoint import ENDPOINT, SANDBOX

NEXT: Final = "tag what is safe there, or run with --allow-production"


def is_production(config: pytest.Config) -> bool:
    """Return whether the settings mark the endpoint under test as production."""
    under_test = config.stash.get(ENDPOINT, None)
    if under_test is None or under_test.name == SANDBOX:
        return False
    try:
        return under_test.endpoint.production
    except SettingsError:
        # What only collects needs no settings, and sends nothing.
        return False


def in_words(config: pytest.Config) -> str:
    """Return what the header says of such an endpoint behind its name; else an empty text."""
    if not is_production(config):
        return ""
    if config.getoption("allow_production"):
        return " (production; all scenarios run there, as --allow-production says)"
    return f" (production; only scenarios tagged @{SAFE} run)"


class ProductionGuard:
    """Keeps from running what is not safe in production.

    Such scenarios are skipped, with the reason, before anything of theirs begins; a run in which
    nothing else is left is not green. Registered where the endpoint is production and nobody
    said ``--allow-production``.

    Args:
        config: pytest's configuration.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._name = config.stash[ENDPOINT].name
        self.reason = (
            f"not run: endpoint {self._name!r} is production and this is not tagged @{SAFE}; "
            f"next: {NEXT}"
        )
        self._has_run = False
        self._held_back: set[str] = set()

    def hold_back(self, items: list[pytest.Item]) -> None:
        """Mark those of *items* that must not run."""
        for item in items:
            if not is_safe(item):
                # In front, so that no other reason to skip takes its place.
                item.add_marker(pytest.mark.skip(reason=self.reason), append=False)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what ran, in workers of pytest-xdist as well."""
        if isinstance(report.longrepr, tuple) and self.reason in report.longrepr[2]:
            self._held_back.add(report.nodeid)
        elif report.when == "call" or report.failed:
            self._has_run = True

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Let a run in which everything was held back end as one in which nothing was selected."""
        if self._held_back and not self._has_run and exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say how many scenarios were held back."""
        if self._held_back:
            count = len(self._held_back)
            terminalreporter.section("production", yellow=True)
            terminalreporter.line(f"{count} not run at {self._name}: not tagged @{SAFE}")
            terminalreporter.line(f"  next: {NEXT}")

    def is_told(self, report: pytest.TestReport) -> bool:
        """Return whether *report* is one of those that were held back, and are counted."""
        return report.nodeid in self._held_back


def is_safe(item: pytest.Item) -> bool:
    """Return whether *item* may run: a test of another kind if it does not use the endpoint."""
    if isinstance(item, ScenarioItem):
        return SAFE in item.scenario.tags
    return "endpoint" not in getattr(item, "fixturenames", ())
