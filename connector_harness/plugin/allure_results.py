"""One scenario as an Allure result file, written straight from its record."""

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from connector_harness.client.exchange import Exchange
from connector_harness.plugin.guard import SEVERITIES
from connector_harness.plugin.record import Attachment, ScenarioRecord, StepRecord
from connector_harness.redaction import Redactor

if TYPE_CHECKING:
    from connector_harness.plugin.collection import ScenarioItem

EXTENSIONS = {
    "application/json": "json",
    "application/x-www-form-urlencoded": "txt",
    "application/xml": "xml",
    "text/csv": "csv",
    "text/html": "html",
    "text/plain": "txt",
    "text/xml": "xml",
}
"""File name endings by media type; the report opens a file by them."""


class ResultsFolder:
    """The folder that `allure` reads; everything written there is redacted first.

    Args:
        path: The folder; made when the first file is written.
        redactor: Masks the secrets.
    """

    def __init__(self, path: Path, redactor: Redactor) -> None:
        self.path = path
        self._redactor = redactor

    def clean(self) -> None:
        """Make the folder, and empty it of an earlier run's results."""
        shutil.rmtree(self.path, ignore_errors=True)
        self.path.mkdir(parents=True, exist_ok=True)

    def write_result(self, result: dict[str, Any]) -> None:
        """Write a result; a reader never sees half of it."""
        name = f"{result['uuid']}-result.json"
        text = self._redactor.text(json.dumps(result, ensure_ascii=False, separators=(",", ":")))
        scratch = self.path / f".{name}"
        self._write(scratch, text.encode("utf-8", "surrogatepass"))
        scratch.replace(self.path / name)

    def write_attachment(self, attachment: Attachment) -> dict[str, str]:
        """Write an attachment and return the entry that refers to it."""
        source = f"{uuid.uuid4()}-attachment.{attachment.extension}"
        self._write(self.path / source, self._redactor.content(attachment.content))
        return {"name": attachment.name, "source": source, "type": attachment.media_type}

    def write_environment(self, environment: dict[str, str]) -> None:
        """Write what the report shows as the environment of the run."""
        lines = [f"{name} = {value}" for name, value in environment.items()]
        text = self._redactor.text("\n".join(lines) + "\n")
        self._write(self.path / "environment.properties", text.encode())

    def _write(self, file: Path, content: bytes) -> None:
        try:
            self._write_once(file, content)
        except FileNotFoundError:
            self.path.mkdir(parents=True, exist_ok=True)
            self._write_once(file, content)

    @staticmethod
    def _write_once(file: Path, content: bytes) -> None:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
        try:
            view = memoryview(content)
            while view:
                view = view[os.write(descriptor, view) :]
        finally:
            os.close(descriptor)


@dataclass(frozen=True)
class Frame:
    """What every result of this process shares.

    Args:
        host: The machine's name.
        thread: The process, and under xdist the worker.
    """

    host: str
    thread: str


def result_of(
    item: "ScenarioItem",
    record: ScenarioRecord,
    *,
    frame: Frame,
    write: Callable[[Attachment], dict[str, str]],
) -> dict[str, Any]:
    """Return the result of *item*, its attachments written by *write*.

    Shape: a ``*-result.json`` of Allure 2 and 3.
    """
    scenario, feature = item.scenario, item.feature
    full_name = f"{feature.path}::{scenario.name}"
    row = scenario.row or {}
    details = {"message": record.message, "trace": record.trace} if record.message else {}
    outside = _step(record.outside, write)
    return {
        "uuid": str(uuid.uuid4()),
        "name": record.title or scenario.title,
        "fullName": full_name,
        "testCaseId": _digest(full_name),
        "historyId": _digest(full_name, *(f"{name}={value}" for name, value in row.items())),
        "status": record.status or "skipped",
        "statusDetails": details,
        "stage": "finished",
        "description": _description(item, record),
        "start": record.start,
        "stop": record.stop or record.start,
        "steps": [_step(step, write) for step in record.steps] + outside["steps"],
        "attachments": outside["attachments"],
        "parameters": [{"name": name, "value": value} for name, value in row.items()],
        "labels": [{"name": name, "value": value} for name, value in _labels(item, record, frame)],
        "links": [{"type": kind, "url": url, "name": name} for kind, url, name in record.links],
        "titlePath": [*_folders(feature.path, keep_first=True), feature.title],
    }


def _digest(*parts: str) -> str:
    return hashlib.md5("\0".join(parts).encode(), usedforsecurity=False).hexdigest()


def _description(item: "ScenarioItem", record: ScenarioRecord) -> str:
    rule = item.scenario.rule
    parts = [item.feature.description]
    if rule is not None:
        parts += [f"**{rule.keyword}: {rule.title}**", rule.description]
    parts += [record.description or item.scenario.description]
    return "\n\n".join(part for part in parts if part)


def _folders(path: str, *, keep_first: bool) -> list[str]:
    """Return the folders of a feature file; the outermost, ``features``, says nothing."""
    folders = list(PurePosixPath(path).parent.parts)
    return folders if keep_first or len(folders) < 2 else folders[1:]  # noqa: PLR2004


def _labels(
    item: "ScenarioItem", record: ScenarioRecord, frame: Frame
) -> Iterator[tuple[str, str]]:
    feature, scenario, rule = item.feature, item.scenario, item.scenario.rule
    folder = " / ".join(_folders(feature.path, keep_first=False)) or "features"
    yield "epic", folder
    yield "feature", feature.title
    yield "story", rule.title if rule else scenario.outline.title
    yield "parentSuite", folder
    yield "suite", feature.title
    if rule is not None:
        yield "subSuite", rule.title
    yield from (("tag", tag) for tag in scenario.tags)
    severity = _severity(scenario.tags)
    if severity:
        yield "severity", severity
    yield "package", feature.path.replace("/", ".")
    yield "framework", "pytest-bdd"
    yield "language", "gherkin"
    yield "host", frame.host
    yield "thread", frame.thread
    yield from record.labels


def _severity(tags: tuple[str, ...]) -> str | None:
    """Return the severity of a scenario; the innermost tag counts."""
    named = [tag.removeprefix("severity:") for tag in tags]
    return next((tag for tag in reversed(named) if tag in SEVERITIES), None)


def _step(record: StepRecord, write: Callable[[Attachment], dict[str, str]]) -> dict[str, Any]:
    parts = [_step(part, write) for part in record.parts]
    parts += [_exchange(exchange, write) for exchange in record.exchanges]
    step: dict[str, Any] = {
        "name": record.name,
        "status": record.status or "skipped",
        "stage": "finished" if record.status else "scheduled",
        "start": record.start,
        "stop": record.stop or record.start,
        "steps": parts,
        "attachments": [write(block) for block in (*_blocks(record), *record.attachments)],
        "parameters": [{"name": name, "value": text} for name, text in record.parameters.items()],
    }
    if record.message:
        step["statusDetails"] = {"message": record.message}
    return step


def _blocks(record: StepRecord) -> Iterator[Attachment]:
    """Yield the table and the text that stand below a step, as attachments."""
    spec = record.spec
    if spec is None:
        return
    if spec.table is not None:
        rows = "\n".join(",".join(_csv_cell(cell) for cell in row) for row in spec.table)
        yield Attachment("data table", rows.encode(), "text/csv", "csv")
    if spec.doc_string is not None:
        content = spec.doc_string.content.encode()
        media_type = _full_media_type(spec.doc_string.media_type)
        yield Attachment("doc string", content, media_type, EXTENSIONS.get(media_type, "txt"))


def _csv_cell(cell: str) -> str:
    quoted = cell.replace('"', '""')
    return f'"{quoted}"' if set(cell) & set(',"\n') else cell


def _full_media_type(written: str | None) -> str:
    """Return the media type of a doc string; ``json`` is how people write application/json."""
    if written in ("json", "xml"):
        return f"application/{written}"
    return written if written and "/" in written else "text/plain"


def _exchange(exchange: Exchange, write: Callable[[Attachment], dict[str, str]]) -> dict[str, Any]:
    start = round(exchange.started_s * 1000)
    failed = exchange.status is None
    answer = exchange.response_media_type or "text/plain"
    attachments = [_body("request", exchange.request_body, _request_media_type(exchange))]
    if exchange.response_body:
        attachments.append(_body("response", exchange.response_body, answer))
    return {
        "name": exchange.title,
        "status": "broken" if failed else "passed",
        "stage": "finished",
        "start": start,
        "stop": start + round(exchange.elapsed_s * 1000),
        "attachments": [write(body) for body in attachments if body.content],
        "parameters": [{"name": name, "value": value} for name, value in _parameters(exchange)],
    }


def _parameters(exchange: Exchange) -> Iterator[tuple[str, str]]:
    yield "url", exchange.url
    yield from ((f"request {name}", value) for name, value in exchange.request_headers)
    yield from ((f"response {name}", value) for name, value in exchange.response_headers)
    if exchange.failure:
        yield "failure", exchange.failure


def _body(name: str, content: bytes, media_type: str) -> Attachment:
    return Attachment(name, content, media_type, EXTENSIONS.get(media_type, "bin"))


def _request_media_type(exchange: Exchange) -> str:
    for name, value in exchange.request_headers:
        if name.lower() == "content-type":
            return value.partition(";")[0].strip()
    return "text/plain"


def finish(record: ScenarioRecord) -> None:
    """Give every step that never ran the status that the report shows for it."""
    for step in record.steps:
        step.status = step.status or "skipped"
