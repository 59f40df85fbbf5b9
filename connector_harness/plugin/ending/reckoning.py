"""What was planned, what was reported and what is on record, counted against one another, once."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec
import pytest

from connector_harness.gherkin.feature import FeatureSyntaxError, read_feature
from connector_harness.gherkin.identity import is_scenario
from connector_harness.plugin.beginning import begin
from connector_harness.plugin.collecting.collection import SPEC
from connector_harness.plugin.collecting.spec_file import keep_spec, spec_document
from connector_harness.plugin.ending.run_end import run_end
from connector_harness.plugin.ending.shortfall import Planned
from connector_harness.plugin.stash import RESULTS
from connector_harness.plugin.telling.crashes import scenario_at, write_loss
from connector_harness.results.files import SPEC_FILE
from connector_harness.results.journal import Outcome, journals, outcomes
from connector_harness.results.record import FAILED, RecordedScenario, Status
from connector_harness.results.run_facts import Problem

STOPS: Final = (pytest.ExitCode.INTERRUPTED, pytest.ExitCode.USAGE_ERROR)
"""The exit codes of runs that somebody has stopped."""

LISTS: Final = "pytest --trace-config lists the plugins"

NO_RECORD: Final = Problem(
    "reported as passed, and there is no record of it",
    "leave the results folder alone while a run writes to it; or look for a plugin that reports "
    f"without running: {LISTS}",
)
LEFT_OUT: Final = Problem(
    "collected, and left out by a plugin or conftest.py that does not say so",
    f"let it call the hook pytest_deselected, as -k does; {LISTS}",
)
NOT_RUN: Final = Problem(
    "planned, and not run to its end: nothing that pytest knows of stopped the run",
    f"look for a pytest.exit, or a plugin or conftest.py that runs tests in its own way: {LISTS}",
)


class UnaccountedError(Exception):
    """A scenario of the run of which nothing says that it has passed."""


class Reckoning:
    """Counts once, when all has run, and lets every output tell of each difference.

    A scenario has passed only if its record says so. What was planned and has not run is missing,
    unless the run was stopped (``-x``, Ctrl-C) or pytest broke, which is told in another way.
    """

    def __init__(self, config: pytest.Config, planned: Planned) -> None:
        self._config = config
        self._planned = planned

    def count(self, session: pytest.Session, left_out: list[str], *, is_broken: bool) -> int:
        """Write for each difference the result that is missing, report it, and return how many."""
        is_stopped = session.shouldfail or session.shouldstop or session.exitstatus in STOPS
        records = self._records()
        problems = dict(self._unbelieved(records))
        if not (is_broken or is_stopped):
            stop = run_end(self._config).stop
            stopped = Problem(f"planned, and not run to its end: {stop}") if stop else NOT_RUN
            problems |= dict.fromkeys(self._planned.missing, stopped)
            problems |= dict.fromkeys(left_out, LEFT_OUT)
        if problems:
            begin(self._config, [*problems])
        if self._config.stash[RESULTS].has_begun:
            self._mend_spec(session, [*problems, *self._planned.begun])
        for nodeid, problem in problems.items():
            # What was interrupted has a result that says so.
            lost = scenario_at(self._config, nodeid)
            record = records.get(lost.history_id) if lost else None
            is_red = record is not None and record.status in FAILED
            self._tell(nodeid, problem, lost, is_red=is_red)
        return len(problems)

    def _records(self) -> dict[str, Outcome]:
        """Return the last record of each scenario in this run, by its history id."""
        folder = self._config.stash[RESULTS]
        found: dict[str, Outcome] = {}
        for file in journals(folder.path):
            for each in outcomes(file):
                known = found.get(each.history_id)
                if each.run == folder.run.id and (known is None or known.start <= each.start):
                    found[each.history_id] = each
        return found

    def _unbelieved(self, records: dict[str, Outcome]) -> Iterator[tuple[str, Problem]]:
        lost = self._config.stash[RESULTS].lost
        for nodeid, history_id in self._planned.passed.items():
            record = records.get(history_id)
            if record is None and not lost:
                yield nodeid, NO_RECORD
            elif record is not None and record.status is not Status.PASSED:
                what = f"not reported as failed, and its record says {record.status}"
                advice = f"look for a plugin or conftest.py that changes reports: {LISTS}"
                yield nodeid, Problem(what, advice)

    def _mend_spec(self, session: pytest.Session, nodeids: list[str]) -> None:
        """Write the spec once more where it is gone, without which no result has a scenario."""
        folder = self._config.stash[RESULTS]
        features = {each.partition("::")[0] for each in nodeids if is_scenario(each)}
        if not features or (folder.path / SPEC_FILE).is_file():
            return
        if self._config.stash[SPEC].features:
            keep_spec(session, folder)
            return
        # The workers had them, and are gone.
        found = []
        for path in sorted(features):
            file = self._config.rootpath / path
            try:
                feature = read_feature(file, path)
            except (OSError, FeatureSyntaxError):
                continue
            if feature is not None:
                found.append((feature, file))
        document = spec_document(found, [], rootpath=self._config.rootpath)
        folder.write_document(SPEC_FILE, document)

    def _tell(
        self, nodeid: str, problem: Problem, lost: RecordedScenario | None, *, is_red: bool
    ) -> None:
        config = self._config
        path, _, name = nodeid.partition("::")
        line = lost.line if lost else 1
        error = UnaccountedError(str(msgspec.structs.replace(problem, path=path, line=line)))
        told: Any = str(error)
        if lost is not None and not is_red:
            told = write_loss(config, lost, error, thread="main")
        report = pytest.TestReport(nodeid, (path, line - 1, name), {}, "failed", told, "call")
        config.hook.pytest_runtest_logreport(report=report)
