"""The contract: JSON Schemas by name, and every difference between a document and its schema."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Final

from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator

from connector_harness.contract.differences import Difference, Reading, closest, quoted, report
from connector_harness.contract.schemas import Compiler, parts, pointer_text, read_schemas
from connector_harness.json_types import JsonValue
from connector_harness.redaction.redactor import Redactor

NO_DOCUMENT: Final = "no document"
"""Stands for a schema where an answer is judged by its status alone: its body is no JSON."""

_SENT: Final = {
    "publish_event": "response/published",
    "update_conversation_field": "response/field_updated",
    "generate_upload_url": "response/upload_url",
    "generate_download_url": "response/download_url",
    "set_user_profile": "response/profile_set",
}
_REFUSED: Final = {"error": "response/missing_parameter", "object": "response/refusal"}

ANSWERS: Final[Mapping[tuple[str, int], str | Mapping[str, str]]] = {
    ("domains", 200): "response/domains",
    ("domains", 400): "response/domain_refusal",
    ("domains", 401): "response/domain_refusal",
    ("domain", 200): "response/domain",
    ("domain", 400): "response/domain_refusal",
    ("domain", 401): "response/domain_refusal",
    ("app_token", 200): "response/app_token",
    ("app_token", 400): "response/token_refusal",
    ("app_token", 401): "response/token_refusal",
    ("app_token", 429): "response/throttled",
    ("consumer_token", 201): "response/consumer_token",
    ("consumer_token", 401): "response/authentication_error",
    ("consumer_token", 429): "response/throttled",
    ("create_conversation", 200): "response/conversation",
    ("create_conversation", 400): {"array": "response/duplicate_conversation", **_REFUSED},
    ("create_conversation", 401): "response/authentication_error",
    ("create_conversation", 404): "response/version_error",
    ("create_conversation", 429): "response/throttled",
    **{(operation, 200): name for operation, name in _SENT.items()},
    **{(operation, 400): _REFUSED for operation in _SENT},
    **{(operation, 401): "response/authentication_error" for operation in _SENT},
    **{(operation, 404): "response/version_error" for operation in _SENT},
    **{(operation, 429): "response/throttled" for operation in _SENT},
    ("put_file", 201): NO_DOCUMENT,
    ("put_file", 401): NO_DOCUMENT,
    ("get_file", 200): NO_DOCUMENT,
    ("get_file", 401): NO_DOCUMENT,
}
"""Which schema judges an answer, by operation and status, and by its shape where that decides.

Shapes: ``array``, ``error`` (an object with ``body.errorCode``), ``object`` (any other).
Source: API facts §1, §2.2, §3, §4.8, §5, §6.3, §7, §10, §11 and §16.
"""

WITHOUT_DOCUMENT: Final = frozenset(
    operation for (operation, _), row in ANSWERS.items() if row == NO_DOCUMENT
)
"""The operations whose answers hold bytes, which must not be read as JSON."""

_READ: Final = {
    "read_conversation": "response/held_conversation",
    "read_messages": "response/held_messages",
    "search_history": "response/history",
}

READS: Final[Mapping[tuple[str, int], str]] = {
    **{(operation, 200): name for operation, name in _READ.items()},
    **{(operation, each): NO_DOCUMENT for operation in _READ for each in (400, 401, 403, 404)},
}
"""Which schema judges an answer that tells what a conversation holds.

These are calls to other APIs than the Connector API, so its coverage does not ask for them. What
their refusals say is not documented. Source: API facts §15.1 and §15.2.
"""

REQUESTS: Final[Mapping[str, str]] = {
    "create_conversation": "request/batch",
    "app_token": "request/app_token",
    "consumer_token": "request/consumer_token",
    "publish_event": "request/publish_event",
    "update_conversation_field": "request/update_conversation_field",
    "generate_upload_url": "request/generate_upload_url",
    "generate_download_url": "request/generate_download_url",
    "set_user_profile": "request/set_user_profile",
    "client_properties": "request/client_properties",
    "app_manifest": "request/app_manifest",
}
"""The schema that judges what an operation sends, in a header or a manifest too."""

NOTIFICATIONS: Final[Mapping[str, str]] = {
    "ms.MessagingEventNotification": "notification/messaging_event",
    "cqm.ExConversationChangeNotification": "notification/conversation_change",
}
"""Which schema judges a notification, by its type. Source: API facts §9.6."""


class ContractError(AssertionError):
    """A document is not what its schema asks for; the message is the report of all that differs."""

    differences: Sequence[Difference] = ()


class UnknownSchemaError(LookupError):
    """No schema has the name asked for."""


def has_document(operation: str, status: int) -> bool:
    """Return whether an answer to *operation* with *status* is to be read as JSON."""
    return operation not in WITHOUT_DOCUMENT and READS.get((operation, status)) != NO_DOCUMENT


def answer_schema(operation: str, status: int, document: JsonValue) -> str | None:
    """Return the name of the schema that judges an answer, None if nothing is documented of it.

    A *document* of None stands for an answer without one (see `has_document`).
    """
    row = ANSWERS.get((operation, status)) or READS.get((operation, status))
    return row if row is None or isinstance(row, str) else row.get(_shape(document))


def notification_schema(document: JsonValue) -> str | None:
    """Return the name of the schema that judges a notification, None if its type is not known."""
    kind = document.get("type") if isinstance(document, dict) else None
    return NOTIFICATIONS.get(kind) if isinstance(kind, str) else None


class Contract:
    """The schemas of a folder, read once and compiled when first used.

    Args:
        folder: Holds one JSON Schema per file, as `read_schemas` reads them.
        redactor: Masks secrets in reports. Default: one that knows them by name and shape only.
        checked: Whether these very files were found sound before.

    Raises:
        SchemaError: A file is no JSON, no valid schema, or refers to what is not there.
    """

    def __init__(
        self, folder: Path, redactor: Redactor | None = None, *, checked: bool = False
    ) -> None:
        self._folder = folder.name
        self._redactor = redactor or Redactor()
        self._schemas, registry = read_schemas(folder, checked=checked)
        self._compiler = Compiler(registry)
        self._validators: dict[str, Validator] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all schemas, sorted."""
        return tuple(self._schemas)

    def check(self, document: JsonValue, name: str, *, subject: str) -> None:
        """Fail unless *document* satisfies the schema called *name*, as ``response/conversation``.

        Raises:
            ContractError: It does not; the message calls it *subject*, and reports every
                difference.
            UnknownSchemaError: No schema is called *name*.
        """
        __tracebackhide__ = True
        differences = self.differences(document, name)
        if differences:
            schema = f"{self._folder}/{name}.json"
            told = quoted(document, self._redactor)
            text = report(subject, schema, differences, document=told, advice=_advice(name))
            error = ContractError(self._redactor.text(text))
            error.differences = differences
            raise error

    def check_notification(self, document: JsonValue) -> None:
        """Fail unless the envelope of one delivery satisfies the schema of its type.

        Raises:
            ContractError: It does not, or it is of no type that the API sends.
        """
        __tracebackhide__ = True
        name = notification_schema(document)
        if name is None:
            kind = document.get("type") if isinstance(document, dict) else None
            raise ContractError(
                f"notification is of type {quoted(kind, self._redactor)}, which the API does not "
                f"send\n  known: {', '.join(NOTIFICATIONS)}\n"
                f"  document: {quoted(document, self._redactor)}\n"
                "  next: fix the API, or add the type to NOTIFICATIONS with a schema"
            )
        self.check(document, name, subject="notification")

    def differences(self, document: JsonValue, name: str) -> list[Difference]:
        """Return every difference between *document* and the schema called *name*.

        Raises:
            UnknownSchemaError: No schema is called *name*.
        """
        if name == NO_DOCUMENT:
            return []
        validator = self._validators.get(name) or self._compile(name)
        try:
            errors = list(validator.iter_errors(document))
        except RecursionError:
            return [
                Difference("$", "nested too deeply to be judged", f"{self._folder}/{name}.json")
            ]
        if not errors:
            return []
        reading = Reading(lambda error: self._rule(error, name), self._redactor)
        found = reading.differences(errors)
        disorder = self._disorder(document, name)
        if disorder is None:
            return found
        return [replace(each, cause=disorder) for each in found]

    def _compile(self, name: str) -> Validator:
        schema = self._schemas.get(name)
        if schema is None:
            raise UnknownSchemaError(_unknown(name, self._schemas))
        self._validators[name] = self._compiler.validator(schema)
        return self._validators[name]

    def _rule(self, error: ValidationError, name: str) -> str:
        # The schema an error carries is the very object that was read, so its identity tells
        # where it stands, whatever references led there. `false` is no object of its own.
        place = self._places.get(id(error.schema))
        if place is None:
            return f"{self._folder}/{name}.json#{pointer_text(error.absolute_schema_path)}"
        return f"{self._folder}/{place}/{error.validator}"

    @cached_property
    def _places(self) -> dict[int, str]:
        return {
            id(part): f"{name}.json#{pointer}"
            for name, schema in self._schemas.items()
            for pointer, part in parts(schema)
        }

    def _disorder(self, document: JsonValue, name: str) -> str | None:
        schema = self._schemas[name]
        prefix = schema.get("prefixItems")
        if not isinstance(prefix, list) or not isinstance(document, list):
            return None
        places = [
            self._compiler.validator({"$ref": f"{schema['$id']}#/prefixItems/{place}"})
            for place in range(len(prefix))
        ]
        moved = []
        for at, item in enumerate(document[: len(places)]):
            fits = [place for place, each in enumerate(places) if each.is_valid(item)]
            if fits and at not in fits:
                moved.append(f"item {at} fits place {fits[0]}")
        return f"the items stand in another order: {', '.join(moved)}" if moved else None


def _advice(name: str) -> str:
    culprit = "what builds the request" if name.startswith("request/") else "the API"
    return f"fix {culprit}, or change the schema and note it in CHANGELOG.md"


def _shape(document: JsonValue) -> str:
    if isinstance(document, list):
        return "array"
    if not isinstance(document, dict):
        return "other"
    body = document.get("body")
    return "error" if isinstance(body, dict) and "errorCode" in body else "object"


def _unknown(name: str, names: Mapping[str, object]) -> str:
    meant = closest(name, names)
    advice = "use one of the known names" if meant is None else f"did you mean {meant!r}?"
    return f"no schema is called {name!r}\n  known: {', '.join(names)}\n  next: {advice}"


def check_order(request: JsonValue, answer: JsonValue, *, operation: str) -> None:
    """Fail unless a good answer names the ids that were sent, in their order.

    Source: API facts §4.7 and §5.2.

    Raises:
        ContractError: It names others, or not all of them, or in another order.
    """
    __tracebackhide__ = True
    sent, answered = _values(request, "id"), _values(answer, "reqId")
    if answered == sent:
        return
    missing = [id_ for id_ in sent if id_ not in answered]
    what = "is not that to what was sent"
    if missing:
        what = f"lacks some: command {', '.join(map(repr, missing))} has no answer"
    raise ContractError(
        f"answer of {operation} {what}\n"
        f"  at: reqId: sent were the ids {sent}; answered were {answered}\n"
        "  next: let the endpoint answer every command once, in the order sent"
    )


def _values(document: JsonValue, member: str) -> list[str]:
    items = document if isinstance(document, list) else [document]
    # An id that was sent as a number comes back as a text.
    return [str(each.get(member)) if isinstance(each, dict) else "" for each in items]
