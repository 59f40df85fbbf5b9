"""An application called without a socket, with bytes that no client would send."""

import asyncio
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

from starlette.types import ASGIApp

Fields = Iterable[tuple[bytes, bytes]]


class Caller:
    """Calls *app*; what it raises is raised here."""

    def __init__(self, app: ASGIApp) -> None:
        """Call *app* from now on, in a loop of its own."""
        self._app = app
        self._runner = asyncio.Runner()

    def close(self) -> None:
        """End the loop."""
        self._runner.close()

    def __call__(
        self, method: str, target: str, *, headers: Fields = (), body: bytes = b""
    ) -> tuple[int, bytes]:
        """Return status and body of the answer to one request."""
        return self._runner.run(self._call(method, target, _lower(headers), body))

    async def _call(
        self, method: str, target: str, headers: list[tuple[bytes, bytes]], body: bytes
    ) -> tuple[int, bytes]:
        path, _, query = target.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(b"host", b"box.test"), *headers],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
            "state": {},
        }
        sent: list[Any] = []
        received = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def receive() -> dict[str, object]:
            return next(received, {"type": "http.disconnect"})

        async def send(message: object) -> None:
            sent.append(message)

        await self._app(scope, receive, send)
        return sent[0]["status"], b"".join(each.get("body", b"") for each in sent[1:])


def _lower(headers: Fields) -> list[tuple[bytes, bytes]]:
    # As every server passes them on.
    return [(name.lower(), value) for name, value in headers]
