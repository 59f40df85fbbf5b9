"""How a run has ended, told in every output, whatever has ended it."""

import sys
from typing import TYPE_CHECKING, Final

import msgspec
import pytest

from connector_harness.gherkin.written_lines import spelled_out
from connector_harness.plugin.options import is_idle, results_folder, wants_features
from connector_harness.plugin.processes.channel import is_worker
from connector_harness.plugin.processes.signals import Terminated, stop_in_words
from connector_harness.plugin.running.scenario import now
from connector_harness.plugin.stash import REDACTOR, RESULTS
from connector_harness.plugin.telling.failures import advice_on_stop
from connector_harness.plugin.telling.part import mask_streams
from connector_harness.redaction.redactor import Redactor
from connector_harness.results.folder import ResultsFolder
from connector_harness.results.run_facts import Problem, Run, new_run_id

if TYPE_CHECKING:
    from connector_harness.json_types import JsonObject
    from connector_harness.plugin.ending.documents import Documents

NO_RUN: Final = (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
"""The exit codes of what runs nothing, and is not wrong either."""

NEXT: Final = "see the traceback at the terminal"
AGAIN: Final = "run again, and to the end"


class RunEnd:
    """Notes why a run is not green, apart from its scenarios, until nothing of it is left to do.

    Attributes:
        problems: Why it is not.
        has_broken: Whether pytest itself has given up.
        stop: Why somebody has stopped the run with a reason; empty where nobody has.
        documents: What tells of it; None until it is made.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self.problems: list[Problem] = []
        self.has_broken = False
        self.stop = ""
        self.documents: Documents | None = None

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Note why pytest gives up."""
        self.has_broken = True
        error = excinfo.value
        # pytest-xdist may hand out tests before it notices.
        is_worker_gone = isinstance(error, OSError) and str(error).startswith("cannot send")
        gone = "a worker was lost when it was to be told what to run: "
        self.note(error, gone if is_worker_gone else "pytest ended in an internal error: ")

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Note who stops the run; a failure or a finding that does so has been told."""
        error = excinfo.value
        if type(error) is KeyboardInterrupt or isinstance(error, Terminated):
            self.add(Problem(stop_in_words(error), AGAIN))
        elif not isinstance(error, KeyboardInterrupt):
            self.stop = stop_in_words(error)
            self.add(Problem(self.stop, advice_on_stop(self._config, error)))

    def note(self, error: BaseException, what: str = "the end of the run broke: ") -> None:
        """Note an *error* that ends the run."""
        if isinstance(error, pytest.UsageError):
            problem = Problem(f"the run could not begin: {error}")
        else:
            problem = Problem(f"{what}{_in_words(error)}", NEXT)
        self.add(problem)

    def add(self, problem: Problem) -> None:
        """Note a *problem* once, however many processes have it."""
        if problem not in self.problems:
            self.problems.append(problem)

    def refuse(self, code: int, refused: "JsonObject") -> None:
        """Make the documents of a run that did not begin; what has findings is *refused*."""
        # A run that begins has no use for it so early.
        from connector_harness.plugin.ending.documents import Documents  # noqa: PLC0415

        stash, told = self._config.stash, tuple(self.problems)
        folder = stash.get(RESULTS, None) or ResultsFolder(
            results_folder(self._config),
            stash.get(REDACTOR, None) or Redactor(),
            run=Run(now(), id=new_run_id()),
        )
        self.documents = Documents(self._config, folder)
        run = msgspec.structs.replace(folder.run, stop=now(), exit_code=code, problems=told)
        self.documents.refuse(run, refused)

    def cannot_begin(self, error: BaseException) -> None:
        """Let every output say that what the run needs cannot be loaded, and why not."""
        config = self._config
        # pytest has not taken over what the command line says by then.
        vars(config.option).update(vars(config.known_args_namespace))
        usual = config.getini("testpaths") or [str(config.invocation_params.dir)]
        config.args = config.known_args_namespace.file_or_dir or usual
        # A module of sentences is a plugin to pytest, which has a code of its own for those.
        is_plugin = type(error).__name__ == "PluginImportFailure"
        cause = error.__cause__ or error
        what = f"the run could not begin: {error}: " if is_plugin else "the run could not begin: "
        self.note(error if isinstance(error, pytest.UsageError) else cause, what)
        code = pytest.ExitCode.INTERNAL_ERROR if is_plugin else pytest.ExitCode.USAGE_ERROR
        self.conclude(code)

    def conclude(self, code: int, error: BaseException | None = None) -> int:
        """Let every output say what it does not know yet, as the *error* that ends all.

        Nothing is left behind where nothing was selected. Returns the exit *code*, which is not
        that of a green run where an output tells of a red one.
        """
        if is_worker(self._config) or not wants_features(self._config):
            return code
        if error is not None:
            code = self._ended_by(error)
        # Whoever ends after us may have said otherwise.
        told = self.documents.code if self.documents is not None else code
        is_red = (self.problems or told not in NO_RUN) and not is_idle(self._config)
        if code == pytest.ExitCode.OK and is_red:
            code = pytest.ExitCode.TESTS_FAILED if told in NO_RUN else told
        if self.documents is not None:
            self.documents.conclude(self.problems, int(code))
        elif self.problems or not (code in NO_RUN or is_idle(self._config)):
            if not self.problems:
                self.add(Problem(f"the run ended early (exit code {int(code)})", NEXT))
            self.refuse(int(code), {})
        for command in self.documents.commands() if self.documents is not None else ():
            # What was under way may have left its line open; each is let through as it was issued.
            sys.stdout.writelines(("\n", command, "\n"))
        if error is None and code not in NO_RUN:
            self._tell()
        return code

    def _ended_by(self, error: BaseException) -> int:
        """Note the *error* that ends all, and return the exit code that it means."""
        self.note(error)
        if (redactor := self._config.stash.get(REDACTOR, None)) is not None:
            # pytest or Python tells of it there, once the streams have been given back.
            mask_streams(redactor.text, [], sys.stderr)
        is_usage = isinstance(error, pytest.UsageError)
        code = pytest.ExitCode.USAGE_ERROR if is_usage else pytest.ExitCode.TESTS_FAILED
        if isinstance(error, SystemExit):
            error.code = error.code or code
        return code

    def _tell(self) -> None:
        """Say why a run failed below pytest's last line, which counts tests alone."""
        told = self.documents.problems if self.documents is not None else self.problems
        # What is found in files counts among its errors.
        reasons = [each.what.partition("\n")[0] for each in told if not each.path]
        reporter = self._config.pluginmanager.getplugin("terminalreporter")
        if reasons and reporter is not None:
            more = f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else ""
            mask = (self._config.stash.get(REDACTOR, None) or Redactor()).text
            line = spelled_out(mask(f"the run failed: {reasons[0]}{more}"))
            reporter.line(line, red=True)


def _in_words(error: BaseException) -> str:
    """Return an *error* in one line."""
    lines = str(error).strip().removesuffix("\nassert False").splitlines() or [""]
    if lines[0].startswith("Traceback "):
        # That of a worker, which pytest-xdist hands over as text.
        return lines[-1]
    return f"{type(error).__name__}: {lines[0]}".removesuffix(": ")


RUN_END: Final = pytest.StashKey[RunEnd]()
"""How the run ends; there from its first moment."""


def run_end(config: pytest.Config) -> RunEnd:
    """Return how the run of *config* ends."""
    if RUN_END not in config.stash:
        config.stash[RUN_END] = end = RunEnd(config)
        config.pluginmanager.register(end)
    return config.stash[RUN_END]
