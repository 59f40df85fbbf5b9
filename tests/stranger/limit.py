"""The rate limit of an account: so many calls a second to all its services together."""

import time
from collections import deque
from collections.abc import Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from connector_harness.sandbox.http import plain_error

TURNED_AWAY: Final = "/_stranger/turned_away"
"""Where the stranger's private address says how many calls were one too many."""


class Limit:
    """Counts the calls of the last second that were let through.

    Args:
        at_most: How many may be.
        now: The time in seconds.
    """

    def __init__(self, at_most: int, now: Callable[[], float] = time.monotonic) -> None:
        self.turned_away = 0
        self._at_most = at_most
        self._now = now
        self._let_through: deque[float] = deque()

    def lets_through(self) -> bool:
        """Return whether one more call is carried out, and count it."""
        now_s = self._now()
        while self._let_through and self._let_through[0] <= now_s - 1:
            self._let_through.popleft()
        is_one_too_many = len(self._let_through) >= self._at_most
        if is_one_too_many:
            self.turned_away += 1
        else:
            self._let_through.append(now_s)
        return not is_one_too_many

    async def show(self, _: Request) -> Response:
        """Answer with how many calls were turned away."""
        return JSONResponse(self.turned_away)


class Limited:
    """Turns calls away that are too many, before they are read.

    Every other one is told how long to wait, as not every service does so.

    Args:
        app: The application.
        limit: What all applications of the account share.
    """

    def __init__(self, app: ASGIApp, limit: Limit) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a call on, or answer it with 429."""
        if scope["type"] != "http" or self._limit.lets_through():
            await self._app(scope, receive, send)
            return
        refusal = plain_error(429, "Too Many Requests", "too many", error_code=42901).answer
        told = {"Retry-After": "1"} if self._limit.turned_away % 2 else {}
        await JSONResponse(refusal.body, refusal.status, told)(scope, receive, send)
