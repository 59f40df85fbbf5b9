"""Reading bodies: within a limit, and as strict JSON."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from connector_harness.sandbox.http.bodies import (
    BodyError,
    BodyTooLargeError,
    parse_json,
    read_body,
)


async def _endless(seen: list[bytes]) -> AsyncIterator[bytes]:
    while True:
        seen.append(b"12345")
        yield seen[-1]


async def _pieces(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


def test_a_body_of_the_limit_is_read() -> None:
    """The limit itself is allowed, and the pieces come back as one."""
    body = asyncio.run(read_body(_pieces(b"123", b"45"), declared=None, limit=5))

    assert body == b"12345"


def test_reading_stops_at_the_limit() -> None:
    """A body without declared length is read no further than needed to refuse it."""
    seen: list[bytes] = []

    with pytest.raises(BodyTooLargeError, match="more than 12 bytes"):
        asyncio.run(read_body(_endless(seen), declared=None, limit=12))

    assert len(seen) == 3


def test_a_declared_size_is_believed() -> None:
    """A body that is declared too large is not read at all."""
    seen: list[bytes] = []

    with pytest.raises(BodyTooLargeError, match="declared 13 bytes; the limit is 12"):
        asyncio.run(read_body(_endless(seen), declared="13", limit=12))

    assert seen == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff", "byte 0 is not UTF-8"),
        (b'\xef\xbb\xbf{"a":1}', "not JSON"),
        (b'{"a":1,"b":2,"a":3}', "member given twice: 'a'"),
        (b"[NaN]", "NaN is not JSON"),
        (b"[-Infinity]", "-Infinity is not JSON"),
        (b"[1e999]", "a number is too large"),
        (b"[" + b"9" * 5000 + b"]", "not JSON"),
        (b'["\\ud83d"]', "half a surrogate pair"),
        (b"[" * 500_000, "nested deeper than 100"),
        (b'{"a":' * 101 + b"1" + b"}" * 101, "nested deeper than 100"),
    ],
)
def test_what_is_not_json_is_refused(body: bytes, reason: str) -> None:
    """Every body that would upset a reader is refused with its reason."""
    with pytest.raises(BodyError) as refusal:
        parse_json(body, deepest=100)

    assert reason in str(refusal.value)


def test_a_whole_surrogate_pair_is_a_character() -> None:
    """An emoji may be spelled as two escapes."""
    assert parse_json(b'"\\ud83d\\udc4b"', deepest=100) == "\N{WAVING HAND SIGN}"


def test_depth_counts_nesting_only() -> None:
    """Many arrays beside each other are no depth, nor are brackets in strings."""
    body = b"[" + b'["[[["],' * 200 + b"0]"

    assert isinstance(parse_json(body, deepest=2), list)


def test_a_string_without_end_costs_one_pass() -> None:
    """A long row of escaped quotes is refused at once, not after a pass for each quote."""
    started_s = time.process_time()

    with pytest.raises(BodyError, match="not JSON"):
        parse_json(b"[" + b"[]," * 101 + b'"' + b'\\"' * 100_000, deepest=100)

    assert time.process_time() - started_s < 5
