"""A document is JSON, and JSON that a report can show."""

import json

import pytest

from connector_harness.json_types import MAX_DEPTH, JsonError, read_json


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not JSON: Expecting value"),
        (b"<html>", "not JSON: Expecting value"),
        (b'{"a":"\xff"}', "not JSON: byte 6 is not UTF-8"),
        (b"[NaN]", "not JSON: NaN is no JSON value"),
        (b"[1e999]", "not JSON: a number is too large"),
        (b"[" + b"9" * 5000 + b"]", "not JSON: Exceeds the limit"),
        (b'["\\ud83d"]', "not JSON: half a surrogate pair"),
        (b"[" * 10_000 + b"]" * 10_000, "nested deeper than 100 levels"),
        (b'{"a":' * 101 + b"0" + b"}" * 101, "nested deeper than 100 levels"),
        (b'[{"a": 1, "b": 2, "a": 1}]', "JSON that gives the member 'a' twice"),
        (b'{"\\u0061": 1, "a": 2}', "JSON that gives the member 'a' twice"),
    ],
)
def test_content_that_cannot_be_read(content: bytes, why: str) -> None:
    """Whatever is wrong with a content is told in one line."""
    with pytest.raises(JsonError) as caught:
        read_json(content)
    assert str(caught.value).startswith(why)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        b"[" * MAX_DEPTH + b"]" * MAX_DEPTH,
        b"[[]," + b"[" * (MAX_DEPTH - 1) + b"0" + b"]" * MAX_DEPTH,
        json.dumps(["[" * 500, {"a": [[]] * 500}]).encode(),
        b'["\\ud83d\\udc4b"]',
    ],
)
def test_content_that_can_be_read(content: bytes) -> None:
    """Brackets in texts or beside each other are no levels, and whole pairs are letters."""
    assert read_json(content) == json.loads(content)


def test_depth_without_a_bound() -> None:
    """What was written on purpose can be read, however deep."""
    deep = b"[" * 200 + b"]" * 200
    assert read_json(deep, deepest=None) == json.loads(deep)
