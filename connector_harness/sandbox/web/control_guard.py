"""Who may use the control routes: programs on this machine, and whoever has the token.

A page in somebody's browser may send what a form can send, and anything to a name of its own that
it leads here. Neither gets in; the routes of the API are open to any name.
"""

import re
import secrets
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from connector_harness.sandbox.http import JSON_MEDIA_TYPE, plain_error

CONTROL_PATH: Final = "/_sandbox/"

_LOOPBACK: Final = re.compile(
    r"(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])(?::[0-9]{0,5})?", re.IGNORECASE
)
_NEAR: Final = re.compile(r"(?:::ffff:)?127\..*|::1", re.IGNORECASE)


class ControlGuard:
    """Lets a call of a control route through to *app*, or refuses it.

    Where other machines reach it there is a *token*, which they show as ``Authorization: Bearer``.
    """

    def __init__(self, app: ASGIApp, token: str | None) -> None:
        self._app = app
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call."""
        answer = self._app
        if scope["type"] == "http" and scope["path"].startswith(CONTROL_PATH):
            refusal = self._find_fault(scope)
            if refusal is not None:
                status, reason = refusal
                body = plain_error(status, "Refused", reason).answer.body
                # What comes after the header is not read.
                answer = JSONResponse(body, status, headers={"connection": "close"})
        await answer(scope, receive, send)

    def _find_fault(self, scope: Scope) -> tuple[int, str] | None:
        """Return why a call is refused, and the status; None where it is not."""
        headers = Headers(scope=scope)
        if "origin" in headers or headers.get("sec-fetch-site", "none") not in _OWN_SITES:
            return 403, "a page of another site may not call control routes"
        if self._token is not None:
            scheme, _, given = headers.get("authorization", "").partition(" ")
            given_bytes, token = given.strip().encode(), self._token.encode()
            if scheme.lower() == "bearer" and secrets.compare_digest(given_bytes, token):
                return None
            if not _NEAR.fullmatch((scope.get("client") or ("",))[0]):
                return 403, "from another machine, control routes need the token that was printed"
        host = headers.get("host", "")
        if not _LOOPBACK.fullmatch(host):
            return 403, f"control routes are called as localhost or 127.0.0.1, not {host[:60]!r}"
        media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        if scope["method"] not in _BODILESS and media_type != JSON_MEDIA_TYPE:
            return 415, f"Content-Type is {media_type[:60]!r}, not {JSON_MEDIA_TYPE}"
        return None


_OWN_SITES: Final = ("none", "same-origin")
_BODILESS: Final = ("GET", "HEAD", "DELETE")
