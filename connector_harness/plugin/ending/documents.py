"""The documents for people and programs, made when a run is over, and loaded only then."""

import contextlib
import os
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec
import pytest

from connector_harness.contract.schemas import SchemaError
from connector_harness.gherkin.guard import Finding
from connector_harness.plugin.options import documents_folder, is_idle, named_file
from connector_harness.report.making import gc_paused, make_documents
from connector_harness.report.pipeline.failures import ReportedFailure, failures
from connector_harness.report.pipeline.pipeline import Pipeline
from connector_harness.results.ci_system import detect
from connector_harness.results.contract_file import CONTRACT_FILE, contract_in
from connector_harness.results.folder import ResultsFolder
from connector_harness.results.journal import ResultsError
from connector_harness.results.reader import Results, read_results
from connector_harness.results.run_facts import Run

UNWRITTEN: Final = "not made"

TITLE: Final = "a feature file to mend"
"""What a finding is called where scenarios have titles."""


class Documents:
    """Makes the documents of a run, which ends as it would have ended without them."""

    def __init__(self, config: pytest.Config, folder: ResultsFolder) -> None:
        self._config = config
        self._folder = folder
        self._lines: list[tuple[str, bool]] = []
        self._commands: list[str] = []

    def make(self, run: Run, before: Results | None) -> None:
        """Make the documents of *run* from what is on disk by now."""
        with self._telling("document"), gc_paused():
            if xml := self._config.option.xmlpath:
                found = suite_properties(named_file(self._config, xml))
                run = msgspec.structs.replace(run, properties=found)
            self._folder.write_run(run)
            self._keep_contract()
            results = read_results(self._folder.path)
            self._lines += [(note, True) for note in results.notes]
            # An empty shard has nothing but its facts.
            if results.strays or any(each.results for each in results.scenarios) or run.shard:
                self._write(results, before)

    def tell(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say where the documents are, below the results."""
        for line, is_wrong in self._lines:
            terminalreporter.line(line, red=is_wrong)
        for command in self._commands:
            # No colour: a CI system reads it.
            terminalreporter.line(command)

    @contextlib.contextmanager
    def _telling(self, what: str) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # noqa: BLE001 - the run is what it is, whatever it is
            lines = str(error).splitlines() or [""]
            why = f"{type(error).__name__}: {lines[0]}"
            self._lines.append((f"{what + ':':<9} {UNWRITTEN}: {why}", True))
            self._lines.append(("  next: python -m connector_harness.report shows it", True))

    def _write(self, results: Results, before: Results | None) -> None:
        where = documents_folder(self._config, self._folder.path)
        with self._telling("document"):
            for kind, file in make_documents(results, where, before=before).items():
                self._say(kind, file)
        pipeline = _pipeline(self._config, where)
        for name, make in pipeline.makers(results):
            with self._telling(name):
                file = make()
                self._say(name, file)
                told = pipeline.upload(name, file)
                self._commands.extend([told] if told else [])
        self._commands.extend(pipeline.commands(failures(results)))

    def _say(self, what: str, file: Path) -> None:
        shown = Path(os.path.relpath(file, self._config.invocation_params.dir)).as_posix()
        self._lines.append((f"{what + ':':<9} {shown}", False))

    def _keep_contract(self) -> None:
        folder = self._config.rootpath / self._config.getini("connector_schemas")
        # A project without any has no coverage of them.
        if not folder.is_dir():
            return
        try:
            self._folder.write_schemas(CONTRACT_FILE, contract_in(folder).document)
        except (SchemaError, ValueError) as error:
            first, *rest = str(error).splitlines()
            self._lines += [(f"coverage: {UNWRITTEN}: {first}", True), *((e, True) for e in rest)]


def results_before(config: pytest.Config) -> Results:
    """Return the results that ``--since`` names, before this run takes their place.

    Raises:
        pytest.UsageError: There are none.
    """
    try:
        return read_results(config.invocation_params.dir / config.getoption("--since"))
    except ResultsError as error:
        raise pytest.UsageError(f"--since: {error}") from None


def tell_findings(
    terminalreporter: pytest.TerminalReporter, folder: Path, found: Sequence[Finding]
) -> None:
    """Tell a pipeline of findings, which keep a run from beginning, where failures are told.

    A run that sends something when it has no finding leaves files.
    """
    config = terminalreporter.config
    pipeline = _pipeline(config, documents_folder(config, folder))
    told = [
        ReportedFailure(
            path=each.path,
            line=each.line,
            title=TITLE,
            sentence="",
            reason=f"{each.what}; next: {each.next.partition(chr(10))[0]}",
            kind="spec",
        )
        for each in found
    ]
    if not is_idle(config) and not terminalreporter.stats.get("passed"):
        try:
            pipeline.write_findings(told)
        except OSError as error:
            terminalreporter.line(f"junit: {UNWRITTEN}: {error}", red=True)
    for command in pipeline.commands(told):
        terminalreporter.line(command)


def _pipeline(config: pytest.Config, folder: Path) -> Pipeline:
    junit, messages = config.option.xmlpath, config.getoption("--messages")
    return Pipeline(
        folder=folder,
        junit=named_file(config, junit) if junit else None,
        messages=named_file(config, messages) if messages else None,
        system=detect(os.environ, config.rootpath),
    )


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


def mark_red(config: pytest.Config, folder: ResultsFolder) -> None:
    """Let no document for a program call the run green; those that cannot be written stay."""
    if not folder.run.has_ended:
        return
    with contextlib.suppress(OSError, ResultsError):
        red = int(pytest.ExitCode.TESTS_FAILED)
        folder.write_run(msgspec.structs.replace(folder.run, exit_code=red))
        where = documents_folder(config, folder.path)
        _pipeline(config, where).turn_red(read_results(folder.path))
