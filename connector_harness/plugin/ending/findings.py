"""What a pipeline is told of findings, which keep a run from beginning."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from connector_harness.plugin.ending.documents import documents_folder, pipeline_of
from connector_harness.results.folder import ResultsFolder

# Most runs have none, and do not wait for what tells of them.
if TYPE_CHECKING:
    from connector_harness.report.pipeline.failures import ReportedFailure

TITLE: Final = "a feature file to mend"
"""What a finding is called where scenarios have titles."""

_FINDING: Final = re.compile(
    r"^(?P<path>[^\n:]+\.feature):(?P<line>\d+): (?P<what>.+)\n +next: (?P<next>.+)$", re.MULTILINE
)


class Findings:
    """A plugin that tells findings where failures are told: in files, and beside their lines.

    Args:
        config: pytest's configuration.
        folder: Where the results are.
        sends: Whether the run sends something when it has no finding, and leaves files then.
    """

    def __init__(self, config: pytest.Config, folder: ResultsFolder, *, sends: bool) -> None:
        self._config = config
        self._folder = folder
        self._sends = sends
        self._told: list[str] = []

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep what was found; pytest-xdist hands each report over once."""
        if report.failed:
            self._told.append(report.longreprtext)

    def tell(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Write the files, and the commands that a CI system reads."""
        found = [each for text in self._told for each in _found(text)]
        if not found:
            return
        pipeline = pipeline_of(self._config, self._where)
        if self._sends and not terminalreporter.stats.get("passed"):
            for name, make in pipeline.makers_of_findings(found):
                try:
                    make()
                except OSError as error:
                    terminalreporter.line(f"{name}: not made: {error}", red=True)
        for command in pipeline.commands_of(found):
            terminalreporter.line(command)

    @property
    def _where(self) -> Path:
        return documents_folder(self._config, self._folder.path)


def _found(text: str) -> "list[ReportedFailure]":
    from connector_harness.report.pipeline.failures import ReportedFailure  # noqa: PLC0415 - see the top

    return [
        ReportedFailure(
            path=each["path"],
            line=int(each["line"]),
            title=TITLE,
            sentence="",
            reason=f"{each['what']}; next: {each['next']}",
            kind="spec",
        )
        for each in _FINDING.finditer(text)
    ]
