"""`pytest --preview`: what every scenario would send, written down without sending it.

Each scenario runs as ever, its expectations included, against a sandbox inside of this process;
no result of a run is written, touched or cleaned.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final, TypeAlias

import pytest

from connector_harness.client.settings import SettingsError
from connector_harness.contract.contract import ContractError
from connector_harness.gherkin.step_index import ResolvedStep
from connector_harness.json_types import JsonValue
from connector_harness.plugin.account.production import hold_back_unsafe
from connector_harness.plugin.collecting.collection import ScenarioItem
from connector_harness.plugin.endpoint.endpoint import ENDPOINT, SANDBOX, Account
from connector_harness.plugin.preview.page import Line, Page, Scene, ShownSend
from connector_harness.plugin.preview.placeholders import Placeholders
from connector_harness.plugin.preview.sends import RECORDER, Send
from connector_harness.plugin.preview.stage import ADDRESS, STAGE, Stage
from connector_harness.plugin.running.exchange_recorder import EVIDENCE
from connector_harness.plugin.stash import AUDITED, REDACTOR
from connector_harness.results.record import ScenarioUnderWay, Status

FOLDER: Final = "reports/preview"
"""Where previews go, from the rootdir."""

Naming: TypeAlias = Callable[[JsonValue], JsonValue]
"""Returns a document with what differs between runs replaced by names."""

_SHOWN: Final = 20


class Preview:
    """Previews what has been selected, instead of running it.

    Args:
        config: pytest's configuration.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._folder = config.rootpath / FOLDER
        self._pages: list[Page] = []
        self._others = 0

    # Before the hook of a run, which would reach for the endpoint.
    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Preview the scenarios, feature by feature, unless the guard has stopped the run."""
        if session.testsfailed:
            return None
        items = [item for item in session.items if isinstance(item, ScenarioItem)]
        self._others = len(session.items) - len(items)
        if items:
            self._preview(items)
        self._remove_stale()
        if self._findings or any(scene.is_broken for page in self._pages for scene in page.scenes):
            session.testsfailed += 1
        return True

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what was found, what could not be previewed, and where the pages are."""
        if not self._pages:
            return
        text = self._config.stash[REDACTOR].text
        findings, stopped = self._findings, self._stopped
        terminalreporter.section("preview", red=bool(findings))
        for title, lines in (("wrong", findings), ("not previewed to the end", stopped)):
            for line in lines[:_SHOWN]:
                terminalreporter.line(text(f"{title}: {line}"), red=lines is findings)
            if len(lines) > _SHOWN:
                terminalreporter.line(f"{title}: … and {len(lines) - _SHOWN} more; see the pages")
        count = sum(len(page.scenes) for page in self._pages)
        where = Path(os.path.relpath(self._folder, self._config.invocation_params.dir)).as_posix()
        terminalreporter.line(
            f"{count} scenario(s) of {len(self._pages)} feature(s); nothing was sent"
        )
        if self._others:
            terminalreporter.line(f"{self._others} ordinary test(s) left out: no scenarios")
        terminalreporter.line(f"preview: {where}")

    @property
    def _findings(self) -> list[str]:
        return [
            f"{page.path}: {scene.title}: {finding}"
            for page in self._pages
            for scene in page.scenes
            for finding in scene.findings
        ]

    @property
    def _stopped(self) -> list[str]:
        return [
            f"{page.path}: {scene.title}: {scene.stopped}"
            for page in self._pages
            for scene in page.scenes
            if scene.stopped and not scene.is_broken
        ]

    def _preview(self, items: Sequence[ScenarioItem]) -> None:
        stage = self._config.stash[STAGE] = self._stage()
        # Not before the fixtures have ended, which may still tell it something.
        self._config.add_cleanup(stage.close)
        self._rehearse(items, Rehearsal(self._config, stage))

    def _stage(self) -> Stage:
        """Return what answers, and let the endpoint under test be it.

        Raises:
            pytest.UsageError: The settings of the endpoint do not say what is needed.
        """
        under_test = self._config.stash[ENDPOINT]
        try:
            if under_test.name == SANDBOX:
                stage = Stage()
                under_test.pretend(
                    Account(ADDRESS, stage.account, stage.client_id, stage.client_secret)
                )
                return stage
            under_test.pretend(None)
            endpoint = under_test.endpoint
        except SettingsError as error:
            raise pytest.UsageError(str(error)) from None
        secret = endpoint.client_secret.get_secret_value()
        return Stage(endpoint.account, endpoint.client_id, secret)

    def _rehearse(self, items: Sequence[ScenarioItem], rehearsal: "Rehearsal") -> None:
        hold_back_unsafe(self._config, items)
        following = [*items[1:], None]
        pairs = zip(items, following, strict=True)
        for path, group in groupby(pairs, key=lambda pair: pair[0].feature.path):
            feature, scenes = None, []
            for item, next_item in group:
                feature = item.feature
                scenes.append(rehearsal.play(item, next_item))
            if feature is not None:
                redactor = self._config.stash[REDACTOR]
                page = Page(path, feature.title, scenes, len(feature.scenarios), redactor)
                self._pages.append(page)
                self._write(page)

    def _write(self, page: Page) -> None:
        """Write *page*.

        Raises:
            pytest.UsageError: It cannot be written.
        """
        file = self._folder / page.file
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(page.text().encode(errors="backslashreplace"))
        except OSError as error:
            raise pytest.UsageError(
                f"the preview cannot be written: {error}\n  next: make room at {FOLDER}"
            ) from None
        self._config.stash[AUDITED].append(str(file))

    def _remove_stale(self) -> None:
        """Remove the pages of features that are no more."""
        for file in sorted(self._folder.rglob("*.md")):
            feature = self._config.rootpath / file.relative_to(self._folder).with_suffix(".feature")
            if not feature.is_file():
                file.unlink()


class Rehearsal:
    """Plays scenarios and notes what they send.

    Args:
        config: pytest's configuration.
        stage: Answers.
    """

    def __init__(self, config: pytest.Config, stage: Stage) -> None:
        self._config = config
        self._evidence = config.stash[EVIDENCE]
        self._stage = stage
        self._sends: list[tuple[object, Send]] = []

    def play(self, item: ScenarioItem, next_item: ScenarioItem | None) -> Scene:
        """Return what *item* sends; *next_item* comes after it."""
        record = self._evidence.record = item.begin()
        item.forgiven = _is_expectation
        self._sends.clear()
        error = self._run(item, next_item)
        self._evidence.record = None
        placeholders = self._placeholders(item, record)
        scene = Scene(
            item.scenario.name, list(self._lines(record, placeholders.document)), placeholders
        )
        if error is not None:
            scene.stopped = _reason(error)
            # What was kept back is a finding already, told with what is wrong with it.
            scene.is_broken = not isinstance(error, pytest.skip.Exception) and not scene.findings
        return scene

    def _run(self, item: ScenarioItem, next_item: ScenarioItem | None) -> BaseException | None:
        try:
            item.ihook.pytest_runtest_setup(item=item)
            self._config.stash[RECORDER].begin(self._note)
            item.ihook.pytest_runtest_call(item=item)
        except (Exception, pytest.skip.Exception, pytest.fail.Exception) as error:  # noqa: BLE001  # whatever it is, the other scenarios are previewed
            return error
        finally:
            if RECORDER in self._config.stash:
                self._config.stash[RECORDER].note = None
            item.ihook.pytest_runtest_teardown(item=item, nextitem=next_item)
        return None

    def _note(self, send: Send) -> None:
        record = self._evidence.record
        self._sends.append((record.current if record is not None else None, send))

    def _lines(self, record: ScenarioUnderWay, name: Naming) -> Iterator[Line]:
        begun = [step for step in record.kept.steps if step.status is not Status.NOT_RUN]
        for step in [*record.kept.outside, *begun]:
            sends = [send for place, send in self._sends if place is step]
            if sends or step.name:
                problems = [self._config.stash[RECORDER].in_words(each, name) for each in sends]
                shown = [ShownSend(*each) for each in zip(sends, problems, strict=True)]
                yield Line(step.name, shown)

    def _placeholders(self, item: ScenarioItem, record: ScenarioUnderWay) -> Placeholders:
        placeholders = Placeholders()
        if self._config.stash[ENDPOINT].name == SANDBOX:
            placeholders.add("account", self._stage.account)
        placeholders.add("client id", self._stage.client_id)
        if isinstance(consumer := item.given.values.get("consumer"), str):
            placeholders.add("consumer", consumer)
        for step in [*record.kept.outside, *record.kept.steps]:
            for told in step.notifications:
                placeholders.learn(told.body.content)
            for place, send in self._sends:
                if place is step:
                    placeholders.learn(send.answer)
        return placeholders


def _is_expectation(step: ResolvedStep, error: BaseException) -> bool:
    """Return whether *error* is about an answer, which a preview does not judge."""
    return (
        step.spec.type == "then"
        and isinstance(error, AssertionError)
        and not isinstance(error, ContractError)
    )


def _reason(error: BaseException) -> str:
    text = str(error) or type(error).__name__
    return text.partition("\n")[0]
