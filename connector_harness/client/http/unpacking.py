"""Content codings undone, piece by piece, never beyond what an answer may be."""

import zlib
from typing import Final, Protocol

from connector_harness.client.http.limits import (
    MAX_ANSWER,
    MAX_RATIO,
    SMALL,
    TOO_LARGE,
    LimitError,
)

# Tells zlib to find out by itself whether it reads gzip or deflate.
_ANY_HEADER: Final = zlib.MAX_WBITS | 32


class CodingError(Exception):
    """An answer is packed in a way that nobody asked for, or cannot be unpacked."""


class Unpacker(Protocol):
    """Undoes the content coding of one answer."""

    def feed(self, piece: bytes) -> None:
        """Take what arrived next.

        Raises:
            LimitError: The answer is too large, or grows beyond `MAX_RATIO`.
            CodingError: *piece* cannot be unpacked.
        """

    def finish(self) -> bytes:
        """Return the whole answer.

        Raises:
            CodingError: The end is missing.
        """


def unpacker(coding: str) -> Unpacker:
    """Return what undoes the content coding named *coding*.

    httpx undoes any number of codings without a bound: 12 kB can become gigabytes.

    Raises:
        CodingError: The coding is none that an endpoint may choose unasked.
    """
    match coding.strip().lower():
        case "identity" | "":
            return _Plain()
        case "gzip" | "x-gzip" | "deflate":
            return _Inflating()
        case _:
            raise CodingError("answer in a content coding that nobody asked for")


class _Plain:
    """Keeps an answer that came as it is."""

    def __init__(self) -> None:
        # Grows in place: a file arrives in many pieces.
        self._body = bytearray()

    def feed(self, piece: bytes) -> None:
        self._body += piece
        if len(self._body) > MAX_ANSWER:
            raise LimitError(TOO_LARGE)

    def finish(self) -> bytes:
        return bytes(self._body)


class _Inflating(_Plain):
    """Unpacks gzip and deflate, as far as is allowed and not a byte further."""

    def __init__(self) -> None:
        super().__init__()
        self._packed = 0
        self._stream = zlib.decompressobj(_ANY_HEADER)

    def feed(self, piece: bytes) -> None:
        self._packed += len(piece)
        try:
            unpacked = self._stream.decompress(piece, MAX_ANSWER + 1 - len(self._body))
        except zlib.error:
            raise CodingError("answer that cannot be unpacked") from None
        # Nothing may follow the end: to pass it over would show half an answer as a whole one.
        if self._stream.unused_data:
            raise CodingError("answer that goes on after its packed end")
        super().feed(unpacked)
        if len(self._body) > max(SMALL, MAX_RATIO * self._packed):
            raise LimitError(f"answer that unpacks to more than {MAX_RATIO} times its size")

    def finish(self) -> bytes:
        if self._packed and not self._stream.eof:
            raise CodingError("answer whose packed end is missing")
        return super().finish()
