"""Request bodies: read within a limit, and JSON without the surprises that JSON allows."""

import json
import math
import re
from collections.abc import AsyncIterator
from typing import NoReturn

from connector_harness.json_types import JsonObject, JsonValue

LARGEST_BODY = 1024 * 1024
"""How many bytes of a body are read at the most; a larger one is answered with 413."""

DEEPEST = 100
"""How deep a body may be nested. Source of both: API facts §10.2."""

# The closing quote is optional so that a string without end costs one pass, not one per quote.
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class BodyError(ValueError):
    """A body that is not the JSON the API accepts; the message says why."""


class BodyTooLargeError(Exception):
    """A body larger than the sandbox reads."""


async def read_body(chunks: AsyncIterator[bytes], *, declared: str | None, limit: int) -> bytes:
    """Return a body, reading no further than needed to know that it is too large.

    Args:
        chunks: The body as it arrives.
        declared: The Content-Length header, if any.
        limit: Largest body, in bytes.

    Raises:
        BodyTooLargeError: The body is, or is declared to be, larger than *limit*.
    """
    if declared is not None and declared.isdecimal() and int(declared[:20]) > limit:
        raise BodyTooLargeError(f"declared {declared[:20]} bytes; the limit is {limit}")
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > limit:
            raise BodyTooLargeError(f"more than {limit} bytes")
    return bytes(body)


def parse_json(body: bytes, *, deepest: int = DEEPEST) -> JsonValue:
    """Return the document in *body*.

    Raises:
        BodyError: Not UTF-8, not JSON, a member given twice, a number no JSON document
            can hold, half a surrogate pair, or nested deeper than *deepest*.
    """
    try:
        text = body.decode()
        _check_depth(text, deepest)
        document: JsonValue = json.loads(
            text,
            object_pairs_hook=_unique_members,
            parse_float=_finite,
            parse_constant=_no_constant,
        )
    except BodyError:
        raise
    except ValueError as exc:
        raise BodyError(f"not JSON: {_summary(exc)}") from None
    if _SURROGATE.search(text):
        _check_surrogates(document)
    return document


def _summary(exc: ValueError) -> str:
    if isinstance(exc, UnicodeDecodeError):
        return f"byte {exc.start} is not UTF-8"
    return str(exc)


def _check_depth(text: str, deepest: int) -> None:
    if text.count("[") + text.count("{") <= deepest:
        return
    depth = 0
    for character in _STRING.sub("", text):
        if character in "[{":
            depth += 1
            if depth > deepest:
                raise BodyError(f"nested deeper than {deepest}")
        elif character in "]}":
            depth -= 1


def _unique_members(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        raise BodyError(f"member given twice: {max(names, key=names.count)[:60]!r}")
    return members


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise BodyError("a number is too large")
    return number


def _no_constant(name: str) -> NoReturn:
    raise BodyError(f"{name} is not JSON")


def _check_surrogates(document: JsonValue) -> None:
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise BodyError("half a surrogate pair in a string") from None
