"""The documents for people, made when a run is over.

Registered in the process that controls the run. What makes them is loaded only then.
"""

import os
import time
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from connector_harness.plugin.allure_results import ResultsFolder
from connector_harness.plugin.not_run import Planned

# A plain run does not wait for what is needed at its end.
if TYPE_CHECKING:
    from connector_harness.report.results import Results

UNWRITTEN: Final = "not made"


class LivingDocument:
    """Makes the documents at the end of a run, which ends as it would have ended without them.

    Args:
        config: pytest's configuration.
        folder: Where the results are.
        planned: Knows what did not run.
    """

    def __init__(self, config: pytest.Config, folder: ResultsFolder, planned: Planned) -> None:
        self._config = config
        self._folder = folder
        self._planned = planned
        self._start = _now_ms()
        self._before: Results | None = None
        self._lines: list[tuple[str, bool]] = []

    def pytest_sessionstart(self) -> None:
        """Read the results to compare with, before this run takes their place."""
        since = self._config.getoption("--since")
        if since is None:
            return
        from connector_harness.report.results import ResultsError, read_results  # noqa: PLC0415 - late

        try:
            self._before = read_results(self._config.invocation_params.dir / since)
        except ResultsError as error:
            raise pytest.UsageError(f"--since: {error}") from None

    # Around the last of what others still write, and before the terminal sums up.
    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, object, object]:
        """Make the documents from what is on disk by now."""
        done = yield
        if self._has_run():
            try:
                self._make(int(session.exitstatus))
            except Exception as error:  # noqa: BLE001 - whatever it is, the run is what it is
                lines = str(error).splitlines() or [""]
                what = f"{type(error).__name__}: {lines[0]}"
                self._lines.append((f"document: {UNWRITTEN}: {what}", True))
                self._lines.append(("  next: python -m connector_harness.report shows it", True))
        return done

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say where the documents are, below the results."""
        for line, is_wrong in self._lines:
            terminalreporter.line(self._folder.redactor.text(line), red=is_wrong)

    @property
    def _reporter(self) -> pytest.TerminalReporter | None:
        found: pytest.TerminalReporter | None = self._config.pluginmanager.getplugin(
            "terminalreporter"
        )
        return found

    def _has_run(self) -> bool:
        """Return whether this run has left any result."""
        folder = self._folder.path
        if not folder.is_dir():
            return False
        with os.scandir(folder) as entries:
            return any(
                entry.name.endswith("-result.json") and entry.stat().st_mtime * 1000 >= self._start
                for entry in entries
            )

    def _make(self, exit_code: int) -> None:
        from connector_harness.report.allure_transcripts import attach_transcripts  # noqa: PLC0415 - late
        from connector_harness.report.collector import collector_at_rest  # noqa: PLC0415 - late
        from connector_harness.report.making import make_documents  # noqa: PLC0415 - late
        from connector_harness.report.results import read_results  # noqa: PLC0415 - late
        from connector_harness.report.run_facts import RUN_FILE, Run  # noqa: PLC0415 - late

        processes = getattr(self._config.option, "numprocesses", None) or 1
        missing = self._planned.missing(self._reporter) if self._reporter else ()
        run = Run(self._start, _now_ms(), exit_code, processes, tuple(missing))
        self._folder.write_document(RUN_FILE, run.document)
        self._keep_contract()
        with collector_at_rest():
            results = read_results(self._folder.path)
            if not any(scenario.results for scenario in results.scenarios):
                return
            where = documents_folder(self._config, self._folder.path)
            made = make_documents(results, where, before=self._before)
            attach_transcripts(made.page.cases)
        for kind, file in made.files:
            self._lines.append((f"{kind}: {_relative(file, self._config)}", False))

    def _keep_contract(self) -> None:
        """Keep the schemas beside the results; a project without any has no coverage of them."""
        from connector_harness.report.contract_file import CONTRACT_FILE, contract_in  # noqa: PLC0415 - late
        from connector_harness.schemas import SchemaError  # noqa: PLC0415 - late

        folder = self._config.rootpath / self._config.getini("connector_schemas")
        if not folder.is_dir():
            return
        try:
            self._folder.write_schemas(CONTRACT_FILE, contract_in(folder).document)
        except (SchemaError, ValueError) as error:
            first, *rest = str(error).splitlines()
            self._lines.append((f"coverage: {UNWRITTEN}: {first}", True))
            self._lines += [(line, True) for line in rest]


def documents_folder(config: pytest.Config, results: Path) -> Path:
    """Return where documents go: beside the results of this project, inside a folder of one's own.

    Args:
        config: pytest's configuration.
        results: The folder of the results.
    """
    usual = config.rootpath / str(config.getini("connector_results"))
    is_beside = results == usual and results.parent != config.rootpath
    return results.parent if is_beside else results


def _relative(file: Path, config: pytest.Config) -> str:
    return Path(os.path.relpath(file, config.invocation_params.dir)).as_posix()


def _now_ms() -> int:
    return round(time.time() * 1000)
