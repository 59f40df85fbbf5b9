"""What a run could not write down, on a full disk for example."""

import contextlib
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector_harness.results.folder import ResultsFolder


class WriteErrors:
    """Knows what a run has lost, so that it ends in order, says so, and is not green."""

    def __init__(self, folder: ResultsFolder, junit: str | None) -> None:
        self._folder = folder
        self._junit = junit
        self._files: list[str] = []

    def __bool__(self) -> bool:
        return bool(self._folder.lost or self._files)

    @contextlib.contextmanager
    def noting(self) -> Iterator[None]:
        """Let a file that cannot be written cost itself, and not the rest of the end."""
        try:
            yield
        except OSError as error:
            name = error.filename or self._junit or "a file"
            self._files.append(f"{name}: {error.strerror or error}")

    def tell(self, terminalreporter: pytest.TerminalReporter) -> None:
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
