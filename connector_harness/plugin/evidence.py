"""The witness of every exchange: it keeps each one and judges it against the contract."""

from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from connector_harness.client.exchange import EXCERPT, Exchange, NotJsonError
from connector_harness.contract import Contract, ContractError
from connector_harness.documents import JsonValue
from connector_harness.plugin.record import ScenarioRecord
from connector_harness.redaction import Redactor
from connector_harness.schemas import fingerprint

CHECKED = "connector_harness/schemas"
"""Where pytest's cache keeps which schema files have been found sound."""

REQUESTS = {
    "create_conversation": "request/batch",
    "app_token": "request/app_token",
    "consumer_token": "request/consumer_token",
}
"""The schema that judges what an operation sends."""


class Cache(Protocol):
    """What outlives a run, as pytest's own cache."""

    def get(self, key: str, default: Any) -> Any:  # noqa: ANN401 - as pytest declares it
        """Return what is kept under *key*."""

    def set(self, key: str, value: object) -> None:
        """Keep *value* under *key*."""


class Evidence:
    """Keeps exchanges with the step that caused them.

    Args:
        schemas: The folder of the JSON Schemas; read when the first document is judged.
        redactor: Masks the secrets in what the contract reports.

    Attributes:
        cache: Remembers between runs which schema files are sound; None where pytest keeps none.
    """

    def __init__(self, schemas: Path, redactor: Redactor) -> None:
        self._schemas = schemas
        self._redactor = redactor
        self.cache: Cache | None = None
        self.record: ScenarioRecord | None = None

    @cached_property
    def contract(self) -> Contract:
        """Judges requests before they leave and answers as they come."""
        if self.cache is None:
            return Contract(self._schemas, self._redactor)
        mark = fingerprint(self._schemas)
        checked = self.cache.get(CHECKED, None) == mark
        contract = Contract(self._schemas, self._redactor, checked=checked)
        if not checked:
            self.cache.set(CHECKED, mark)
        return contract

    def sending(self, operation: str, document: JsonValue) -> None:
        """Judge a request that is meant to be right.

        Raises:
            ContractError: It is not; nothing has been sent.
        """
        name = REQUESTS.get(operation)
        if name is not None:
            self.contract.check(document, name, subject=f"request of {operation}")

    def exchanged(self, exchange: Exchange) -> None:
        """Keep *exchange*, then judge its answer.

        Raises:
            ContractError: The answer is off the schema of its operation and status, or no JSON.
        """
        if self.record is not None:
            self.record.current.exchanges.append(exchange)
            self.record.last_exchange = exchange
        judged = exchange.status is not None and exchange.status < UNJUDGED
        if judged and exchange.status != THROTTLED:
            self._judge(exchange, exchange.status or 0)

    def _judge(self, exchange: Exchange, status: int) -> None:
        subject = f"answer of {exchange.operation}"
        # A redirect seldom has a body, and what it has is not the news.
        document = None if status in REDIRECTS else self._document(exchange, subject)
        name = self.contract.response_name(exchange.operation, status, document)
        if name is None:
            raise ContractError(
                f"{subject} has status {status}, which the API does not document\n"
                f"  next: {_advice(status)}"
            )
        self.contract.check(document, name, subject=subject)

    def _document(self, exchange: Exchange, subject: str) -> JsonValue:
        media_type = exchange.response_media_type
        try:
            document = exchange.document
        except NotJsonError:
            # Masked before it is cut: half a secret is not recognised as one.
            text = self._redactor.text(exchange.response_body.decode(errors="replace"))
            raise ContractError(
                f"{subject} is not JSON\n"
                f"  at: {exchange.title}, content type: {media_type or 'none given'}\n"
                f"  it begins: {text[:EXCERPT]!r}\n"
                "  next: see the attached exchange; a wrong address often answers with a page"
            ) from None
        if media_type not in JSON_TYPES:
            raise ContractError(
                f"{subject} is JSON but says it is {self._redactor.text(media_type)!r}\n"
                f"  at: header Content-Type of {exchange.title}\n"
                "  next: let the endpoint say 'application/json'"
            )
        return document


REDIRECTS = range(300, 400)
JSON_TYPES = ("application/json", "")
"""The media types of an answer. Without one it is taken for what it is: API facts §4.7."""


THROTTLED = 429
"""What this answer holds is not documented (API facts §4.8); the client waits and asks again."""

UNJUDGED = 500
"""From this status on the endpoint has failed: no answer of the API to judge, the steps say so."""


def _advice(status: int) -> str:
    if status in REDIRECTS:
        return "name the address that is redirected to; the harness follows no redirect"
    return "check the address of the endpoint, or add the status to the contract"
