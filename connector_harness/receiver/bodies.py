"""The JSON of a delivery, read without the surprises that JSON allows."""

import json
import math
from typing import Final, NoReturn

from connector_harness.json_types import JsonValue

DEEPEST: Final = 100
"""How many levels of arrays and objects a document may have; notifications have a dozen."""


class BodyError(ValueError):
    """A body that is no JSON document; the message says why, in one line."""


def read_json(body: bytes) -> JsonValue:
    """Return the document in *body*; of a member given twice the last value counts.

    Raises:
        BodyError: It is not UTF-8, not JSON, nested deeper than `DEEPEST`, or holds a number
            or text that no report could show: an infinite one, half a surrogate pair.
    """
    try:
        text = body.decode()
        document: JsonValue = json.loads(text, parse_float=_finite, parse_constant=_no_constant)
        if "\\u" in text:
            _check_surrogates(document)
    except RecursionError:
        raise BodyError(_TOO_DEEP) from None
    except UnicodeDecodeError as error:
        raise BodyError(f"the body is not JSON: byte {error.start} is not UTF-8") from None
    except ValueError as error:
        raise BodyError(f"the body is not JSON: {str(error)[:200]}") from None
    # Every level has a bracket of its own: the usual document needs no walk.
    if text.count("[") + text.count("{") > DEEPEST:
        _check_depth(document)
    return document


_TOO_DEEP: Final = f"the body is nested deeper than {DEEPEST} levels"


def _check_depth(document: JsonValue) -> None:
    level = [document]
    for _ in range(DEEPEST + 1):
        level = [
            child
            for each in level
            if isinstance(each, dict | list)
            for child in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return
    raise BodyError(_TOO_DEEP)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")


def _check_surrogates(document: JsonValue) -> None:
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ValueError("half a surrogate pair in a text") from None
