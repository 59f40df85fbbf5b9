"""The documents for people and programs, made when a run is over, and loaded only then."""

import contextlib
import os
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec
import pytest

from connector_harness.contract.schemas import SchemaError
from connector_harness.json_types import JsonObject
from connector_harness.plugin.beginning import remove_outputs
from connector_harness.plugin.options import documents_folder, is_idle, named_file
from connector_harness.plugin.stash import NOTICES
from connector_harness.report.making import Maker, document_makers, gc_paused
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

    def refuse(self, run: Run, refused: JsonObject) -> None:
        """Make the documents of a *run* that did not begin; what has findings is *refused*.

        The results of the run before stay, and its documents do not. What asks for no run is told
        of on the output alone, and so is a run whose folder another one writes to.
        """
        self._folder.run, self._refused = run, refused
        is_ours = not is_idle(self._config)
        with contextlib.suppress(OSError):
            if is_ours and self._folder.path.is_dir():
                try:
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
            self.add(late, code)
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
            with self._losing("document"):
                self._make_each(document_makers(results, self._where, before=self._before))
            self._make_each(self._pipeline.makers(results, before=self._before))
            told_of = [*wrong(results.problems), *failures(results)]
            self._commands.extend(self._pipeline.commands(told_of))
        if self.lost:
            self.add(self.lost)

    def _make_each(self, makers: Iterable[Maker]) -> None:
        for name, make in makers:
            with self._losing(name):
                self._made[name] = file = make()
                self._say(name, file)
                told = self._pipeline.upload(name, file)
                self._commands.extend([told] if told else [])

    def add(self, problems: Sequence[Problem], code: int | None = None) -> None:
        """Let all outputs say what was found wrong after they had been made, and the exit *code*.

        A code that the problems explain need not be given.
        """
        run = self._folder.run
        if code is None:
            code = run.exit_code or int(pytest.ExitCode.TESTS_FAILED)
        every = (*run.problems, *problems)
        run = self._folder.run = msgspec.structs.replace(run, exit_code=code, problems=every)
        if self._refused is None:
            with contextlib.suppress(OSError):
                self._folder.write_run(run)
        with contextlib.suppress(Exception):
            # Whatever is wrong has been told of by now.
            results = self._read()
            news = [each for each in results.problems if each not in self._told]
            self._told = results.problems
            self._commands.extend(self._pipeline.commands(wrong(news)))
            with contextlib.suppress(Exception):
                self._make_again(document_makers(results, self._where, before=self._before))
            makers = self._pipeline.makers(results, before=self._before, news=news)
            self._make_again(makers)

    def _make_again(self, makers: Iterable[Maker]) -> None:
        for name, make in makers:
            try:
                make()
            except OSError:
                # One that calls the run green is worse than none.
                if name in self._made and name != "summary":
                    self._made[name].unlink(missing_ok=True)

    @property
    def code(self) -> int:
        """The exit code that the outputs tell of."""
        return self._folder.run.exit_code or 0

    @property
    def _where(self) -> Path:
        return documents_folder(self._config, self._folder.path)

    @property
    def _pipeline(self) -> Pipeline:
        return _pipeline(self._config, self._where)

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
            is_place = isinstance(error, OSError)
            advice = f"make room or correct the place; {again} makes it again"
            problem = Problem(
                f"the {what} could not be made: {why}", advice if is_place else f"{again} shows it"
            )
            self.lost.append(problem)
            self._lines.append((f"{what + ':':<9} {UNWRITTEN}: {why}", True))
            self._lines.append((f"  next: {problem.next}", True))

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
