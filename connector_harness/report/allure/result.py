"""One scenario as an Allure result file, written straight from its record."""

import hashlib
import itertools
import json
import os
import platform
import re
import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any, Protocol

from connector_harness.client.http.exchange import Exchange
from connector_harness.gherkin.feature import FeatureSpec, ScenarioSpec, StepSpec
from connector_harness.gherkin.identity import full_name, history_id, test_case_id
from connector_harness.gherkin.tags import ID_LABELS, ISSUE, address, meaning_of
from connector_harness.json_types import JsonObject
from connector_harness.redaction.redactor import Redactor
from connector_harness.results.ci_system import EXECUTOR
from connector_harness.results.files import is_draft, is_result_file
from connector_harness.results.record import Attachment, ScenarioRecord, StepRecord

EXTENSIONS = {
    "application/json": "json",
    "application/x-www-form-urlencoded": "txt",
    "application/xml": "xml",
    "image/gif": "gif",
    "image/jpeg": "jpg",
    "image/png": "png",
    "text/csv": "csv",
    "text/html": "html",
    "text/plain": "txt",
    "text/xml": "xml",
}
"""File name endings by media type; the report opens a file by them."""

ACTIVE = frozenset({"application/xml", "text/html", "text/xml"})
"""What a report or a browser might run: an answer may be a page, and its source is shown."""

_TEXT = re.compile(r"text/.*|.*(html|xml|script|json|yaml)")
_SOURCE = re.compile(rb'"([0-9a-f-]{36}-attachment\.[^"]*)"')


class ResultsFolder:
    """The folder that `allure` reads; everything written there is redacted first.

    Args:
        path: The folder; made when the first file is written.
        redactor: Masks the secrets.
        links: For each kind of link an address with ``{}`` in the place of what it leads to.

    Attributes:
        lost: Why results could not be written, for each of them.
    """

    def __init__(
        self, path: Path, redactor: Redactor, links: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self.path = path
        self.redactor = redactor
        self.links = links
        self.lost: list[str] = []
        self._prefix = f"{path}{os.sep}"
        self._written: OrderedDict[bytes, str] = OrderedDict()
        # What has been written for a result that is not there yet.
        self._fresh: list[tuple[bytes, str]] = []

    def clean(self) -> None:
        """Make the folder, and take an earlier run's results out of it; leave all else alone."""
        self.path.mkdir(parents=True, exist_ok=True)
        for file in self.path.iterdir():
            if is_result_file(file.name) or is_draft(file.name):
                file.unlink(missing_ok=True)

    def remove_orphans(self) -> None:
        """Take out what processes left that were killed: attachments of no result, and drafts."""
        every = list(self.path.iterdir())
        drafts = [file for file in every if is_draft(file.name)]
        files = [file for file in every if is_result_file(file.name) and not is_draft(file.name)]
        documents = [file for file in files if file.suffix == ".json"]
        named = {name for file in documents for name in _SOURCE.findall(file.read_bytes())}
        attachments = (file for file in files if "-attachment." in file.name)
        orphans = (file for file in attachments if file.name.encode() not in named)
        for file in (*drafts, *orphans):
            file.unlink(missing_ok=True)

    def write(self, document: Callable[[], dict[str, Any]]) -> None:
        """Write a result and its attachments, or nothing of it.

        A full disk costs the result, which is noted in `lost`, and not the run.

        Args:
            document: Returns the result, and writes its attachments.
        """
        try:
            self.write_result(document())
        except OSError as error:
            self._take_back()
            self.lost.append(error.strerror or str(error))
        except BaseException:
            self._take_back()
            raise
        self._fresh.clear()

    def _take_back(self) -> None:
        for key, source in self._fresh:
            self._written.pop(key, None)
            Path(self._prefix + source).unlink(missing_ok=True)
        self._fresh.clear()

    def write_result(self, result: dict[str, Any]) -> None:
        """Write a result; a reader never sees half of it.

        Its values must have been redacted one by one; this masks what is a secret by itself.
        """
        name = f"{result['uuid']}-result.json"
        text = self.redactor.known(_encode(result))
        scratch = f"{self._prefix}.{name}"
        try:
            self._write(scratch, text.encode("utf-8", "surrogatepass"))
            os.replace(scratch, self._prefix + name)  # noqa: PTH105  # a path costs as much again
        except BaseException:
            Path(scratch).unlink(missing_ok=True)
            raise

    def write_attachment(self, attachment: Attachment) -> dict[str, str]:
        """Write an attachment and return the entry that refers to it.

        The same content is written once: creating files is what costs most in a run.
        """
        content = self.redactor.content(attachment.content)
        key = hashlib.sha1(content, usedforsecurity=False).digest() + attachment.extension.encode()
        source = self._written.get(key)
        if source is None:
            source = f"{_new_id()}-attachment.{attachment.extension}"
            self._write(self._prefix + source, content)
            self._written[key] = source
            self._fresh.append((key, source))
            if len(self._written) > REMEMBERED:
                self._written.popitem(last=False)
        return {
            "name": self.redactor.text(attachment.name),
            "source": source,
            "type": attachment.media_type,
        }

    def write_document(self, name: str, document: JsonObject) -> None:
        """Write what documents made from the results need beside them.

        Raises:
            OSError: It cannot be written.
        """
        content = _encode(document).encode()
        self.redactor.learn(content)
        self._write(f"{self._prefix}{name}", self.redactor.content(content))

    def write_schemas(self, name: str, document: JsonObject) -> None:
        """Write what documents need of the project's own schemas, which name no values.

        Masked is what is known to be secret. A member called ``phone`` is described there, and no
        phone number stands below it.

        Raises:
            OSError: It cannot be written.
        """
        self._write(f"{self._prefix}{name}", self.redactor.known(_encode(document)).encode())

    def write_environment(self, environment: dict[str, str]) -> None:
        """Write what the report shows as the environment of the run."""
        lines = [f"{name} = {value}" for name, value in environment.items()]
        text = self.redactor.text("\n".join(lines) + "\n")
        self._write(f"{self._prefix}environment.properties", text.encode())

    def write_executor(self, document: JsonObject) -> None:
        """Write what ran the tests, unless somebody has laid that down there."""
        if not (self.path / EXECUTOR).exists():
            self.write_document(EXECUTOR, document)

    def write_history(self, files: Iterable[Path]) -> None:
        """Write the history of earlier runs, for a report of Allure 2.

        Args:
            files: The files of the folder ``history`` of the last report.
        """
        (self.path / "history").mkdir(parents=True, exist_ok=True)
        for file in files:
            content = self.redactor.content(file.read_bytes())
            self._write(f"{self._prefix}history{os.sep}{file.name}", content)

    def write_categories(self, content: bytes) -> None:
        """Write how the report groups failures, unless somebody has laid that down there."""
        file = self.path / CATEGORIES
        if not file.exists():
            self._write(str(file), content)

    def _write(self, file: str, content: bytes) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        try:
            descriptor = os.open(file, flags, 0o666)
        except FileNotFoundError:
            self.path.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(file, flags, 0o666)
        try:
            left = memoryview(content)
            while left:
                left = left[os.write(descriptor, left) :]
        except BaseException:
            Path(file).unlink(missing_ok=True)
            raise
        finally:
            os.close(descriptor)


_ids = itertools.count(uuid.uuid4().int >> 40 << 40)


def _new_id() -> str:
    """Return an id that no other process has: counted up from a random one, which is cheaper."""
    return str(uuid.UUID(int=next(_ids)))


CATEGORIES = "categories.json"
"""What Allure reads its groups of failures from."""

REMEMBERED = 1_000
"""How many attachments a process remembers in order not to write them again."""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Described(Protocol):
    """A scenario and the feature that it is from."""

    @property
    def feature(self) -> FeatureSpec:
        """The feature."""

    @property
    def scenario(self) -> ScenarioSpec:
        """The scenario."""


class ScenarioResult:
    """The result of one scenario.

    Args:
        item: The scenario.
        record: How it went.
        folder: Where its attachments go.
        thread: The process, and under xdist the worker.
    """

    def __init__(
        self, item: Described, record: ScenarioRecord, *, folder: ResultsFolder, thread: str
    ) -> None:
        self._item = item
        self._record = record
        self._thread = thread
        self._write = folder.write_attachment
        self._mask = folder.redactor.text
        self._headers = folder.redactor.headers
        self._meaning = meaning_of(item.scenario.tags)
        self._patterns = folder.links

    def document(self) -> dict[str, Any]:
        """Return the result, its attachments written.

        Shape: a ``*-result.json`` of Allure 2 and 3.
        """
        record, scenario, feature = self._record, self._item.scenario, self._item.feature
        outside = self._step(record.outside)
        return {
            "uuid": _new_id(),
            "name": self._mask(record.title or scenario.title),
            "fullName": full_name(feature, scenario),
            "testCaseId": test_case_id(feature, scenario),
            "historyId": history_id(feature, scenario),
            "status": record.status or "skipped",
            "statusDetails": self._details(record.message, record.trace) | self._marks(),
            "stage": "finished",
            "description": self._mask(_description(self._item, record)),
            "start": record.start,
            "stop": record.stop or record.start,
            "steps": [self._step(step) for step in record.steps] + outside["steps"],
            "attachments": outside["attachments"],
            "parameters": self._parameters(_row(scenario)),
            "labels": self._parameters(_labels(self._item, record, self._thread)),
            "links": [
                {"type": kind, "url": self._mask(url), "name": self._mask(name)}
                for kind, url, name in (*self._links(), *record.links)
            ],
            "titlePath": _title_path(self._item),
        }

    def _marks(self) -> dict[str, bool]:
        """Return the marks of a failure that does not count, or of a scenario, and of tags."""
        record = self._record
        marks = dict.fromkeys(sorted(self._meaning.marks), True)
        quarantined = {"known": True, "muted": True} if record.is_muted else {}
        return marks | quarantined | ({"flaky": True} if record.is_flaky else {})

    def _links(self) -> Iterator[tuple[str, str, str]]:
        """Yield kind, address and name of each link that the tags tell of, where it has one."""
        for kind, value in self._meaning.links:
            url = address(kind, value, self._patterns)
            if url is not None:
                yield kind, url, value if value != url or kind == "link" else kind

    def _details(self, message: str, trace: str = "") -> dict[str, Any]:
        details = {"message": message, "trace": trace}
        return {name: self._mask(text) for name, text in details.items() if text}

    def _parameters(self, pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
        return [{"name": self._mask(name), "value": self._mask(value)} for name, value in pairs]

    def _step(self, record: StepRecord) -> dict[str, Any]:
        parts = [self._step(part) for part in record.parts]
        parts += [self._exchange(exchange) for exchange in record.exchanges]
        attachments = [*_blocks(record.spec), *record.attachments]
        return {
            "name": self._mask(record.name),
            "status": record.status or "skipped",
            "statusDetails": self._details(record.message),
            "stage": "finished" if record.status else "scheduled",
            "start": record.start,
            "stop": record.stop or record.start,
            "steps": parts,
            "attachments": [self._write(attachment) for attachment in attachments],
            "parameters": self._parameters(record.parameters.items()),
        }

    def _exchange(self, exchange: Exchange) -> dict[str, Any]:
        # Rounded down, as endpoints do: what they tell of it must not seem to come before it.
        start = int(exchange.started_s * 1000)
        bodies = [
            _body("request", exchange.request_body, exchange.request_media_type),
            _body("response", exchange.response_body, _harmless(exchange.response_media_type)),
        ]
        return {
            "name": self._mask(exchange.title),
            "status": "broken" if exchange.status is None else "passed",
            "stage": "finished",
            "start": start,
            "stop": start + round(exchange.elapsed_s * 1000),
            "attachments": [self._write(body) for body in bodies if body.content],
            "parameters": [{"name": name, "value": value} for name, value in self._facts(exchange)],
        }

    def _facts(self, exchange: Exchange) -> Iterator[tuple[str, str]]:
        """Yield what surrounds the bodies of an exchange, redacted."""
        yield "url", self._mask(exchange.url)
        for name, value in self._headers(exchange.request_headers):
            yield self._mask(f"request {name}"), value
        for name, value in self._headers(exchange.response_headers):
            yield self._mask(f"response {name}"), value
        if exchange.failure:
            yield "failure", self._mask(exchange.failure)


def _row(scenario: ScenarioSpec) -> Iterator[tuple[str, str]]:
    """Yield the values of a row, and what keeps it apart from one with the same values."""
    yield from (scenario.row or {}).items()
    if scenario.repeats > 1:
        # Allure 3 tells results of one id apart by nothing else.
        yield REPEATED, str(scenario.repeats)


def _description(item: Described, record: ScenarioRecord) -> str:
    rule = item.scenario.rule
    parts = [item.feature.description]
    if rule is not None:
        parts += [f"**{rule.keyword}: {rule.title}**", rule.description]
    parts += [record.description or item.scenario.description]
    return "\n\n".join(part for part in parts if part)


def _folders(path: str) -> tuple[str, ...]:
    """Return the folders of a feature file; the outermost, ``features``, says nothing."""
    folders = PurePosixPath(path).parent.parts
    return tuple(folder.replace("_", " ") for folder in folders[1:] or folders)


def _title_path(item: Described) -> list[str]:
    rule = item.scenario.rule
    return [*_folders(item.feature.path), item.feature.title, *([rule.title] if rule else [])]


def labels_of(item: Described) -> Iterator[tuple[str, str]]:
    """Yield name and value of each label that a scenario has wherever and however it runs."""
    meaning = meaning_of(item.scenario.tags)
    named = {name for name, _ in meaning.labels}
    # What a tag says takes the place of what the file and its titles say.
    yield from (label for label in _usual_labels(item) if label[0] not in named)
    yield from meaning.labels
    if meaning.id is not None:
        yield from ((name, meaning.id) for name in ID_LABELS)
    yield from (("tag", tag) for tag in meaning.tags)
    yield from ((ISSUE, key) for kind, key in meaning.links if kind == ISSUE)


def _usual_labels(item: Described) -> Iterator[tuple[str, str]]:
    feature, rule = item.feature, item.scenario.rule
    folder = " / ".join(_folders(feature.path)) or "features"
    yield "epic", folder
    yield "feature", feature.title
    yield "story", rule.title if rule else item.scenario.outline.title
    yield "parentSuite", folder
    yield "suite", feature.title
    if rule is not None:
        yield "subSuite", rule.title
    yield "package", feature.path.replace("/", ".")
    yield "framework", "pytest-bdd"
    yield "language", "gherkin"


def _labels(item: Described, record: ScenarioRecord, thread: str) -> Iterator[tuple[str, str]]:
    yield from labels_of(item)
    yield "host", HOST
    yield "thread", thread
    if record.failure_class is not None:
        yield "failureClass", record.failure_class.value
    yield from record.labels


HOST = platform.node()

REPEATED = "repeated row"
"""The parameter that tells which of several equal rows it is."""


def _blocks(spec: StepSpec | None) -> Iterator[Attachment]:
    """Yield the table and the text that stand below a step, as attachments."""
    if spec is not None and spec.table is not None:
        rows = "\n".join(",".join(_csv_cell(cell) for cell in row) for row in spec.table)
        yield Attachment("data table", rows.encode(), "text/csv", "csv")
    if spec is not None and spec.doc_string is not None:
        media_type = _full_media_type(spec.doc_string.media_type)
        yield _body("doc string", spec.doc_string.content.encode(), media_type)


def _csv_cell(cell: str) -> str:
    quoted = cell.replace('"', '""')
    return f'"{quoted}"' if set(cell) & set(',"\n') else cell


def _full_media_type(written: str | None) -> str:
    """Return the media type of a doc string; ``json`` is how people write application/json."""
    if written in ("json", "xml"):
        return f"application/{written}"
    return written if written and "/" in written else "text/plain"


def _body(name: str, content: bytes, media_type: str) -> Attachment:
    shown = media_type or "text/plain"
    return Attachment(name, content, shown, EXTENSIONS.get(shown, "bin"))


def _harmless(media_type: str) -> str:
    """Return how an answer is shown that says to be of *media_type*."""
    if not media_type or (media_type in EXTENSIONS and media_type not in ACTIVE):
        return media_type
    return "text/plain" if _TEXT.fullmatch(media_type) else "application/octet-stream"
