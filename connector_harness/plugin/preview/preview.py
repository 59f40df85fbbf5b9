"""`pytest --preview`: runs scenarios on the sandbox, and writes what they send."""

import os
from collections.abc import Generator
from itertools import groupby
from pathlib import Path
from typing import Final

import pytest

from connector_harness.client.connector import Connector
from connector_harness.client.settings import Endpoint
from connector_harness.gherkin.feature import FeatureSpec
from connector_harness.plugin.collecting.collection import ScenarioItem
from connector_harness.plugin.preview.page import Placeholders, PreviewedScenario, PreviewPage
from connector_harness.plugin.running.exchange_recorder import EVIDENCE
from connector_harness.plugin.stash import AUDITED, REDACTOR, Reporting
from connector_harness.results.record import RecordedScenario, Status

FOLDER: Final = "reports/preview"
"""Where previews go, from the rootdir."""


class Preview:
    """Writes a page for each feature that has run; other tests are left out."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._folder = config.rootpath / FOLDER
        self._previewed: list[tuple[FeatureSpec, PreviewedScenario]] = []
        self._pages = 0
        self._others = 0
        # What calls hold besides what is told of conversations.
        self._about: dict[str, str] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out what is no scenario."""
        self._others = sum(not isinstance(item, ScenarioItem) for item in items)
        items[:] = [item for item in items if isinstance(item, ScenarioItem)]

    @pytest.fixture(autouse=True)
    def signed_in(
        self,
        request: pytest.FixtureRequest,
        connector: Connector,
        endpoint: Endpoint,
        consumer: str,
    ) -> None:
        """A connector that has found its services and signed in just now.

        One that comes from another scenario would send less than one that comes from none.
        """
        self._about = {
            "account": endpoint.account,
            "client id": endpoint.client_id,
            "consumer": consumer,
        }
        connector.sign_out()
        connector.sign_in("nobody")
        request.node.record.current.exchanges.clear()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: ScenarioItem) -> Generator[None, object, object]:
        """Keep what a scenario sends."""
        evidence = self._config.stash[EVIDENCE]
        record = evidence.record = item.begin()
        try:
            return (yield)
        finally:
            evidence.record = None
            self._previewed.append((item.feature, self._scenario(item, record.kept)))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self, item: ScenarioItem) -> Reporting:
        """Keep why a scenario is not previewed to its end."""
        report = yield
        if item.record is not None and not report.passed and not item.record.kept.message:
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
            crash = getattr(reason, "reprcrash", None)
            item.record.kept.message = str(crash.message if crash is not None else reason)
        return report

    def pytest_collection_finish(self) -> None:
        """Let ``--lf`` choose next time what it would have chosen: a preview is no run."""
        plugins = self._config.pluginmanager
        if (last_failed := plugins.getplugin("lfplugin")) is not None:
            plugins.unregister(last_failed)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:
        """Write the pages, and remove those of features that are no more.

        Raises:
            pytest.UsageError: They cannot be written.
        """
        done = yield
        self._write_pages()
        return done

    def _write_pages(self) -> None:
        try:
            for path, group in groupby(self._previewed, key=lambda each: each[0].path):
                self._write(path, [*group])
            for file in sorted(self._folder.rglob("*.md")):
                name = file.relative_to(self._folder).with_suffix(".feature")
                if not (self._config.rootpath / name).is_file():
                    file.unlink()
        except OSError as error:
            raise pytest.UsageError(
                f"the preview cannot be written: {error}\n  next: make room at {FOLDER}"
            ) from None

    def _write(self, path: str, previewed: list[tuple[FeatureSpec, PreviewedScenario]]) -> None:
        stash, feature = self._config.stash, previewed[0][0]
        scenarios, total = [scenario for _, scenario in previewed], len(feature.scenarios)
        page = PreviewPage(
            path, feature.title, scenarios, total, stash[EVIDENCE].contract, stash[REDACTOR]
        )
        file = self._folder / page.file
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(page.text().encode(errors="backslashreplace"))
        stash[AUDITED].append(str(file))
        self._pages += 1

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say where the pages are."""
        if not self._pages:
            return
        where = Path(os.path.relpath(self._folder, self._config.invocation_params.dir)).as_posix()
        terminalreporter.section("preview")
        count = len(self._previewed)
        terminalreporter.line(f"{count} scenario(s) of {self._pages} feature(s), on the sandbox")
        if self._others:
            terminalreporter.line(f"{self._others} ordinary test(s) left out: no scenarios")
        terminalreporter.line(f"preview: {where}")

    def _scenario(self, item: ScenarioItem, kept: RecordedScenario) -> PreviewedScenario:
        placeholders = Placeholders()
        for name, value in self._about.items():
            placeholders.add(name, str(item.given.values.get(name, value)))
        for part in kept.parts:
            for notification in part.notifications:
                placeholders.learn(notification.body.content)
            for exchange in part.all_exchanges:
                placeholders.learn(exchange.response.content)
        begun = [each for each in kept.parts if each.status is not Status.NOT_RUN or not each.name]
        reason = kept.message.partition("\n")[0]
        return PreviewedScenario(item.scenario.name, begun, placeholders, reason)
