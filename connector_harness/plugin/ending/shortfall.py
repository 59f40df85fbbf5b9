"""What a run that ended early did not come to, and what it could not write."""

import contextlib
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pytest

from connector_harness.gherkin.identity import is_scenario
from connector_harness.results.folder import ResultsFolder
from connector_harness.results.run_facts import Problem

SHOWN: Final = 20
"""How many are named; of more, the number has to do."""


NEXT: Final = "make room or correct the place, and run again"


class Planned:
    """A plugin of the controlling process that knows what is to run, and what of it has run.

    Attributes:
        begun: The node ids of what anything was reported of.
        passed: The node ids of scenarios that were reported as passed, with their history ids;
            with none where somebody else has made the report.
        failed: The node ids of what was reported as failed.
    """

    def __init__(self) -> None:
        self._planned: Sequence[str] = ()
        self.begun: set[str] = set()
        self._ended: set[str] = set()
        self.passed: dict[str, str] = {}
        self.failed: set[str] = set()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Remember the items of a run in one process."""
        self._planned = [item.nodeid for item in session.items]

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """Remember what a worker has collected: all have to collect the same."""
        self._planned = ids

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what has begun, and ended as pytest counts: what passes does so before its end."""
        self.begun.add(report.nodeid)
        if report.when != "setup" or not report.passed:
            self._ended.add(report.nodeid)
        if report.when == "setup" or not report.passed:
            # It may have passed before, if it runs once more, or until its tear-down.
            self.passed.pop(report.nodeid, None)
        if report.failed:
            self.failed.add(report.nodeid)
        elif report.when == "call" and not report.skipped and is_scenario(report.nodeid):
            # Plugins have outcomes of their own, which count as no failure either.
            self.passed[report.nodeid] = getattr(report, "history_id", "")

    def has_begun(self, nodeid: str) -> bool:
        """Return whether anything was reported of it."""
        return nodeid in self.begun

    @property
    def missing(self) -> tuple[str, ...]:
        """The node ids of what was planned and did not run to its end."""
        return tuple(id_ for id_ in self._planned if id_ not in self._ended)

    def tell(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Name what was planned and did not run to its end."""
        missing = self.missing
        if missing:
            terminalreporter.section("not run", yellow=True)
            count = f"{len(missing)} of {len(self._planned)}"
            terminalreporter.line(f"{count} did not run to the end")
        if len(missing) > SHOWN and terminalreporter.config.option.verbose <= 0:
            terminalreporter.line("  -v names them")
            return
        for id_ in missing:
            terminalreporter.line(f"  {id_}{' (interrupted)' if id_ in self.begun else ''}")


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
        except pytest.PytestCacheWarning as warning:
            # An error where warnings are.
            self._files.append(str(warning))
        except OSError as error:
            name = error.filename or self._junit or "a file"
            self._files.append(f"{name}: {error.strerror or error}")

    @property
    def problems(self) -> list[Problem]:
        """What could not be written, and why."""
        files = [Problem(f"a file could not be written: {each}", NEXT) for each in self._files]
        results = [Problem(f"results could not be written: {each}", NEXT) for each in self._lost()]
        return [*files, *results]

    def _lost(self) -> Iterator[str]:
        where = Path(os.path.relpath(self._folder.path)).as_posix()
        for why, count in Counter(self._folder.lost).items():
            yield f"{count} result(s) in {where}: {why}"

    def tell(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what could not be written, and why."""
        lines = [*self._files, *self._lost()]
        if lines:
            terminalreporter.section("not written", red=True)
            for line in [*lines, f"  next: {NEXT}"]:
                terminalreporter.line(line)
