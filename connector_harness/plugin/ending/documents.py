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
from connector_harness.json_types import JsonObject
from connector_harness.plugin.beginning import remove_outputs
from connector_harness.plugin.options import documents_folder, is_idle, named_file
from connector_harness.plugin.settings import HISTORY_KEY
from connector_harness.plugin.stash import NOTICES
from connector_harness.report.making import gc_paused
from connector_harness.report.pipeline.failures import failures, wrong
from connector_harness.report.pipeline.pipeline import Pipeline
from connector_harness.results.ci_system import detect
from connector_harness.results.contract_file import CONTRACT_FILE, contract_in
from connector_harness.results.folder import ResultsFolder
from connector_harness.results.folder_lock import FolderInUseError
from connector_harness.results.journal import ResultsError, journals, outcomes
from connector_harness.results.reader import Results, read_results, refused_results, versions_in
from connector_harness.results.record import masked
from connector_harness.results.run_facts import Problem, Run

UNWRITTEN: Final = "not made"


class Documents:
    """Makes the documents of a run; where one cannot be made, the others say so.

    Attributes:
        lost: What could not be made.
    """

    def __init__(self, config: pytest.Config, folder: ResultsFolder) -> None:
        self._config = config
        self._folder = folder
        self._lines: list[tuple[str, bool]] = []
        self._commands: list[str] = []
        self._refused: JsonObject | None = None
        self._told: tuple[Problem, ...] = ()
        self._before: Results | None = None
        self._made: dict[str, Path] = {}
        self.lost: list[Problem] = []

    def make(self, run: Run, before: Results | None) -> None:
        """Make the documents of *run* from what is on disk by now."""
        self._before = before
        with gc_paused():
            with self._losing("coverage"):
                self._keep_contract()
            with self._losing("results"):
                if xml := self._config.option.xmlpath:
                    found = suite_properties(named_file(self._config, xml))
                    run = msgspec.structs.replace(run, properties=found)
                versions = versions_in(self._folder.path)
                kept = [e for file in journals(self._folder.path) for e in outcomes(file)]
                attempts = sum(each.run == run.id for each in kept)
                run = msgspec.structs.replace(run, versions=versions, attempts=attempts)
                self._folder.write_run(run)
            self._make()
        if self._config.getoption("--report"):
            from connector_harness.plugin.ending.allure_report import report_lines  # noqa: PLC0415 - few runs ask

            lines = report_lines(self._folder.path, self._where, self._config.stash[HISTORY_KEY])
            self._lines += [(line, False) for line in lines]

    def refuse(self, run: Run, refused: JsonObject) -> None:
        """Make the documents of a *run* that did not begin; what has findings is *refused*.

        The results of the run before stay, and its documents do not. What asks for no run is told
        of on the output alone, and so is a run whose folder another one writes to.
        """
        self._folder.run, self._refused = run, refused
        is_ours = not is_idle(self._config)
        with contextlib.suppress(OSError):
            try:
                if is_ours:
                    self._folder.lock.take()
            except FolderInUseError:
                is_ours = False
        if is_ours:
            remove_outputs(self._config, self._where)
            self._make()
        else:
            self._commands.extend(self._pipeline.commands(wrong(self._read().problems)))

    def conclude(self, problems: Sequence[Problem], code: int) -> None:
        """Add what the outputs do not know yet of the *problems* and the exit *code*."""
        late = [each for each in problems if each not in self._folder.run.problems]
        if late or code != self._folder.run.exit_code:
            self._add(late, code)
        self._folder.lock.release()

    def _read(self) -> Results:
        if self._refused is None:
            return read_results(self._folder.path)
        mask = self._folder.redactor
        shown = msgspec.convert(masked(self._folder.run.document, mask), Run)
        return refused_results(masked(self._refused, mask), shown)

    def _make(self) -> None:
        with self._losing("document"):
            results = self._read()
            self._told = results.problems
            own = self._folder.run.problems
            notes = [*results.notes, *(str(e) for e in results.problems if e not in own)]
            self._lines += [(line, True) for note in notes for line in note.splitlines()]
            for name, made in self._pipeline.make(results, before=self._before):
                with self._losing(name):
                    self._say(name, made)
            told_of = [*wrong(results.problems), *failures(results)]
            self._commands.extend(self._pipeline.commands(told_of))
        if self.lost:
            self._add(self.lost, self._folder.run.exit_code or int(pytest.ExitCode.TESTS_FAILED))

    def _add(self, problems: Sequence[Problem], code: int) -> None:
        """Let all outputs say what was found wrong after they were made, and the exit *code*."""
        every = (*self._folder.run.problems, *problems)
        run = msgspec.structs.replace(self._folder.run, exit_code=code, problems=every)
        self._folder.run = run
        if self._refused is None:
            with contextlib.suppress(OSError):
                self._folder.write_run(run)
        stale = {name: file for name, file in self._made.items() if name != "summary"}
        # An output that calls the run green is worse than none.
        with contextlib.suppress(Exception):
            results = self._read()
            news = [each for each in results.problems if each not in self._told]
            self._told = results.problems
            self._commands.extend(self._pipeline.commands(wrong(news)))
            for name, made in self._pipeline.make(results, before=self._before, news=news):
                if isinstance(made, Path):
                    stale.pop(name, None)
        for file in stale.values():
            with contextlib.suppress(OSError):
                file.unlink(missing_ok=True)

    @property
    def problems(self) -> list[Problem]:
        """What makes the run red besides its scenarios, as the outputs tell of it."""
        return [*dict.fromkeys([*self._folder.run.problems, *self._told])]

    @property
    def code(self) -> int:
        """The exit code that the outputs tell of."""
        return self._folder.run.exit_code or 0

    @property
    def _where(self) -> Path:
        return documents_folder(self._config, self._folder.path)

    @property
    def _pipeline(self) -> Pipeline:
        config = self._config
        junit, messages = config.option.xmlpath, config.getoption("--messages")
        return Pipeline(
            folder=self._where,
            junit=named_file(config, junit) if junit else None,
            messages=named_file(config, messages) if messages else None,
            system=detect(os.environ, config.rootpath),
        )

    def tell(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say where the documents are, below the results."""
        for line, is_wrong in self._lines:
            terminalreporter.line(line, red=is_wrong)
        for command in self.commands():
            # No colour: a CI system reads it.
            terminalreporter.line(command)

    def commands(self) -> list[str]:
        """Return what a CI system has still to be told on the output."""
        told, self._commands = self._commands, []
        return told

    @contextlib.contextmanager
    def _losing(self, what: str) -> Iterator[None]:
        """Let what cannot be made cost itself, and be told."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - the rest is made, whatever it is
            lines = str(error).splitlines() or [""]
            why, again = f"{type(error).__name__}: {lines[0]}", "python -m connector_harness.report"
            advice = f"{again} shows it"
            if isinstance(error, OSError):
                advice = f"make room or correct the place; {again} makes it again"
            problem = Problem(f"the {what} could not be made: {why}", advice)
            self.lost.append(problem)
            self._lines.append((f"{what + ':':<9} {UNWRITTEN}: {why}", True))
            self._lines.append((f"  next: {advice}", True))

    def _say(self, what: str, file: Path | Exception) -> None:
        if isinstance(file, Exception):
            raise file
        self._made[what] = file
        shown = Path(os.path.relpath(file, self._config.invocation_params.dir)).as_posix()
        self._lines.append((f"{what + ':':<9} {shown}", False))
        if told := self._pipeline.upload(what, file):
            self._commands.append(told)

    def _keep_contract(self) -> None:
        folder = self._config.rootpath / self._config.getini("connector_schemas")
        # A project without any has no coverage of them.
        if not folder.is_dir():
            return
        try:
            self._folder.write_schemas(CONTRACT_FILE, contract_in(folder).document)
        except (SchemaError, ValueError) as error:
            # Not an output that is lost: there is nothing to make it from.
            first, *rest = str(error).splitlines()
            self._lines += [(f"coverage: {UNWRITTEN}: {first}", True), *((e, True) for e in rest)]


def results_before(config: pytest.Config) -> Results:
    """Return the results that ``--since`` names, before this run takes their place.

    Raises:
        pytest.UsageError: There are none.
    """
    try:
        before = read_results(config.invocation_params.dir / config.getoption("--since"))
    except ResultsError as error:
        raise pytest.UsageError(f"--since: {error}") from None
    config.stash[NOTICES] += [f"--since: {problem}" for problem in before.problems]
    return before


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
