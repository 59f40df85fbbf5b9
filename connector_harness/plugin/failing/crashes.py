"""What becomes of a scenario whose worker crashed."""

from pathlib import Path
from typing import Any, Final

import pytest

from connector_harness.gherkin.feature import FeatureSyntaxError, read_feature
from connector_harness.plugin.failing.message import FailureText, ToldFailure
from connector_harness.plugin.running.scenario import now
from connector_harness.report.allure.result import allure_result, finish
from connector_harness.results.failure_class import FailureClass
from connector_harness.results.folder import ResultsFolder
from connector_harness.results.record import RecordedFailure, RecordedScenario, Status

NEXT: Final = (
    "see whether it was killed, for want of memory perhaps, or crashed in native code; "
    "run the scenario alone"
)


class Crashes:
    """Reports the scenarios that took a worker of pytest-xdist down, or went down with it.

    Registered in the process that controls the run, which writes the results that such workers
    could not.
    """

    def __init__(self, folder: ResultsFolder, rootpath: Path) -> None:
        self._folder = folder
        self._rootpath = rootpath

    @pytest.hookimpl(optionalhook=True)
    def pytest_handlecrashitem(self, crashitem: str, report: pytest.TestReport) -> None:
        """Word what pytest-xdist reports, and write the result."""
        node: Any = getattr(report, "node", None)
        if hasattr(node, "workeroutput"):
            # It was told to end, not killed, and has written the result itself.
            return
        worker = "a worker" if node is None else str(node.gateway.id)
        lost = self._find(crashitem)
        if lost is None:
            report.longrepr = f"[{FailureClass.SPEC}] {_what(worker)}\n\nnext: {NEXT}"
            return
        shown: Any = _told(lost, worker)
        report.longrepr = shown
        report.location = (lost.path, lost.line - 1, lost.name)
        finish(lost, links=self._folder.links, thread=worker)
        self._folder.write(lost, lambda: allure_result(lost, self._folder.write_attachment))

    def _find(self, nodeid: str) -> RecordedScenario | None:
        path, _, name = nodeid.partition("::")
        if not path.endswith(".feature"):
            return None
        try:
            feature = read_feature(self._rootpath / path, path)
        except (OSError, FeatureSyntaxError):
            return None
        if feature is None:
            return None
        found = (each for each in feature.scenarios if each.name == name)
        return next((RecordedScenario.of(feature, each) for each in found), None)


def _what(worker: str) -> str:
    return f"the process that ran this scenario, {worker}, ended in mid-run"


def _told(lost: RecordedScenario, worker: str) -> FailureText:
    what, title = f"[{FailureClass.SPEC}] {_what(worker)}", f"Scenario: {lost.name}"
    text = f"{what}\n  at: {lost.path}:{lost.line}, at a step that is not known\n\nnext: {NEXT}"
    lost.start = lost.stop = now()
    lost.status, lost.message = Status.BROKEN, f"{what} ({lost.path}:{lost.line})"
    lost.trace = f"{title}\n\n{text}"
    lost.failure = RecordedFailure(
        FailureClass.SPEC,
        _what(worker),
        path=lost.path,
        line=lost.line,
        advice=[NEXT],
        text=text,
    )
    failure = ToldFailure(FailureClass.SPEC, lost.message, lost.path, lost.line, head=title)
    return FailureText(lost.trace, failure)
