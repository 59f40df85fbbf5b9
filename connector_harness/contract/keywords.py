"""What in a schema judges nothing: JSON Schema ignores it in silence."""

import difflib
from collections.abc import Iterator
from typing import Final

from jsonschema import Draft202012Validator

from connector_harness.json_types import JsonObject, JsonValue

KEYWORDS: Final = frozenset(Draft202012Validator.VALIDATORS) | {
    *("$schema", "$id", "$anchor", "$dynamicAnchor", "$vocabulary", "$comment", "$defs"),
    *("prefixItems", "then", "else", "minContains", "maxContains", "definitions"),
    *("title", "description", "default", "deprecated", "readOnly", "writeOnly", "examples"),
    *("contentEncoding", "contentMediaType", "contentSchema"),
}
"""The keywords of the dialect; ``definitions`` is where older schemas keep their parts.

Beside them, what begins with ``x-`` is a note of one's own.
"""

ELSEWHERE: Final = {
    "id": "$id",
    "additionalItems": "items beside prefixItems",
    "dependencies": "dependentRequired or dependentSchemas",
    "$recursiveRef": "$dynamicRef",
    "$recursiveAnchor": "$dynamicAnchor",
    "divisibleBy": "multipleOf",
    "disallow": "not",
    "extends": "allOf",
    "nullable": 'a type such as ["string", "null"]',
    "example": "examples",
}
"""Keywords of other drafts and of OpenAPI, and what says the same here."""

TYPES: Final = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})
"""The names of types."""

OF_TYPE: Final[dict[str, frozenset[str]]] = {
    "object": frozenset(
        {
            *("properties", "patternProperties", "additionalProperties", "unevaluatedProperties"),
            *("propertyNames", "required", "dependentRequired", "dependentSchemas"),
            *("minProperties", "maxProperties"),
        }
    ),
    "array": frozenset(
        {
            *("items", "prefixItems", "unevaluatedItems", "contains", "minContains"),
            *("maxContains", "minItems", "maxItems", "uniqueItems"),
        }
    ),
    "string": frozenset({"minLength", "maxLength", "pattern", "format"}),
    "number": frozenset(
        {"multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
    ),
}
"""The keywords that judge values of one type alone."""

ANY_TYPE: Final = frozenset(
    {
        *("type", "const", "enum", "allOf", "anyOf", "oneOf", "not", "if"),
        *("$ref", "$dynamicRef"),
    }
)

PARTS: Final = frozenset({"$defs", "definitions"})

PARTNERS: Final = {
    "then": ("if",),
    "else": ("if",),
    "if": ("then", "else"),
    "minContains": ("contains",),
    "maxContains": ("contains",),
}
"""Keywords that judge nothing unless one of others stands beside them."""

_JUDGING: Final = ANY_TYPE.union(*OF_TYPE.values())
_SINGLE: Final = (
    *("additionalProperties", "unevaluatedProperties", "propertyNames", "items"),
    *("unevaluatedItems", "contains", "not", "if", "then", "else", "contentSchema"),
)
_LISTS: Final = ("allOf", "anyOf", "oneOf", "prefixItems")
_NAMED: Final = ("properties", "patternProperties", "dependentSchemas", *PARTS)

Place = tuple[str | int, ...]
"""The way to a part of a schema."""


def subschemas(schema: JsonValue, place: Place = ()) -> Iterator[tuple[Place, JsonObject]]:
    """Yield every schema in *schema*, itself too, with the way there.

    What stands in ``properties``, ``enum``, ``const`` or ``examples`` under the name of a keyword
    is none.
    """
    if not isinstance(schema, dict):
        return
    yield place, schema
    for name, value in schema.items():
        if name in _SINGLE:
            yield from subschemas(value, (*place, name))
        elif name in _LISTS and isinstance(value, list):
            for index, each in enumerate(value):
                yield from subschemas(each, (*place, name, index))
        elif name in _NAMED and isinstance(value, dict):
            for key, each in value.items():
                yield from subschemas(each, (*place, name, key))


def judging_nothing(schema: JsonObject) -> Iterator[tuple[Place, str]]:
    """Yield what in *schema*, the whole of a file, judges nothing: the way there, and why."""
    if not schema.keys() & (_JUDGING | PARTS):
        yield (), "it holds no keyword that judges, so every document fits"
    for place, part in subschemas(schema):
        for name in part:
            if name not in KEYWORDS and not name.startswith("x-"):
                yield (*place, name), f"{name!r} is no keyword of this dialect{_instead(name)}"
            elif name in PARTNERS and not part.keys() & set(PARTNERS[name]):
                others = " and no ".join(map(repr, PARTNERS[name]))
                yield (*place, name), f"{name!r} judges nothing where there is no {others}"
        yield from _of_other_types(part, place)
        yield from _misspelt(part, place)


def _instead(name: str) -> str:
    if name in ELSEWHERE:
        return f", which says {ELSEWHERE[name]}"
    known = {each.casefold(): each for each in KEYWORDS}
    close = difflib.get_close_matches(name.casefold(), known, n=1, cutoff=0.6)
    return f"; did you mean {known[close[0]]!r}?" if close else ""


def _of_other_types(part: JsonObject, place: Place) -> Iterator[tuple[Place, str]]:
    """Yield the keywords that judge values of another type than a schema admits."""
    told = part.get("type")
    listed = told if isinstance(told, list) else [told]
    types = {"number" if each == "integer" else each for each in listed if isinstance(each, str)}
    if not types or not types <= TYPES:
        return
    for kind, names in OF_TYPE.items():
        for name in (each for each in part if each in names and kind not in types):
            yield (*place, name), f"{name!r} judges {kind}s, and the type is {told!r}"


def _misspelt(part: JsonObject, place: Place) -> Iterator[tuple[Place, str]]:
    """Yield the required names that are no property, and look like one."""
    required, known = part.get("required"), part.get("properties")
    if not isinstance(required, list) or not isinstance(known, dict):
        return
    for index, name in enumerate(required):
        if isinstance(name, str) and name not in known:
            free = [each for each in known if each not in required]
            close = difflib.get_close_matches(name, free, n=1, cutoff=0.85)
            if close:
                what = f"{name!r} is no property here; did you mean {close[0]!r}?"
                yield (*place, "required", index), what
