"""Scenarios that were collected, and left out by somebody who does not say so."""

from collections.abc import Generator, Sequence
from typing import Final

import pytest

from connector_harness.plugin.collecting.collection import FeatureFile, ScenarioItem
from connector_harness.plugin.processes.channel import outgoing


class LeftOut:
    """A plugin that notes, in each process that collects, what goes missing on the way to a run.

    What ``-k``, ``-m``, ``--lf``, a shard or a plan leaves out is reported to `pytest_deselected`.
    """

    def __init__(self) -> None:
        self.names: list[str] = []
        self._collected: list[ScenarioItem] = []
        self._chosen: set[int] = set()
        self._lost: list[str] = []

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Note what is gone from a file; ``--lf`` chooses here, and tells nobody."""
        report = yield
        if isinstance(collector, FeatureFile) and not getattr(collector.config.option, "lf", False):
            self._lost += [e.nodeid for e in collector.collected if e not in report.result]
        return report

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(
        self, items: list[pytest.Item]
    ) -> Generator[None, object, object]:
        """Note what there is before anybody chooses from it."""
        self._collected = [each for each in items if isinstance(each, ScenarioItem)]
        return (yield)

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Note what somebody says to have left out."""
        self._chosen.update(map(id, items))

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note what is gone without a word; what could not be collected stops the run by itself."""
        self._chosen.update(map(id, session.items))
        left = (each.nodeid for each in self._collected if id(each) not in self._chosen)
        gone = [*self._lost, *left]
        self._collected = []
        if not session.testsfailed:
            self.names = outgoing(session.config).left_out = gone


LEFT_OUT: Final = pytest.StashKey[LeftOut]()
"""What was left out; there where the run has features."""
