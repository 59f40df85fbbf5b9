"""What a scenario sent: the named documents that it uses, and its calls in order."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from connector_harness.contract.items import COMMANDING, OPERATIONS
from connector_harness.json_types import JsonValue, inside, objects
from connector_harness.report.chat.json_text import json_text
from connector_harness.report.chat.refusals import refusal
from connector_harness.results.reader import Meant, Results
from connector_harness.results.record import RecordedExchange, RecordedScenario

MOST: Final = 25
"""How many calls are shown; a conversation may have a thousand messages."""


@dataclass(frozen=True, slots=True)
class SentDocument:
    """A named document that a sentence refers to."""

    kind: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class SentCall:
    """One call, as it went out."""

    title: str
    status: int
    refusal: str
    commands: tuple[str, ...]


def calls_of(result: RecordedScenario) -> Iterator[SentCall]:
    """Yield the calls of a scenario that sent commands."""
    for exchange in result.all_exchanges:
        if exchange.operation in COMMANDING and exchange.request.document is not None:
            yield _call(exchange)


def _call(exchange: RecordedExchange) -> SentCall:
    request = exchange.request.document
    commands = request if isinstance(request, list) and request else [request]
    answers = objects(exchange.response.document)
    failed = [each for each in answers if inside(each, "code") not in (None, "OK")]
    return SentCall(
        OPERATIONS[exchange.operation],
        exchange.status or 0,
        refusal(exchange, failed[0] if failed else None),
        tuple(json_text(command) for command in commands),
    )


class SentDocuments:
    """The named documents of a run, each laid out once: many scenarios use the same."""

    def __init__(self, results: Results) -> None:
        self._results = results
        self._known: dict[tuple[str, str], SentDocument] = {}

    def of(self, sentences: Iterable[Meant]) -> tuple[SentDocument, ...]:
        """Return those that *sentences* refer to, each once."""
        uses = self._results.uses
        keys = dict.fromkeys(key for sentence in sentences for key in uses.get(sentence, ()))
        return tuple(self._known.get(key) or self._read(*key) for key in keys)

    def _read(self, kind: str, name: str) -> SentDocument:
        found: JsonValue = self._results.documents.get(kind, {}).get(name)
        document = SentDocument(kind.replace("_", " "), name, json_text(found))
        self._known[kind, name] = document
        return document
