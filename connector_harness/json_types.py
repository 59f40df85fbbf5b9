"""The types of the JSON documents that travel between connector and endpoint, and their reader."""

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


def read_json(
    content: bytes, *, deepest: int | None = MAX_DEPTH, unique: bool = False
) -> JsonValue:
    """Return the document in *content*.

    Args:
        content: The bytes, in UTF-8.
        deepest: How deep it may be nested; None for as deep as Python can read.
        unique: Whether a member given twice is an error; if not, its last value counts.

    Raises:
        JsonError: It is not UTF-8, not JSON, nested too deep, or holds a number or text that no
            report could show: an infinite one, half a surrogate pair.
    """
    too_deep = f"nested deeper than {MAX_DEPTH if deepest is None else deepest} levels"
    try:
        text = content.decode()
        document: JsonValue = (_decode_unique if unique else _decode)(text)
        if "\\u" in text:
            _check_surrogates(document)
    except RecursionError:
        raise JsonError(too_deep) from None
    except UnicodeDecodeError as error:
        raise JsonError("not JSON", f"byte {error.start} is not UTF-8") from None
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


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")


def _unique_members(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"member given twice: {max(names, key=names.count)[:60]!r}")
    return members


_decode: Final = json.JSONDecoder(parse_float=_finite, parse_constant=_no_constant).decode
_decode_unique: Final = json.JSONDecoder(
    object_pairs_hook=_unique_members, parse_float=_finite, parse_constant=_no_constant
).decode
