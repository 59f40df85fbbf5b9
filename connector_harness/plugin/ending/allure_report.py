"""The Allure report, made when a run is over, where ``--report`` asks for it.

Registered in the process that controls the run. What becomes of the report changes nothing about
how the run has ended.
"""

import os
from pathlib import Path

import pytest

from connector_harness.plugin.ending.documents import documents_folder, has_run, now_ms
from connector_harness.plugin.settings import REPORT, History
from connector_harness.plugin.telling.terminal import opening
from connector_harness.report.allure.result import ResultsFolder
from connector_harness.report.allure_command import (
    AllureCommand,
    AllureError,
    find_command,
    make_report,
)


class AllureReport:
    """Makes the report of what is on disk at the end.

    Args:
        config: pytest's configuration.
        folder: Where the results are.
        history: What is known of earlier runs, if anything.
    """

    def __init__(
        self, config: pytest.Config, folder: ResultsFolder, history: History | None
    ) -> None:
        self._config = config
        self._folder = folder
        self._history = history
        self._start = now_ms()
        self._lines: list[tuple[str, bool]] = []

    def make(self) -> None:
        """Make the report from what is on disk by now."""
        if has_run(self._folder.path, self._start):
            try:
                self._make()
            except (AllureError, OSError) as error:
                self._tell_failure(str(error))
            except KeyboardInterrupt:
                # The run has ended; it is this alone that somebody does not want to wait for.
                self._tell_failure("interrupted")

    def _tell_failure(self, why: str) -> None:
        what, *more = why.splitlines()
        self._lines.append((f"report:   not made: {what}", True))
        self._lines += [(line, True) for line in more]
        self._lines.append((opening(self._shown(self._folder.path)), False))

    def _make(self) -> None:
        command = find_command(os.environ)
        self._compare(command)
        kept = self._history.path if self._history and self._history.is_file else None
        where = documents_folder(self._config, self._folder.path) / REPORT
        file = make_report(command, self._folder.path, where, history=kept)
        self._lines.insert(0, (f"report:   {self._shown(file)}", False))

    def _compare(self, command: AllureCommand) -> None:
        """Say so where the history is one that the command cannot read."""
        if self._history is None or self._history.is_file == command.keeps_file:
            return
        kind = "a file, such as reports/history.jsonl" if command.keeps_file else "a folder"
        what = f"history:  {self._shown(self._history.path)} is left out; Allure {command.major}"
        self._lines.append((f"{what} keeps it in {kind}", True))

    def _shown(self, file: Path) -> str:
        return Path(os.path.relpath(file, self._config.invocation_params.dir)).as_posix()

    def tell(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say where the report is, or why there is none, below the results."""
        for line, is_wrong in self._lines:
            terminalreporter.line(self._folder.redactor.text(line), red=is_wrong)
