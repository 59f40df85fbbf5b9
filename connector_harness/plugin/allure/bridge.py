"""From Gherkin to Allure: allure-pytest's listener, with scenarios mapped by us.

allure-pytest knows no steps of a feature file and writes a container for every fixture. Its
listener serves ordinary tests only; for scenarios ours keeps quiet until the end and then
writes a single result. ``allure.attach``, ``allure.step`` and ``allure.dynamic`` work
inside step definitions as they do elsewhere.
"""

import contextlib
import os
import sysconfig
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import allure_commons
import pytest
from allure_commons.logger import AllureFileLogger
from allure_commons.types import AttachmentType
from allure_pytest.listener import AllureListener  # type: ignore[import-untyped]  # without types

from connector_harness.gherkin.quarantine import TAG as QUARANTINE
from connector_harness.plugin.allure import retries
from connector_harness.plugin.collecting import quarantine as quarantine_report
from connector_harness.plugin.collecting.collection import ScenarioItem
from connector_harness.plugin.processes.signals import SIGNALS
from connector_harness.plugin.running.exchange_recorder import EVIDENCE
from connector_harness.plugin.running.scenario import now, status_of
from connector_harness.report.allure.result import ResultsFolder, ScenarioResult
from connector_harness.results.failure_class import FailureClass
from connector_harness.results.record import Attachment, ScenarioRecord, StepRecord

FOLDERS = (
    *(sysconfig.get_path(name) for name in ("purelib", "platlib", "stdlib")),
    str(Path(__file__).parents[3]),
)
"""Where installed packages, Python and the harness lie."""


class GherkinListener:
    """Listens to pytest and to ``allure.…`` calls while a scenario runs.

    Args:
        config: pytest's configuration.
        folder: Where results go.
    """

    def __init__(self, config: pytest.Config, folder: ResultsFolder) -> None:
        self._config = config
        self._folder = folder
        self._evidence = config.stash[EVIDENCE]
        self._signals = config.stash[SIGNALS]
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        self._thread = f"{os.getpid()}-{worker}"
        self._item: ScenarioItem | None = None
        self._is_told = False
        self._record: ScenarioRecord | None = None
        self._parts: dict[str, StepRecord] = {}

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Follow one scenario from its beginning to its end."""
        if not isinstance(item, ScenarioItem):
            return (yield)
        self._begin(item)
        try:
            return (yield)
        except (KeyboardInterrupt, pytest.exit.Exception):
            if self._record is not None:
                self._interrupt(self._record)
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
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Take over how a phase ended."""
        report = yield
        if isinstance(item, ScenarioItem) and item.record is not None:
            self._note(item.record, call, report)
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

    def _interrupt(self, record: ScenarioRecord) -> None:
        """Note that the run ends here, unless pytest has been told how the scenario ended."""
        if record.status is None or (record.status == "passed" and not self._is_told):
            record.status, record.message = "broken", "interrupted"

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
            record.stop = now()
            retries.note(item, record)
            quarantine_report.show(item, record)
            result = ScenarioResult(item, record, folder=self._folder, thread=self._thread)
            self._folder.write(result.document)
            item.record = None
        finally:
            self._signals.release()

    def _note(
        self,
        record: ScenarioRecord,
        call: pytest.CallInfo[None],
        report: pytest.TestReport,
    ) -> None:
        if call.excinfo is not None and record.status in (None, "passed"):
            # An expected failure is skipped in pytest's own words, too.
            is_skipped = report.skipped and not quarantine_report.is_muted(report)
            record.status = "skipped" if is_skipped else status_of(call.excinfo.value)
            crash = getattr(report.longrepr, "reprcrash", None)
            exception = call.excinfo.exconly().partition("\n")[0]
            record.message = crash.message if crash is not None else exception
            record.trace = self._without_folders(str(report.longrepr or ""))
            if record.status == "skipped":
                record.failure_class = None
            if record.failed is not None:
                record.failed.message = record.message
        elif report.failed and record.status in (None, "passed"):
            # A success that was not expected comes without an exception.
            record.status, record.message = "failed", f"[spec] {report.longrepr}"
            record.failure_class = FailureClass.SPEC
        elif report.when == "call" and record.status is None:
            record.status = "passed"
        if report.when == "teardown":
            if report.sections and self._config.option.attach_capture:
                self._attach_captured(report)
            # From record_property; the one of a quarantine has a label already.
            told = (each for each in report.user_properties if each[0] != QUARANTINE)
            record.labels.extend((str(name), str(value)) for name, value in told)

    def _without_folders(self, trace: str) -> str:
        """Return *trace* without the folders of this machine in front of its files."""
        for folder in (*FOLDERS, str(self._config.rootpath)):
            trace = trace.replace(f"{folder}{os.sep}", "")
        return trace

    def _attach_captured(self, report: pytest.TestReport) -> None:
        captured = [("log", report.caplog), ("stdout", report.capstdout)]
        for name, text in [*captured, ("stderr", report.capstderr)]:
            if text:
                self.attach_data(text, name, AttachmentType.TEXT, None)

    @allure_commons.hookimpl
    def start_step(self, uuid: str, title: str, params: dict[str, str]) -> None:
        """Begin a part of a step."""
        if self._record is None:
            return
        part = StepRecord(title, start=now(), parameters=dict(params))
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
        part.status = status_of(exc_val) if exc_val is not None else "passed"
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
        attachment = Attachment(name or "attachment", content, media_type, ending)
        self._record.current.attachments.append(attachment)

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
            self._record.title = test_title

    @allure_commons.hookimpl
    def add_description(self, test_description: str) -> None:
        """Replace the scenario's description."""
        if self._record is not None:
            self._record.description = test_description

    @allure_commons.hookimpl
    def add_label(self, label_type: str, labels: tuple[str, ...]) -> None:
        """Add labels to the scenario."""
        if self._record is not None:
            self._record.labels.extend((str(label_type), str(label)) for label in labels)

    @allure_commons.hookimpl
    def add_link(self, url: str, link_type: str, name: str | None) -> None:
        """Add a link to the scenario."""
        if self._record is not None:
            self._record.links.append((link_type, url, name or url))

    @allure_commons.hookimpl
    def add_parameter(self, name: str, value: object) -> None:
        """Show a parameter with the step under way."""
        if self._record is not None:
            self._record.current.parameters[name] = str(value)


Wrapper = Generator[None, Any, None]


class OrdinaryListener(AllureListener):  # type: ignore[misc]  # allure-pytest has no types
    """allure-pytest's listener, for the ordinary tests of a run that also has scenarios."""

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> Wrapper:
        """Follow one ordinary test, and hear ``allure.…`` calls as long as it runs."""
        if isinstance(item, ScenarioItem):
            yield
            return
        allure_commons.plugin_manager.register(self)
        yield from super().pytest_runtest_protocol(item, nextitem)
        allure_commons.plugin_manager.unregister(self)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Wrapper:
        """Listen to the set-up of an ordinary test."""
        yield from _unless_scenario(item, super().pytest_runtest_setup(item))

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Wrapper:
        """Listen to the call of an ordinary test."""
        yield from _unless_scenario(item, super().pytest_runtest_call(item))

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Wrapper:
        """Listen to the tear-down of an ordinary test."""
        yield from _unless_scenario(item, super().pytest_runtest_teardown(item))

    @pytest.hookimpl(hookwrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[object], request: pytest.FixtureRequest
    ) -> Wrapper:
        """Listen to a fixture of an ordinary test."""
        asking = getattr(request, "_pyfuncitem", None)
        yield from _unless_scenario(asking, super().pytest_fixture_setup(fixturedef, request))

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Wrapper:
        """Take over how a phase of an ordinary test ended."""
        yield from _unless_scenario(item, super().pytest_runtest_makereport(item, call))


def _unless_scenario(item: object, listening: Wrapper) -> Wrapper:
    if isinstance(item, ScenarioItem):
        listening.close()
        yield
    else:
        yield from listening


class RedactedLogger(AllureFileLogger):
    """allure-pytest's writer for ordinary tests, with secrets masked.

    Args:
        folder: Where results go.
    """

    def __init__(self, folder: ResultsFolder) -> None:
        super().__init__(str(folder.path), clean=False)  # type: ignore[no-untyped-call]  # as above
        self._redactor = folder.redactor
        self._lost = folder.lost

    def _report_item(self, item: Any) -> None:  # noqa: ANN401 - as above
        self._mask(item)
        with self._losing():
            super()._report_item(item)  # type: ignore[no-untyped-call]  # as above

    def _mask(self, place: Any) -> Any:  # noqa: ANN401 - whatever a result holds
        """Mask all texts in *place* and its parts, and return it."""
        if isinstance(place, str):
            # A kind of text, as a status is, has no secret and stays what it is.
            return self._redactor.text(place) if type(place) is str else place
        if isinstance(place, list):
            return [self._mask(part) for part in place]
        if hasattr(place, "__dict__"):
            for name, part in vars(place).items():
                setattr(place, name, self._mask(part))
        return place

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
                self._redactor.content(content), file_name
            )

    @contextlib.contextmanager
    def _losing(self) -> Iterator[None]:
        """Let what cannot be written cost itself, and not the run."""
        try:
            yield
        except OSError as error:
            self._lost.append(error.strerror or str(error))


def hear_scenarios(config: pytest.Config, folder: ResultsFolder) -> None:
    """Let the scenarios of this process write to *folder*."""
    listener = GherkinListener(config, folder)
    config.pluginmanager.register(listener)
    _hear(config, listener)


def hear_ordinary_tests(config: pytest.Config, folder: ResultsFolder) -> None:
    """Let the ordinary tests of this process write to *folder* as well."""
    config.pluginmanager.register(OrdinaryListener(config), "allure_listener")
    _hear(config, RedactedLogger(folder))


def _hear(config: pytest.Config, listener: object) -> None:
    allure_commons.plugin_manager.register(listener)
    config.add_cleanup(lambda: _forget(listener))


def _forget(listener: object) -> None:
    allure_commons.plugin_manager.unregister(listener)
