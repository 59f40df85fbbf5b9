"""Documents read by their schemas: which fields and values of the contract they hold."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any, Final

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend

from connector_harness.contract.items import ContractItems
from connector_harness.contract.same_shape import Shapes
from connector_harness.contract.schemas import registered
from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.redaction.redactor import MASK

_RULES: Final = Draft202012Validator.VALIDATORS
_OF_TEXT: Final = ("pattern", "minLength", "maxLength", "format")
"""What a masked text need not be: what it was before is not known."""


class ContractReader:
    """Reads documents; those that no schema can tell apart are read once.

    Args:
        schemas: The schemas by name.
        contract: What they consist of.
    """

    def __init__(self, schemas: Mapping[str, JsonObject], contract: ContractItems) -> None:
        self._contract = contract
        self._schemas = schemas
        self._registry = registered(schemas.values())
        self._shape = Shapes(schemas.values())
        self._known: dict[tuple[str, Hashable], frozenset[str] | None] = {}
        self._noted: set[str] = set()
        self._parts: dict[int, Validator] = {}
        rules = {"properties": self._properties, "enum": self._enum, "const": self._const}
        lenient = {name: _lenient(_RULES[name]) for name in _OF_TEXT}
        # The stubs of jsonschema leave this function without types.
        self._class: type[Draft202012Validator] = extend(  # type: ignore[no-untyped-call]
            Draft202012Validator, {**rules, **lenient}
        )

    def read(self, document: JsonValue, name: str) -> frozenset[str] | None:
        """Return the ids of the fields and values in *document*; None if it is off its schema.

        Args:
            document: What was sent, answered or told, as the results have it: secrets masked.
            name: The name of the schema. Of one that is not known nothing is read.
        """
        if name not in self._schemas:
            return None
        key = (name, self._shape.of(document))
        if key not in self._known:
            self._known[key] = self._read(document, name)
        return self._known[key]

    def _read(self, document: JsonValue, name: str) -> frozenset[str] | None:
        self._noted = set()
        validator = self._class(
            self._schemas[name],
            registry=self._registry,
            format_checker=Draft202012Validator.FORMAT_CHECKER,
        )
        try:
            is_sound = next(validator.iter_errors(document), None) is None
        except RecursionError:
            return None
        return frozenset(self._noted) if is_sound else None

    def _properties(
        self, validator: Validator, described: JsonObject, value: JsonValue, _: JsonObject
    ) -> Iterator[ValidationError]:
        if isinstance(value, dict):
            members = self._contract.members.get(id(described), {})
            self._noted.update(id_ for name, id_ in members.items() if name in value)
            for name, part in described.items():
                if name in value:
                    yield from self._validator(validator, part).iter_errors(value[name])

    def _validator(self, validator: Validator, part: JsonValue) -> Validator:
        """Return what judges a part; jsonschema would make it anew for each document."""
        known = self._parts.get(id(part))
        if known is None:
            known = self._parts[id(part)] = validator.evolve(schema=part)
        return known

    def _enum(
        self, validator: Validator, words: list[JsonValue], value: JsonValue, schema: JsonObject
    ) -> Iterator[ValidationError]:
        self._note(value, schema)
        yield from _RULES["enum"](validator, words, value, schema)

    def _const(
        self, validator: Validator, word: JsonValue, value: JsonValue, schema: JsonObject
    ) -> Iterator[ValidationError]:
        self._note(value, schema)
        yield from _RULES["const"](validator, word, value, schema)

    def _note(self, value: JsonValue, schema: JsonObject) -> None:
        id_ = self._contract.words.get(id(schema), {}).get(repr(value))
        if id_ is not None:
            self._noted.add(id_)


Rule = Callable[[Validator, Any, Any, Any], Iterator[ValidationError]]


def _lenient(rule: Rule) -> Rule:
    def judged(
        validator: Validator, asked: JsonValue, value: JsonValue, schema: JsonObject
    ) -> Iterator[ValidationError]:
        if not (isinstance(value, str) and MASK in value):
            yield from rule(validator, asked, value, schema) or ()

    return judged
