"""How a scenario in quarantine is reported: it runs, and its failure does not count yet."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

import pytest

from connector_harness.gherkin.quarantine import TAG, quarantine_of, utc_today
from connector_harness.plugin.collecting.collection import ScenarioItem
from connector_harness.plugin.stash import Reporting
from connector_harness.results.record import Label, QuarantineOutcome

CATEGORY: Final = "quarantined"
"""What pytest counts a failure as that does not count yet."""

FAILURES: Final = (CATEGORY, "failed", "error")
"""The categories of reports of what failed."""


@dataclass(slots=True)
class Verdict:
    """What came of a scenario that is, or was, in quarantine: its words, and where its tag stands.

    Once it is over, failures count again; it may fail in whatever phase. The tag covers the
    scenarios at some lines of the file, this one's among them, and leaves once all have passed.
    """

    words: str
    place: str
    tag: str
    is_over: bool
    line: int
    covers: list[int]
    failed: bool = False
    reason: str = ""
    waits: bool = False

    @property
    def outcome(self) -> str:
        """What came of it, in a few words."""
        if not self.failed:
            return "passed" if self.waits else "passed, ready to leave"
        return "failed, which counts" if self.is_over else "failed, which does not count"

    def lines(self, nodeid: str) -> Iterator[str]:
        """Yield what the terminal says of it."""
        yield f"{self.outcome}: {nodeid}, {self.words}"
        if self.waits and not self.failed:
            yield f"  @{self.tag} stays: it covers what has not passed, too ({self.place})"
        elif not self.failed:
            yield f"  next: take @{self.tag} out ({self.place})"
        elif self.is_over:
            yield f"  next: mend it; or agree on another day and write that ({self.place})"
        else:
            yield f"  {self.reason}"


VERDICT: Final = pytest.StashKey[Verdict]()
"""The verdict on a scenario that ran."""


class QuarantineReport:
    """Keeps failures in quarantine from failing the run, and says what became of them.

    pytest treats such a failure like an expected one: it does not stop a run at ``-x``, ``--lf``
    does not choose it, and a JUnit file has it as skipped, with the reason.
    """

    def __init__(self, today: Callable[[], date] = utc_today) -> None:
        self._today = today

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Reporting:
        """Judge a scenario that is in quarantine."""
        report = yield
        if isinstance(item, ScenarioItem):
            if report.when == "setup" and VERDICT in item.stash:
                # A plugin runs it once more.
                del item.stash[VERDICT]
            if report.when == "call" or report.failed:
                self._judge(item, report)
            if report.when == "teardown" and (verdict := item.stash.get(VERDICT, None)):
                told = (TAG, f"{verdict.words}: {verdict.outcome}")
                report.user_properties = [*report.user_properties, told]
                if item.record is not None:
                    excuses = verdict.failed and not verdict.is_over
                    item.record.kept.quarantine = QuarantineOutcome(
                        verdict.words, verdict.outcome, excuses=excuses
                    )
                    item.record.kept.labels.append(Label(TAG, verdict.outcome))
        return report

    def _judge(self, item: ScenarioItem, report: pytest.TestReport) -> None:
        quarantine = quarantine_of(item.scenario.tags)
        if quarantine is None or report.skipped:
            return
        today = self._today()
        scenario = item.original or item.scenario
        line, covers = quarantine.lines_in(item.feature, scenario)
        verdict = item.stash.setdefault(
            VERDICT,
            Verdict(
                words=quarantine.in_words(today),
                place=f"{item.feature.path}:{line}",
                tag=quarantine.tag,
                is_over=quarantine.is_over(today),
                line=scenario.line,
                covers=covers,
                # How the others fare is known at the end.
                waits=len(covers) > 1 or item.original is not None,
            ),
        )
        if report.failed:
            crash = getattr(report.longrepr, "reprcrash", None)
            verdict.failed = True
            verdict.reason = str(crash.message if crash else report.longrepr).partition("\n")[0]
            if not verdict.is_over:
                report.outcome = "skipped"
                vars(report)["wasxfail"] = f"{verdict.words}: {verdict.reason}"
        # A plain dictionary goes through from a worker of pytest-xdist.
        vars(report)[TAG] = asdict(verdict)

    def pytest_report_teststatus(
        self, report: pytest.TestReport | pytest.CollectReport
    ) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
        """Show a failure that does not count by a letter of its own."""
        if is_muted(report):
            return CATEGORY, "q", ("QUARANTINED", {"yellow": True})
        return None

    def tell(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say of every scenario in quarantine how it fared, and which can leave."""
        verdicts = dict(_verdicts(terminalreporter))
        for verdict in verdicts.values():
            alike = [each for each in verdicts.values() if each.place == verdict.place]
            passed = {each.line for each in alike if not each.failed}
            verdict.waits = any(e.failed for e in alike) or not passed.issuperset(verdict.covers)
        if verdicts:
            terminalreporter.section(TAG, yellow=True)
            for nodeid, verdict in verdicts.items():
                for line in verdict.lines(nodeid):
                    terminalreporter.line(line)


def _verdicts(reporter: pytest.TerminalReporter) -> Iterator[tuple[str, Verdict]]:
    """Yield the verdict on each scenario; of one with several reports the last, worst one last."""
    kinds = [kind for kind in reporter.stats if kind not in FAILURES]
    for kind in [*kinds, *FAILURES]:
        for report in reporter.stats.get(kind, ()):
            told: dict[str, Any] | None = getattr(report, TAG, None)
            if told is not None:
                yield report.nodeid, Verdict(**told)


def is_muted(report: pytest.TestReport | pytest.CollectReport) -> bool:
    """Return whether *report* tells of a failure that does not count."""
    return report.skipped and hasattr(report, TAG)


QUARANTINE: Final = pytest.StashKey[QuarantineReport]()
"""What becomes of scenarios in quarantine; there where the run has features."""
