"""An endpoint that answers whatever it is told to, over a real socket."""

import socket
import threading
from collections.abc import Sequence
from typing import Any, Final

from hypothesis import strategies as st

from tests.client.server import read_request
from tests.properties.malformed import bodies, texts, values
from tests.schema_examples import EXAMPLES, example

RESPONSES: Final = [
    example(file.relative_to(EXAMPLES).as_posix().removesuffix(".json"))
    for file in sorted((EXAMPLES / "response").glob("*/*.json"))
]
_NAMES: Final = (
    *(b"content-type", b"content-encoding", b"transfer-encoding", b"content-length"),
    *(b"location", b"retry-after", b"connection", b"set-cookie", b"upgrade", b"x-lp"),
)
_TELLING: Final = (
    *(b"application/json", b"text/html; charset=x", b"gzip", b"deflate", b"chunked", b"2", b"-1"),
    *(b"close", b"http://[", b"//evil.test", b"0", b"1.5", b"Wed, 21 Oct 2015 07:28:00 GMT"),
    *(b"Wed, 32 Foo 99999 99:99:99 +9999", b"Thu, 1 Jan", b"99999999999999999999"),
)
_fields = st.lists(
    st.tuples(st.sampled_from(_NAMES), st.sampled_from(_TELLING) | values), max_size=4
)
_STATUSES: Final = (200, 200, 200, 201, 204, 304, 307, 400, 401, 404, 418, 429, 500, 503, 999, 100)


def _built(status: int, fields: list[tuple[bytes, bytes]], body: bytes, *, measured: bool) -> bytes:
    head = [b"HTTP/1.1 %d Said" % status, *(name + b": " + value for name, value in fields)]
    if measured:
        head.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join([*head, b"", body])


_JSON = st.just([(b"content-type", b"application/json")])


def answering(originals: Sequence[Any]) -> st.SearchStrategy[bytes]:
    """Return good answers, as HTTP has it, whose bodies are damaged or changed *originals*."""
    return st.builds(
        _built, st.sampled_from([200, 201]), _JSON, bodies(originals), measured=st.just(value=True)
    )


def throttling() -> st.SearchStrategy[bytes]:
    """Return answers that ask to wait, in ways that can be read and others."""
    wished = st.tuples(st.just(b"retry-after"), st.sampled_from(_TELLING) | values)
    fields = st.lists(wished, max_size=2)
    return st.builds(_built, st.just(429), fields, st.just(b"{}"), measured=st.just(value=True))


answers = st.one_of(
    st.builds(
        _built, st.sampled_from(_STATUSES), _fields, bodies(RESPONSES), measured=st.just(value=True)
    ),
    st.builds(
        _built,
        st.sampled_from(_STATUSES),
        _JSON,
        bodies(RESPONSES),
        measured=st.booleans(),
    ),
    st.binary(max_size=80),
    texts.map(lambda text: b"HTTP/1.1 200 OK\r\n" + text.encode(errors="replace")),
)
"""What an endpoint may send for an answer: right, wrong, or no HTTP at all."""


class Puppet:
    """An endpoint that says what it is told, and closes."""

    def __init__(self) -> None:
        """Listen on a free port of the loopback address."""
        self.said = b""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                try:
                    read_request(connection)
                    connection.sendall(self.said)
                    # Bytes unread would turn closing into a reset, and lose the answer.
                    connection.shutdown(socket.SHUT_WR)
                    connection.recv(65536)
                except OSError:
                    continue

    def close(self) -> None:
        """Stop listening."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(30)
