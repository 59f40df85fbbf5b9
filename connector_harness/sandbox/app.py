"""The sandbox as an ASGI application: which path leads to which handler."""

import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from connector_harness.sandbox import (
    agent,
    agent_files,
    control,
    conversations,
    discovery,
    fault_control,
    history,
    messaging_rest,
    sending,
    signin,
    swift,
    webhook_control,
)
from connector_harness.sandbox.answers import Answer, FileAnswer, Refusal, plain_error
from connector_harness.sandbox.assumptions import Assumptions
from connector_harness.sandbox.bodies import BodyTooLargeError, read_body
from connector_harness.sandbox.calls import FORM_MEDIA_TYPE, Call
from connector_harness.sandbox.clocks import Clocks
from connector_harness.sandbox.deployment import Deployment
from connector_harness.sandbox.faults import Fault, FaultBook
from connector_harness.sandbox.state import Store
from connector_harness.sandbox.struck_calls import carry_out, deliver, find_fault
from connector_harness.sandbox.tokens import Tokens
from connector_harness.sandbox.webhooks import Webhooks
from connector_harness.sandbox.wrong_answers import UNANSWERED, spoilt

# Loaded only once an app subscribes: a sandbox without webhooks starts without it.
if TYPE_CHECKING:
    import httpx

Handler = Callable[[Deployment, Call], Answer | Awaitable[Answer]]
Endpoint = Callable[[Request], Awaitable[Response]]

FIRST_SERVER_ERROR = 500
_MEDIA_TYPE = "application/json"
_logger = logging.getLogger(__name__)


def create_app(
    store: Store,
    *,
    assumptions: Assumptions | None = None,
    clock: Callable[[], float] = time.time,
    tokens: Tokens | None = None,
    webhook_carrier: "httpx.AsyncBaseTransport | None" = None,
) -> Starlette:
    """Return the Connector API for the accounts in *store*.

    Args:
        store: The accounts; they may be added to while the application runs.
        assumptions: The answers to what the API leaves open; default: the proposed ones.
        clock: Seconds since the epoch; tokens expire by it.
        tokens: The issuer; default: a new one with a new key.
        webhook_carrier: What deliveries to apps travel by; default: connections to them.
    """
    assumptions, clocks, faults = assumptions or Assumptions(), Clocks(clock), FaultBook()
    deployment = Deployment(
        store,
        tokens or Tokens(clock),
        assumptions,
        clock=clock,
        clocks=clocks,
        webhooks=Webhooks(clocks, assumptions, faults, webhook_carrier),
        faults=faults,
    )

    @asynccontextmanager
    async def close_webhooks(_app: Starlette) -> AsyncIterator[None]:
        """Leave no delivery behind when the server stops."""
        yield
        await deployment.webhooks.close()

    async def refuse(request: Request, exc: Exception) -> Response:
        """Answer a path or a method that no route has."""
        status = exc.status_code if isinstance(exc, HTTPException) else 500
        title = {404: "Not Found", 405: "Method Not Allowed"}.get(status, "Refused")
        answer = plain_error(status, title, f"no route for {request.method}")
        response = _finish(deployment, request, "unknown", _call(request, b""), answer)
        response.headers.update(getattr(exc, "headers", None) or {})
        return response

    app = Starlette(
        routes=_routes(deployment),
        exception_handlers={HTTPException: refuse},
        lifespan=close_webhooks,
    )
    app.router.redirect_slashes = False
    # Whoever serves the application tells them.
    app.state.connections = deployment.connections
    return app


def _routes(deployment: Deployment) -> list[BaseRoute]:
    def route(method: str, path: str, operation: str, handler: Handler) -> Route:
        endpoint = _endpoint(deployment, operation, handler)
        return Route(path, endpoint, methods=[method])

    def swift_routes(path: str) -> list[Route]:
        return [
            route("PUT", path, "put_file", swift.store_file),
            route("GET", path, "get_file", swift.send_file),
        ]

    account = "/api/account/{account}"
    app_token, consumer_token = signin.issue_app_token, signin.issue_consumer_token
    conversation = f"{account}/messaging/consumer/conversation"
    held, read_messages = "/messaging/v1/conversations/{conversation}", messaging_rest.read_messages
    past = f"/messaging_history{account}/conversations"
    find, every = discovery.find_service, discovery.list_services
    return [
        route("POST", conversation, "create_conversation", conversations.create_conversation),
        route("POST", f"{conversation}/send", "send", sending.send),
        route("POST", f"{account}/consumer", "consumer_token", consumer_token),
        route("POST", "/sentinel/api/account/{account}/app/token", "app_token", app_token),
        route("POST", "/sentinel/api/v2/account/{account}/app/token", "app_token", app_token),
        route("GET", "/sentinel/well-known/jwks", "key_set", signin.publish_keys),
        route("GET", f"{account}/service/baseURI.json", "domains", every),
        route("GET", f"{account}/service/baseURI", "domains", every),
        route("GET", f"{account}/service/{{service}}/baseURI.json", "domain", find),
        route("GET", f"{account}/service/{{service}}/baseURI", "domain", find),
        route("GET", held, "read_conversation", messaging_rest.read_conversation),
        route("GET", f"{held}/dialogs/{{dialog}}/messages", "read_messages", read_messages),
        route("POST", f"{past}/consumer/search", "search_history", history.search_consumer),
        route("POST", f"{past}/conversation/search", "search_history", history.search_conversation),
        *swift_routes("/v1/AUTH_async-images/{account}/{name}"),
        *swift_routes("//v1/AUTH_async-images/{account}/{name}"),
        route("POST", "/_sandbox/files", "", agent_files.add_file),
        route("POST", "/_sandbox/accounts", "", control.add_account),
        route("POST", "/_sandbox/surveys", "", control.add_survey),
        route("POST", "/_sandbox/outdated_app_tokens", "", control.issue_outdated_app_token),
        route("POST", "/_sandbox/agent", "", agent.play_agent),
        route("POST", "/_sandbox/clock", "", webhook_control.advance_clock),
        route("POST", "/_sandbox/webhooks", "", webhook_control.subscribe),
        route("GET", "/_sandbox/webhooks", "", webhook_control.show_webhooks),
        route("DELETE", "/_sandbox/webhooks", "", webhook_control.unsubscribe),
        route("POST", "/_sandbox/faults", "", fault_control.inject),
        route("GET", "/_sandbox/faults", "", fault_control.show),
        route("DELETE", "/_sandbox/faults", "", fault_control.recover),
        route("GET", "/_sandbox/journal", "", control.read_journal),
        route("GET", "/_sandbox/conversations", "", control.list_conversations),
    ]


def _endpoint(deployment: Deployment, operation: str, handler: Handler) -> Endpoint:
    limit = _largest_body(deployment.assumptions, handler)

    async def handle(request: Request) -> Response:
        declared = request.headers.get("content-length")
        try:
            body = await read_body(request.stream(), declared=declared, limit=limit)
        except BodyTooLargeError as exc:
            refusal = plain_error(413, "Payload Too Large", str(exc))
            response = _finish(deployment, request, operation, _call(request, b""), refusal)
            # The rest of the body is not read, so the connection cannot be used again.
            response.headers["connection"] = "close"
            return response
        except ClientDisconnect:
            return Response(status_code=400)
        call = _call(request, body)
        fault = find_fault(deployment, operation, call)
        if fault is None:
            done = handler(deployment, call)
            answer = done if isinstance(done, Answer) else await done
        else:
            answer, fault = await carry_out(
                deployment, call, fault, lambda: handler(deployment, call)
            )
        response = _finish(deployment, request, operation, call, answer, fault=fault)
        if fault is not None:
            response = deliver(deployment, fault, response)
        # From here to the answer nothing waits, so what starts now starts after it.
        await deployment.webhooks.go_first(call.account)
        return response

    return handle


def _largest_body(assumptions: Assumptions, handler: Handler) -> int:
    file, base64 = assumptions.largest_file, assumptions.largest_file * 4 // 3 + 4
    bodies: dict[Handler, int] = {
        swift.store_file: file,
        agent_files.add_file: base64 + assumptions.largest_body,
    }
    return bodies.get(handler, assumptions.largest_body)


def _call(request: Request, body: bytes) -> Call:
    return Call(
        request.method,
        str(request.scope["path"]),
        dict(request.path_params),
        request.query_params,
        request.headers,
        body,
    )


def _finish(
    deployment: Deployment,
    request: Request,
    operation: str,
    call: Call,
    answer: Answer,
    *,
    fault: Fault | None = None,
) -> Response:
    content, media_type = _rendered(answer)
    if fault is not None:
        content, media_type = spoilt(fault, content, media_type)
    if isinstance(answer, Refusal):
        level = logging.INFO if answer.status < FIRST_SERVER_ERROR else logging.WARNING
        name = operation or call.path
        _logger.log(level, "%s: %d, because %s", name, answer.status, answer.reason)
    if operation:
        deployment.journal.record(
            at=deployment.clock(),
            account=call.account,
            consumer=call.consumer,
            operation=operation,
            method=call.method,
            path=call.path,
            query=request.scope["query_string"].decode("latin-1"),
            status=None if answer is UNANSWERED else answer.status,
            request=call.body,
            form=call.media_type == FORM_MEDIA_TYPE,
            response=content,
            fault=None if fault is None else fault.name,
        )
    return Response(
        content, status_code=answer.status, headers=answer.headers, media_type=media_type
    )


def _rendered(answer: Answer) -> tuple[bytes, str | None]:
    if isinstance(answer, FileAnswer):
        return answer.content, answer.media_type
    if answer is UNANSWERED:
        return b"", None
    content = json.dumps(answer.body, ensure_ascii=False, separators=(",", ":"))
    return content.encode(), _MEDIA_TYPE
