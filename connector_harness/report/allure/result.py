"""One scenario as an Allure result file, made from its record."""

import platform
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, Final, TypeAlias

from connector_harness.gherkin.tags import ID_LABELS, ISSUE, address, meaning_of
from connector_harness.gherkin.written_lines import spelled_out
from connector_harness.report.allure.http_exchange import exchange_attachment
from connector_harness.report.chat.transcript import transcript_of
from connector_harness.report.chat.transcript_text import transcript_text
from connector_harness.results.folder import new_id
from connector_harness.results.record import (
    FAILED,
    Body,
    Label,
    Link,
    OutsideSteps,
    Phase,
    RecordedAttachment,
    RecordedExchange,
    RecordedFailure,
    RecordedPart,
    RecordedScenario,
    RecordedStep,
    Status,
)

EXTENSIONS: Final = {
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

Write: TypeAlias = Callable[[bytes, str], str]
"""Writes what is attached, its bytes and its ending, and returns the name of the file."""


def allure_documents(record: RecordedScenario, write: Write) -> dict[str, dict[str, Any]]:
    """Return the documents of one scenario by their kind, its attachments written.

    Shape: ``{"result": …, "container": …}``, a ``*-result.json`` of Allure 2 and 3, and where
    anything happened before or after the steps a ``*-container.json`` that tells it.
    """
    result = {
        "uuid": new_id(),
        "name": record.title,
        "fullName": record.full_name,
        "testCaseId": record.test_case_id,
        "historyId": record.history_id,
        "status": _status(record.status),
        "statusDetails": _details(**_why(record)) | _marks(record),
        "stage": "finished",
        "description": record.description,
        **({"descriptionHtml": record.description_html} if record.description_html else {}),
        "start": record.start,
        "stop": record.stop or record.start,
        "steps": [step for part in record.parts for step in _steps(part, write)],
        "attachments": [_attached(each, write) for each in _outside(record)],
        "parameters": [*_parameters(record)],
        "labels": _named(_labels(record)),
        "links": [{"type": e.kind, "url": e.url, "name": e.name} for e in record.links],
        "titlePath": [*folders(record.path), record.feature, *filter(None, [record.rule])],
    }
    around = {name: _around(record, phase, write) for name, phase in AROUND.items()}
    container = {"uuid": new_id(), "children": [result["uuid"]], **around}
    shown: dict[str, dict[str, Any]] = _seen(
        {"result": result, **({"container": container} if any(around.values()) else {})}
    )
    return shown


def _seen(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return *value* with what is not seen in its texts spelled out."""
    match value:
        case str():
            return spelled_out(value)
        case list():
            return [_seen(each) for each in value]
        case dict():
            return {name: _seen(each) for name, each in value.items()}
    return value


AROUND: Final = {"befores": Phase.SETUP, "afters": Phase.TEARDOWN}
"""What a container calls what happened before the steps, and after them."""


def _around(record: RecordedScenario, phase: Phase, write: Write) -> list[dict[str, Any]]:
    """Return what happened in one phase outside of the steps, if anything did."""
    is_before = phase is Phase.SETUP
    has_failed = record.failure is not None and record.failure.phase is phase
    usual = Status.BROKEN if has_failed else Status.PASSED
    return [
        {
            "name": "set-up" if is_before else "tear-down",
            "status": usual if part.status is Status.NOT_RUN else part.status.value,
            "stage": "finished",
            "start": record.start if is_before else record.stop,
            "stop": record.start if is_before else record.stop,
            "steps": _inside(part, write),
            "attachments": [_attached(each, write) for each in (*_told(part), *part.attachments)],
        }
        for part in record.outside
        if part.phase is phase and part.has_content
    ]


def finish(record: RecordedScenario, *, links: Mapping[str, str], thread: str) -> None:
    """Add to the record of a scenario that has ended what is known of it beside what happened."""
    tags = tuple(record.tags)
    record.host, record.thread = HOST, thread
    record.labels = [*tag_labels(tags), *record.labels]
    record.links = [*tag_links(tags, links), *record.links]
    if record.status not in FAILED:
        record.failure = None
        return
    record.failure = record.failure or RecordedFailure(reason=record.message.partition("\n")[0])
    statuses = {step.status for step in record.steps}
    if statuses.isdisjoint(FAILED) and record.failure.phase is None:
        record.failure.phase = Phase.TEARDOWN if Status.PASSED in statuses else Phase.SETUP


HOST: Final = platform.node()


def _status(status: Status) -> str:
    return "skipped" if status is Status.NOT_RUN else status.value


def _message(record: RecordedScenario) -> str:
    quarantine = record.quarantine
    told = f"{quarantine.words}: {quarantine.outcome}" if quarantine else ""
    return "\n".join(filter(None, [record.message, told]))


EXCUSES: Final = ("known", "muted")
"""The marks of a failure that does not count."""


def _marks(record: RecordedScenario) -> dict[str, bool]:
    """Return the marks of a failure that does not count, or of a scenario, and of tags."""
    marks = dict.fromkeys(sorted(meaning_of(tuple(record.tags)).marks), True)
    flaky = {"flaky": True} if record.is_flaky else {}
    if record.status in FAILED:
        # Allure does not count a failure that has one of them, and all other outputs do.
        marks |= dict.fromkeys(EXCUSES, record.is_excused)
    return {name: True for name, is_so in marks.items() if is_so} | flaky


def _why(record: RecordedScenario) -> dict[str, str]:
    failure = record.failure or RecordedFailure()
    compared = {"expected": failure.expected, "actual": failure.came}
    return {"message": _message(record), "trace": record.trace, **compared}


def _details(**texts: str) -> dict[str, Any]:
    return {name: text for name, text in texts.items() if text}


def _parameters(record: RecordedScenario) -> Iterator[dict[str, Any]]:
    """Yield the values of the row, and what code has named: that counts where both have a name."""
    named = {each.name for each in record.parameters}
    yield from _named((each.name, each.value) for each in record.row if each.name not in named)
    for each in record.parameters:
        marks = {"mode": each.mode, "excluded": each.is_excluded}
        shown = {mark: value for mark, value in marks.items() if value}
        yield {"name": each.name, "value": each.value, **shown}


def _named(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _steps(part: RecordedPart, write: Write) -> list[dict[str, Any]]:
    """Return a step of the feature, or the parts of what was between the steps."""
    if isinstance(part, RecordedStep):
        return [_step(part, [*_blocks(part)], write)]
    is_around = isinstance(part, OutsideSteps) and part.phase in AROUND.values()
    return [] if is_around else _inside(part, write)


def _inside(part: RecordedPart, write: Write) -> list[dict[str, Any]]:
    named = [_step(each, [], write) for each in part.parts]
    return named + [_exchange(each, write) for each in part.exchanges]


def _step(part: RecordedPart, blocks: list[RecordedAttachment], write: Write) -> dict[str, Any]:
    attachments = [*blocks, *_told(part), *part.attachments]
    return {
        "name": part.name,
        "status": _status(part.status),
        "statusDetails": _details(message=part.message),
        "stage": "scheduled" if part.status is Status.NOT_RUN else "finished",
        "start": part.start,
        "stop": part.stop or part.start,
        "steps": _inside(part, write),
        "attachments": [_attached(each, write) for each in attachments],
        "parameters": _named(part.parameters.items()),
    }


def _told(part: RecordedPart) -> Iterator[RecordedAttachment]:
    for each in part.notifications:
        yield RecordedAttachment(f"notification: {each.words}"[:200], each.body, "json")


def _outside(record: RecordedScenario) -> Iterator[RecordedAttachment]:
    """Yield what is attached to the scenario as a whole, its conversation last."""
    for part in record.outside:
        if part.phase not in AROUND.values():
            yield from (*_told(part), *part.attachments)
    transcript = transcript_of(record)
    if transcript.talks:
        text = Body(transcript_text(transcript), "text/plain")
        yield RecordedAttachment("conversation", text, "txt")


def _exchange(exchange: RecordedExchange, write: Write) -> dict[str, Any]:
    return {
        "name": exchange.title,
        "status": "broken" if exchange.status is None else "passed",
        "stage": "finished",
        "start": exchange.start,
        "stop": exchange.stop,
        "attachments": [_attached(exchange_attachment(exchange), write)],
    }


def _attached(attachment: RecordedAttachment, write: Write) -> dict[str, str]:
    source = write(attachment.body.content, attachment.extension)
    if attachment.body.binary is not None:
        attachment.source = source
    return {"name": attachment.name, "source": source, "type": attachment.body.media_type}


def folders(path: str) -> tuple[str, ...]:
    """Return the folders of a feature file; the outermost, ``features``, says nothing."""
    found = PurePosixPath(path).parent.parts
    return tuple(folder.replace("_", " ") for folder in found[1:] or found)


def tag_labels(tags: tuple[str, ...]) -> list[Label]:
    """Return the labels that the tags of a scenario give it."""
    meaning = meaning_of(tags)
    ids = [Label(name, meaning.id) for name in ID_LABELS] if meaning.id is not None else []
    return [
        *(Label(name, value) for name, value in meaning.labels),
        *ids,
        *(Label("tag", tag) for tag in meaning.tags),
        *(Label(ISSUE, key) for kind, key in meaning.links if kind == ISSUE),
    ]


def tag_links(tags: tuple[str, ...], patterns: Mapping[str, str]) -> Iterator[Link]:
    """Yield the links that the tags of a scenario give it, where they have an address."""
    for kind, value in meaning_of(tags).links:
        url = address(kind, value, patterns)
        if url is not None:
            yield Link(kind, value if value != url or kind == "link" else kind, url)


def usual_labels(record: RecordedScenario) -> Iterator[tuple[str, str]]:
    """Yield what the file and the titles say, where no tag says something else."""
    named = {name for name, _ in meaning_of(tuple(record.tags)).labels}
    folder = " / ".join(folders(record.path)) or "features"
    every = {
        "epic": folder,
        "feature": record.feature,
        "story": record.rule or record.outline,
        "parentSuite": folder,
        "suite": record.feature,
        "subSuite": record.rule,
        "package": record.path.replace("/", "."),
        "framework": "pytest-bdd",
        "language": "gherkin",
    }
    return ((name, value) for name, value in every.items() if value and name not in named)


def _labels(record: RecordedScenario) -> Iterator[tuple[str, str]]:
    yield from usual_labels(record)
    yield from ((each.name, each.value) for each in record.labels)
    yield "host", record.host
    yield "thread", record.thread
    if record.failure is not None and record.failure.kind is not None:
        yield "failureClass", record.failure.kind.value


def _blocks(step: RecordedStep) -> Iterator[RecordedAttachment]:
    """Yield the table and the text that stand below a step, as attachments."""
    if step.table is not None:
        rows = "\n".join(",".join(_csv_cell(cell) for cell in row) for row in step.table)
        yield RecordedAttachment("data table", Body(rows, "text/csv"), "csv")
    if step.doc_string is not None:
        media_type = _full_media_type(step.doc_string.media_type)
        yield _body("doc string", step.doc_string, media_type)


def _csv_cell(cell: str) -> str:
    quoted = cell.replace('"', '""')
    return f'"{quoted}"' if set(cell) & set(',"\n') else cell


def _full_media_type(written: str) -> str:
    """Return the media type of a doc string; ``json`` is how people write application/json."""
    if written in ("json", "xml"):
        return f"application/{written}"
    return written if "/" in written else "text/plain"


def _body(name: str, body: Body, media_type: str) -> RecordedAttachment:
    shown = media_type or "text/plain"
    return RecordedAttachment(
        name, Body(body.text, shown, body.binary), EXTENSIONS.get(shown, "bin")
    )
