"""A reverse proxy in front of the receiver, which can be told to be a bad one."""

import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeAlias


@dataclass(frozen=True)
class Passing:
    """A request on its way through the proxy, and the answer that goes back.

    Attributes:
        method: The HTTP method.
        headers: The header fields.
        body: The bytes.
        status: The status that goes back; None for that of the answer.
    """

    method: str
    headers: dict[str, str]
    body: bytes
    status: int | None = None


Change: TypeAlias = Callable[[Passing], Passing]


def without(name: str) -> Change:
    """Return what loses a header field."""

    def lose(passing: Passing) -> Passing:
        kept = {key: each for key, each in passing.headers.items() if key.lower() != name}
        return replace(passing, headers=kept)

    return lose


def with_header(name: str, value: str) -> Change:
    """Return what changes a header field."""
    return lambda passing: replace(
        without(name)(passing), headers=without(name)(passing).headers | {name: value}
    )


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    proxy: "Proxy"


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def log_message(self, *_: object) -> None:
        """Stay silent."""

    def do_POST(self) -> None:
        """Hand it on, and the answer back."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        skipped = {"host", "content-length", "connection"}
        headers = {key: each for key, each in self.headers.items() if key.lower() not in skipped}
        status = self.server.proxy.hand_on(self.path, Passing(self.command, headers, body))
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()


class Proxy:
    """Listens on a free port and hands on what comes.

    Attributes:
        url: Its address.
        behind: The address to which it hands on; empty for none.
        change: What happens to a request on the way.
    """

    def __init__(self) -> None:
        """Listen, and change nothing."""
        self.behind = ""
        self.change: Change = lambda passing: passing
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.proxy = self
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def hand_on(self, path: str, passing: Passing) -> int:
        """Hand a request on, and return the status of the answer."""
        passing = self.change(passing)
        data = passing.body if passing.method == "POST" else None
        request = urllib.request.Request(  # noqa: S310  # to this machine
            f"{self.behind}{path}", data=data, headers=passing.headers, method=passing.method
        )
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310  # likewise
                status: int = answer.status
        except urllib.error.HTTPError as error:
            error.close()
            status = error.code
        except OSError:
            status = 502
        return passing.status or status

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
