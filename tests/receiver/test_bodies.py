"""A body is JSON, and JSON that a report can show."""

import json

import pytest

from connector_harness.receiver.bodies import DEEPEST, BodyError, read_json


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "the body is not JSON: Expecting value"),
        (b"<html>", "the body is not JSON: Expecting value"),
        (b'{"a":"\xff"}', "the body is not JSON: byte 6 is not UTF-8"),
        (b"[NaN]", "the body is not JSON: NaN is no JSON value"),
        (b"[1e999]", "the body is not JSON: a number is too large"),
        (b"[" + b"9" * 5000 + b"]", "the body is not JSON: Exceeds the limit"),
        (b'["\\ud83d"]', "the body is not JSON: half a surrogate pair"),
        (b"[" * 10_000 + b"]" * 10_000, "the body is nested deeper than 100 levels"),
        (b'{"a":' * 101 + b"0" + b"}" * 101, "the body is nested deeper than 100 levels"),
    ],
)
def test_body_that_cannot_be_read(body: bytes, why: str) -> None:
    """Whatever is wrong with a body is told in one line."""
    with pytest.raises(BodyError) as caught:
        read_json(body)
    assert str(caught.value).startswith(why)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * DEEPEST + b"]" * DEEPEST,
        b"[[]," + b"[" * (DEEPEST - 1) + b"0" + b"]" * DEEPEST,
        json.dumps(["[" * 500, {"a": [[]] * 500}]).encode(),
        b'["\\ud83d\\udc4b"]',
    ],
)
def test_body_that_can_be_read(body: bytes) -> None:
    """Brackets in texts or beside each other are no levels, and whole pairs are letters."""
    assert read_json(body) == json.loads(body)
