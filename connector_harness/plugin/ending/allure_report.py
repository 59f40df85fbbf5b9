"""The Allure report, made when a run is over, where ``--report`` asks for it.

Registered in the process that controls the run. What becomes of the report changes nothing about
how the run has ended.
"""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from connector_harness.plugin.ending.documents import documents_folder, has_run, now_ms
from connector_harness.plugin.settings import REPORT, History
from connector_harness.plugin.telling.terminal import opening
from connector_harness.results.folder import ResultsFolder

TIMEOUT_S: Final = 120.0
"""How long the command may take, fetching it included."""

GET_IT: Final = "install Node.js, which has npx, or the command with npm install -g allure"


class AllureReport:
    """Calls the command `allure`, or the one that npx fetches, and says where the report is.

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
        self._lines: list[str] = []

    def make(self) -> None:
        """Make the report from what is on disk by now."""
        if has_run(self._folder.path, self._start):
            try:
                self._lines = [*self._make()]
            except (OSError, subprocess.SubprocessError, KeyboardInterrupt) as error:
                why = str(error) or "interrupted"
                self._lines = [f"report:   not made: {why}", opening(_shown(self._folder.path))]

    def tell(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say where the report is, or why there is none, below the results."""
        for line in self._lines:
            terminalreporter.line(line)

    def _make(self) -> Iterator[str]:
        """Make the report, and yield what is said of it.

        Raises:
            OSError: There is no command, or it cannot be started.
            subprocess.SubprocessError: It fails, or takes too long.
        """
        command = _command()
        is_second = _run([*command, "--version"]).strip().startswith("2.")
        page = documents_folder(self._config, self._folder.path) / REPORT / "index.html"
        words = ["generate", "--clean"] if is_second else ["awesome"]
        words += [str(self._folder.path), "--single-file", "--output", str(page.parent)]
        if (history := self._history) is not None and history.is_file is not is_second:
            words += ["--history-path", str(history.path)] if history.is_file else []
        elif history is not None:
            kind = "a folder" if is_second else "a file, such as reports/history.jsonl"
            told = f"history:  {_shown(history.path)} is left out"
            yield f"{told}; Allure {2 if is_second else 3} keeps it in {kind}"
        said = _run([*command, *words])
        if not page.is_file():
            raise OSError(f"allure has made none: {_last_line(said)}")
        yield f"report:   {_shown(page)}"


def _command() -> list[str]:
    if allure := shutil.which("allure"):
        return [allure]
    if npx := shutil.which("npx"):
        return [npx, "--yes", "allure@3"]
    raise OSError(f"neither allure nor npx is here\n  next: {GET_IT}")


def _run(words: list[str]) -> str:
    """Return what a command says, which is told nothing of the harness's settings.

    It leaves no process behind, however it ends.
    """
    environ = {name: each for name, each in os.environ.items() if not name.startswith("CONNECTOR_")}
    # npm asks again for minutes otherwise.
    environ |= {"npm_config_fetch_retries": "1", "npm_config_update_notifier": "false"}
    process = subprocess.Popen(  # noqa: S603 - the command that somebody asked for
        words,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        said, _ = process.communicate(timeout=TIMEOUT_S)
    finally:
        _end(process)
    if process.returncode != 0:
        name = Path(words[0]).name
        raise OSError(f"{name} ended with exit code {process.returncode}: {_last_line(said)}")
    return said


def _end(process: "subprocess.Popen[str]") -> None:
    """End what still runs: npx has children that outlive it."""
    if process.poll() is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (AttributeError, ProcessLookupError):
            process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _last_line(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"


def _shown(file: Path) -> str:
    return Path(os.path.relpath(file)).as_posix()
