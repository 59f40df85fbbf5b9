"""Servers that do a client harm: each treats one connection, once a request has arrived."""

import gzip
import itertools
import socket
import struct
from collections.abc import Callable, Iterator
from typing import TypeAlias

from tests.client.server import read_request

Behaviour: TypeAlias = Callable[[socket.socket], None]

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
PIECE = b" " * 65536


def answer(body: bytes = b"[]", *fields: bytes) -> bytes:
    """Return a whole answer with *body* and, beside its length, the header *fields*."""
    lines = b"".join(field + b"\r\n" for field in fields)
    return OK + lines + b"Content-Length: %d\r\n\r\n" % len(body) + body


def saying(said: bytes) -> Behaviour:
    """Say one thing, and wait until the client has left."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(said)
        while connection.recv(65536):
            pass

    return behave


def answering(said: bytes) -> Behaviour:
    """Answer every request with the same, until the client has left."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(said)
        while True:
            read_request(connection)
            connection.sendall(said)

    return behave


def flooding(start: bytes, again: bytes) -> Behaviour:
    """Say *again* what was said, for as long as anyone listens."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(start)
        flood = again * (65536 // len(again) + 1)
        while True:
            connection.sendall(flood)

    return behave


def dripping(start: bytes, drops: Iterator[bytes]) -> Behaviour:
    """Say a little now and then, never so late that silence could be noticed."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(start)
        connection.settimeout(0.05)
        for drop in drops:
            try:
                if connection.recv(65536) == b"":
                    return
            except TimeoutError:
                connection.sendall(drop)

    return behave


def closing(_: socket.socket) -> None:
    """Close without a word."""


def resetting(connection: socket.socket) -> None:
    """Hang up the hard way."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def leaving(said: bytes) -> Behaviour:
    """Say one thing and close."""
    return lambda connection: connection.sendall(said)


def bomb(size: int) -> bytes:
    """Return a gzip package of *size* equal bytes."""
    return gzip.compress(b" " * size)


PACKED = b"Content-Encoding: gzip"

SILENT: dict[str, Behaviour] = {
    "says nothing": saying(b""),
    "says half a status line": saying(b"HTTP/1.1 2"),
    "stops in the head": saying(OK + b"Content-Type: appl"),
    "stops in the body": saying(OK + b"Content-Length: 100\r\n\r\n["),
    "stops in a chunk": saying(CHUNKED + b"64\r\n["),
    "stops before the last chunk": saying(CHUNKED + b"2\r\n[]\r\n"),
    "stops in the trailers": saying(CHUNKED + b"2\r\n[]\r\n0\r\nX-A: 1\r\n"),
    "drips a status line": dripping(b"HTTP/1.1 200 ", itertools.repeat(b"K")),
    "drips a header field": dripping(OK + b"X-Slow: ", itertools.repeat(b"a")),
    "drips header fields": dripping(OK, itertools.repeat(b"X-A: 1\r\n")),
    "drips a body": dripping(OK + b"Content-Length: 9999\r\n\r\n", itertools.repeat(b" ")),
    "drips a body without end": dripping(OK + b"\r\n", itertools.repeat(b" ")),
    "drips chunks": dripping(CHUNKED, itertools.repeat(b"1\r\n \r\n")),
    "drips a chunk extension": dripping(CHUNKED + b"1;a=", itertools.repeat(b"a")),
    "drips trailers": dripping(CHUNKED + b"0\r\n", itertools.repeat(b"X-A: 1\r\n")),
    "drips announcements": dripping(b"", itertools.repeat(b"HTTP/1.1 102 Wait\r\n\r\n")),
}
"""What never comes to an end: only a deadline ends the call."""

HEAD = "answer with more than 64 KiB before its body"
FIELDS = "answer with more than 100 header fields"
LARGE = "answer larger than 5 MiB"
WRAPPED = "answer that travels as more than 10 MiB"
ENDLESS = "answer with an endless line"
RATIO = "answer that unpacks to more than 100 times its size"

TOO_MUCH: dict[str, tuple[Behaviour, str]] = {
    "floods the status line": (flooding(b"HTTP/1.1 200 ", b"K"), HEAD),
    "floods a header field": (flooding(OK + b"X-Long: ", b"a"), HEAD),
    "floods header fields": (flooding(OK, b"X-A: 1\r\n"), HEAD),
    "floods folded lines": (flooding(OK + b"X-Long: a\r\n", b" a\r\n"), HEAD),
    "sends 101 header fields": (saying(answer(b"[]", *[b"X-A: 1"] * 100)), FIELDS),
    "sends 5,000 header fields": (saying(answer(b"[]", *[b"X-A: 1"] * 5000)), FIELDS),
    "floods announcements": (flooding(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), HEAD),
    "floods hints": (flooding(b"", b"HTTP/1.1 103 Hints\r\nLink: </a>\r\n\r\n"), HEAD),
    "promises and sends too much": (
        flooding(OK + b"Content-Length: 99999999\r\n\r\n", b" "),
        LARGE,
    ),
    "sends a body without end": (flooding(OK + b"\r\n", b" "), LARGE),
    "sends chunks without end": (flooding(CHUNKED, b"10000\r\n" + PIECE + b"\r\n"), LARGE),
    "sends tiny chunks in large wraps": (
        flooding(CHUNKED, b"1;" + b"a" * 1000 + b"\r\n \r\n"),
        WRAPPED,
    ),
    "floods a chunk extension": (flooding(CHUNKED + b"1;a=", b"a"), ENDLESS),
    "floods trailers": (flooding(CHUNKED + b"0\r\n", b"X-A: 1\r\n"), ENDLESS),
    "floods one trailer": (flooding(CHUNKED + b"0\r\nX-A: ", b"a"), ENDLESS),
    "sends a bomb": (saying(answer(bomb(1_000_000), PACKED)), RATIO),
    "sends a large bomb": (saying(answer(bomb(100_000_000), PACKED)), LARGE),
}
"""What is more than an answer of the API can be, and what is said of it."""

NO_HTTP = "not HTTP"
UNREADABLE = "answer that cannot be unpacked"
BROKEN: dict[str, tuple[Behaviour, str]] = {
    "speaks another protocol": (saying(b"220 mail.example.test ESMTP\r\n\r\n"), NO_HTTP),
    "speaks TLS": (saying(b"\x15\x03\x01\x00\x02\x02\x46"), NO_HTTP),
    "speaks HTTP/2": (saying(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00"), NO_HTTP),
    "puts a blank before the colon": (saying(OK + b"X-A : 1\r\n\r\n"), NO_HTTP),
    "gives two lengths": (saying(answer(b"[]", b"Content-Length: 1")), NO_HTTP),
    "gives a length below nothing": (saying(OK + b"Content-Length: -1\r\n\r\n"), NO_HTTP),
    "codes the transfer oddly": (saying(OK + b"Transfer-Encoding: gzip\r\n\r\n"), NO_HTTP),
    "counts chunks in no number": (saying(CHUNKED + b"zz\r\n"), NO_HTTP),
    "counts chunks beyond measure": (saying(CHUNKED + b"f" * 40 + b"\r\n"), NO_HTTP),
    "ends a chunk too late": (saying(CHUNKED + b"1\r\n[]\r\n0\r\n\r\n"), NO_HTTP),
    "changes the protocol": (saying(b"HTTP/1.1 101 Switch\r\nUpgrade: x\r\n\r\n"), NO_HTTP),
    "calls text packed": (saying(answer(b"[]", PACKED)), UNREADABLE),
    "packs damage": (saying(answer(bomb(5)[:-8] + b"\0" * 8, PACKED)), UNREADABLE),
    "packs half an answer": (saying(answer(bomb(5000)[:-1], PACKED)), UNREADABLE),
    "packs two answers": (saying(answer(bomb(5) * 2, PACKED)), UNREADABLE),
    "packs packages": (saying(answer(bomb(5), b"Content-Encoding: gzip, gzip")), UNREADABLE),
    "packs in a way of its own": (saying(answer(b"[]", b"Content-Encoding: own")), UNREADABLE),
}
"""What is no answer in HTTP, and what is said of it."""

GONE: dict[str, Behaviour] = {
    "closes at once": closing,
    "resets": resetting,
    "closes in the head": leaving(OK + b"Content-Type: appl"),
    "closes in the body": leaving(OK + b"Content-Length: 100\r\n\r\n["),
    "closes in a chunk": leaving(CHUNKED + b"64\r\n["),
    "closes before the last chunk": leaving(CHUNKED + b"2\r\n[]\r\n"),
    "announces and closes": leaving(b"HTTP/1.1 100 Continue\r\n\r\n"),
}
"""What ends before the answer does."""
