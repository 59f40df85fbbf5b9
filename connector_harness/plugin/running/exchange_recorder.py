"""The witness of every exchange: it keeps each one and judges it against the contract."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import pytest

from connector_harness.client.http.exchange import EXCERPT, Exchange, NotJsonError
from connector_harness.client.reply import conversation_ids
from connector_harness.contract.contract import (
    REQUESTS,
    Contract,
    ContractError,
    answer_schema,
    check_order,
    has_document,
)
from connector_harness.contract.differences import Difference, path_text
from connector_harness.contract.schemas import SchemaError, fingerprint
from connector_harness.json_types import JsonObject, JsonValue, text_in
from connector_harness.plugin.running.notifications import NotificationJudge
from connector_harness.plugin.running.opened import Ledger
from connector_harness.receiver.notification import Notification
from connector_harness.redaction.redactor import Redactor
from connector_harness.results.record import RecordedExchange, ScenarioUnderWay

CHECKED = "connector_harness/schemas"
"""Where pytest's cache keeps which schema files have been found sound."""

ANSWERED_BY_ID = frozenset(REQUESTS) - {
    *("app_token", "consumer_token", "client_properties", "app_manifest"),
}
"""The operations that send commands, each of which is answered under its id."""


class ExchangeRecorder:
    """Keeps exchanges with the step that caused them, and judges them by a folder of schemas.

    Attributes:
        cache: Remembers between runs which schema files are sound; None where pytest keeps none.
        opened: The ids of the conversations opened in this process.
        hearing: What the receiver was told; None as long as there is none.
        ledger: Which conversations are to be closed at the end; None where none is.
        record: The scenario under way; None between two of them.
        settle: Waits, within bounds, until all was told that a consumer is owed; None where nobody
            knows what that is.
    """

    def __init__(self, schemas: Path, redactor: Redactor) -> None:
        self._schemas = schemas
        self._redactor = redactor
        self.cache: pytest.Cache | None = None
        self.opened: set[str] = set()
        self.hearing: NotificationJudge | None = None
        self.ledger: Ledger | None = None
        self.record: ScenarioUnderWay | None = None
        self.settle: Callable[[str], None] | None = None

    @cached_property
    def contract(self) -> Contract:
        """Judges requests before they leave and answers as they come."""
        if self.cache is None:
            return Contract(self._schemas, self._redactor)
        mark = fingerprint(self._schemas)
        checked = self.cache.get(CHECKED, None) == mark
        contract = Contract(self._schemas, self._redactor, checked=checked)
        if not checked:
            # A cache that cannot be written is told of at the end, by the way of pytest's own.
            with contextlib.suppress(pytest.PytestCacheWarning):
                self.cache.set(CHECKED, mark)
        return contract

    @property
    def findings(self) -> list[tuple[Path, str]]:
        """What is wrong with the schemas: the file and what; nothing where there are none."""
        if next(self._schemas.rglob("*.json"), None) is None:
            return []
        try:
            _ = self.contract
        except SchemaError as error:
            return [(self._schemas.parent / file, what) for file, what in error.problems]
        return []

    def sending(self, operation: str, document: JsonValue) -> None:
        """Judge a request that is meant to be right.

        Raises:
            ContractError: It is not; nothing has been sent.
        """
        name = REQUESTS.get(operation)
        if name is None:
            return
        try:
            self.contract.check(document, name, subject=f"request of {operation}")
        except ContractError as error:
            documents = {} if self.record is None else self.record.documents
            for line in _origins(error.differences, document, documents):
                error.add_note(line)
            raise

    def exchanged(self, exchange: Exchange) -> None:
        """Keep *exchange*, then judge its answer.

        Raises:
            ContractError: The answer is off the schema of its operation and status, or no JSON.
        """
        kept = RecordedExchange.of(exchange)
        if self.record is not None:
            self.record.current.exchanges.append(kept)
            self.record.last_exchange = exchange
            kept.is_anothers = _is_anothers(exchange, self.record)
        self._redactor.learn(exchange.request_body, exchange.response_body)
        if self.ledger is not None:
            # Before it is judged: what a wrong answer has opened is to be closed as well.
            self.ledger.note(exchange)
        # Of an endpoint that has failed there is no answer of the API to judge; the steps say so.
        if exchange.status == THROTTLED:
            kept.schema = answer_schema(exchange.operation, THROTTLED, None) or ""
        elif exchange.status is not None and not exchange.is_server_error:
            kept.schema = self._judge(exchange, exchange.status)
        if exchange.operation == "create_conversation" and exchange.status == GOOD:
            for id_ in conversation_ids(exchange.document):
                self.adopt(id_)

    def adopt(self, conversation_id: str) -> None:
        """Take a conversation as opened in this process, and as the scenario's own.

        Every one that an answer tells of is; one whose answer was lost is not, unless whoever
        finds it says so.
        """
        self.opened.add(conversation_id)
        if self.ledger is not None:
            self.ledger.adopt(conversation_id)
        if self.record is not None:
            self.record.conversations.append(conversation_id)

    def claim(self) -> None:
        """Take as opened here what webhooks told of, where a call's answer was lost."""
        if self.hearing is None or self.ledger is None:
            return
        for each in self.hearing.strangers():
            id_ = each.conversation_id
            if id_ is not None and self.ledger.claim(id_, each.consumer_ids):
                self.opened.add(id_)

    def heard(self, *, is_over: bool) -> None:
        """Keep what has been heard of the scenario's conversations with the step under way.

        Where the steps are over, a scenario that listens waits for what it is owed: what is shown
        would depend on chance otherwise.

        Raises:
            ContractError: A notification is wrong.
        """
        __tracebackhide__ = True
        if self.hearing is not None and self.record is not None:
            if is_over and self.record.listens and self.settle is not None:
                for consumer in dict.fromkeys(self.record.consumers):
                    self.settle(consumer)
            self.hearing.collect(self.record)

    def judge_notification(self, notification: Notification) -> str | None:
        """Return what is wrong with the document of *notification*, if anything."""
        self._redactor.learn(notification.body)
        try:
            self.contract.check_notification(notification.document)
        except ContractError as error:
            return str(error)
        return None

    def _judge(self, exchange: Exchange, status: int) -> str:
        """Judge an answer, and return the schema that it satisfies."""
        subject = f"answer of {exchange.operation}"
        # A redirect seldom has a body, and what it has is not the news.
        is_read = status not in REDIRECTS and has_document(exchange.operation, status)
        document = self._document(exchange, subject) if is_read else None
        name = answer_schema(exchange.operation, status, document)
        if name is None:
            raise ContractError(
                f"{subject} has status {status}, which the API does not document\n"
                f"  next: {_advice(status)}"
            )
        self.contract.check(document, name, subject=subject)
        if status == GOOD and exchange.operation in ANSWERED_BY_ID:
            sent, answered = exchange.request_document, exchange.document
            check_order(sent, answered, operation=exchange.operation)
        return name

    def _document(self, exchange: Exchange, subject: str) -> JsonValue:
        media_type = exchange.response_media_type
        try:
            document = exchange.document
        except NotJsonError as error:
            text = exchange.response_body.decode(errors="replace")
            raise ContractError(
                f"{subject} is {error.what}\n"
                f"  at: {exchange.title}, content type: {media_type or 'none given'}\n"
                f"  it begins: {self._redactor.excerpt(text, EXCERPT)!r}\n"
                "  next: see the attached exchange; a wrong address often answers with a page"
            ) from None
        if media_type not in JSON_TYPES:
            raise ContractError(
                f"{subject} is JSON but says it is {media_type!r}\n"
                f"  at: header Content-Type of {exchange.title}\n"
                "  next: let the endpoint say 'application/json'"
            )
        return document


def _is_anothers(exchange: Exchange, record: ScenarioUnderWay) -> bool:
    """Return whether a call is for another consumer than the scenario's, which this may name."""
    if exchange.operation == "consumer_token" and exchange.status in ADMITTED:
        match exchange.request_document:
            case {"ext_consumer_id": str(consumer)}:
                record.consumers.append(consumer)
                record.consumer = record.consumer or consumer
                record.tokens[text_in(exchange.document_if_any, "token")] = consumer
    whose = (
        record.tokens.get(e) for name, e in exchange.request_headers if name.lower() == ON_BEHALF
    )
    return next(whose, None) not in (None, record.consumer)


_NOTHING: Final = object()


def _origins(
    differences: Iterable[Difference], document: JsonValue, documents: Mapping[str, JsonObject]
) -> Iterator[str]:
    """Yield where in the named *documents* stands what makes *document* differ."""
    for each in differences:
        wrong = _part(document, each.at)
        for start in range(len(each.at) + 1):
            path = each.at[start:]
            files = [file for file, named in documents.items() if _part(named, path) == wrong]
            if files and wrong is not _NOTHING:
                yield f"at {files[-1]}, {path_text(path)}\n  next: mend {files[-1]}"
                break


def _part(document: JsonValue, path: Iterable[str | int]) -> object:
    part: Any = document
    for step in path:
        try:
            part = part[step]
        except (LookupError, TypeError):
            return _NOTHING
    return part


REDIRECTS = range(300, 400)
JSON_TYPES = ("application/json", "")
"""The media types of an answer. Without one it is taken for what it is: API facts §4.7."""


GOOD = 200
"""The status of an answer to commands that were carried out. Source: API facts §4.7 and §5.1."""

ADMITTED = (GOOD, 201)
"""The statuses of an answer that holds a consumer's token."""

ON_BEHALF = "x-lp-on-behalf"
"""The header whose token says for which consumer a call is. Source: API facts §3."""

THROTTLED = 429
"""What this answer holds is not documented (API facts §4.8); the client waits and asks again."""


def _advice(status: int) -> str:
    if status in REDIRECTS:
        return "name the address that is redirected to; the harness follows no redirect"
    return "check the address of the endpoint, or add the status to the contract"


EVIDENCE: Final = pytest.StashKey[ExchangeRecorder]()
"""Keeps and judges the exchanges of this process."""
