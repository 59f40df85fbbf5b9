"""What becomes of a scenario whose worker crashed."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from connector_harness.gherkin.feature import (
    FeatureSpec,
    FeatureSyntaxError,
    ScenarioSpec,
    read_feature,
)
from connector_harness.plugin.failing.message import Failure, FailureText
from connector_harness.plugin.running.scenario import now
from connector_harness.report.allure.result import ResultsFolder, ScenarioResult
from connector_harness.results.failure_class import FailureClass
from connector_harness.results.record import ScenarioRecord, StepRecord


@dataclass(frozen=True, slots=True)
class LostScenario:
    """A scenario of which only the feature file can tell."""

    feature: FeatureSpec
    scenario: ScenarioSpec


class Crashes:
    """Reports the scenarios that took a worker of pytest-xdist down, or went down with it.

    Registered in the process that controls the run, which writes the results that such workers
    could not.

    Args:
        folder: Where results go.
        rootpath: What the paths of features are relative to.
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
            report.longrepr = "\n".join([_what(worker), *NEXT])
            return
        shown: Any = _failure(lost, worker)
        report.longrepr = shown
        report.location = (lost.feature.path, lost.scenario.line - 1, lost.scenario.name)
        self._write(lost, shown, worker)

    def _find(self, nodeid: str) -> LostScenario | None:
        path, _, name = nodeid.partition("::")
        if not path.endswith(".feature"):
            return None
        try:
            feature = read_feature(self._rootpath / path, path)
        except (OSError, FeatureSyntaxError):
            return None
        found = (each for each in (feature.scenarios if feature else ()) if each.name == name)
        scenario = next(found, None)
        return None if feature is None or scenario is None else LostScenario(feature, scenario)

    def _write(self, lost: LostScenario, failure: FailureText, worker: str) -> None:
        moment = now()
        record = ScenarioRecord(
            steps=[StepRecord(f"{step.keyword} {step.text}", step) for step in lost.scenario.steps],
            outside=StepRecord("set-up and tear-down"),
            start=moment,
            stop=moment,
            status="broken",
            message=failure.failure.reason,
            trace=failure.text,
            failure_class=FailureClass.SPEC,
        )
        result = ScenarioResult(lost, record, folder=self._folder, thread=worker)
        self._folder.write(result.document)


NEXT = (
    "",
    (
        "next: see whether it was killed, for want of memory perhaps, or crashed in native code; "
        "run the scenario alone"
    ),
)


def _what(worker: str) -> str:
    return f"[{FailureClass.SPEC}] the process that ran this scenario, {worker}, ended in mid-run"


def _failure(lost: LostScenario, worker: str) -> FailureText:
    path, line, title = lost.feature.path, lost.scenario.line, f"Scenario: {lost.scenario.name}"
    where = f"  at: {path}:{line}, at a step that is not known"
    failure = Failure(
        failure_class=FailureClass.SPEC,
        reason=f"{_what(worker)} ({path}:{line})",
        path=path,
        line=line,
        head=title,
    )
    return FailureText("\n".join([title, "", _what(worker), where, *NEXT]), failure)
