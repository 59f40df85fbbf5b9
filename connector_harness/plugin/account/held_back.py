"""What is not run at the endpoint under test: counted, and told in groups."""

from collections.abc import Generator
from typing import Final

import pytest

from connector_harness.gherkin.guard import SAFE
from connector_harness.plugin.account import production
from connector_harness.plugin.account.not_offered import needs_of, told


class HeldBack:
    """Counts what is skipped before anything of it begins, in workers as well.

    Args:
        endpoint: The name of the endpoint.
    """

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
            for line in told(self._needs, self._endpoint):
                terminalreporter.line(line)

    def _is_unsafe(self, report: pytest.TestReport) -> bool:
        return (
            isinstance(report.longrepr, tuple)
            and production.reason(self._endpoint) in report.longrepr[2]
        )


HELD_BACK: Final = pytest.StashKey[HeldBack]()
"""What was not run; there where the endpoint outlives the run."""
