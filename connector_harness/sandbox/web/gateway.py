"""A gateway to an endpoint: ``python -m connector_harness.sandbox.web.gateway``.

Calls pass it unchanged, unless a fault was injected at it: then they go wrong on the way as they
would in the sandbox. It serves one process on this machine, so a fault for a consumer concerns
whoever calls. The first line of standard input says where the services are; it ends with that.

Shape of the line: ``{"account": str, "origins": {service: origin}, "way": Way,
"timeout_s": seconds}``, with the services of `routes.ROUTES`. The way has ``ca_file``,
``client_certificate``, ``client_key``, ``client_key_password``, and a ``proxy`` for https, each a
string or null; the key may be in the file of the certificate.
"""

import asyncio
import json
import ssl
import sys
from collections.abc import Iterable, Mapping
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from typing import Final, TypeAlias
from urllib.parse import urlsplit

import httpx
from starlette.applications import Starlette
from starlette.routing import Route

from connector_harness.json_types import JsonError, read_json
from connector_harness.sandbox.api.context import Sandbox
from connector_harness.sandbox.control import fault_control
from connector_harness.sandbox.control.control import read_request
from connector_harness.sandbox.faults.fault import WEBHOOK
from connector_harness.sandbox.faults.faults import FAULTS
from connector_harness.sandbox.http import Answer, Call, FileAnswer, RefusedError, plain_error
from connector_harness.sandbox.rules.shapes import ANY_OBJECT
from connector_harness.sandbox.server import LOOPBACK, bind, url_of
from connector_harness.sandbox.state.journal import Journal
from connector_harness.sandbox.state.room import Room
from connector_harness.sandbox.state.state import Store
from connector_harness.sandbox.state.tokens import Tokens
from connector_harness.sandbox.web.app import application, handle
from connector_harness.sandbox.web.routes import CONTROL, ROUTES, ServiceRoute
from connector_harness.sandbox.web.serving import Entrance, serve

LARGEST_ANSWER: Final = 16 * 1024 * 1024
"""Bytes of a call, or of an answer, that are handed on at the most."""

_Way: TypeAlias = Mapping[str, str | None]
_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_HOP_BY_HOP: Final = frozenset(
    (
        *(b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization"),
        *(b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade"),
    )
)
# Shorter than servers keep idle connections, so that no call leaves on one that is closing.
_LIMITS: Final = httpx.Limits(keepalive_expiry=4.0)


class Upstreams:
    """Calls the services of one endpoint, over connections that are kept until it is closed.

    *origins* has them by the name of the service; a call may take *timeout_s*.
    """

    def __init__(
        self, origins: Mapping[str, str], way: Mapping[str, str | None], *, timeout_s: float
    ) -> None:
        self._origins = origins
        self._timeout_s = timeout_s
        transport, tls = partial(httpx.AsyncHTTPTransport, limits=_LIMITS), _tls(way)
        self._direct = transport(verify=tls, trust_env=False)
        self._secure = transport(verify=tls, trust_env=False, proxy=way["proxy"])

    async def forward(self, service: str, _sandbox: Sandbox, call: Call) -> Answer:
        """Hand a call on, all of it unchanged, and return the answer as it came, or refuse it."""
        origin = self._origins.get(service)
        if origin is None:
            raise _failed(f"no address of the service {service!r} is known")
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._answer(origin, call)
        except (httpx.HTTPError, TimeoutError) as exc:
            why = str(exc) or type(exc).__name__
            what = f"the service {service!r} at {origin} did not answer: {why}"
            raise _failed(what) from exc

    async def close(self) -> None:
        """Close every connection."""
        await self._direct.aclose()
        await self._secure.aclose()

    async def _answer(self, origin: str, call: Call) -> FileAnswer:
        host = (b"host", urlsplit(origin).netloc.encode("ascii"))
        headers = [*_end_to_end(call.headers.raw, but=b"host"), host]
        url = httpx.URL(origin).copy_with(raw_path=call.target)
        request = httpx.Request(call.method, url, headers=headers, content=call.body)
        transport = self._secure if request.url.scheme == "https" else self._direct
        response = await transport.handle_async_request(request)
        content = bytearray()
        async with aclosing(response):
            async for part in response.aiter_raw():
                content += part
                if len(content) > LARGEST_ANSWER:
                    raise httpx.RemoteProtocolError(f"more than {LARGEST_ANSWER} bytes came")
        kept = _end_to_end((name.lower(), value) for name, value in response.headers.raw)
        media_type = response.headers.get("content-type")
        try:
            document = read_json(bytes(content))
        except JsonError:
            document = None
        return FileAnswer(response.status_code, document, bytes(content), media_type, kept)


def _failed(reason: str) -> RefusedError:
    return plain_error(502, "Bad Gateway", f"the gateway has no answer: {reason}")


def _end_to_end(
    headers: Iterable[tuple[bytes, bytes]], *, but: bytes = b""
) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, value in headers if name not in {*_HOP_BY_HOP, but}]


def _tls(way: _Way) -> ssl.SSLContext:
    ca_file, certificate = way["ca_file"], way["client_certificate"]
    context = (
        httpx.create_ssl_context(trust_env=False)
        if ca_file is None
        else ssl.create_default_context(cafile=ca_file)
    )
    if certificate is not None:
        # The empty password keeps a locked key from asking for one on the terminal.
        context.load_cert_chain(certificate, way["client_key"], way["client_key_password"] or "")
    return context


def create_gateway(account: str, upstreams: Upstreams) -> Starlette:
    """Return what hands the calls of *account* on, with the control routes of faults."""
    store = Store()
    store.add(account)
    # Of a sandbox it has the faults and nothing else; it keeps no calls.
    sandbox = Sandbox(store, Tokens(), journal=Journal(most=0), room=Room(most=sys.maxsize))
    passing = (
        replace(route, handler=partial(upstreams.forward, route.service), largest=LARGEST_ANSWER)
        for route in ROUTES
        if route.service != CONTROL
    )
    controls = {"POST": inject, "GET": fault_control.show, "DELETE": fault_control.recover}
    controlled = (
        ServiceRoute(CONTROL, method, "/_sandbox/faults", "", handler)
        for method, handler in controls.items()
    )
    app = application(sandbox, [*passing, *controlled], close=upstreams.close)
    unknown = ServiceRoute(CONTROL, "", "/{path:path}", "", _refuse)
    app.router.routes.append(
        Route(unknown.path, partial(handle, sandbox, unknown), methods=_METHODS)
    )
    return app


def inject(sandbox: Sandbox, call: Call) -> Answer:
    """Let calls go wrong from now on, as `fault_control.inject` does; webhooks pass elsewhere."""
    document = read_request(call, ANY_OBJECT)
    name = str(document.get("fault"))
    fitting = FAULTS[name].operations if name in FAULTS else ()
    if WEBHOOK in (document.get("operation"), *fitting):
        reason = f"{name} cannot apply to a webhook here: none passes the gateway"
        raise plain_error(400, "Bad Request", reason)
    return fault_control.add_fault(sandbox, {**document, "consumer": None})


def _refuse(_sandbox: Sandbox, call: Call) -> Answer:
    what = f"no service is known to have {call.method} {call.path}"
    raise plain_error(502, "Bad Gateway", f"the gateway sent nothing on: {what}")


def main() -> int:
    """Serve until standard input ends; return the exit code: 0, or 2 if it says no endpoint."""
    try:
        told = json.loads(sys.stdin.buffer.readline())
        account, timeout_s = told["account"], told["timeout_s"]
        upstreams = Upstreams(told["origins"], told["way"], timeout_s=timeout_s)
    except (LookupError, OSError, TypeError, ValueError) as exc:
        sys.stderr.write(
            f"gateway: standard input does not say what to call: {type(exc).__name__}: {exc}\n"
            "  next: write one line to it, as the module describes it\n"
        )
        return 2
    with bind(LOOPBACK, 0) as bound:
        serve(
            Entrance(create_gateway(account, upstreams), bound, dated=False),
            announce=lambda: print(f"gateway: {url_of(bound)}", flush=True),  # noqa: T201
            stop_with=sys.stdin.fileno(),
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
