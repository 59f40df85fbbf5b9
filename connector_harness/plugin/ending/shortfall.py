"""What a run that ended early did not come to, and what it could not write."""

import contextlib
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from connector_harness.results.folder import ResultsFolder

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


class WriteErrors:
    """Knows what a run has lost, so that it ends in order, says so, and is not green."""

    def __init__(self, folder: ResultsFolder, junit: str | None) -> None:
        self._folder = folder
        self._junit = junit
        self._files: list[str] = []

    def __bool__(self) -> bool:
        return bool(self._folder.lost or self._files)

    @contextlib.contextmanager
    def noting(self) -> Iterator[None]:
        """Let a file that cannot be written cost itself, and not the rest of the end."""
        try:
            yield
        except OSError as error:
            name = error.filename or self._junit or "a file"
            self._files.append(f"{name}: {error.strerror or error}")

    def tell(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what could not be written, and why."""
        lines = list(self._files)
        where = Path(os.path.relpath(self._folder.path)).as_posix()
        for why, count in Counter(self._folder.lost).items():
            lines.append(f"{count} result(s) in {where}: {why}")
        if lines:
            terminalreporter.section("not written", red=True)
            for line in lines:
                terminalreporter.line(line)
            terminalreporter.line("  next: make room or correct the place, and run again")
