"""From Gherkin to Allure: allure-pytest's listener, with scenarios mapped by us.

allure-pytest knows no steps of a feature file and writes a container for every fixture. Its
listener goes on serving ordinary tests; for scenarios this one keeps quiet until the end and
then writes a single result. ``allure.attach``, ``allure.step`` and ``allure.dynamic`` work
inside step definitions as they do elsewhere.
"""

import os
import platform
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import allure_commons
import pytest
from allure_commons.logger import AllureFileLogger
from allure_commons.types import AttachmentType
from allure_pytest.listener import AllureListener  # type: ignore[import-untyped]

from connector_harness.plugin.allure_results import Frame, ResultsFolder, finish, result_of
from connector_harness.plugin.collection import ScenarioItem
from connector_harness.plugin.record import Attachment, ScenarioRecord, StepRecord
from connector_harness.plugin.scenario import now, status_of
from connector_harness.plugin.stash import EVIDENCE
from connector_harness.redaction import Redactor

Wrapper = Generator[None, Any, None]


class GherkinListener(AllureListener):  # type: ignore[misc]  # allure-pytest has no types
    """Listens to pytest and to ``allure.…`` calls.

    Args:
        config: pytest's configuration.
        folder: Where results go.
    """

    def __init__(self, config: pytest.Config, folder: ResultsFolder) -> None:
        super().__init__(config)
        self._folder = folder
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        self._frame = Frame(platform.node(), f"{os.getpid()}-{worker}")
        self._item: ScenarioItem | None = None
        self._record: ScenarioRecord | None = None
        self._parts: dict[str, StepRecord] = {}

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> Wrapper:
        """Follow one test from its beginning to its end."""
        if isinstance(item, ScenarioItem):
            self._begin(item)
            yield
            self._end()
        else:
            yield from super().pytest_runtest_protocol(item, nextitem)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Begin again where a plugin runs a scenario a second time."""
        if self._item is not None and self._record is None and self._item.nodeid == nodeid:
            self._begin(self._item)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Wrapper:
        """Leave the set-up of scenarios alone."""
        yield from self._unless_scenario(item, super().pytest_runtest_setup)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Wrapper:
        """Leave the call of scenarios alone."""
        yield from self._unless_scenario(item, super().pytest_runtest_call)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Wrapper:
        """Leave the tear-down of scenarios alone."""
        yield from self._unless_scenario(item, super().pytest_runtest_teardown)

    def _unless_scenario(
        self, item: pytest.Item, listen: Callable[[pytest.Item], Wrapper]
    ) -> Wrapper:
        if isinstance(item, ScenarioItem):
            yield
        else:
            yield from listen(item)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[object], request: pytest.FixtureRequest
    ) -> Wrapper:
        """Write no container for a fixture that a scenario asks for."""
        if self._item is None:
            yield from super().pytest_fixture_setup(fixturedef, request)
        else:
            yield

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Wrapper:
        """Take over how a phase ended."""
        if isinstance(item, ScenarioItem):
            outcome = yield
            self._note(item, call, outcome.get_result())
        else:
            yield from super().pytest_runtest_makereport(item, call)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_logfinish(self, nodeid: str, location: object) -> Wrapper:
        """Write the result."""
        if self._item is not None and self._item.nodeid == nodeid:
            yield
            self._end()
        else:
            yield from super().pytest_runtest_logfinish(nodeid, location)

    def _begin(self, item: ScenarioItem) -> None:
        self._item = item
        self._record = item.begin()
        self.config.stash[EVIDENCE].record = self._record

    def _end(self) -> None:
        item, record = self._item, self._record
        if item is None or record is None:
            return
        self._record = None
        self.config.stash[EVIDENCE].record = None
        self._parts.clear()
        record.stop = now()
        finish(record)
        self._folder.write_result(
            result_of(item, record, frame=self._frame, write=self._folder.write_attachment)
        )
        item.record = None

    def _note(
        self, item: ScenarioItem, call: pytest.CallInfo[None], report: pytest.TestReport
    ) -> None:
        record = item.record
        if record is None:
            return
        if call.excinfo is not None and record.status in (None, "passed"):
            record.status = status_of(call.excinfo.value)
            text = str(report.longrepr) if report.longrepr is not None else ""
            crash = getattr(report.longrepr, "reprcrash", None)
            record.message = crash.message if crash is not None else _first_line(text, call)
            record.trace = text
            if record.failed is not None:
                record.failed.message = record.message
        elif report.when == "call" and record.status is None:
            record.status = "passed"
        if report.when == "teardown" and self.config.getoption("attach_capture", default=True):
            self._attach_captured(report)

    def _attach_captured(self, report: pytest.TestReport) -> None:
        captured = [("log", report.caplog), ("stdout", report.capstdout)]
        for name, text in [*captured, ("stderr", report.capstderr)]:
            if text:
                self.attach_data(text, name, AttachmentType.TEXT, None)

    @allure_commons.hookimpl
    def start_step(self, uuid: str, title: str, params: dict[str, str]) -> None:
        """Begin a part of a step."""
        if self._record is None:
            super().start_step(uuid, title, params)
            return
        part = StepRecord(title, start=now(), parameters=dict(params))
        self._record.current.parts.append(part)
        self._record.open.append(part)
        self._parts[uuid] = part

    @allure_commons.hookimpl
    def stop_step(
        self, uuid: str, exc_type: object, exc_val: BaseException | None, exc_tb: object
    ) -> None:
        """End a part of a step."""
        part = self._parts.pop(uuid, None)
        if part is None:
            super().stop_step(uuid, exc_type, exc_val, exc_tb)
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
            super().attach_data(body, name, attachment_type, extension)
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
        if self._record is None:
            super().attach_file(source, name, attachment_type, extension)
        else:
            file = Path(source)
            ending = extension or file.suffix.removeprefix(".") or None
            self.attach_data(file.read_bytes(), name or file.name, attachment_type, ending)

    @allure_commons.hookimpl
    def add_title(self, test_title: str) -> None:
        """Show the scenario under another title."""
        if self._record is None:
            super().add_title(test_title)
        else:
            self._record.title = test_title

    @allure_commons.hookimpl
    def add_description(self, test_description: str) -> None:
        """Replace the scenario's description."""
        if self._record is None:
            super().add_description(test_description)
        else:
            self._record.description = test_description

    @allure_commons.hookimpl
    def add_label(self, label_type: str, labels: tuple[str, ...]) -> None:
        """Add labels to the scenario."""
        if self._record is None:
            super().add_label(label_type, labels)
        else:
            self._record.labels.extend((str(label_type), str(label)) for label in labels)

    @allure_commons.hookimpl
    def add_link(self, url: str, link_type: str, name: str | None) -> None:
        """Add a link to the scenario."""
        if self._record is None:
            super().add_link(url, link_type, name)
        else:
            self._record.links.append((link_type, url, name or url))

    @allure_commons.hookimpl
    def add_parameter(self, name: str, value: object, excluded: object, mode: object) -> None:
        """Show a parameter with the step under way."""
        if self._record is None:
            super().add_parameter(name, value, excluded, mode)
        else:
            self._record.current.parameters[name] = str(value)


def _first_line(text: str, call: pytest.CallInfo[None]) -> str:
    if call.excinfo is None:  # pragma: no cover
        return text
    return call.excinfo.exconly().partition("\n")[0]


class RedactedLogger(AllureFileLogger):
    """allure-pytest's writer for ordinary tests, with secrets masked.

    Args:
        folder: Where results go.
        redactor: Masks the secrets.
    """

    def __init__(self, folder: Path, redactor: Redactor) -> None:
        super().__init__(str(folder), clean=False)  # type: ignore[no-untyped-call]
        self._redactor = redactor

    def _report_item(self, item: Any) -> None:  # noqa: ANN401
        for place in (item, getattr(item, "statusDetails", None)):
            for name in ("message", "trace", "description"):
                text = getattr(place, name, None)
                if isinstance(text, str):
                    setattr(place, name, self._redactor.text(text))
        super()._report_item(item)  # type: ignore[no-untyped-call]

    @allure_commons.hookimpl
    def report_attached_data(self, body: str | bytes, file_name: str) -> None:
        """Write an attachment."""
        content = body.encode() if isinstance(body, str) else bytes(body)
        super().report_attached_data(  # type: ignore[no-untyped-call]
            self._redactor.content(content), file_name
        )


def register(config: pytest.Config, folder: ResultsFolder, redactor: Redactor) -> None:
    """Let scenarios and ordinary tests of this process write to *folder*."""
    listener = GherkinListener(config, folder)
    logger = RedactedLogger(folder.path, redactor)
    config.pluginmanager.register(listener, "allure_listener")
    for plugin in (listener, logger):
        allure_commons.plugin_manager.register(plugin)
        config.add_cleanup(_unregister(plugin))


def _unregister(plugin: object) -> Callable[[], None]:
    def unregister() -> None:
        allure_commons.plugin_manager.unregister(plugin)

    return unregister
