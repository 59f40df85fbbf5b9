"""The run as the spec reads, which ``-v`` shows: features, scenarios, steps with their marks."""

from collections.abc import Generator
from typing import Any, Final, TypeAlias

import pytest

from connector_harness.gherkin.identity import is_scenario
from connector_harness.gherkin.written_lines import spelled_out
from connector_harness.plugin.collecting.collection import ScenarioItem
from connector_harness.plugin.stash import Reporting
from connector_harness.plugin.telling.failures import failure_of
from connector_harness.results.record import MARKS, RecordedScenario

Status: TypeAlias = tuple[str, str, str | tuple[str, dict[str, bool]]]
"""Category, letter and word of a report, as pytest's terminal has them."""

COLORS: Final = {"passed": "green", "FAILED": "red", "skipped": "yellow"}
"""The colour of each mark; what did not run has none."""


def is_wanted(config: pytest.Config) -> bool:
    """Return whether the run is to be shown as the spec reads."""
    # Who sets a verbosity of its own for test cases wants pytest's lines, who asks for
    # pytest-bdd's reporter wants that.
    return bool(
        config.option.verbose > 0
        and config.getini("verbosity_test_cases") == "auto"
        and not config.getoption("gherkin_terminal_reporter", default=False)
    )


class StoryTeller:
    """A plugin that shows each scenario once it has ended, in place of pytest's line."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._session: pytest.Session | None = None
        self._headings: tuple[str, str] = ("", "")
        self._reasons: dict[str, list[str]] = {}
        self._ended = 0
        self._is_quiet = False

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Remember where the number of scenarios will stand."""
        self._session = session

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Reporting:
        """Put the story of a scenario on its last report, which may have to travel."""
        report = yield
        if report.when == "teardown" and isinstance(item, ScenarioItem) and item.record:
            vars(report)["story"] = _story(item, item.record.kept)
        return report

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_logstart(self, nodeid: str) -> Generator[None, object, object]:
        """Keep pytest from announcing a scenario by its id."""
        option = self._config.option
        usual = option.verbose
        if is_scenario(nodeid):
            option.verbose = -1
        try:
            return (yield)
        finally:
            option.verbose = usual

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_logreport(
        self, report: pytest.TestReport
    ) -> Generator[None, object, object]:
        """Show the scenario instead of pytest's word for it."""
        # A scenario whose worker crashed has one report, of no phase and without a story.
        phases = ("setup", "call", "teardown")
        self._is_quiet = is_scenario(report.nodeid) and report.when in phases
        try:
            done = yield
        finally:
            self._is_quiet = False
        reason = _reason(report)
        if reason:
            self._reasons.setdefault(report.nodeid, []).append(reason)
        story = getattr(report, "story", None)
        if story is not None:
            self._ended += 1
            self._show(story, self._reasons.pop(report.nodeid, []))
        return done

    @pytest.hookimpl(wrapper=True)
    def pytest_report_teststatus(self) -> Generator[None, Status, Status]:
        """Leave pytest's counting as it is, and nothing for it to write."""
        category, letter, word = yield
        return (category, "", "") if self._is_quiet else (category, letter, word)

    def _show(self, story: dict[str, Any], reasons: list[str]) -> None:
        reporter = self._config.pluginmanager.getplugin("terminalreporter")
        if reporter is None:
            return

        def line(text: str, **style: bool) -> None:
            reporter.write_line(spelled_out(text), **style)

        reporter.ensure_newline()
        headings = (story["feature"], story["rule"])
        if headings[0] != self._headings[0]:
            line("")
            line(story["feature"], bold=True)
        if headings != self._headings and story["rule"]:
            line(f"  {story['rule']}", bold=True)
        self._headings = headings
        indent = "    " if story["rule"] else "  "
        line(f"{indent}{story['scenario']}{self._progress()}")
        for mark, sentence in story["steps"]:
            color = COLORS.get(mark.strip())
            reporter.write(f"{indent}  {mark}", **({color: True} if color else {}))
            line(f"  {sentence}")
        for reason in reasons:
            line(f"{indent}  {reason}", yellow=True)

    def _progress(self) -> str:
        planned = self._session.testscollected if self._session is not None else 0
        return f"  [{100 * self._ended // planned:3d}%]" if planned else ""


def _story(item: ScenarioItem, record: RecordedScenario) -> dict[str, Any]:
    feature, scenario, rule = item.feature, item.scenario, item.scenario.rule
    steps: list[list[str]] = []
    for each in record.steps:
        steps.append([MARKS[each.status], each.name])
        steps += [["       ", f"  {row}"] for row in each.rows]
    return {
        "feature": f"{feature.keyword}: {feature.title}  ({feature.path})",
        "rule": f"{rule.keyword}: {rule.title}" if rule else "",
        "scenario": f"{scenario.keyword}: {scenario.name}",
        "steps": steps,
    }


def _reason(report: pytest.TestReport) -> str:
    if hasattr(report, "wasxfail"):
        # That it was expected, or is in quarantine, comes before why.
        return str(report.wasxfail)
    failure = failure_of(report)
    if failure is not None:
        return failure.message
    if report.skipped and isinstance(report.longrepr, tuple):
        return str(report.longrepr[2])
    return ""
