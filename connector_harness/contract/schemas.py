"""Schema files: read and checked once, compiled when first used."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias
from urllib.parse import urldefrag, urljoin

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend
from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

from connector_harness.contract import keywords
from connector_harness.contract.differences import closest
from connector_harness.contract.keywords import TYPES, judging_nothing, subschemas
from connector_harness.json_types import JsonError, JsonObject, JsonValue, read_json

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
"""The dialect of JSON Schema that every file is written in."""

REMEMBERED: Final = 2_000
"""How many sound items a compiler remembers at the most."""

_encode = json.JSONEncoder(separators=(",", ":")).encode
_FORMATS: Final = Draft202012Validator.FORMAT_CHECKER

SchemaRegistry: TypeAlias = "Registry[bool | Mapping[str, Any]]"
"""Finds a schema by its ``$id``."""


class SchemaError(Exception):
    """Schema files cannot be used; the message names every problem, file by file.

    Attributes:
        problems: Each file, from the parent of its folder, with what is wrong with it: where that
            has a place, a pointer to it comes first, as in ``"#/items/type: …"``.
    """

    def __init__(self, problems: Iterable[tuple[str, str]]) -> None:
        self.problems = sorted(problems)
        count = len(self.problems)
        lines = [f"schemas cannot be used ({count} problem{'s' * (count != 1)})"]
        for file, what in self.problems:
            lines.append(f"  at {file}{'' if what.startswith('#') else ': '}{what}")
        super().__init__("\n".join([*lines, "  next: correct what is named"]))


class Compiler:
    """Compiles schemas, every part of them at most once.

    jsonschema builds a validator for every member and item each time it visits one, which is most
    of its time. Here they are kept, which halves it. A part is known by its identity, so the
    schemas must live as long as the compiler. The registry resolves references between them.
    """

    def __init__(self, registry: SchemaRegistry) -> None:
        self._registry = registry
        self._parts: dict[int, Validator] = {}
        self._sound: set[tuple[int, str]] = set()
        keywords = {"properties": self._properties, "prefixItems": self._prefix_items}
        # The stubs of jsonschema leave this function without types.
        self._class: type[Draft202012Validator] = extend(  # type: ignore[no-untyped-call]
            Draft202012Validator, keywords
        )

    def validator(self, schema: JsonObject) -> Validator:
        """Return the validator of *schema*."""
        return self._class(schema, registry=self._registry, format_checker=_FORMATS)

    def _properties(
        self, validator: Validator, properties: JsonObject, instance: JsonValue, _: object
    ) -> Iterator[ValidationError]:
        if isinstance(instance, dict):
            for name, part in properties.items():
                if name in instance:
                    yield from self._step(validator, part, instance[name], name)

    def _prefix_items(
        self, validator: Validator, prefix: list[JsonValue], instance: JsonValue, _: object
    ) -> Iterator[ValidationError]:
        if not isinstance(instance, list):
            return
        for index, (part, item) in enumerate(zip(prefix, instance, strict=False)):
            key = (id(part), _encode(item))
            if key in self._sound:
                continue
            errors = list(self._step(validator, part, item, index))
            yield from errors
            if not errors:
                self._remember(key)

    def _remember(self, key: tuple[int, str]) -> None:
        # Scenarios send the same commands over and over.
        if len(self._sound) >= REMEMBERED:
            self._sound.clear()
        self._sound.add(key)

    def _step(
        self, validator: Validator, part: JsonValue, value: JsonValue, step: str | int
    ) -> Iterator[ValidationError]:
        known = self._parts.get(id(part))
        if known is None:
            known = self._parts[id(part)] = validator.evolve(schema=part)
        for error in known.iter_errors(value):
            error.path.appendleft(step)
            error.schema_path.appendleft(step)
            yield error


def fingerprint(folder: Path) -> str:
    """Return a text that changes with any schema file in *folder*, and with what checks them."""
    checking = (Path(__file__), Path(keywords.__file__))
    digest = hashlib.sha256(b"".join(each.read_bytes() for each in checking))
    for path in sorted(folder.rglob("*.json")):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def read_schemas(
    folder: Path, *, checked: bool = False
) -> tuple[dict[str, JsonObject], SchemaRegistry]:
    """Return the schemas in *folder* by name, sorted, and the registry that resolves them.

    ``request/batch.json`` is named ``request/batch``. ``$schema`` is checked, then left out: with
    it, jsonschema would pick its own validator class over that of `Compiler`. Files that were
    found sound before (*checked*) are only read.

    Raises:
        SchemaError: A file is no JSON, no valid schema, or refers to what is not there.
    """
    schemas, problems = _loaded(folder)
    broken = set[str]()
    if not checked:
        broken, found = _broken(folder, schemas)
        problems += found
    sound = {name: each for name, each in schemas.items() if each["$id"] not in broken}
    registry = registered(sound.values())
    for name, schema in schemas.items():
        del schema["$schema"]
        if name in sound and not checked:
            dangling = _dangling(schema, registry, broken)
            problems += [(f"{folder.name}/{name}.json", each) for each in dangling]
    if problems or not schemas:
        raise SchemaError(problems or [(str(folder), "holds no *.json file")])
    return schemas, registry


def parts(value: JsonValue, pointer: str = "") -> Iterator[tuple[str, JsonObject]]:
    """Yield every object in *value* with the JSON pointer to it."""
    if isinstance(value, dict):
        yield pointer, value
        for key, each in value.items():
            yield from parts(each, pointer + pointer_text([key]))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from parts(each, f"{pointer}/{index}")


def pointer_text(path: Iterable[str | int]) -> str:
    """Return *path* as a JSON pointer. Source: RFC 6901, section 3."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)


def registered(schemas: Iterable[JsonObject]) -> SchemaRegistry:
    """Return the registry that resolves references between *schemas* by their ``$id``."""
    empty: SchemaRegistry = Registry()
    return empty.with_resources(
        [(str(schema["$id"]), DRAFT202012.create_resource(schema)) for schema in schemas]
    )


def _loaded(folder: Path) -> tuple[dict[str, JsonObject], list[tuple[str, str]]]:
    schemas, problems = {}, []
    for path in sorted(folder.rglob("*.json")):
        name = path.relative_to(folder).with_suffix("").as_posix()
        try:
            schemas[name] = _load(path)
        except JsonError as error:
            problems.append((f"{folder.name}/{name}.json", str(error)))
    return dict(sorted(schemas.items())), problems


def _load(path: Path) -> JsonObject:
    schema = read_json(path.read_bytes())
    if not isinstance(schema, dict):
        raise JsonError(f"holds {str(schema)[:20]!r}, not an object")
    missing = [each for each in ("$schema", "$id") if not isinstance(schema.get(each), str)]
    if missing:
        raise JsonError(f"has no {' and no '.join(map(repr, missing))}")
    return schema


def _broken(
    folder: Path, schemas: Mapping[str, JsonObject]
) -> tuple[set[str], list[tuple[str, str]]]:
    """Return the ids of the schemas that are none, and what is wrong with them."""
    broken: set[str] = set()
    problems = []
    for name, schema in schemas.items():
        found = [*_invalid(schema), *_duplicate(name, schemas)]
        problems += [(f"{folder.name}/{name}.json", each) for each in found]
        broken.update([str(schema["$id"])] if found else [])
    return broken, problems


def _invalid(schema: JsonObject) -> Iterator[str]:
    if schema["$schema"] != DIALECT:
        yield f"#/$schema: {schema['$schema']!r} is not {DIALECT!r}"
        return
    meta = Draft202012Validator(Draft202012Validator.META_SCHEMA, format_checker=_FORMATS)
    for error in meta.iter_errors(schema):
        yield f"#{pointer_text(error.absolute_path)}: {error.message}{_type_meant(error)}"
    for place, what in judging_nothing(schema):
        yield f"#{pointer_text(place)}: {what}"
    for place, part in subschemas(schema):
        pointer, kind = pointer_text(place), part.get("format")
        if isinstance(kind, str) and kind not in _FORMATS.checkers:
            close = closest(kind, _FORMATS.checkers)
            meant = f"; did you mean {close!r}?" if close else ""
            yield f"#{pointer}/format: {kind!r} is a format that nothing checks{meant}"
        if pointer and isinstance(part.get("$id"), str):
            yield f"#{pointer}/$id: a schema of its own belongs in a file of its own"


def _type_meant(error: ValidationError) -> str:
    """Return which types were meant where *error* says that some are none."""
    if "type" not in list(error.absolute_path)[-2:]:
        return ""
    given = error.instance if isinstance(error.instance, list) else [error.instance]
    unknown = [str(each) for each in given if each not in TYPES]
    close = [meant for each in unknown if (meant := closest(each, TYPES))]
    return f"; did you mean {', '.join(map(repr, close))}?" if close else ""


def _duplicate(name: str, schemas: Mapping[str, JsonObject]) -> Iterator[str]:
    for other, schema in schemas.items():
        if other < name and schema["$id"] == schemas[name]["$id"]:
            yield f"#/$id: {schema['$id']!r} is the $id of {other}.json too"


def _dangling(schema: JsonObject, registry: SchemaRegistry, broken: set[str]) -> Iterator[str]:
    base = str(schema["$id"])
    resolver = registry.resolver(base)
    for place, part in subschemas(schema):
        for name, reference in ((name, part.get(name)) for name in ("$ref", "$dynamicRef")):
            # What a broken schema holds cannot be told; it is reported itself.
            if not isinstance(reference, str) or urldefrag(urljoin(base, reference)).url in broken:
                continue
            try:
                resolver.lookup(reference)
            except Unresolvable:
                yield f"#{pointer_text(place)}/{name}: {reference!r} leads nowhere"
