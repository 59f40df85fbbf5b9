"""From Gherkin to Allure: allure-pytest's listener, with scenarios mapped by us.

allure-pytest knows no steps of a feature file and writes a container for every fixture. Its
listener serves ordinary tests only; for scenarios ours keeps quiet until the end and then
writes a single result. ``allure.attach``, ``allure.step`` and ``allure.dynamic`` work
inside step definitions as they do elsewhere.
"""

import contextlib
import logging
import os
import sysconfig
from collections.abc import Callable, Generator, Iterator
from functools import partial, wraps
from pathlib import Path
from typing import Any, Final

import allure_commons
import pytest
from allure_commons.logger import AllureFileLogger
from allure_commons.model2 import TestResult
from allure_commons.types import AttachmentType, ParameterMode
from allure_pytest.listener import AllureListener  # type: ignore[import-untyped]  # without types

from connector_harness.gherkin.quarantine import TAG as QUARANTINE
from connector_harness.plugin.collecting.collection import ScenarioItem
from connector_harness.plugin.processes.signals import SIGNALS, stop_in_words
from connector_harness.plugin.running.exchange_recorder import EVIDENCE
from connector_harness.plugin.running.scenario import now, status_of
from connector_harness.plugin.running.step_log import StepLog
from connector_harness.plugin.stash import Reporting
from connector_harness.redaction.redactor import MASK
from connector_harness.report.allure.result import allure_documents, finish
from connector_harness.results.failure_class import FailureClass
from connector_harness.results.folder import ResultsFolder
from connector_harness.results.record import (
    FAILED,
    Body,
    Label,
    Link,
    Parameter,
    Phase,
    RecordedAttachment,
    RecordedFailure,
    RecordedPart,
    RecordedScenario,
    RecordedTest,
    ScenarioUnderWay,
    Status,
    description,
    masked,
)

FOLDERS = (
    *(sysconfig.get_path(name) for name in ("purelib", "platlib", "stdlib")),
    str(Path(__file__).parents[3]),
)
"""Where installed packages, Python and the harness lie."""

HAS_FAILED: Final = pytest.StashKey[bool]()
"""Whether a scenario has failed in this run, as where pytest-rerunfailures runs it again."""


class GherkinListener:
    """Listens to pytest and to ``allure.…`` calls while a scenario runs."""

    def __init__(self, config: pytest.Config, folder: ResultsFolder) -> None:
        self._config = config
        self._folder = folder
        self._evidence = config.stash[EVIDENCE]
        self._signals = config.stash[SIGNALS]
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        self._thread = f"{os.getpid()}-{worker}"
        self._item: ScenarioItem | None = None
        self._is_told = False
        self._record: ScenarioUnderWay | None = None
        self._parts: dict[str, RecordedPart] = {}

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Follow one scenario from its beginning to its end."""
        if not isinstance(item, ScenarioItem):
            return (yield)
        self._begin(item)
        try:
            return (yield)
        except (KeyboardInterrupt, pytest.exit.Exception) as error:
            if self._record is not None:
                is_told = isinstance(error, pytest.exit.Exception)
                why = stop_in_words(error) if is_told else "interrupted"
                self._interrupt(self._record.kept, why)
            raise
        finally:
            self._end()
            self._item = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self) -> None:
        """Begin again where a plugin runs a scenario a second time."""
        if self._item is not None and self._record is None:
            self._begin(self._item)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Reporting:
        """Take over how a phase ended."""
        report = yield
        if isinstance(item, ScenarioItem) and item.record is not None:
            self._note(item.record, call, report)
            if report.when == "call" or not report.passed:
                item.record.phase = Phase.TEARDOWN
            elif report.when == "setup":
                item.record.phase = Phase.CALL
        return report

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logreport(
        self, report: pytest.TestReport
    ) -> Generator[None, object, object]:
        """Let a report go out as a whole; what it says is settled then."""
        self._signals.held = True
        try:
            done = yield
            self._is_told = self._is_told or report.when == "call"
        finally:
            self._signals.release()
        return done

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logfinish(self) -> None:
        """Write the result."""
        self._end()

    def _interrupt(self, record: RecordedScenario, why: str) -> None:
        # Unless pytest has been told how the scenario ended.
        is_open = record.status is Status.PASSED and not self._is_told
        if is_open or record.status is Status.NOT_RUN:
            record.status, record.message = Status.BROKEN, why

    def _begin(self, item: ScenarioItem) -> None:
        self._item = item
        self._is_told = False
        self._record = self._evidence.record = item.begin()

    def _end(self) -> None:
        item, record = self._item, self._record
        if item is None or record is None:
            return
        # From here to the last byte of the result nothing comes in between.
        self._signals.held = True
        try:
            self._record = self._evidence.record = None
            self._parts.clear()
            kept = record.kept
            if kept.status is Status.NOT_RUN:
                # Somebody else has run it, or nobody: there is nothing to be told of.
                return
            kept.stop = now()
            if kept.status in FAILED:
                item.stash[HAS_FAILED] = True
            elif kept.status is Status.PASSED:
                # The attempts before the death of a worker are known to the plugin alone.
                attempts = int(getattr(item, "execution_count", 1))
                kept.is_flaky = item.stash.get(HAS_FAILED, False) or attempts > 1
            finish(kept, links=self._folder.links, thread=self._thread)
            self._folder.write(kept, lambda: allure_documents(kept, self._folder.write_attachment))
            item.record = None
        finally:
            self._signals.release()

    def _note(
        self,
        record: ScenarioUnderWay,
        call: pytest.CallInfo[None],
        report: pytest.TestReport,
    ) -> None:
        kept = record.kept
        if call.excinfo is not None and report.when != "call":
            outside = record.current
            outside.status = _status_of(call.excinfo, report)
            outside.message = _message_of(call.excinfo, report)
        # What went wrong after a skip counts, for pytest as well; a skip after the steps is one of
        # the tear-down alone.
        is_over = kept.status is Status.PASSED and report.skipped
        is_open = kept.status in (Status.NOT_RUN, Status.PASSED) and not is_over
        if is_open or (kept.status is Status.SKIPPED and report.failed):
            if call.excinfo is not None:
                self._note_error(record, call.excinfo, report)
            elif report.failed or (report.when == "call" and record.unfinished is not None):
                # A success that was not expected, or that is none, comes without an exception.
                kept.status = Status.FAILED
                crash = getattr(report.longrepr, "reprcrash", None)
                reason = str(report.longrepr or "")
                kept.message = crash.message if crash else f"[{FailureClass.SPEC}] {reason}"
                kept.failure = kept.failure or RecordedFailure(FailureClass.SPEC, reason)
            elif report.when == "call":
                kept.status = Status.PASSED
        if report.when == "teardown":
            if report.sections and self._config.option.attach_capture:
                self._attach_captured(report)
            # From record_property; the one of a quarantine has a label already.
            told = (each for each in report.user_properties if each[0] != QUARANTINE)
            kept.labels.extend(Label(str(name), str(value)) for name, value in told)

    def _note_error(
        self,
        record: ScenarioUnderWay,
        error: pytest.ExceptionInfo[BaseException],
        report: pytest.TestReport,
    ) -> None:
        kept = record.kept
        kept.status, kept.message = _status_of(error, report), _message_of(error, report)
        if kept.status is Status.SKIPPED:
            # As one that was expected is told.
            kept.failure = None
        kept.trace = self._without_folders(str(report.longrepr or ""))
        if record.failed is not None and report.when == "call":
            record.failed.message = kept.message
            record.failed.is_pending = isinstance(error.value, NotImplementedError)

    def _without_folders(self, trace: str) -> str:
        for folder in (*FOLDERS, str(self._config.rootpath)):
            trace = trace.replace(f"{folder}{os.sep}", "")
        return trace

    def _attach_captured(self, report: pytest.TestReport) -> None:
        captured = [("log", report.caplog), ("stdout", report.capstdout)]
        record = self._record
        if record is None:
            return
        # It comes when all is over, and belongs to all of the scenario.
        phase, record.phase = record.phase, Phase.CALL
        for name, text in [*captured, ("stderr", report.capstderr)]:
            if text:
                self.attach_data(text, name, AttachmentType.TEXT, None)
        record.phase = phase

    @allure_commons.hookimpl
    def start_step(self, uuid: str, title: str, params: dict[str, str]) -> None:
        """Begin a part of a step."""
        if self._record is None:
            return
        part = RecordedPart(title, start=now(), parameters=dict(params))
        self._record.current.parts.append(part)
        self._record.open.append(part)
        self._parts[uuid] = part

    @allure_commons.hookimpl
    def stop_step(self, uuid: str, exc_val: BaseException | None) -> None:
        """End a part of a step."""
        part = self._parts.pop(uuid, None)
        if part is None:
            return
        part.stop = now()
        part.status = status_of(exc_val) if exc_val is not None else Status.PASSED
        if self._record is not None and part in self._record.open:
            self._record.open.remove(part)

    @allure_commons.hookimpl
    def attach_data(
        self, body: str | bytes, name: str | None, attachment_type: object, extension: str | None
    ) -> None:
        """Attach something to the step under way."""
        if self._record is None:
            return
        content = body.encode() if isinstance(body, str) else bytes(body)
        media_type, ending = "text/plain", extension or "txt"
        if isinstance(attachment_type, AttachmentType):
            media_type = attachment_type.mime_type
            ending = extension or attachment_type.extension
        elif isinstance(attachment_type, str):
            media_type = attachment_type
        kept = RecordedAttachment(name or "attachment", Body.of(content, media_type), ending)
        self._record.current.attachments.append(kept)

    @allure_commons.hookimpl
    def attach_file(
        self, source: str, name: str | None, attachment_type: object, extension: str | None
    ) -> None:
        """Attach a file to the step under way."""
        if self._record is not None:
            file = Path(source)
            ending = extension or file.suffix.removeprefix(".") or None
            self.attach_data(file.read_bytes(), name or file.name, attachment_type, ending)

    @allure_commons.hookimpl
    def add_title(self, test_title: str) -> None:
        """Show the scenario under another title."""
        if self._record is not None:
            self._record.kept.title = test_title

    @allure_commons.hookimpl
    def add_description(self, test_description: str) -> None:
        """Replace the scenario's description."""
        if self._record is not None and self._item is not None:
            feature, scenario = self._item.feature, self._item.scenario
            self._record.kept.description = description(feature, scenario, test_description)

    @allure_commons.hookimpl
    def add_description_html(self, test_description_html: str) -> None:
        """Describe the scenario in HTML, which Allure shows instead of its description."""
        if self._record is not None:
            self._record.kept.description_html = test_description_html

    @allure_commons.hookimpl
    def add_label(self, label_type: str, labels: tuple[str, ...]) -> None:
        """Add labels to the scenario."""
        if self._record is not None:
            told = (Label(str(label_type), str(label)) for label in labels)
            self._record.kept.labels.extend(told)

    @allure_commons.hookimpl
    def add_link(self, url: str, link_type: str, name: str | None) -> None:
        """Add a link to the scenario."""
        if self._record is not None:
            link = Link(link_type, name or url, url)
            self._record.kept.links.append(link)
            self._record.current.links.append(link)

    @allure_commons.hookimpl
    def add_parameter(
        self, name: str, value: object, excluded: object, mode: ParameterMode | None
    ) -> None:
        """Show a parameter of the scenario; one that is told again has another value."""
        if self._record is None:
            return
        kept = self._record.kept
        kept.parameters = [each for each in kept.parameters if each.name != name]
        told = mode.value if mode else None
        shown = MASK if mode is ParameterMode.MASKED else str(value)
        kept.parameters.append(Parameter(name, shown, told or "", bool(excluded)))


def _status_of(error: pytest.ExceptionInfo[BaseException], report: pytest.TestReport) -> Status:
    # An expected failure is skipped in pytest's own words, too.
    is_skipped = report.skipped and not hasattr(report, QUARANTINE)
    return Status.SKIPPED if is_skipped else status_of(error.value)


def _message_of(error: pytest.ExceptionInfo[BaseException], report: pytest.TestReport) -> str:
    if isinstance(error.value, pytest.skip.Exception):
        return error.value.msg or ""
    crash = getattr(report.longrepr, "reprcrash", None)
    return str(crash.message) if crash is not None else error.exconly().partition("\n")[0]


Wrapper = Generator[None, Any, None]


class OrdinaryListener(AllureListener):  # type: ignore[misc]  # allure-pytest has no types
    """allure-pytest's listener, for the ordinary tests of a run that also has scenarios."""

    _is_scenario = False

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> Wrapper:
        """Follow one ordinary test, and hear ``allure.…`` calls as long as it runs."""
        self._is_scenario = isinstance(item, ScenarioItem)
        if self._is_scenario:
            yield
            return
        allure_commons.plugin_manager.register(self)
        yield from super().pytest_runtest_protocol(item, nextitem)
        allure_commons.plugin_manager.unregister(self)


def _unless_scenario(hook: Callable[..., Wrapper]) -> Callable[..., Wrapper]:
    @pytest.hookimpl(hookwrapper=True)
    @wraps(hook)
    def listening(self: Any, *args: object) -> Wrapper:  # noqa: ANN401 - a listener
        if self._is_scenario:
            yield
        else:
            yield from hook(self, *args)

    return listening


for _name in (
    *("pytest_runtest_setup", "pytest_runtest_call", "pytest_runtest_teardown"),
    *("pytest_fixture_setup", "pytest_runtest_makereport"),
):
    setattr(OrdinaryListener, _name, _unless_scenario(getattr(AllureListener, _name)))


class RedactedLogger(AllureFileLogger):
    """allure-pytest's writer for ordinary tests, with secrets masked."""

    def __init__(self, folder: ResultsFolder) -> None:
        super().__init__(str(folder.path), clean=False)  # type: ignore[no-untyped-call]  # as above
        self._folder = folder

    def _report_item(self, item: Any) -> None:  # noqa: ANN401 - as above
        masked(item, self._folder.redactor)
        with self._losing():
            super()._report_item(item)  # type: ignore[no-untyped-call]  # as above
        if isinstance(item, TestResult):
            self._folder.write(recorded_test(item))

    @allure_commons.hookimpl
    def report_attached_file(self, source: str, file_name: str) -> None:
        """Write an attachment that lies in a file."""
        self.report_attached_data(Path(source).read_bytes(), file_name)

    @allure_commons.hookimpl
    def report_attached_data(self, body: str | bytes, file_name: str) -> None:
        """Write an attachment."""
        content = body.encode() if isinstance(body, str) else bytes(body)
        with self._losing():
            super().report_attached_data(  # type: ignore[no-untyped-call]  # as above
                self._folder.redactor.content(content), file_name
            )

    @contextlib.contextmanager
    def _losing(self) -> Iterator[None]:
        # What cannot be written costs itself, and not the run.
        try:
            yield
        except OSError as error:
            self._folder.lost.append(error.strerror or str(error))
        except UnicodeEncodeError as error:
            # Half a pair of surrogates, as bytes of another encoding become.
            self._folder.lost.append(f"no text: {error.object[error.start : error.end]!r}")


def recorded_test(result: TestResult) -> RecordedTest:
    """Return what is kept of an ordinary test."""
    details = result.statusDetails
    labels = [Label(str(each.name), str(each.value)) for each in result.labels]
    return RecordedTest(
        history_id=str(result.historyId),
        full_name=str(result.fullName),
        title=str(result.name),
        status=Status(str(result.status or Status.SKIPPED)),
        message=str(details.message or "").removeprefix("Skipped: ") if details else "",
        trace=str(details.trace or "") if details else "",
        start=int(result.start or 0),
        stop=int(result.stop or 0),
        labels=labels,
        host=next((each.value for each in labels if each.name == "host"), ""),
        thread=next((each.value for each in labels if each.name == "thread"), ""),
        links=[Link(str(e.type), str(e.name), str(e.url)) for e in result.links],
    )


def hear_scenarios(config: pytest.Config, folder: ResultsFolder) -> None:
    """Let the scenarios of this process write to *folder*."""
    listener = GherkinListener(config, folder)
    config.pluginmanager.register(listener)
    _hear(config, listener)
    log = StepLog(lambda: config.stash[EVIDENCE].record)
    logging.getLogger().addHandler(log)
    config.add_cleanup(partial(logging.getLogger().removeHandler, log))


def hear_ordinary_tests(config: pytest.Config, folder: ResultsFolder) -> None:
    """Let the ordinary tests of this process write to *folder* as well."""
    config.pluginmanager.register(OrdinaryListener(config), "allure_listener")
    _hear(config, RedactedLogger(folder))


def _hear(config: pytest.Config, listener: object) -> None:
    allure_commons.plugin_manager.register(listener)
    config.add_cleanup(partial(allure_commons.plugin_manager.unregister, listener))
