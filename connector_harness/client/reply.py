"""The endpoint's answer to one operation."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from connector_harness.client.http.exchange import Exchange
from connector_harness.client.http.transport import HARMLESS
from connector_harness.json_types import JsonObject, JsonValue, inside, number_in, objects, text_in
from connector_harness.redaction.redactor import Redactor


@dataclass(frozen=True, slots=True, repr=False)
class Reply:
    """The endpoint's answer to one operation.

    Every property that reads the document raises `NotJsonError` when the answer holds none.
    """

    exchange: Exchange
    status: int
    redactor: Redactor = field(default_factory=Redactor, compare=False)

    def __repr__(self) -> str:
        """Return the exchange's title in angle brackets."""
        return f"<Reply {self.exchange.title}>"

    @property
    def is_uncertain(self) -> bool:
        """Whether the endpoint failed in a way that leaves open if it carried the call out."""
        return self.exchange.is_server_error and self.exchange.operation not in HARMLESS

    @property
    def document(self) -> JsonValue:
        """The answer as JSON."""
        return self.exchange.document

    @property
    def text(self) -> str:
        """The answer's body as text to show, secrets masked.

        Shorten it only now: half a secret is not recognised as one.
        """
        return self.redactor.text(self.exchange.response_body.decode(errors="replace"))

    @property
    def content(self) -> bytes:
        """The answer's body as bytes; those of the file where one was asked for."""
        return self.exchange.response_body

    @property
    def answers(self) -> list[JsonObject]:
        """The items of a batch answer; empty if the document is no list."""
        return objects(self.document) if isinstance(self.document, list) else []

    @property
    def conversation_id(self) -> str | None:
        """The id in the one answer that carries one; None if none does, or several do."""
        ids = list(conversation_ids(self.document))
        return ids[0] if len(ids) == 1 else None

    @property
    def code(self) -> str | int | None:
        """The ``code`` of a single answer: a text, or the number of an authentication error."""
        code = inside(self.document, "code")
        return code if isinstance(code, str | int) else None

    @property
    def error_code(self) -> int | None:
        """The ``errorCode`` of an authentication error. Source: API facts §10.1."""
        return number_in(self.document, "body", "errorCode")

    @property
    def message(self) -> str | None:
        """The ``msg`` of a single answer, as ``OK Conversation resolved successfully``."""
        return text_in(self.document, "body", "msg") or None

    @property
    def request_id(self) -> str | None:
        """The ``reqId`` of a single answer: the id of the command it belongs to."""
        return text_in(self.document, "reqId") or None

    @property
    def sequence(self) -> int | None:
        """The number that a single answer gives the published event. Source: API facts §5.2."""
        return number_in(self.document, "body", "sequence")


def conversation_ids(document: JsonValue) -> Iterator[str]:
    """Yield the id of each conversation that a batch answer tells of; of other documents none."""
    for answer in document if isinstance(document, list) else []:
        if id_ := text_in(answer, "body", "conversationId"):
            yield id_
