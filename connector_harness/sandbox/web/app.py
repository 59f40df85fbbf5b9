"""The sandbox as an ASGI application: how a request becomes a call, and its answer a response."""

import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Container
from contextlib import asynccontextmanager
from functools import partial

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from connector_harness.sandbox.api import files
from connector_harness.sandbox.api.context import Sandbox
from connector_harness.sandbox.api.files import LARGEST_FILE
from connector_harness.sandbox.control import agent_files
from connector_harness.sandbox.faults.faults import Fault
from connector_harness.sandbox.faults.wrong_answers import UNANSWERED, spoilt
from connector_harness.sandbox.http.answers import Answer, FileAnswer, plain_error
from connector_harness.sandbox.http.bodies import LARGEST_BODY, BodyTooLargeError, read_body
from connector_harness.sandbox.http.calls import FORM_MEDIA_TYPE, Call
from connector_harness.sandbox.state.journal import Entry, kept
from connector_harness.sandbox.web.faulty_calls import answer_of, carry_out, deliver, find_fault
from connector_harness.sandbox.web.routes import API, CONTROL, ROUTES, Handler

# A file, and one in Base64 beside what is said of it.
_LARGEST_BODIES: dict[Handler, int] = {
    files.store_file: LARGEST_FILE,
    agent_files.add_file: LARGEST_FILE * 4 // 3 + 4 + LARGEST_BODY,
}

Endpoint = Callable[[Request], Awaitable[Response]]

FIRST_SERVER_ERROR = 500
_MEDIA_TYPE = "application/json"
_logger = logging.getLogger(__name__)


def create_app(sandbox: Sandbox, services: Container[str] = (*API, CONTROL)) -> Starlette:
    """Return what serves *sandbox*, or some services of it.

    Args:
        sandbox: The state; several applications may share it.
        services: As in `routes.API`, and `routes.CONTROL`.
    """

    @asynccontextmanager
    async def close_webhooks(_app: Starlette) -> AsyncIterator[None]:
        """Leave no delivery behind when the server stops."""
        yield
        await sandbox.webhooks.close()

    async def refuse(request: Request, exc: Exception) -> Response:
        """Answer a path or a method that no route has."""
        status = exc.status_code if isinstance(exc, HTTPException) else 500
        title = {404: "Not Found", 405: "Method Not Allowed"}.get(status, "Refused")
        answer = plain_error(status, title, f"no route for {request.method}").answer
        response = _finish(sandbox, request, "unknown", call_of(request, b""), answer)
        response.headers.update(getattr(exc, "headers", None) or {})
        return response

    app = Starlette(
        routes=[
            Route(
                route.path,
                _endpoint(sandbox, route.operation, route.handler),
                methods=[route.method],
            )
            for route in ROUTES
            if route.service in services
        ],
        exception_handlers={HTTPException: refuse},
        lifespan=close_webhooks,
    )
    app.router.redirect_slashes = False
    # Whoever serves the application tells them.
    app.state.connections = sandbox.connections
    return app


def _endpoint(sandbox: Sandbox, operation: str, handler: Handler) -> Endpoint:
    limit = _LARGEST_BODIES.get(handler, LARGEST_BODY)

    async def handle(request: Request) -> Response:
        declared = request.headers.get("content-length")
        try:
            body = await read_body(request.stream(), declared=declared, limit=limit)
        except BodyTooLargeError as exc:
            refusal = plain_error(413, "Payload Too Large", str(exc)).answer
            response = _finish(sandbox, request, operation, call_of(request, b""), refusal)
            # The rest of the body is not read, so the connection cannot be used again.
            response.headers["connection"] = "close"
            return response
        except ClientDisconnect:
            return Response(status_code=400)
        call = call_of(request, body)
        carry = partial(handler, sandbox, call)
        fault = find_fault(sandbox, operation, call)
        if fault is None:
            answer = await answer_of(carry)
        else:
            answer, fault = await carry_out(sandbox, call, fault, carry)
        response = _finish(sandbox, request, operation, call, answer, fault=fault)
        if fault is not None:
            response = deliver(sandbox, fault, response)
        # From here to the answer nothing waits, so what starts now starts after it.
        await sandbox.webhooks.go_first(call.account)
        return response

    return handle


def call_of(request: Request, body: bytes) -> Call:
    """Return a request, whose body has been read, as a call."""
    return Call(
        request.method,
        str(request.scope["path"]),
        dict(request.path_params),
        request.query_params,
        request.headers,
        body,
    )


def _finish(
    sandbox: Sandbox,
    request: Request,
    operation: str,
    call: Call,
    answer: Answer,
    *,
    fault: Fault | None = None,
) -> Response:
    content, media_type = rendered(answer)
    if fault is not None:
        content, media_type = spoilt(fault, content, media_type)
    if answer.reason:
        level = logging.INFO if answer.status < FIRST_SERVER_ERROR else logging.WARNING
        name = operation or call.path
        _logger.log(level, "%s: %d, because %s", name, answer.status, answer.reason)
    if operation:
        entry = Entry(
            at=sandbox.clock(),
            account=call.account,
            consumer=call.consumer,
            operation=operation,
            method=call.method,
            path=call.path,
            query=request.scope["query_string"].decode("latin-1"),
            status=None if answer is UNANSWERED else answer.status,
            request=kept(call.body, is_form=call.media_type == FORM_MEDIA_TYPE),
            response=kept(content),
            fault=None if fault is None else fault.name,
        )
        sandbox.journal.record(entry)
    return Response(
        content, status_code=answer.status, headers=answer.headers, media_type=media_type
    )


def rendered(answer: Answer) -> tuple[bytes, str | None]:
    """Return the body of an answer, and its media type."""
    if isinstance(answer, FileAnswer):
        return answer.content, answer.media_type
    if answer is UNANSWERED:
        return b"", None
    content = json.dumps(answer.body, ensure_ascii=False, separators=(",", ":"))
    return content.encode(), _MEDIA_TYPE
