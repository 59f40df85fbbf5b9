"""Scenarios that pytest is to expect to fail: it does not, for nobody would know."""

from typing import Final

import pytest

from connector_harness.gherkin.guard import Finding
from connector_harness.plugin.collecting.collection import ScenarioItem
from connector_harness.plugin.collecting.project_findings import report_findings
from connector_harness.plugin.processes.channel import is_worker
from connector_harness.plugin.stash import Reporting

ADVICE: Final = "let it fail, and write @quarantine:2026-12-31 and the issue, as @issue:ABC-1"
"""What to do instead."""


class Excuses:
    """A plugin that lets no scenario fail without anybody knowing, as pytest's ``xfail`` would."""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Report each scenario that a plugin or conftest.py has marked, before anything runs."""
        found: dict[str, list[Finding]] = {}
        for item in (each for each in items if isinstance(each, ScenarioItem)):
            if item.get_closest_marker("xfail"):
                what = f'scenario "{item.scenario.name}" is marked xfail by a plugin or conftest.py'
                place = item.feature.path, item.scenario.line
                found.setdefault(place[0], []).append(Finding(*place, what, ADVICE))
        report_findings(config, found)
        if found and is_worker(config) and not config.getoption("continue_on_collection_errors"):
            # Where pytest would stop by itself, a worker of pytest-xdist runs what it has.
            items.clear()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Reporting:
        """Take what ``pytest.xfail`` raises, or a mark would excuse, for the failure it is."""
        if not isinstance(item, ScenarioItem):
            return (yield)
        error, option = call.excinfo and call.excinfo.value, item.config.option
        is_marked = item.get_closest_marker("xfail") is not None
        if isinstance(error, pytest.xfail.Exception) or (
            is_marked and error is not None and not isinstance(error, pytest.skip.Exception)
        ):
            error.add_note(f"  xfail excuses no scenario\n  next: {ADVICE}")
        usual, option.runxfail = option.runxfail, True
        try:
            return (yield)
        finally:
            option.runxfail = usual
