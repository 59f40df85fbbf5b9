"""A server of the tests' own: scripted answers over real sockets, and a record of what came."""

import json
import re
import socket
import ssl
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

APP_TOKEN = "opaque-app-token"
CONSUMER_TOKEN = "opaque-consumer-token"
CREATED = [
    {"code": "OK", "body": {"msg": "OK User Profile set successfully"}, "reqId": "1"},
    {"code": "OK", "body": {"conversationId": "c-1"}, "reqId": "2"},
]
PUBLISHED = {"reqId": "1", "code": "OK", "body": {"sequence": 0}}
FILE_NAME = f"{'2d71' * 16}_uuid_9c0e1f52-1111-4a6b-8f3d-5b2a7e4c9d01_01-01-2025_00-00-05-250.PNG"
FILE_PATH = f"/v1/AUTH_async-images/70000001/{FILE_NAME}"
SIGNATURE = "b0e523dbaf04bbd1df86e4908fe81cd8d04e8125"
ADDRESS = {
    "reqId": "1",
    "code": "OK",
    "body": {
        "relativePath": FILE_PATH,
        "queryParams": {"temp_url_sig": SIGNATURE, "temp_url_expires": "1735689665"},
    },
}


@dataclass(frozen=True)
class Received:
    """One request as the server read it."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Scripted:
    """One answer the server will give."""

    status: int
    document: Any
    headers: dict[str, str]


class _Server(ThreadingHTTPServer):
    block_on_close = False
    daemon_threads = True
    script: "LocalServer"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, *_: object) -> None:
        """Stay silent."""

    def answer(self) -> None:
        """Record the request and give the next answer for its path."""
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        script = self.server.script
        headers = {name.lower(): value for name, value in self.headers.items()}
        script.received.append(Received(self.command, self.path, headers, body))
        scripted = script.next_answer(self.path)
        content = scripted.document
        if not isinstance(content, bytes):
            content = json.dumps(content).encode()
        self.send_response(scripted.status)
        for name, value in {"Content-Type": "application/json", **scripted.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = answer  # noqa: N815  # the base class looks these names up
    do_POST = answer  # noqa: N815
    do_PUT = answer  # noqa: N815


class LocalServer:
    """Answers as told, by the last word of a path; otherwise as a working endpoint would."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        """Listen on a free port of the loopback address."""
        self.received: list[Received] = []
        self._scripts: dict[str, list[Scripted]] = defaultdict(list)
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.script = self
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
            self.url = self.url.replace("http:", "https:")
        self._defaults = {
            "token": Scripted(200, {"access_token": APP_TOKEN, "token_type": "Bearer"}, {}),
            "consumer": Scripted(201, {"token": CONSUMER_TOKEN}, {}),
            "conversation": Scripted(200, CREATED, {}),
            "send": Scripted(200, PUBLISHED, {}),
            FILE_NAME: Scripted(200, b"bytes of a file", {"Content-Type": "image/png"}),
            "baseURI.json": Scripted(200, {"baseURIs": self._services()}, {}),
        }
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def _services(self) -> list[dict[str, str]]:
        host = self.url.partition("://")[2]
        names = ("sentinel", "idp", "asyncMessagingEnt", "swift")
        return [{"service": name, "account": "70000001", "baseURI": host} for name in names]

    def will_answer(self, word: str, status: int, document: object = None, **headers: str) -> None:
        """Queue one answer for paths that end in *word*; header names with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._scripts[word].append(Scripted(status, document, named))

    def next_answer(self, path: str) -> Scripted:
        """Return the next queued answer for *path*, or the usual one."""
        word = path.partition("?")[0].rpartition("/")[2]
        queue = self._scripts[word]
        return queue.pop(0) if queue else self._defaults.get(word, Scripted(404, {}, {}))

    def requests(self, word: str) -> list[Received]:
        """Return what was received at paths that end in *word*."""
        return [one for one in self.received if one.target.partition("?")[0].endswith(f"/{word}")]

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def read_request(connection: socket.socket) -> None:
    """Read one request, head and body."""
    received = b""
    while b"\r\n\r\n" not in received:
        if not (piece := connection.recv(65536)):
            raise ConnectionError("the client left without a request")
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head.lower())
    left = int(length[1]) - len(body) if length else 0
    while left > 0:
        left -= len(connection.recv(65536))


class RawServer:
    """Hands every connection to a function, once a request has arrived."""

    def __init__(self, behave: Callable[[socket.socket], None], *, reads: bool = True) -> None:
        """Listen on a free port of the loopback address; read requests unless told not to."""
        self.connections = 0
        self._reads = reads
        self._closed = threading.Event()
        self._behave = behave
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            with connection:
                try:
                    if self._reads:
                        read_request(connection)
                    self._behave(connection)
                except OSError:
                    continue
            self._closed.set()

    def wait_for_close(self) -> None:
        """Wait until a connection has been closed on this side."""
        assert self._closed.wait(30)

    def close(self) -> None:
        """Stop listening."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(30)
