"""What a run could not write down, on a full disk for example."""

import os
from collections import Counter
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from connector_harness.results.folder import ResultsFolder

LOST = "connector_harness_lost"
"""The name under which a worker of pytest-xdist tells what it could not write."""


class Unwritten:
    """Sees to it that a run that loses results ends in order, says so, and is not green.

    Args:
        folder: Where results go.
    """

    def __init__(self, folder: ResultsFolder) -> None:
        self._folder = folder
        self._files: list[str] = []

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:  # noqa: ANN401 - xdist's, not loaded here
        """Take over what a worker could not write."""
        output = getattr(node, "workeroutput", None) or {}
        self._folder.lost.extend(output.get(LOST, []))

    # Innermost, so that the exit code is settled and the terminal goes on to its summary.
    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, object, object]:
        """Let no file that cannot be written at the end cost the rest of it."""
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[LOST] = self._folder.lost
        done = None
        try:
            done = yield
        except OSError as error:
            name = error.filename or session.config.getoption("xmlpath", None) or "a file"
            self._files.append(f"{name}: {error.strerror or error}")
        if self._folder.lost and output is None:
            self._folder.remove_orphans()
        if (self._folder.lost or self._files) and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        return done

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what could not be written, and why."""
        lines = list(self._files)
        where = Path(os.path.relpath(self._folder.path)).as_posix()
        for why, count in Counter(self._folder.lost).items():
            lines.append(f"{count} result(s) in {where}: {why}")
        if lines:
            terminalreporter.section("not written", red=True)
            for line in lines:
                terminalreporter.line(line)
            terminalreporter.line("  next: make room or correct the place, and run again")
