"""The tests' ways to call a sandbox without a process, and the clock they set."""

import asyncio
from typing import Any

import httpx
from starlette.applications import Starlette


class Clock:
    """A clock that goes only when it is told to."""

    def __init__(self) -> None:
        self.now_s = 1_735_689_600.0

    def __call__(self) -> float:
        """Return the time in seconds since the epoch."""
        return self.now_s


class InProcess:
    """Calls an application without a socket, signed in to account 70000001 as one consumer."""

    def __init__(self, app: Starlette, *, app_token: str, consumer_token: str) -> None:
        self.app = app
        self.app_token = app_token
        self.consumer_token = consumer_token

    def __call__(self, method: str, path: str, **options: Any) -> httpx.Response:  # noqa: ANN401
        """Return the answer to one request with nothing added."""
        return asyncio.run(self._request(method, path, options))

    def create(
        self, document: object, *, query: str = "?v=3", **headers: str | None
    ) -> httpx.Response:
        """Return the answer to one create call; a header that is None is left out.

        Bytes are sent as they are.
        """
        return self._post(f"conversation{query}", document, headers)

    def send(
        self, document: object, *, query: str = "?v=3", **headers: str | None
    ) -> httpx.Response:
        """Return the answer to one send call; otherwise as `create`."""
        return self._post(f"conversation/send{query}", document, headers)

    def _post(self, path: str, document: object, headers: dict[str, str | None]) -> httpx.Response:
        signed_in = {"Authorization": self.app_token, "X-LP-ON-BEHALF": self.consumer_token}
        chosen = {"Content-Type": "application/json", **signed_in, **headers}
        return self(
            "POST",
            f"/api/account/70000001/messaging/consumer/{path}",
            headers={name: value for name, value in chosen.items() if value is not None},
            **({"content": document} if isinstance(document, bytes) else {"json": document}),
        )

    async def _request(self, method: str, path: str, options: dict[str, Any]) -> httpx.Response:
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://box.test:81") as client:
            return await client.request(method, path, **options)
