"""The end of a run: one sequence, whatever has happened before."""

import os
import sys
from collections.abc import Generator, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
import pytest

from connector_harness.json_types import JsonObject
from connector_harness.plugin.account.cleanup import CLEANUP
from connector_harness.plugin.account.held_back import HELD_BACK
from connector_harness.plugin.beginning import begin
from connector_harness.plugin.collecting.collection import SPEC, findings_in
from connector_harness.plugin.collecting.left_out import LEFT_OUT
from connector_harness.plugin.collecting.part import PLANNING
from connector_harness.plugin.collecting.quarantine import QUARANTINE, QuarantineReport
from connector_harness.plugin.collecting.sharding import SHARDING
from connector_harness.plugin.collecting.spec_file import refused_spec
from connector_harness.plugin.ending.leak_audit import LOOK, LeakAudit
from connector_harness.plugin.ending.run_end import run_end
from connector_harness.plugin.ending.shortfall import Planned, WriteErrors
from connector_harness.plugin.endpoint.agents import leave
from connector_harness.plugin.endpoint.endpoint import ENDPOINT
from connector_harness.plugin.options import (
    documents_folder,
    group,
    is_idle,
    named_file,
    wants_features,
)
from connector_harness.plugin.processes import channel
from connector_harness.plugin.processes.channel import is_worker
from connector_harness.plugin.processes.part import ORPHANS, hear_out
from connector_harness.plugin.running.notifications import REMAINDER, Unclaimed
from connector_harness.plugin.running.scenario import now
from connector_harness.plugin.settings import HISTORY_KEY, history
from connector_harness.plugin.stash import NOTICES, REDACTOR, RESULTS
from connector_harness.plugin.telling import terminal
from connector_harness.plugin.telling.failures import failure_of
from connector_harness.plugin.telling.part import mask_streams
from connector_harness.report.names import JUNIT, OUTPUTS
from connector_harness.results.run_facts import Problem

if TYPE_CHECKING:
    from connector_harness.results.reader import Results

RED: Final = pytest.ExitCode.TESTS_FAILED


def _tidy_up(config: pytest.Config, exitstatus: int) -> None:
    """Close the conversations that this process has opened, and let its agent leave."""
    if cleanup := config.stash.get(CLEANUP, None):
        cleanup.close(exitstatus)
    leave(config)


class WorkerEnding:
    """The end of a worker of pytest-xdist: what it knows goes to the controlling process."""

    def __init__(self, config: pytest.Config, audit: LeakAudit) -> None:
        self._config = config
        self._audit = audit

    # Innermost, so that pytest has ended the fixtures and pytest-xdist hands over what is told.
    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self, exitstatus: int) -> Generator[None, object, object]:
        """Close what is open, and hand over what is known."""
        stash, end = self._config.stash, run_end(self._config)
        if exitstatus == pytest.ExitCode.USAGE_ERROR and (why := sys.exception()):
            # Nor has it a word for this.
            end.note(why)
        if guard := stash.get(ORPHANS, None):
            guard.release()
        try:
            return (yield)
        except OSError as error:
            # What cannot be written costs itself, and not the rest of the end.
            stash[RESULTS].lost.append(error.strerror or str(error))
            return None
        except Exception as error:
            # pytest-xdist says nothing of it.
            end.note(error)
            raise
        finally:
            _tidy_up(self._config, exitstatus)
            told = channel.outgoing(self._config)
            told.notices = [str(notice) for notice in stash[NOTICES]]
            if REMAINDER in stash:
                told.unclaimed = asdict(stash[REMAINDER])
            told.lost = stash[RESULTS].lost
            told.problems = [(each.what, each.next) for each in end.problems]
            if stash[SPEC].refused:
                told.refused = refused_spec(self._config)
            self._audit.hand_over(told)
            channel.send(self._config)


class Ending:
    """The end of a run, in the process that controls it.

    Close conversations, take over from workers, settle the exit code, write the outputs, say it at
    the terminal, and audit for leaks all that has been written.
    """

    def __init__(self, config: pytest.Config, audit: LeakAudit) -> None:
        self._config = config
        self._audit = audit
        self._folder = folder = config.stash[RESULTS]
        self._runs = not is_idle(config)
        self._errors = WriteErrors(folder, config.option.xmlpath)
        self._end = run_end(config)
        self._planned = Planned()
        self._differences = 0
        self._left_out: list[str] = []
        self._refused: JsonObject = {}
        self._before: Results | None = None
        self._session: pytest.Session | None = None
        self._has_crashed = False
        if self._runs:
            config.pluginmanager.register(self._planned)

    def pytest_sessionstart(self) -> None:
        """Read the results to compare with, before this run takes their place."""
        if self._runs and self._config.getoption("--since") is not None:
            from connector_harness.plugin.ending.documents import results_before  # noqa: PLC0415 - few runs ask

            self._before = results_before(self._config)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep what could not be collected, which pytest-xdist hands over once."""
        for each in findings_in(report):
            self._end.add(Problem(each.what, each.next, each.path, each.line))
        if report.failed and not getattr(report, "findings", ()):
            lines = report.longreprtext.splitlines() or [""]
            advice = "mend it; the terminal has the whole story"
            what, path = lines[-1].removeprefix("E").strip(), report.nodeid.partition("::")[0]
            self._end.add(Problem(what, advice, path, 1))

    # Before anybody counts it as failed.
    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what broke in a tear-down after a failure: the scenario's own tells the failure."""
        is_second = report.when == "teardown" and report.nodeid in self._planned.failed
        if report.failed and is_second and (told := failure_of(report)):
            what = f"a tear-down broke after a failure: {told.message} ({report.nodeid})"
            self._end.add(Problem(what, "mend it; the terminal has the whole story"))

    # Before anything is shown of what a worker has told.
    @pytest.hookimpl(optionalhook=True, tryfirst=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:  # noqa: ANN401 - xdist's
        """Take over what a worker has told.

        Raises:
            pytest.UsageError: A test plan names nothing that there is.
        """
        stash = self._config.stash
        told = channel.heard(node)
        self._audit.take_over(node.gateway.id, told)
        self._has_crashed = self._has_crashed or bool(error)
        worker = f"worker {node.gateway.id}"
        if told is None:
            last = str(error).strip().rpartition("\n")[2]
            self._end.add(Problem(f"{worker} was lost: {last}", LOOK))
            return
        for each in told.problems:
            self._end.add(Problem(*each))
        stash[NOTICES].extend(told.notices)
        self._folder.lost.extend(told.lost)
        self._left_out += told.left_out
        self._refused = told.refused or self._refused
        if told.unclaimed:
            stash.setdefault(REMAINDER, Unclaimed()).add(Unclaimed(**told.unclaimed))
        if sharding := stash.get(SHARDING, None):
            sharding.take_over(told.split)
        if planning := stash.get(PLANNING, None):
            planning.take_over(is_unplanned=told.is_unplanned)

    # Innermost, so that pytest has ended the fixtures, and the terminal has not yet summed up.
    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(
        self, session: pytest.Session, exitstatus: int
    ) -> Generator[None, object, object]:
        """End the run."""
        self._session = session
        if exitstatus == pytest.ExitCode.INTERRUPTED:
            hear_out(self._config)
        done = None
        try:
            with self._errors.noting():
                done = yield
        except BaseException as error:
            self._end.note(error)
            raise
        finally:
            self._finish(session, exitstatus)
        return done

    def _finish(self, session: pytest.Session, exitstatus: int) -> None:
        """Count, close and settle, and write the outputs."""
        if self._runs:
            with self._errors.noting():
                # Nobody waits for it at the beginning.
                from connector_harness.plugin.ending.reckoning import Reckoning  # noqa: PLC0415

                left_out = [*self._left_out, *self._config.stash[LEFT_OUT].names]
                reckoning = Reckoning(self._config, self._planned)
                is_broken = self._end.has_broken
                self._differences = reckoning.count(session, left_out, is_broken=is_broken)
        _tidy_up(self._config, exitstatus)
        if self._has_crashed or self._folder.lost:
            self._folder.remove_orphans()
        self._settle(session)
        self._write_outputs(session)

    def _write_outputs(self, session: pytest.Session) -> None:
        config, folder, code = self._config, self._folder, int(session.exitstatus)
        sharding = config.stash.get(SHARDING, None)
        if sharding and sharding.split.is_empty:
            # Only now do workers tell that there was nothing for this shard.
            begin(config, ())
        if not folder.has_begun:
            if self._end.problems:
                self._end.refuse(code, self._refused or refused_spec(config))
            return
        # A plain run does not wait at its beginning for what is needed at its end.
        from connector_harness.plugin.ending.documents import Documents  # noqa: PLC0415

        run = msgspec.structs.replace(
            folder.run,
            stop=now(),
            exit_code=code,
            processes=getattr(config.option, "numprocesses", None) or 1,
            not_run=self._planned.missing,
            shard=str(sharding.shard) if sharding else "",
            split=sharding.split.fingerprint if sharding else "",
            problems=(*self._end.problems, *self._errors.problems, *self._late()),
        )
        self._end.documents = documents = Documents(config, folder)
        documents.make(run, self._before)
        if documents.lost:
            session.exitstatus = session.exitstatus or RED

    def _late(self) -> Iterator[Problem]:
        late = self._config.stash.get(REMAINDER, Unclaimed()).late
        if late:
            what = f"a notification that came after its scenario was wrong: {late[0]}"
            yield Problem(what, "correct what sends them; a connector would have to drop them")

    def _settle(self, session: pytest.Session) -> None:
        """Let the exit code say what has come of the run."""
        stash, ok = self._config.stash, pytest.ExitCode.OK
        remainder = stash.get(REMAINDER, Unclaimed())
        problems = self._runs and self._end.problems
        stash[NOTICES].extend(remainder.lines())
        if self._differences and session.exitstatus in (ok, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = RED
        elif session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
            sharding = stash.get(SHARDING, None)
            # The other shards run what there is.
            session.exitstatus = ok if sharding and sharding.split.is_empty else session.exitstatus
        elif session.exitstatus == ok and self._runs:
            held_back = stash.get(HELD_BACK, None)
            if held_back and held_back.is_all:
                session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED
            elif remainder.late or self._errors or self._planned.failed or problems:
                # Too late to fail a scenario, but not to keep the run from being green.
                session.exitstatus = RED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what has come of the run, and where the results are."""
        stash = self._config.stash
        if self._runs:
            self._planned.tell(terminalreporter)
        if cleanup := stash.get(CLEANUP, None):
            cleanup.tell(terminalreporter)
        if held_back := stash.get(HELD_BACK, None):
            held_back.tell(terminalreporter)
        self._errors.tell(terminalreporter)
        stash[QUARANTINE].tell(terminalreporter)
        if sharding := stash.get(SHARDING, None):
            sharding.tell(terminalreporter)
        terminal.write_notices(terminalreporter, stash[ENDPOINT].obituary())
        if self._config.getoption("--spec-check"):
            self._say_checked(terminalreporter)
        elif self._runs:
            terminal.write_results(terminalreporter, stash[ENDPOINT].name)
        if self._end.documents is not None:
            self._end.documents.tell(terminalreporter)

    def _say_checked(self, terminalreporter: pytest.TerminalReporter) -> None:
        # Imported here: a run has no use for it.
        from connector_harness.plugin.account.held_back import write_will_run  # noqa: PLC0415

        if self._session is not None and not terminalreporter.stats.get("error"):
            features = self._config.stash[SPEC].features
            count = sum(len(feature.scenarios) for feature, _ in features)
            terminal.write_check(terminalreporter, count)
            write_will_run(terminalreporter, self._session.items)

    def pytest_unconfigure(self) -> None:
        """Audit for leaks, once nothing is written any more."""
        if self._session is not None:
            self._end.problems += self._audit.conclude(self._session)


def add_options(parser: pytest.Parser) -> None:
    """Add the options that ask for more outputs."""
    group(parser).addoption(
        "--since",
        metavar="DIR",
        default=None,
        help="the results of an earlier run, to tell in reports/spec.html what has changed; those "
        "that this run replaces are read first",
    )
    group(parser).addoption(
        "--report",
        action="store_true",
        help="make the Allure report at the end of the run, in one file: "
        "reports/allure-report/index.html; needs the command allure, or npx",
    )
    group(parser).addoption(
        "--history",
        metavar="PATH",
        default=None,
        help="what the Allure report keeps of earlier runs: a file for Allure 3, such as "
        "reports/history.jsonl, which --report adds this run to; or the folder history of the "
        "last report of Allure 2",
    )
    group(parser).addoption(
        "--messages",
        metavar="FILE",
        default=None,
        help="write the run as Cucumber's messages, one a line, for its HTML formatter and others",
    )


def configure(config: pytest.Config) -> None:
    """Prepare an orderly end, whatever comes before it.

    Raises:
        pytest.UsageError: An output would go where something else is.
    """
    if not wants_features(config):
        return
    if is_idle(config):
        # The file of the last run stays as it is.
        config.option.xmlpath = None
    _refuse_taken_files(config)
    plugins, folder = config.pluginmanager, config.stash[RESULTS]
    config.stash[QUARANTINE] = quarantine = QuarantineReport()
    plugins.register(quarantine)
    config.stash[HISTORY_KEY] = history(config)
    written: list[bytes] = []
    config.add_cleanup(mask_streams(config.stash[REDACTOR].text, written))
    audit = LeakAudit(config, folder, written)
    if is_worker(config):
        plugins.register(WorkerEnding(config, audit))
    else:
        plugins.register(Ending(config, audit))


def _refuse_taken_files(config: pytest.Config) -> None:
    """Refuse an option that names the file of another output, or a feature, for its own."""
    where = documents_folder(config, config.stash[RESULTS].path)
    taken = {_real(where / name) for name in OUTPUTS}
    for option, kept in (("--junit-xml", "xmlpath"), ("--messages", "messages")):
        written = getattr(config.option, kept) or os.devnull
        file = _real(named_file(config, written))
        if file.exists() and not file.is_file():
            continue
        is_usual = kept == "xmlpath" and file == _real(where / JUNIT)
        if file.suffix == ".feature" or (file in taken and not is_usual):
            # Nor is it taken away now, as that of the run before.
            setattr(config.option, kept, None)
            what = "a feature" if file.suffix == ".feature" else "another output of the run"
            raise pytest.UsageError(
                f"{option}={written}: this is the file of {what}\n  next: name a file of its own"
            )
        taken.add(file)


def _real(path: Path) -> Path:
    # Unlike a path that resolves, one that leads in a circle has a real path.
    return Path(os.path.realpath(path))
