"""What becomes of a scenario whose worker crashed."""

from typing import Any, Final

import pytest

from connector_harness.gherkin.feature import FeatureSyntaxError, read_feature
from connector_harness.plugin.failing.message import describe
from connector_harness.plugin.running.scenario import StepResults, now
from connector_harness.plugin.stash import RESULTS
from connector_harness.report.allure.result import allure_documents, finish
from connector_harness.results.failure_class import FailureClass
from connector_harness.results.record import Phase, RecordedScenario, ScenarioUnderWay, Status

NEXT: Final = (
    "see whether it was killed, for want of memory perhaps, or crashed in native code; "
    "run the scenario alone"
)


class WorkerCrashError(Exception):
    """The process that ran a scenario ended in mid-run."""


class Crashes:
    """Reports the scenarios that took a worker of pytest-xdist down, or went down with it.

    Registered in the process that controls the run, which writes the results that such workers
    could not.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    @pytest.hookimpl(optionalhook=True)
    def pytest_handlecrashitem(self, crashitem: str, report: pytest.TestReport) -> None:
        """Word what pytest-xdist reports, and write the result."""
        node: Any = getattr(report, "node", None)
        if hasattr(node, "workeroutput"):
            # It was told to end, not killed, and has written the result itself.
            return
        worker = "a worker" if node is None else str(node.gateway.id)
        what = f"the process that ran this scenario, {worker}, ended in mid-run"
        lost = self._find(crashitem)
        if lost is None:
            report.longrepr = f"[{FailureClass.SPEC}] {what}\n\nnext: {NEXT}"
            return
        where = f"{lost.path}:{lost.line}, at a step that is not known"
        error = WorkerCrashError(f"{what}\n  at: {where}\n  next: {NEXT}")
        told: Any = describe(self._config, ScenarioUnderWay(lost), error, Phase.CALL, StepResults())
        report.longrepr = told
        report.location = (lost.path, lost.line - 1, lost.name)
        lost.start = lost.stop = now()
        lost.status, lost.message, lost.trace = Status.BROKEN, told.failure.message, str(told)
        folder = self._config.stash[RESULTS]
        finish(lost, links=folder.links, thread=worker)
        folder.write(lost, lambda: allure_documents(lost, folder.write_attachment))

    def _find(self, nodeid: str) -> RecordedScenario | None:
        path, _, name = nodeid.partition("::")
        if not path.endswith(".feature"):
            return None
        try:
            feature = read_feature(self._config.rootpath / path, path)
        except (OSError, FeatureSyntaxError):
            return None
        scenarios = feature.scenarios if feature is not None else ()
        found = (RecordedScenario.of(feature, e) for e in scenarios if feature and e.name == name)
        return next(found, None)
