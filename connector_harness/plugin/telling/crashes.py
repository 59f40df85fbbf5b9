"""What becomes of a scenario whose worker crashed."""

from typing import Any, Final

import pytest

from connector_harness.gherkin.feature import FeatureSyntaxError, read_feature, variant
from connector_harness.plugin.failing.message import FailureText, describe
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
        lost = scenario_at(self._config, crashitem)
        if lost is None:
            report.longrepr = f"[{FailureClass.SPEC}] {what}\n\nnext: {NEXT}"
            return
        where = f"{lost.path}:{lost.line}, at a step that is not known"
        error = WorkerCrashError(f"{what}\n  at: {where}\n  next: {NEXT}")
        told: Any = write_loss(self._config, lost, error, thread=worker)
        report.longrepr = told
        report.location = (lost.path, lost.line - 1, lost.name)


def scenario_at(config: pytest.Config, nodeid: str) -> RecordedScenario | None:
    """Return the record of the scenario with that node id, as if it had not begun; else None."""
    path, _, name = nodeid.partition("::")
    if not path.endswith(".feature"):
        return None
    try:
        feature = read_feature(config.rootpath / path, path)
    except (OSError, FeatureSyntaxError):
        return None
    if feature is None:
        return None
    variants = (
        variant(each, name.removeprefix(f"{each.name}[").removesuffix("]"))
        for each in feature.scenarios
    )
    found = (each for each in (*feature.scenarios, *variants) if each.name == name)
    return next((RecordedScenario.of(feature, each) for each in found), None)


def write_loss(
    config: pytest.Config, lost: RecordedScenario, error: Exception, *, thread: str
) -> FailureText:
    """Write the result of a scenario that left none of its own, and return how it is told."""
    told = describe(config, ScenarioUnderWay(lost), error, Phase.CALL, StepResults())
    lost.start = lost.stop = now()
    lost.status, lost.message, lost.trace = Status.BROKEN, told.failure.message, str(told)
    folder = config.stash[RESULTS]
    finish(lost, links=folder.links, thread=thread)
    folder.write(lost, lambda: allure_documents(lost, folder.write_attachment))
    return told
