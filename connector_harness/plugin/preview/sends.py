"""What a scenario sends, noted as it is sent, or kept from being sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import pytest

from connector_harness.client.calls import Witness
from connector_harness.client.http.exchange import Exchange, Headers, NotJsonError
from connector_harness.contract.contract import ContractError
from connector_harness.contract.differences import Difference
from connector_harness.json_types import JsonValue

NO_JSON = Difference("$", "no JSON", "")
"""What is wrong with a body that should be a JSON document and is none."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the schema of an operation says of what is sent.

    Attributes:
        schema: The schema's name; None where the operation has none.
        is_checked: Whether the connector had it judged, and would have kept it back if wrong.
        problems: What is wrong with it.
        document: What was judged.
    """

    schema: str | None
    is_checked: bool
    problems: tuple[Difference, ...] = ()
    document: JsonValue = None

    @property
    def is_finding(self) -> bool:
        """Whether something is wrong that was meant to be right."""
        return self.is_checked and bool(self.problems)


@dataclass(frozen=True, slots=True)
class Send:
    """One request that goes out, or would if it were right.

    Attributes:
        operation: What it is for, as ``create_conversation``.
        method: The HTTP method; empty for one that was kept back.
        url: The full address; empty for one that was kept back.
        headers: The header fields.
        body: The body; of one that was kept back, the document.
        verdict: What its schema says.
        answer: What came back, to learn from.
    """

    operation: str
    method: str
    url: str
    headers: Headers
    body: bytes | JsonValue
    verdict: Verdict
    answer: bytes = b""


class Judge(Protocol):
    """Says how a document differs from the schema of a name."""

    def differences(self, document: JsonValue, name: str) -> list[Difference]:
        """Return every difference."""


class Recorder:
    """A connector's witness that notes what is sent, and asks another witness.

    Attributes:
        note: Is given each send; None while nobody takes notes.

    Args:
        witness: Judges what the connector does; what it raises is raised.
        judge: The schemas.
        schemas: The schema of each operation that has one.
    """

    def __init__(self, witness: Witness, judge: Judge, schemas: Mapping[str, str]) -> None:
        self.note: Callable[[Send], None] | None = None
        self._witness = witness
        self._judge = judge
        self._schemas = schemas
        self._checked: list[tuple[str, JsonValue]] = []

    def sending(self, operation: str, document: JsonValue) -> None:
        """Note *document* as judged; if it is wrong, it is kept back and noted as such.

        Raises:
            ContractError: It is wrong.
        """
        self._checked.append((operation, document))
        try:
            self._witness.sending(operation, document)
        except ContractError as error:
            schema = self._schemas.get(operation)
            verdict = Verdict(
                schema, is_checked=True, problems=error.differences, document=document
            )
            self._tell(Send(operation, "", "", (), document, verdict))
            raise

    def exchanged(self, exchange: Exchange) -> None:
        """Note what was sent, and let the other witness judge the answer."""
        self._tell(
            Send(
                exchange.operation,
                exchange.method,
                exchange.url,
                exchange.request_headers,
                exchange.request_body,
                self._verdict(exchange),
                exchange.response_body,
            )
        )
        self._witness.exchanged(exchange)

    def begin(self, note: Callable[[Send], None]) -> None:
        """Give *note* what is sent from now on, and forget what was judged before."""
        self.note = note
        self._checked.clear()

    def in_words(self, send: Send, name: Callable[[JsonValue], JsonValue]) -> list[str]:
        """Return what is wrong with *send*, a line each, without values that differ between runs.

        Args:
            send: What is sent.
            name: Returns a document with such values replaced by names.
        """
        found = list(send.verdict.problems)
        if found and send.verdict.schema is not None:
            # What is quoted is cut short, and a piece of a value would not be known any more.
            named = self._judge.differences(name(send.verdict.document), send.verdict.schema)
            if [each.path for each in named] == [each.path for each in found]:
                found = named
        return [f"`{each.path}`: {' '.join(each.message.split())}" for each in found]

    def _tell(self, send: Send) -> None:
        if self.note is not None:
            self.note(send)

    def _verdict(self, exchange: Exchange) -> Verdict:
        schema = self._schemas.get(exchange.operation)
        if schema is None:
            return Verdict(None, is_checked=False)
        try:
            document = exchange.request_document
        except (NotJsonError, UnicodeDecodeError):
            return Verdict(schema, is_checked=False, problems=(NO_JSON,))
        is_checked = (exchange.operation, document) in self._checked
        differences = tuple(self._judge.differences(document, schema))
        return Verdict(schema, is_checked=is_checked, problems=differences, document=document)


RECORDER: Final = pytest.StashKey[Recorder]()
"""What notes the sends of a preview; there once there is a connector."""
