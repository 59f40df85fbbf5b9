"""A gateway to an endpoint: ``python -m connector_harness.sandbox.web.gateway``.

Calls pass it unchanged, unless a fault was injected at it: then they go wrong on the way as they
would in the sandbox. It serves one process on this machine, so a fault for a consumer concerns
whoever calls. The first line of standard input says where the services are; it ends with that.

Shape of the line: ``{"account": str, "origins": {service: origin}, "way": Way,
"timeout_s": seconds}``, with the services of `routes.ROUTES` and the members of `upstreams.Way`.
"""

import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from connector_harness.sandbox.api.context import Sandbox, create_sandbox
from connector_harness.sandbox.control import fault_control
from connector_harness.sandbox.control.control import read_request
from connector_harness.sandbox.faults.faults import FITTING, WEBHOOK, Fault
from connector_harness.sandbox.faults.wrong_answers import spoilt
from connector_harness.sandbox.http.answers import Answer, plain_error
from connector_harness.sandbox.http.calls import Call
from connector_harness.sandbox.rules.envelopes import ANY_OBJECT
from connector_harness.sandbox.server import bind, url_of
from connector_harness.sandbox.state.state import Store
from connector_harness.sandbox.web.app import call_of, rendered
from connector_harness.sandbox.web.faulty_calls import answer_of, carry_out, deliver, find_fault
from connector_harness.sandbox.web.routes import CONTROL, ROUTES, ServiceRoute
from connector_harness.sandbox.web.serving import Entrance, serve
from connector_harness.sandbox.web.upstreams import Forwarded, UpstreamError, Upstreams, Way

Handle = Callable[[Request], Awaitable[Response]]

LOOPBACK: Final = "127.0.0.1"


def create_gateway(account: str, upstreams: Upstreams) -> Starlette:
    """Return the gateway, with the control routes of faults.

    Args:
        account: The account whose calls pass.
        upstreams: Where they go.
    """
    store = Store()
    store.add(account)
    # Of a sandbox it has the faults and nothing else.
    sandbox = create_sandbox(store)

    @asynccontextmanager
    async def close_upstreams(_app: Starlette) -> AsyncIterator[None]:
        """Leave no connection behind when the server stops."""
        yield
        await upstreams.close()

    app = Starlette(
        routes=_routes(sandbox, upstreams),
        exception_handlers={
            HTTPException: _refuse,
            UpstreamError: _fail,
            ClientDisconnect: _gone,
        },
        lifespan=close_upstreams,
    )
    app.router.redirect_slashes = False
    app.state.connections = sandbox.connections
    return app


def _routes(sandbox: Sandbox, upstreams: Upstreams) -> list[Route]:
    passing = [
        Route(route.path, _passing(sandbox, upstreams, route), methods=[route.method])
        for route in ROUTES
        if route.service != CONTROL
    ]
    controlled = [
        Route("/_sandbox/faults", _controlled(sandbox, handler), methods=[method])
        for method, handler in (
            ("POST", inject),
            ("GET", fault_control.show),
            ("DELETE", fault_control.recover),
        )
    ]
    return [*passing, *controlled]


def inject(sandbox: Sandbox, call: Call) -> Answer:
    """Let calls go wrong from now on, as `fault_control.inject` does; webhooks pass elsewhere."""
    document = read_request(call, ANY_OBJECT)
    name = str(document.get("fault"))
    if WEBHOOK in (document.get("operation"), *FITTING.get(name, ())):
        reason = f"{name} cannot apply to a webhook here: none passes the gateway"
        raise plain_error(400, "Bad Request", reason)
    return fault_control.add_fault(sandbox, {**document, "consumer": None})


def _passing(sandbox: Sandbox, upstreams: Upstreams, route: ServiceRoute) -> Handle:
    async def handle(request: Request) -> Response:
        body = await request.body()
        call = call_of(request, body)

        async def forward() -> Answer:
            return await upstreams.forward(route.service, request, body)

        fault = find_fault(sandbox, route.operation, call)
        if fault is None:
            return _response(await forward())
        answer, applied = await carry_out(sandbox, call, fault, forward)
        response = _response(answer, applied)
        return response if applied is None else deliver(sandbox, applied, response)

    return handle


def _controlled(sandbox: Sandbox, handler: Callable[[Sandbox, Call], Answer]) -> Handle:
    async def handle(request: Request) -> Response:
        call = call_of(request, await request.body())
        return _response(await answer_of(partial(handler, sandbox, call)))

    return handle


def _response(answer: Answer, fault: Fault | None = None) -> Response:
    content, media_type = rendered(answer)
    given = answer.raw_headers if isinstance(answer, Forwarded) else []
    if fault is not None:
        whole = media_type
        content, media_type = spoilt(fault, content, media_type)
        changed = {b"content-length", *([b"content-type"] if media_type != whole else [])}
        given = [(name, value) for name, value in given if name not in changed]
    response = Response(content, answer.status, headers=answer.headers, media_type=media_type)
    names = {name for name, _ in given}
    own = [(name, value) for name, value in response.raw_headers if name not in names]
    response.raw_headers = [*given, *own]
    return response


async def _refuse(request: Request, _exc: Exception) -> Response:
    """Answer a call that no service is known to have."""
    what = f"{request.method} {request.url.path}"
    return _failed(f"the gateway sent nothing on: no service is known to have {what}")


async def _fail(_request: Request, exc: Exception) -> Response:
    """Answer a call that its service did not."""
    return _failed(f"the gateway has no answer: {exc}")


async def _gone(_request: Request, _exc: Exception) -> Response:
    """Answer nobody: who called has left before all of the call was there."""
    return Response(status_code=400)


def _failed(reason: str) -> Response:
    return _response(plain_error(502, "Bad Gateway", reason).answer)


def main() -> int:
    """Serve until standard input ends; return the exit code: 0, or 2 if it says no endpoint."""
    try:
        told = json.loads(sys.stdin.buffer.readline())
        account, way = told["account"], Way(**told["way"])
        upstreams = Upstreams(told["origins"], way, timeout_s=told["timeout_s"])
    except (LookupError, OSError, TypeError, ValueError) as exc:
        sys.stderr.write(
            f"gateway: standard input does not say what to call: {type(exc).__name__}: {exc}\n"
            "  next: write one line to it, as the module describes it\n"
        )
        return 2
    with bind(LOOPBACK, 0) as bound:
        serve(
            Entrance(create_gateway(account, upstreams), bound, dated=False),
            announce=lambda: _announce(url_of(bound)),
            stop_with=sys.stdin.fileno(),
        )
    return 0


def _announce(url: str) -> None:
    sys.stdout.write(f"gateway: {url}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
