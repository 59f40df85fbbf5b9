"""The sandbox as an ASGI application: how a request becomes a call, and its answer a response."""

import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Container, Iterable
from contextlib import asynccontextmanager
from functools import partial

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from connector_harness.json_types import JsonError, JsonObject, read_json
from connector_harness.sandbox.api.context import Sandbox
from connector_harness.sandbox.api.files import file_at
from connector_harness.sandbox.faults import broken_responses
from connector_harness.sandbox.faults.broken_responses import BrokenResponse
from connector_harness.sandbox.faults.fault import Fault
from connector_harness.sandbox.faults.wrong_answers import (
    UNANSWERED,
    altered,
    headers_of,
    instead_of,
    is_processed,
    spoilt,
)
from connector_harness.sandbox.http import (
    FORM_MEDIA_TYPE,
    JSON_MEDIA_TYPE,
    Answer,
    Call,
    FileAnswer,
    RefusedError,
    plain_error,
)
from connector_harness.sandbox.rules.shapes import as_object
from connector_harness.sandbox.state.tokens import InvalidTokenError
from connector_harness.sandbox.web.routes import API, CONTROL, ROUTES, ServiceRoute

FIRST_SERVER_ERROR = 500
_SAME = {"domain": "domains"}
"""Operations that faults call by the name of another one."""

_logger = logging.getLogger(__name__)


def create_app(sandbox: Sandbox, services: Container[str] = (*API, CONTROL)) -> Starlette:
    """Return what serves *sandbox*, which applications may share, or some of its services.

    They are named as in `routes.API`, and `routes.CONTROL`.
    """
    routes = (route for route in ROUTES if route.service in services)
    return application(sandbox, routes, close=sandbox.webhooks.close)


def application(
    sandbox: Sandbox, routes: Iterable[ServiceRoute], *, close: Callable[[], Awaitable[None]]
) -> Starlette:
    """Return what serves *routes*; *close* leaves nothing behind when the server stops."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await close()

    async def refuse(request: Request, exc: Exception) -> Response:
        """Answer a path or a method that no route has."""
        status = exc.status_code if isinstance(exc, HTTPException) else 500
        title = {404: "Not Found", 405: "Method Not Allowed"}.get(status, "Refused")
        answer = plain_error(status, title, f"no route for {request.method}").answer
        response = _finish(sandbox, "unknown", _call_of(request, b""), answer)
        response.headers.update(getattr(exc, "headers", None) or {})
        return response

    async def forget(_request: Request, _exc: Exception) -> Response:
        """Answer nobody: who called has left before all of the call was there."""
        return Response(status_code=400)

    app = Starlette(
        routes=[
            Route(route.path, partial(handle, sandbox, route), methods=[route.method])
            for route in routes
        ],
        exception_handlers={HTTPException: refuse, ClientDisconnect: forget},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    return app


async def handle(sandbox: Sandbox, route: ServiceRoute, request: Request) -> Response:
    """Answer a request to a route."""
    try:
        call = _call_of(request, await _read_body(request, route.largest))
    except RefusedError as exc:
        response = _finish(sandbox, route.operation, _call_of(request, b""), exc.answer)
        # The rest of the body is not read, so the connection cannot be used again.
        response.headers["connection"] = "close"
        return response
    answer, fault = await _carry_out(sandbox, route, call)
    response = _finish(sandbox, route.operation, call, answer, fault=fault)
    if fault is not None and fault.name in broken_responses.FAULTS:
        response = BrokenResponse(response, fault)
    # From here to the answer nothing waits, so what starts now starts after it.
    await sandbox.webhooks.go_first(call.account)
    return response


async def _read_body(request: Request, limit: int) -> bytes:
    """Return a body, reading no further than needed to know that it is too large."""
    declared = request.headers.get("content-length", "")[:20]
    if declared.isdecimal() and int(declared) > limit:
        reason = f"declared {declared} bytes; the limit is {limit}"
        raise plain_error(413, "Payload Too Large", reason)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise plain_error(413, "Payload Too Large", f"more than {limit} bytes")
    return bytes(body)


def _call_of(request: Request, body: bytes) -> Call:
    scope = request.scope
    query = scope["query_string"]
    return Call(
        request.method,
        str(scope["path"]),
        dict(request.path_params),
        request.query_params,
        request.headers,
        body,
        target=scope.get("raw_path", b"") + (b"?" + query if query else b""),
    )


async def _carry_out(
    sandbox: Sandbox, route: ServiceRoute, call: Call
) -> tuple[Answer, Fault | None]:
    """Return the answer to a call, and the fault that it has, unless that found no work."""
    fault = _find_fault(sandbox, route.operation, call)
    if fault is None:
        return await _usual_answer(sandbox, route, call), None
    answer = instead_of(fault)
    if answer is None:
        usual = await _usual_answer(sandbox, route, call)
        answer = altered(fault, usual)
        if answer is None:
            return usual, None
    elif is_processed(fault):
        await _usual_answer(sandbox, route, call)
    fault.applied += 1
    return answer, fault


async def _usual_answer(sandbox: Sandbox, route: ServiceRoute, call: Call) -> Answer:
    try:
        if route.keeps:
            sandbox.room.check(call.body)
        done = route.handler(sandbox, call)
        answer = done if isinstance(done, Answer) else await done
    except RefusedError as exc:
        return exc.answer
    if route.keeps:
        sandbox.room.take(call.body)
    return answer


def _find_fault(sandbox: Sandbox, operation: str, call: Call) -> Fault | None:
    if not sandbox.faults.is_armed(call.account):
        return None
    consumer = _consumer_of(sandbox, operation, call)
    fault = sandbox.faults.find(call.account, _SAME.get(operation, operation), consumer)
    if fault is not None:
        # Known to the journal even if the call is not carried out.
        call.consumer = consumer
    return fault


def _consumer_of(sandbox: Sandbox, operation: str, call: Call) -> str | None:
    """Return whom a call is for before it is carried out, None where nobody can know."""
    if operation in {"put_file", "get_file"}:
        file = file_at(sandbox, call.path)
        return file.owner.external_id if file else None
    try:
        if operation == "consumer_token":
            named = as_object(read_json(call.body)).get("ext_consumer_id")
            return named if isinstance(named, str) else None
        token = call.headers.get("x-lp-on-behalf", "")
        return sandbox.tokens.read_consumer_token(token, call.account).external_id
    except (InvalidTokenError, JsonError):
        return None


def _finish(
    sandbox: Sandbox, operation: str, call: Call, answer: Answer, *, fault: Fault | None = None
) -> Response:
    """Return the whole response to a call, which is logged and kept in the journal."""
    response = _rendered(answer, fault)
    if answer.reason:
        level = logging.INFO if answer.status < FIRST_SERVER_ERROR else logging.WARNING
        name = operation or call.path
        _logger.log(level, "%s: %d, because %s", name, answer.status, answer.reason)
    if operation:
        told: JsonObject = {
            "at": sandbox.clock(),
            "account": call.account,
            "consumer": call.consumer,
            "operation": operation,
            "method": call.method,
            "path": call.path,
            "status": None if answer is UNANSWERED else answer.status,
            **({} if fault is None else {"fault": fault.name}),
        }
        sandbox.journal.record(
            told,
            query=call.target.partition(b"?")[2].decode("latin-1"),
            request=call.body,
            response=bytes(response.body),
            is_form=call.media_type == FORM_MEDIA_TYPE,
        )
    return response


def _rendered(answer: Answer, fault: Fault | None) -> Response:
    media_type: str | None = JSON_MEDIA_TYPE
    if isinstance(answer, FileAnswer):
        content, media_type = answer.content, answer.media_type
    elif answer is UNANSWERED:
        content, media_type = b"", None
    else:
        content = json.dumps(answer.body, ensure_ascii=False, separators=(",", ":")).encode()
    whole = media_type
    if fault is not None:
        content, media_type = spoilt(fault, content, media_type)
    response = Response(content, answer.status, headers=answer.headers, media_type=media_type)
    if isinstance(answer, FileAnswer) and answer.raw_headers:
        changed = {b"content-length", *([b"content-type"] if media_type != whole else [])}
        given = [pair for pair in answer.raw_headers if pair[0] not in changed]
        names = {name for name, _ in given}
        own = (pair for pair in response.raw_headers if pair[0] not in names)
        response.raw_headers = [*given, *own]
    if fault is not None:
        response.headers.update(headers_of(fault))
    return response
