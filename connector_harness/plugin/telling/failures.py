"""From what pytest reports of a failure to what is told of it, in this process and from workers."""

from dataclasses import asdict

import pytest

from connector_harness.gherkin.identity import history_id
from connector_harness.plugin.collecting.collection import ScenarioItem
from connector_harness.plugin.failing.message import FailureText, ToldFailure, describe
from connector_harness.plugin.failing.reason import own_place
from connector_harness.plugin.running.exchange_recorder import EVIDENCE
from connector_harness.plugin.running.scenario import UnbelievedError
from connector_harness.plugin.stash import Reporting
from connector_harness.results.comparison import Mask, compare
from connector_harness.results.record import Phase


class Failures:
    """A plugin that tells each failure of a scenario in one shape, wherever it came up."""

    def __init__(self, config: pytest.Config, mask: Mask) -> None:
        self._config = config
        self._mask = mask
        self._told: dict[str, str] = {}
        self._doubted: dict[tuple[str, str], tuple[ScenarioItem, BaseException]] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_assertrepr_compare(self, op: str, left: object, right: object) -> list[str] | None:
        """Keep what a step compared in vain, and tell it in one line."""
        record = self._config.stash[EVIDENCE].record
        if record is None:
            return None
        try:
            comparison = compare(op, left, right, self._mask)
        except Exception:  # noqa: BLE001  # values of any kind; pytest's own words will do then
            return None
        record.comparison = comparison
        # In one line: pytest cuts what has more, and the rest is told from the record.
        return [comparison.headline]

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Reporting:
        """Tell a failure before anybody else sees the report; one that nobody reports, too."""
        report = yield
        if isinstance(item, ScenarioItem):
            # A node id is not always the place and the name: those may be masked, and pytest-xdist
            # adds to it.
            vars(report)["history_id"] = history_id(item.feature, item.scenario)
        if isinstance(item, ScenarioItem) and (error := _error(item, call)) is not None:
            # Who sees the report after this may change it again.
            self._doubted[report.nodeid, str(report.when)] = item, error
            if report.passed:
                self._correct(report, item, error)
            elif report.failed:
                self._tell(item, error, report)
        return report

    def _correct(self, report: pytest.TestReport, item: ScenarioItem, error: BaseException) -> None:
        """Let a report of what has not passed say so."""
        vars(report).pop("wasxfail", None)
        if isinstance(error, pytest.skip.Exception):
            report.outcome = "skipped"
            report.longrepr = (str(item.path), item.scenario.line, error.msg or "")
            return
        if not isinstance(error, UnbelievedError):
            error.add_note("and a plugin reported this as passed")
        report.outcome = "failed"
        self._tell(item, error, report)

    def _tell(self, item: ScenarioItem, error: BaseException, report: pytest.TestReport) -> None:
        told: object = report.longrepr
        if not isinstance(told, FailureText):
            if item.record is None:
                return
            told = describe(self._config, item.record, error, Phase(str(report.when)), item.given)
            if not self._config.getoption("fulltrace"):
                report.longrepr = told  # type: ignore[assignment]  # shown as pytest shows its own
            elif (crash := getattr(report.longrepr, "reprcrash", None)) is not None:
                crash.message = told.failure.message
        # pytest-xdist hands over what is plain and stands on the report itself.
        vars(report)["failure"] = asdict(told.failure)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Put together again what came from a worker, and tell once what recurs."""
        item, error = self._doubted.pop((report.nodeid, str(report.when)), (None, None))
        if item is not None and error is not None and report.passed:
            self._correct(report, item, error)
        told = failure_of(report)
        if told is None:
            return
        if isinstance(report.longrepr, str):
            report.longrepr = FailureText(report.longrepr, told)  # type: ignore[assignment]  # as above
        shown: object = report.longrepr
        if told.cause and report.failed and isinstance(shown, FailureText):
            first = self._told.setdefault(told.cause, report.nodeid)
            shown.told_with = first if first != report.nodeid else None


def failure_of(report: object) -> ToldFailure | None:
    """Return what is told of the failure in *report*; None where it has none of a scenario."""
    shown = getattr(report, "longrepr", None)
    if isinstance(shown, FailureText):
        return shown.failure
    plain = getattr(report, "failure", None)
    return ToldFailure(**plain) if isinstance(plain, dict) else None


def advice_on_stop(config: pytest.Config, error: BaseException) -> str:
    """Return what to do where somebody stops a run by *error*."""
    place = own_place(error, config.rootpath)
    return f"see what stops it{f', at {place}' * bool(place)}"


def _error(item: ScenarioItem, call: pytest.CallInfo[None]) -> BaseException | None:
    """Return why a phase of *item* has not passed, by its end or else by its record."""
    if call.excinfo is not None:
        return call.excinfo.value
    record = item.record
    step = record.unfinished if record is not None and call.when == "call" else None
    if step is None:
        return None
    return UnbelievedError(item.feature.path, step)
