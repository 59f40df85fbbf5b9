"""The types of the JSON documents that travel, their reader, and safe ways into them.

Of what an endpoint answers, nothing is certain.
"""

import json
import math
from typing import Final, NoReturn, TypeAlias

JsonValue: TypeAlias = dict[str, "JsonValue"] | list["JsonValue"] | str | int | float | bool | None
"""Any JSON document, as `json.loads` returns it."""

JsonObject: TypeAlias = dict[str, JsonValue]
"""A JSON object."""

MAX_DEPTH: Final = 100
"""How deep a document may be nested; those of the API have about ten levels."""


class JsonError(ValueError):
    """Bytes that are no JSON document; the message says why, in one line.

    Attributes:
        what: What they are, as ``"not JSON"``.
    """

    def __init__(self, what: str, reason: str = "") -> None:
        """Word what the bytes are, and the *reason* where there is more to say."""
        super().__init__(f"{what}: {reason}" if reason else what)
        self.what = what


def read_json(content: bytes, *, deepest: int | None = MAX_DEPTH) -> JsonValue:
    """Return the document in *content*.

    Args:
        content: The bytes, in UTF-8.
        deepest: How deep it may be nested; None for as deep as Python can read.

    Raises:
        JsonError: It is not UTF-8, not JSON, nested too deep, contradicts itself by a member given
            twice, or holds what no report could show: an infinite number, half a surrogate pair.
    """
    too_deep = f"nested deeper than {MAX_DEPTH if deepest is None else deepest} levels"
    try:
        text = content.decode()
        document: JsonValue = _decode(text)
        if "\\u" in text:
            _check_surrogates(document)
    except RecursionError:
        raise JsonError(too_deep) from None
    except UnicodeDecodeError as error:
        raise JsonError("not JSON", f"byte {error.start} is not UTF-8") from None
    except JsonError:
        raise
    except ValueError as error:
        raise JsonError("not JSON", str(error)[:200]) from None
    # Every level has a bracket of its own: the usual document needs no walk.
    if deepest is not None and text.count("[") + text.count("{") > deepest:
        _check_depth(document, deepest, too_deep)
    return document


def _check_depth(document: JsonValue, deepest: int, too_deep: str) -> None:
    level = [document]
    # Level by level: a recursion would end where the judgement of such a document does.
    for _ in range(deepest + 1):
        level = [
            child
            for each in level
            if isinstance(each, dict | list)
            for child in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return
    raise JsonError(too_deep)


def _check_surrogates(document: JsonValue) -> None:
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ValueError("half a surrogate pair in a text") from None


def _object(members: list[tuple[str, JsonValue]]) -> JsonObject:
    document = dict(members)
    if len(document) < len(members):
        names = [name for name, _ in members]
        twice = next(name for name in names if names.count(name) > 1)
        raise JsonError(f"JSON that gives the member {twice[:80]!r} twice")
    return document


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")


_decode: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_finite, parse_constant=_no_constant
).decode


def inside(value: JsonValue, *names: str) -> JsonValue:
    """Return the member that *names* lead to; None where there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def text_in(value: JsonValue, *names: str) -> str:
    """Return the text that *names* lead to; empty where there is none."""
    found = inside(value, *names)
    return found if isinstance(found, str) else ""


def number_in(value: JsonValue, *names: str) -> int | None:
    """Return the whole number that *names* lead to; None where there is none."""
    found = inside(value, *names)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def objects(value: JsonValue) -> list[JsonObject]:
    """Return the objects in a list, or the object itself as the only one."""
    listed = value if isinstance(value, list) else [value]
    return [each for each in listed if isinstance(each, dict)]
