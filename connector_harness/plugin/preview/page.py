"""The preview of one feature, as Markdown that shows in a review what has changed."""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from connector_harness.contract.contract import REQUESTS, Contract
from connector_harness.contract.differences import Difference
from connector_harness.gherkin.written_lines import spelled_out
from connector_harness.json_types import JsonValue
from connector_harness.redaction.redactor import Redactor
from connector_harness.report.chat.json_text import json_text
from connector_harness.results.record import RecordedExchange, RecordedPart, RecordedStep

NAMES: Final = {
    "conversationId": "conversation id",
    "convId": "conversation id",
    "dialogId": "dialog id",
    "relativePath": "relative path",
    "temp_url_expires": "expiry",
}
"""What a value is called, by the member of an answer or notification that tells it."""

EXPIRY: Final = re.compile(r"(?<=[?&]temp_url_expires=)\d{9,11}(?=&|$)")
"""When the address of a file ends, in seconds since the epoch."""

SHORTEST: Final = 8
"""How many characters a value must have to be replaced: shorter ones stand there by chance."""


class Placeholders:
    """The values of one scenario, each with its name: the second of a kind is ``<… 2>``.

    Moments have no number: whether two fall into one second is chance.
    """

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        self._known: re.Pattern[str] | None = None

    def add(self, name: str, value: str) -> None:
        """Call *value* *name*, unless it has a name already."""
        if len(value) >= SHORTEST and value not in self._names:
            count = self._counts[name] = self._counts.get(name, 0) + 1
            is_only = count == 1 or name == NAMES["temp_url_expires"]
            self._names[value] = f"<{name}>" if is_only else f"<{name} {count}>"
            self._known = None

    def learn(self, content: bytes) -> None:
        """Name the values that the JSON document *content* tells; others tell none."""
        try:
            document: JsonValue = json.loads(content)
        except (ValueError, RecursionError):
            return
        self._learn(document)

    def text(self, text: str) -> str:
        """Return *text* with every known value replaced by its name."""
        if self._known is None:
            # The longest first: one value may stand inside of another.
            values = sorted(self._names, key=len, reverse=True)
            self._known = re.compile("|".join(map(re.escape, values)) or r"(?!)")
        return self._known.sub(lambda found: self._names[found[0]], text)

    def target(self, target: str) -> str:
        """Return the path and query *target* with every known value replaced by its name.

        A time that was made from one of them is told by how far it lies from it.
        """
        return self.text(EXPIRY.sub(self._expiry, target))

    def _expiry(self, found: re.Match[str]) -> str:
        known = [int(value) for value, name in self._names.items() if name.startswith("<expiry")]
        at = int(found[0])
        if at in known or not known:
            return found[0]
        nearest = min(known, key=lambda each: abs(each - at))
        return f"{self._names[str(nearest)][:-1]} {at - nearest:+}>"

    def document(self, document: JsonValue) -> JsonValue:
        """Return *document* with every known value in its texts and members replaced."""
        if isinstance(document, str):
            return self.text(document)
        if isinstance(document, list):
            return [self.document(each) for each in document]
        if isinstance(document, dict):
            return {self.text(name): self.document(value) for name, value in document.items()}
        return document

    def _learn(self, document: JsonValue) -> None:
        if isinstance(document, dict):
            for member, value in document.items():
                if member in NAMES and isinstance(value, str | int):
                    # A path is sent with and without its first slash.
                    self.add(NAMES[member], str(value).lstrip("/"))
                else:
                    self._learn(value)
        elif isinstance(document, list):
            for value in document:
                self._learn(value)


FORM: Final = "form-urlencoded"
NO_TEXT: Final = "application/octet-stream"
LEFT_OUT: Final = frozenset({"host", "content-length"})
"""The header fields, in lower case, that follow from the rest, or from the endpoint."""

LONGEST: Final = 400
"""From how many characters on a text is shown by its beginning, its length and its digest."""

NO_JSON: Final = Difference("$", "no JSON", "")
"""What is wrong with a body that should be a JSON document and is none."""

_BEGINNING: Final = 60


@dataclass(frozen=True, slots=True)
class PreviewedScenario:
    """One scenario, or one row of an outline, with the names for its values.

    Of its parts, in order, what is outside of the steps has no name. Where it is not previewed to
    its end, it says why it stopped.
    """

    title: str
    parts: Sequence[RecordedPart]
    placeholders: Placeholders
    stopped: str = ""


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """The preview of one feature, of whose scenarios, in file order, not all may be there."""

    path: str
    title: str
    scenarios: Sequence[PreviewedScenario]
    total: int
    contract: Contract
    redactor: Redactor

    @property
    def file(self) -> PurePosixPath:
        """Where the page goes, below the folder of the previews."""
        return PurePosixPath(self.path).with_suffix(".md")

    def text(self) -> str:
        """Return the page."""
        lines = [*self._head(), *self._body()]
        return spelled_out(self.redactor.text("\n".join(lines).rstrip("\n") + "\n"))

    def _head(self) -> Iterator[str]:
        yield from (f"# {self.title}", "")
        yield from (f"What `{self.path}` sends; written by `pytest --preview`.", "")
        if len(self.scenarios) != self.total:
            yield from (f"Only {len(self.scenarios)} of {self.total} scenarios, as selected.", "")

    def _body(self) -> Iterator[str]:
        for scenario in self.scenarios:
            yield from (f"## {_inline(scenario.title)}", "")
            for part in scenario.parts:
                yield from self._part(part, scenario.placeholders)
            if scenario.stopped:
                why = _inline(scenario.placeholders.text(scenario.stopped))
                yield from ("", f"**Not previewed from here on:** {why}", "")
            elif not any(part.all_exchanges for part in scenario.parts):
                yield from ("", "Sends nothing.", "")
            else:
                yield ""

    def _part(self, part: RecordedPart, placeholders: Placeholders) -> Iterator[str]:
        if part.name:
            yield f"- {_inline(part.name)}"
        if isinstance(part, RecordedStep):
            yield from _blocks(part)
        if part.all_exchanges:
            yield ""
        shown = ["\n".join(self._exchange(each, placeholders)) for each in part.all_exchanges]
        for text, same in groupby(shown):
            yield from (text, "")
            count = len(list(same))
            if count > 1:
                yield from (f"Sent {count} times.", "")

    def _exchange(self, exchange: RecordedExchange, placeholders: Placeholders) -> Iterator[str]:
        document = _document(exchange)
        schema, problems = self._verdict(exchange, placeholders)
        yield f"**{exchange.operation}**{_kinds(document)}: {_in_words(schema, problems)}"
        if problems:
            yield ""
        yield from (f"- `{each.path}`: {_inline(each.message)}" for each in problems)
        yield from ("", "```http")
        yield f"{exchange.method} {placeholders.target(_target(exchange.url))}"
        for each in exchange.request_headers:
            if each.name.lower() not in LEFT_OUT:
                yield f"{each.name}: {placeholders.text(each.value)}"
        if document is not None:
            yield from ("", _shown(placeholders.document(document)))
        yield "```"

    def _verdict(
        self, exchange: RecordedExchange, placeholders: Placeholders
    ) -> tuple[str | None, Sequence[Difference]]:
        schema = REQUESTS.get(exchange.operation)
        if schema is None:
            return None, ()
        document = exchange.request.document
        if FORM in exchange.request.media_type:
            document = dict(parse_qsl(exchange.request.text))
        if document is None:
            return schema, [NO_JSON]
        found = self.contract.differences(document, schema)
        # What is quoted is cut short, and a piece of a value would not be known any more.
        named = self.contract.differences(placeholders.document(document), schema)
        is_alike = [each.path for each in named] == [each.path for each in found]
        return schema, named if is_alike else found


def _in_words(schema: str | None, problems: Sequence[Difference]) -> str:
    if schema is None:
        return "no schema"
    # What is wrong by mistake never leaves the connector, and fails its scenario.
    how = "off" if problems else "fits"
    return f"{how} `schemas/{schema}.json`{', **wrong on purpose**' if problems else ''}"


def _blocks(step: RecordedStep) -> Iterator[str]:
    """Yield the table and the text below a sentence, as the feature has them."""
    lines = step.rows
    if step.doc_string is not None:
        lines += ['"""', _shortened(step.doc_string.text), '"""']
    if lines:
        yield from ("", "````gherkin", *lines, "````", "")


def _target(url: str) -> str:
    # Which host serves them is the endpoint's affair.
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _document(exchange: RecordedExchange) -> JsonValue:
    body = exchange.request
    if not body.content:
        return None
    if body.binary is not None or body.media_type.startswith(NO_TEXT):
        return f"<{len(body.content)} bytes, SHA-256 {_digest(body.content)}>"
    return body.text if "json" not in body.media_type or body.document is None else body.document


def _kinds(document: JsonValue) -> str:
    commands = document if isinstance(document, list) else [document]
    kinds = [str(each["type"]) for each in commands if isinstance(each, dict) and "type" in each]
    return f" ({', '.join(kinds)})" if kinds else ""


def _shown(document: JsonValue) -> str:
    if isinstance(document, str):
        return _shortened(document)
    return json_text(document, shorten=_shortened)


def _shortened(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    digest = _digest(text.encode(errors="surrogatepass"))
    return f"{text[:_BEGINNING]}… <{len(text)} characters, SHA-256 {digest}>"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _inline(text: str) -> str:
    # Markdown would take it for markup of pages.
    return " ".join(text.split()).replace("<", "\\<")
