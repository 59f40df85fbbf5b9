"""Differences between a document and its schema, worded for people."""

import difflib
import itertools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from jsonschema.exceptions import ValidationError

from connector_harness.json_types import JsonValue
from connector_harness.redaction.redactor import Redactor
from connector_harness.redaction.terminal_safe import MAX_VALUE, shortened

MAX_DIFFERENCES: Final = 20
"""How many differences a report lists before it only counts."""

MAX_CAUSES: Final = 3

GUESSED: Final = 200
"""Of how many members of an object it is guessed what they may be a slip of."""

MAX_DOCUMENT: Final = 400
"""Longest document a report quotes, in characters."""

_TEMPLATES: Final[Mapping[str, str]] = {
    "type": "{value} is not of type {limit}",
    "const": "{value} is not {limit}",
    "enum": "{value} is not one of {limit}",
    "pattern": "{value} does not match {limit}",
    "format": "{value} is not a valid {limit}",
    "minLength": "{value} is too short: {size} characters, at least {limit} needed",
    "maxLength": "{value} is too long: {size} characters, at most {limit} allowed",
    "minimum": "{value} is less than {limit}",
    "maximum": "{value} is more than {limit}",
    "minItems": "too few items: {size}, at least {limit} needed",
    "maxItems": "too many items: {size}, at most {limit} allowed",
    "not": "{value} does not belong here",
}

Path: TypeAlias = "list[str | int]"
"""Where in a document, as members and indexes."""

# Of the types only those two matter that are taken for each other; a bool is neither.
_TYPE_NAMES: Final[Mapping[type, str]] = {str: "string", int: "number", float: "number"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where a document is not what its schema asks for; secrets masked.

    The path is as ``$[1].body.conversationId``, the rule as
    ``schemas/response/domain.json#/required``; the cause is None where it cannot be guessed. `at`
    is the path in parts.
    """

    path: str
    message: str
    rule: str
    cause: str | None = None
    at: tuple[str | int, ...] = field(default=(), compare=False)


class Reading:
    """Reads the errors of the validator as differences; *rule* tells where a rule is written."""

    def __init__(self, rule: Callable[[ValidationError], str], redactor: Redactor) -> None:
        self._rule = rule
        self._redactor = redactor

    def differences(self, errors: Iterable[ValidationError]) -> list[Difference]:
        """Return what *errors* say, each once, in the order of the document."""
        flat = (each for error in errors for each in _branches_resolved(error))
        found = [each for error in flat for each in self._read(error, list(error.absolute_path))]
        found.sort(key=lambda each: _order(each[0]))
        return list(dict.fromkeys(replace(each, at=tuple(path)) for path, each in found))

    def _read(self, error: ValidationError, path: Path) -> Iterator[tuple[Path, Difference]]:
        rule = self._rule(error)
        if error.validator == "required":
            for message, cause in self._missing(error):
                yield path, Difference(path_text(path), message, rule, cause)
        elif error.validator == "additionalProperties":
            for name, message, cause in self._unknown(error):
                at = [*path, name]
                yield at, Difference(path_text(at), message, rule, cause)
        else:
            cause = self._cause(error)
            yield path, Difference(path_text(path), self._message(error), rule, cause)

    def _missing(self, error: ValidationError) -> Iterator[tuple[str, str | None]]:
        members, known = _members(error.instance), _members(error.schema, "properties")
        wanted = error.validator_value if isinstance(error.validator_value, list) else []
        strays = list(itertools.islice((each for each in members if each not in known), GUESSED))
        for name in wanted:
            if name not in members:
                stray = closest(name, strays)
                yield f"{name!r} is missing", stray and f"{stray!r} is {name!r} misspelt"

    def _unknown(self, error: ValidationError) -> Iterator[tuple[str, str, str | None]]:
        members, known = _members(error.instance), _members(error.schema, "properties")
        patterns = _members(error.schema, "patternProperties")
        message = f"is not a known member; known: {', '.join(map(repr, known)) or 'none'}"
        missing = set(known).difference(members)
        for number, name in enumerate(members):
            if name not in known and not any(re.search(each, name) for each in patterns):
                meant = closest(name, missing) if number < GUESSED else None
                cause = meant and f"{name!r} is {meant!r} misspelt"
                yield name, f"{shortened(repr(name), MAX_VALUE)} {message}", cause

    def _message(self, error: ValidationError) -> str:
        instance, limit = error.instance, error.validator_value
        if error.validator == "items":
            template, limit = _TEMPLATES["maxItems"], _prefix_length(error.schema)
        else:
            rule = str(error.validator)
            template = _TEMPLATES.get(rule, f"{{value}} does not satisfy {rule} {{limit}}")
        size = f"{len(instance):,}" if isinstance(instance, str | list) else ""
        return template.format(value=self._value(error), limit=_limit(limit), size=size)

    def _value(self, error: ValidationError) -> str:
        names = [each for each in error.absolute_path if isinstance(each, str)]
        # The redactor knows a secret by its name too, so the name stands before the value.
        label = f"{names[-1]!r}: " if names else ""
        return self._redactor.excerpt(repr(error.instance), MAX_VALUE, label=label)

    def _cause(self, error: ValidationError) -> str | None:
        instance, rule, limit = error.instance, error.validator, error.validator_value
        path = list(error.absolute_path)
        if path and path[-1] == "code" and limit == "OK" and instance == 200:  # noqa: PLR2004 - see below
            return "200 is the code of the WebSocket API; over HTTP it is the string 'OK'"
        wanted = _wanted_types(rule, limit)
        actual = _type_name(instance)
        if actual == "number" and "string" in wanted and "number" not in wanted:
            return f"{path_text(path)} is a number where a string belongs"
        if actual == "string" and "number" in wanted and _is_number(instance):
            return f"{path_text(path)} is a string where a number belongs"
        return None


def report(
    subject: str, schema: str, differences: list[Difference], *, document: str, advice: str
) -> str:
    """Return the text that tells how *subject* differs from *schema*, a file.

    `MAX_DIFFERENCES` are listed, the others counted; *document* is as `quoted` returns it.
    """
    count = len(differences)
    lines = [f"{subject} does not match {schema} ({count} difference{'s' * (count != 1)})"]
    for each in differences[:MAX_DIFFERENCES]:
        lines += [f"  at {each.path}: {each.message}", f"     rule: {each.rule}"]
    if count > MAX_DIFFERENCES:
        lines.append(f"  … and {count - MAX_DIFFERENCES} more")
    causes = dict.fromkeys(each.cause for each in differences if each.cause)
    lines += [f"  likely cause: {cause}" for cause in list(causes)[:MAX_CAUSES]]
    return "\n".join([*lines, f"  document: {document}", f"  next: {advice}"])


def quoted(document: JsonValue, redactor: Redactor) -> str:
    """Return *document* on one line, secrets masked, then shortened to `MAX_DOCUMENT`."""
    try:
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    except RecursionError:
        return "nested too deeply to be shown"
    # A lone surrogate is legal in JSON and cannot be written to a UTF-8 terminal.
    writable = text.encode(errors="backslashreplace").decode()
    return redactor.excerpt(writable, MAX_DOCUMENT)


def path_text(path: Iterable[str | int]) -> str:
    """Return *path* as ``$[1].body.x``; a member whose name is no word stands as ``$['a b']``."""
    return "$" + "".join(
        f".{step}" if isinstance(step, str) and step.isidentifier() else f"[{step!r}]"
        for step in path
    )


def closest(name: str, names: Iterable[str]) -> str | None:
    """Return the one of *names* that *name* probably stands for, whatever its case."""
    folded = {each.casefold(): each for each in sorted(names)}
    matches = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.7)
    return folded[matches[0]] if matches else None


def _members(value: object, keyword: str | None = None) -> dict[str, JsonValue]:
    if keyword is not None:
        value = _members(value).get(keyword)
    return value if isinstance(value, dict) else {}


def _prefix_length(schema: object) -> int:
    prefix = _members(schema).get("prefixItems")
    return len(prefix) if isinstance(prefix, list) else 0


def _order(path: Iterable[str | int]) -> list[tuple[int, str]]:
    return [(step, "") if isinstance(step, int) else (0, step) for step in path]


def _branches_resolved(error: ValidationError) -> Iterator[ValidationError]:
    branches: dict[str | int, list[ValidationError]] = {}
    if error.validator in {"anyOf", "oneOf"}:
        for each in error.context or ():
            branches.setdefault(each.schema_path[0], []).append(each)
    if not branches:
        yield error
        return
    for each in min(branches.values(), key=_misfit):
        yield from _branches_resolved(each)


def _misfit(errors: list[ValidationError]) -> tuple[bool, int, int]:
    """Rank a branch: one that is about another kind of document last, then by differences."""
    other = any(
        error.validator in {"const", "enum"} or (error.validator == "type" and not error.path)
        for error in errors
    )
    return other, len(errors), -max(len(error.path) for error in errors)


def _limit(limit: object) -> str:
    if isinstance(limit, list):
        return ", ".join(map(repr, limit))
    return f"{limit:,}" if isinstance(limit, int) else repr(limit)


def _wanted_types(rule: object, limit: object) -> set[str]:
    if rule == "type":
        names = limit if isinstance(limit, list) else [limit]
        return {"number" if name == "integer" else str(name) for name in names}
    if rule == "const":
        return {_type_name(limit)}
    if rule == "enum" and isinstance(limit, list):
        return {_type_name(each) for each in limit}
    return set()


def _type_name(value: object) -> str:
    return _TYPE_NAMES.get(type(value), "other")


def _is_number(text: object) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?", str(text)) is not None
