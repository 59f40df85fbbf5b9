"""What a pipeline is told of findings, which keep a run from beginning."""

from typing import TYPE_CHECKING, Final

import pytest

from connector_harness.gherkin.guard import Finding
from connector_harness.plugin.collecting.collection import findings_in
from connector_harness.plugin.ending.documents import documents_folder, pipeline_of
from connector_harness.results.folder import ResultsFolder

# Most runs have none, and do not wait for what tells of them.
if TYPE_CHECKING:
    from connector_harness.report.pipeline.failures import ReportedFailure

TITLE: Final = "a feature file to mend"
"""What a finding is called where scenarios have titles."""


class Findings:
    """A plugin that tells findings where failures are told: in files, and beside their lines.

    A run that sends something when it has no finding leaves files.
    """

    def __init__(self, config: pytest.Config, folder: ResultsFolder, *, sends: bool) -> None:
        self._config = config
        self._folder = folder
        self._sends = sends
        self._found: list[Finding] = []

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep what was found; pytest-xdist hands each report over once."""
        self._found += findings_in(report)

    def tell(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Write the files, and the commands that a CI system reads."""
        if not self._found:
            return
        found = [*map(_reported, self._found)]
        where = documents_folder(self._config, self._folder.path)
        pipeline = pipeline_of(self._config, where)
        if self._sends and not terminalreporter.stats.get("passed"):
            for name, make in pipeline.makers_of_findings(found):
                try:
                    make()
                except OSError as error:
                    terminalreporter.line(f"{name}: not made: {error}", red=True)
        for command in pipeline.commands_of(found):
            terminalreporter.line(command)


def _reported(finding: Finding) -> "ReportedFailure":
    from connector_harness.report.pipeline.failures import ReportedFailure  # noqa: PLC0415 - see the top

    return ReportedFailure(
        path=finding.path,
        line=finding.line,
        title=TITLE,
        sentence="",
        reason=f"{finding.what}; next: {finding.next.partition(chr(10))[0]}",
        kind="spec",
    )
