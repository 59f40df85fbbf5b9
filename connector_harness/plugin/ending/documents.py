"""The documents for people, made when a run is over.

Registered in the process that controls the run. What makes them is loaded only then.
"""

import contextlib
import os
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
import pytest

from connector_harness.plugin.collecting.sharding import SHARDING
from connector_harness.plugin.ending.shortfall import Planned
from connector_harness.results.folder import ResultsFolder
from connector_harness.results.journal import journals

# A plain run does not wait for what is needed at its end.
if TYPE_CHECKING:
    from connector_harness.report.pipeline.pipeline import Pipeline
    from connector_harness.results.reader import Results

UNWRITTEN: Final = "not made"


class LivingDocument:
    """Makes the documents at the end of a run, which ends as it would have ended without them."""

    def __init__(self, config: pytest.Config, folder: ResultsFolder, planned: Planned) -> None:
        self._config = config
        self._folder = folder
        self._planned = planned
        # Which part of the whole the run is, if not all of it.
        self._sharding = config.stash.get(SHARDING, None)
        self._start = _now_ms()
        self._before: Results | None = None
        self._lines: list[tuple[str, bool]] = []
        self._commands: list[str] = []

    def pytest_sessionstart(self) -> None:
        """Read the results to compare with, before this run takes their place."""
        since = self._config.getoption("--since")
        if since is None:
            return
        from connector_harness.results.journal import ResultsError  # noqa: PLC0415 - late
        from connector_harness.results.reader import read_results  # noqa: PLC0415 - late

        try:
            self._before = read_results(self._config.invocation_params.dir / since)
        except ResultsError as error:
            raise pytest.UsageError(f"--since: {error}") from None

    def make(self, exit_code: int) -> None:
        """Make the documents from what is on disk by now."""
        if self._is_empty_shard or self.has_results:
            with self._telling("document"):
                self._make(exit_code)

    @property
    def has_results(self) -> bool:
        """Whether the run has left any result."""
        files = journals(self._folder.path)
        return any(file.stat().st_mtime * 1000 >= self._start for file in files)

    @contextlib.contextmanager
    def _telling(self, what: str) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # noqa: BLE001 - whatever it is
            lines = str(error).splitlines() or [""]
            why = f"{type(error).__name__}: {lines[0]}"
            self._lines.append((f"{what + ':':<9} {UNWRITTEN}: {why}", True))
            self._lines.append(("  next: python -m connector_harness.report shows it", True))

    def tell(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say where the documents are, below the results."""
        for line, is_wrong in self._lines:
            terminalreporter.line(line, red=is_wrong)
        for command in self._commands:
            # No colour: a CI system reads it.
            terminalreporter.line(command)

    @property
    def _reporter(self) -> pytest.TerminalReporter | None:
        found: pytest.TerminalReporter | None = self._config.pluginmanager.getplugin(
            "terminalreporter"
        )
        return found

    @property
    def _is_empty_shard(self) -> bool:
        return self._sharding is not None and self._sharding.is_empty

    def _make(self, exit_code: int) -> None:
        from connector_harness.report.making import gc_paused  # noqa: PLC0415 - late
        from connector_harness.results.reader import read_results  # noqa: PLC0415 - late
        from connector_harness.results.run_facts import RUN_FILE, Run  # noqa: PLC0415 - late

        processes = getattr(self._config.option, "numprocesses", None) or 1
        missing = self._planned.missing(self._reporter) if self._reporter else ()
        run = Run(self._start, _now_ms(), exit_code, processes, tuple(missing))
        if self._sharding is not None:
            shard, part = str(self._sharding.shard), self._sharding.split.fingerprint
            run = msgspec.structs.replace(run, shard=shard, split=part)
        if xml := self._config.option.xmlpath:
            found = suite_properties(absolute(xml, self._config))
            run = msgspec.structs.replace(run, properties=found)
        self._folder.write_document(RUN_FILE, run.document)
        self._keep_contract()
        with gc_paused():
            results = read_results(self._folder.path)
            self._lines += [(note, True) for note in results.notes]
            ran = results.strays or any(each.results for each in results.scenarios)
            if not ran and not self._is_empty_shard:
                return
            where = documents_folder(self._config, self._folder.path)
            with self._telling("document"):
                self._write_documents(results, where)
            self._serve(pipeline_of(self._config, where), results)

    def _write_documents(self, results: "Results", where: Path) -> None:
        from connector_harness.report.making import make_documents  # noqa: PLC0415 - late

        for kind, file in make_documents(results, where, before=self._before).items():
            self._lines.append((f"{kind + ':':<9} {_relative(file, self._config)}", False))

    def _keep_contract(self) -> None:
        # A project without any has no coverage of them.
        from connector_harness.contract.schemas import SchemaError  # noqa: PLC0415 - late
        from connector_harness.results.contract_file import CONTRACT_FILE, contract_in  # noqa: PLC0415 - late

        folder = self._config.rootpath / self._config.getini("connector_schemas")
        if not folder.is_dir():
            return
        try:
            self._folder.write_schemas(CONTRACT_FILE, contract_in(folder).document)
        except (SchemaError, ValueError) as error:
            first, *rest = str(error).splitlines()
            self._lines.append((f"coverage: {UNWRITTEN}: {first}", True))
            self._lines += [(line, True) for line in rest]

    def _serve(self, pipeline: "Pipeline", results: "Results") -> None:
        for name, make in pipeline.makers(results):
            with self._telling(name):
                file = make()
                self._lines.append((f"{name + ':':<9} {_relative(file, self._config)}", False))
                told = pipeline.upload(name, file)
                self._commands.extend([told] if told else [])
        self._commands.extend(pipeline.commands(results))


def documents_folder(config: pytest.Config, results: Path) -> Path:
    """Return where documents go: beside *results* of this project, else inside their folder."""
    usual = config.rootpath / str(config.getini("connector_results"))
    is_beside = results == usual and results.parent != config.rootpath
    return results.parent if is_beside else results


def pipeline_of(config: pytest.Config, folder: Path) -> "Pipeline":
    """Return where things for a pipeline go, where documents go to *folder*."""
    from connector_harness.report.pipeline.pipeline import Pipeline  # noqa: PLC0415 - late
    from connector_harness.results.ci_system import detect  # noqa: PLC0415 - late

    junit, messages = config.option.xmlpath, config.getoption("--messages")
    return Pipeline(
        folder=folder,
        junit=absolute(junit, config) if junit else None,
        messages=absolute(messages, config) if messages else None,
        system=detect(os.environ, config.rootpath),
    )


def absolute(path: str, config: pytest.Config) -> Path:
    """Return a file that the command line names, whatever the working directory is by now."""
    return config.invocation_params.dir / Path(os.path.expandvars(path)).expanduser()


def _relative(file: Path, config: pytest.Config) -> str:
    return Path(os.path.relpath(file, config.invocation_params.dir)).as_posix()


def _now_ms() -> int:
    return round(time.time() * 1000)


def suite_properties(file: Path) -> tuple[tuple[str, str], ...]:
    """Return what tests have recorded for the whole run, with ``record_testsuite_property``.

    pytest keeps it in its JUnit file and nowhere else; where there is no such file, it is nothing.
    """
    try:
        root = ET.parse(file).getroot()  # noqa: S314 - written by this very run
    except (OSError, ET.ParseError):
        return ()
    found = root.iterfind("testsuite/properties/property")
    return tuple((each.get("name", ""), each.get("value", "")) for each in found)


def mark_red(config: pytest.Config, folder: ResultsFolder, *, since_s: float) -> None:
    """Let no document for a program call the run green; those that cannot be written stay.

    The facts of a run that began before *since_s* are those of another one.
    """
    from connector_harness.results.journal import ResultsError  # noqa: PLC0415 - late
    from connector_harness.results.reader import read_results  # noqa: PLC0415 - late
    from connector_harness.results.run_facts import RUN_FILE, read_run  # noqa: PLC0415 - late

    run = read_run(folder.path)
    if run is None or run.start < since_s * 1000:
        return
    with contextlib.suppress(OSError, ResultsError):
        red = msgspec.structs.replace(run, exit_code=int(pytest.ExitCode.TESTS_FAILED))
        folder.write_document(RUN_FILE, red.document)
        pipeline = pipeline_of(config, documents_folder(config, folder.path))
        pipeline.turn_red(read_results(folder.path))
