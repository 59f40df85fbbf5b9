"""The preview of one feature, as Markdown that shows in a review what has changed."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import PurePosixPath
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from connector_harness.client.http.exchange import header
from connector_harness.json_types import JsonValue
from connector_harness.plugin.preview.placeholders import Placeholders
from connector_harness.plugin.preview.sends import Send, Verdict
from connector_harness.redaction.redactor import Redactor
from connector_harness.report.chat.json_text import json_text

NO_TEXT: Final = "application/octet-stream"
LEFT_OUT: Final = frozenset({"host", "content-length"})
"""The header fields, in lower case, that follow from the rest, or from the endpoint."""

LONGEST: Final = 400
"""From how many characters on a text is shown by its beginning, its length and its digest."""

_BEGINNING: Final = 60


class ShownSend(NamedTuple):
    """One request, and what is wrong with it, a line each."""

    send: Send
    problems: Sequence[str] = ()


@dataclass(slots=True)
class Line:
    """One sentence, and what it sends.

    Attributes:
        sentence: The sentence, with its keyword.
        sends: What it sends, in order.
    """

    sentence: str
    sends: list["ShownSend"] = field(default_factory=list)


@dataclass(slots=True)
class Scene:
    """One scenario, or one row of an outline.

    Attributes:
        title: What it is called.
        lines: Its sentences; what its fixtures send before the first stands in one without words.
        placeholders: The names for its values.
        stopped: Why it is not previewed, or not to its end.
        is_broken: Whether that is a mistake, rather than something no preview can show.
    """

    title: str
    lines: list[Line]
    placeholders: Placeholders
    stopped: str = ""
    is_broken: bool = False

    @property
    def sends(self) -> Iterator[ShownSend]:
        """All that it sends."""
        return (send for line in self.lines for send in line.sends)

    @property
    def findings(self) -> list[str]:
        """What is wrong that was meant to be right."""
        wrong = [
            f"{send.operation} is off {_schema(send.verdict)}: {'; '.join(problems)}"
            for send, problems in self.sends
            if send.verdict.is_finding
        ]
        return [*dict.fromkeys(wrong), *([self.stopped] if self.is_broken else [])]


@dataclass(frozen=True, slots=True)
class Page:
    """The preview of one feature.

    Attributes:
        path: Where the feature is, from the rootdir.
        title: What it is called.
        scenes: Its scenarios, in file order.
        total: How many scenarios it has, previewed or not.
        redactor: Masks the secrets in it.
    """

    path: str
    title: str
    scenes: Sequence[Scene]
    total: int
    redactor: Redactor

    @property
    def file(self) -> PurePosixPath:
        """Where the page goes, below the folder of the previews."""
        return PurePosixPath(self.path).with_suffix(".md")

    def text(self) -> str:
        """Return the page."""
        lines = [*self._head(), *self._body()]
        return self.redactor.text("\n".join(lines).rstrip("\n") + "\n")

    def _head(self) -> Iterator[str]:
        yield from (f"# {self.title}", "")
        yield from (f"What `{self.path}` sends; written by `pytest --preview`.", "")
        if len(self.scenes) != self.total:
            yield from (f"Only {len(self.scenes)} of {self.total} scenarios, as selected.", "")

    def _body(self) -> Iterator[str]:
        for scene in self.scenes:
            yield from (f"## {_inline(scene.title)}", "")
            for line in scene.lines:
                if line.sentence:
                    yield f"- {_inline(line.sentence)}"
                if line.sends:
                    yield ""
                yield from self._sends(line.sends, scene.placeholders)
            if scene.stopped:
                why = _inline(scene.placeholders.text(scene.stopped))
                what = "Broken" if scene.is_broken else "Not previewed"
                yield from ("", f"**{what} from here on:** {why}", "")
            elif not any(scene.sends):
                yield from ("", "Sends nothing.", "")
            elif not scene.lines[-1].sends:
                yield ""

    def _sends(self, sends: Sequence[ShownSend], placeholders: Placeholders) -> Iterator[str]:
        shown = ["\n".join(self._send(each, placeholders)) for each in sends]
        for text, same in groupby(shown):
            yield from (text, "")
            count = len(list(same))
            if count > 1:
                yield from (f"Sent {count} times.", "")

    def _send(self, shown: ShownSend, placeholders: Placeholders) -> Iterator[str]:
        send, document = shown.send, _document(shown.send)
        yield f"**{send.operation}**{_kinds(document)}: {_in_words(send.verdict)}"
        if shown.problems:
            yield ""
        yield from (f"- {_inline(placeholders.text(each))}" for each in shown.problems)
        yield from ("", "```http" if send.method else "```json")
        if send.method:
            yield f"{send.method} {placeholders.target(_target(send.url))}"
            for name, value in self.redactor.headers(send.headers):
                if name.lower() not in LEFT_OUT:
                    yield f"{name}: {placeholders.text(value)}"
            if document is not None:
                yield ""
        if document is not None:
            yield _shown(placeholders.document(document))
        yield "```"


def _in_words(verdict: Verdict) -> str:
    if verdict.schema is None:
        return "no schema"
    schema = _schema(verdict)
    if not verdict.problems:
        return f"fits {schema}"
    if verdict.is_checked:
        return f"off {schema}, and so **kept back**"
    return f"off {schema}, **wrong on purpose**"


def _schema(verdict: Verdict) -> str:
    return f"`schemas/{verdict.schema}.json`"


def _target(url: str) -> str:
    """Return path and query: which host serves them is the endpoint's affair."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _document(send: Send) -> JsonValue:
    """Return the body as a document, or as a text where it is none; None where it is empty."""
    body = send.body
    if not isinstance(body, bytes):
        return body
    if not body:
        return None
    media_type = header(send.headers, "content-type") or ""
    if media_type.startswith(NO_TEXT):
        return f"<{len(body)} bytes, SHA-256 {_digest(body)}>"
    text = body.decode(errors="replace")
    if "json" not in media_type:
        return text
    try:
        document: JsonValue = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return document


def _kinds(document: JsonValue) -> str:
    """Return the types of the commands in a batch, in order."""
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
    """Return *text* in one line, with what Markdown would take for markup of pages escaped."""
    return " ".join(text.split()).replace("<", "\\<")
