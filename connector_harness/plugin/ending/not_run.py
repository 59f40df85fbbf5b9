"""Which scenarios a run that ended early did not come to."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import pytest

SHOWN: Final = 20
"""How many are named; of more, the number has to do."""


class Planned:
    """Remembers what is to run, and says at the end what did not.

    Registered in the process that controls the run.
    """

    def __init__(self) -> None:
        self._items: Sequence[pytest.Item] = ()
        self._ids: Sequence[str] = ()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Remember the items of a run in one process."""
        self._items = session.items

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """Remember what a worker has collected: all have to collect the same."""
        self._ids = ids

    def tell(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Name what was planned and did not run to its end."""
        missing = self.missing(terminalreporter)
        if missing:
            begun, _ = _progress(terminalreporter.stats.values())
            _write(terminalreporter, len(self._planned), missing, begun)

    def missing(self, reporter: pytest.TerminalReporter) -> list[str]:
        """Return the node ids of what was planned and did not run to its end."""
        _, ended = _progress(reporter.stats.values())
        return [id_ for id_ in self._planned if id_ not in ended]

    @property
    def _planned(self) -> Sequence[str]:
        return self._ids or [item.nodeid for item in self._items]


def _progress(kinds: Iterable[Sequence[Any]]) -> tuple[set[str], set[str]]:
    begun, ended = set(), set()
    for reports in kinds:
        for report in reports:
            if isinstance(report, pytest.TestReport):
                begun.add(report.nodeid)
                # As pytest counts: what has passed does so before its tear-down.
                if report.when != "setup" or not report.passed:
                    ended.add(report.nodeid)
    return begun, ended


def _write(
    reporter: pytest.TerminalReporter, planned: int, missing: list[str], begun: set[str]
) -> None:
    reporter.section("not run", yellow=True)
    reporter.line(f"{len(missing)} of {planned} did not run to the end")
    if len(missing) <= SHOWN or reporter.config.option.verbose > 0:
        for id_ in missing:
            reporter.line(f"  {id_}{' (interrupted)' if id_ in begun else ''}")
    else:
        reporter.line("  -v names them")
