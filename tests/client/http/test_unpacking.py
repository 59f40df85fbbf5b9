"""Packed answers come out whole, within bounds, or not at all."""

import gzip
import random
import zlib
from collections.abc import Callable

import pytest

from connector_harness.client.http.limits import MAX_ANSWER, MAX_RATIO, SMALL, LimitError
from connector_harness.client.http.unpacking import CodingError, unpacker

MIXED = bytes(range(256)) * 8


def unpack(packed: bytes, coding: str, *, size: int = 1000) -> bytes:
    """Return what is in *packed*, fed in pieces of *size* bytes."""
    unpacking = unpacker(coding)
    for start in range(0, len(packed), size):
        unpacking.feed(packed[start : start + size])
    return unpacking.finish()


@pytest.mark.parametrize(
    ("coding", "pack"),
    [("", bytes), ("identity", bytes), (" GZip", gzip.compress), ("deflate", zlib.compress)],
)
def test_codings(coding: str, pack: Callable[[bytes], bytes]) -> None:
    """The codings that every client reads are undone, in pieces of any size."""
    assert unpack(pack(MIXED), coding, size=7) == MIXED
    assert unpack(b"", coding) == b""


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "identity, gzip", "\x00"])
def test_other_codings(coding: str) -> None:
    """What nobody asked for is refused, packages in packages too."""
    with pytest.raises(CodingError, match="nobody asked for"):
        unpacker(coding)


@pytest.mark.parametrize(
    ("packed", "what"),
    [
        (gzip.compress(MIXED)[:-1], "packed end is missing"),
        (gzip.compress(MIXED) + b"{}", "goes on after its packed end"),
        (gzip.compress(MIXED) + gzip.compress(MIXED), "goes on after its packed end"),
        (gzip.compress(MIXED)[:-8] + b"\x00" * 8, "cannot be unpacked"),
        (MIXED, "cannot be unpacked"),
    ],
)
@pytest.mark.parametrize("size", [7, 100_000])
def test_broken_packages(packed: bytes, what: str, size: int) -> None:
    """Half a package, a damaged one, and one with something behind it never count as whole."""
    with pytest.raises(CodingError, match=what):
        unpack(packed, "gzip", size=size)


def test_small_answers_may_pack_well() -> None:
    """The ratio does not count for an answer of ordinary size."""
    assert len(unpack(gzip.compress(b"a" * SMALL), "gzip")) == SMALL


def test_ratio() -> None:
    """An answer that grows beyond measure is refused, while it is far below the largest."""
    with pytest.raises(LimitError, match=f"more than {MAX_RATIO} times its size"):
        unpack(gzip.compress(b"a" * (SMALL + 1)), "gzip")


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_size(coding: str) -> None:
    """The largest answer is taken, and not a byte more, packed or not."""
    largest = random.Random(1).randbytes(MAX_ANSWER)  # noqa: S311  # the same bytes every time
    pack = gzip.compress if coding == "gzip" else bytes
    assert unpack(pack(largest), coding, size=100_000_000) == largest
    with pytest.raises(LimitError, match="larger than 5 MiB"):
        unpack(pack(largest + b"a"), coding)


def test_no_more_is_unpacked_than_allowed() -> None:
    """A bomb is not unpacked to be measured: what it would become never stands in memory."""
    bomb = gzip.compress(b"a" * (20 * MAX_ANSWER), compresslevel=9)
    with pytest.raises(LimitError):
        unpack(bomb, "gzip", size=len(bomb))
