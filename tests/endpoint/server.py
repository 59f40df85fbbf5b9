"""A server of the tests' own: the documented surface on one origin, every request recorded.

It shares no code with the harness and its sandbox, so it cannot excuse their mistakes. It is
naive: it accepts whatever batch it gets. What it gets wrong, it was told to.
"""

import base64
import json
import re
import secrets
import socket
import threading
import time
import uuid
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, parse_qsl, urlsplit

ACCOUNT = "70000001"
CLIENT_ID = "installation-of-the-tests"
CLIENT_SECRET = "never/shown+to &anyone=42?"  # looks different in every encoding

PATHS = {
    "discovery": rf"/api/account/{ACCOUNT}/service(/\w+)?/baseURI(\.json)?",
    "app_token": rf"/sentinel/api/account/{ACCOUNT}/app/token",
    "consumer_token": rf"/api/account/{ACCOUNT}/consumer",
    "conversation": rf"/api/account/{ACCOUNT}/messaging/consumer/conversation",
    "sending": rf"/api/account/{ACCOUNT}/messaging/consumer/conversation/send",
    "control": "/_sandbox/conversations",
    "redirected": "/redirected",
}
"""The services, and where each is. Source: API facts §1 to §5.

``sending``, ``control`` and ``redirected`` are not served: whoever calls them gets status 404.
"""


@dataclass(frozen=True)
class Received:
    """One request as it arrived.

    Attributes:
        service: Which service it was for; empty if there is no such path.
        method: The HTTP method.
        path: The path alone.
        query: What stands behind the question mark.
        headers: Header fields, names in lower case.
        body: The exact bytes.
    """

    service: str
    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the header *name*, which must be there at most once."""
        found = [value for key, value in self.headers if key == name]
        assert len(found) < 2, f"{name} was sent {len(found)} times"
        return found[0] if found else None

    @property
    def document(self) -> Any:  # noqa: ANN401  # what JSON holds
        """The body as JSON; an object is a list of pairs, so that order counts."""
        return json.loads(self.body, object_pairs_hook=list)

    @property
    def form(self) -> dict[str, str]:
        """The body as a form."""
        return dict(parse_qsl(self.body.decode()))


@dataclass(frozen=True)
class Answer:
    """What the server is about to answer.

    Attributes:
        content: The body.
        status: The HTTP status.
        headers: Header fields beside the length.
        deliver: Writes the answer to the connection; None does it as it should be done.
    """

    content: bytes
    status: int = 200
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/json"),)
    deliver: "Callable[[socket.socket, bytes], None] | None" = None

    @property
    def head(self) -> bytes:
        """The status line and the header, with the length of the whole body."""
        fields = [*self.headers, ("Content-Length", str(len(self.content)))]
        lines = [f"HTTP/1.1 {self.status} Told", *(f"{name}: {value}" for name, value in fields)]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


Fault = Callable[[Answer, Received], Answer]
"""Makes a wrong answer of the right one."""


def json_answer(document: object, status: int = 200) -> Answer:
    """Return *document* as an answer."""
    return Answer(json.dumps(document).encode(), status)


class RecordingServer:
    """Serves on a free port of the loopback address until closed."""

    def __init__(self) -> None:
        """Start to listen."""
        self.received: list[Received] = []
        self.issued: list[str] = []
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.owner = self
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def __enter__(self) -> Self:
        """Return the server itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def requests(self, service: str) -> list[Received]:
        """Return what arrived for *service*, in the order of arrival."""
        return [request for request in self.received if request.service == service]

    @property
    def seed_batches(self) -> list[Received]:
        """The conversation requests with three commands; no other critical scenario has them."""
        return [request for request in self.requests("conversation") if _is_seed(request)]

    def will_fail(self, service: str, *faults: Fault) -> None:
        """Let the next answers of *service* be wrong, one after the other.

        Of the conversation requests only those with three commands meet a fault.
        """
        self._faults[service].extend(faults)

    def answer(self, request: Received) -> Answer:
        """Record *request* and return the answer, right or as wrong as told."""
        self.received.append(request)
        right = self._right(request)
        faults = self._faults[request.service]
        if faults and (request.service != "conversation" or _is_seed(request)):
            return faults.popleft()(right, request)
        return right

    def _right(self, request: Received) -> Answer:
        match request.service:
            case "discovery":
                return self._discovery()
            case "app_token":
                return self._app_token(request)
            case "consumer_token":
                return self._consumer_token(request)
            case "conversation":
                return self._conversation(request)
            case _:
                return json_answer({}, 404)

    def _discovery(self) -> Answer:
        host = self.url.partition("://")[2]
        names = ("asyncMessagingEnt", "sentinel", "idp", "swift")
        return json_answer(
            {"baseURIs": [{"service": n, "account": ACCOUNT, "baseURI": host} for n in names]}
        )

    def _app_token(self, request: Received) -> Answer:
        if request.form != {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}:
            return json_answer({"error": "invalid_client"}, 401)
        claims = {"aud": ACCOUNT, "azp": CLIENT_ID, "exp": int(time.time()) + 3600}
        token = self._issue(
            f"{_part({'alg': 'RS256'})}.{_part(claims)}.{secrets.token_urlsafe(32)}"
        )
        return json_answer({"access_token": token, "token_type": "Bearer"})

    def _consumer_token(self, request: Received) -> Answer:
        if request.header("authorization") not in self.issued:
            return _refusal("Invalid AppJWT", 40102)
        # Three parts as the API has them, but nothing in its shape gives it away.
        token = self._issue(".".join(secrets.token_urlsafe(24) for _ in range(3)))
        return json_answer({"token": token}, 201)

    def _conversation(self, request: Received) -> Answer:
        if parse_qs(request.query).get("v") != ["3"]:
            return json_answer({"code": "NOT_FOUND", "body": {"msg": "Not Found"}}, 404)
        if request.header("authorization") not in self.issued:
            return _refusal("Invalid AppJWT", 40102)
        if request.header("x-lp-on-behalf") not in self.issued:
            return _refusal("Invalid ConsumerJWS", 40103)
        bodies = [
            {"msg": "OK User Profile set successfully"},
            {"conversationId": str(uuid.uuid4())},
            {"sequence": 0},
        ]
        ids = [dict(command)["id"] for command in request.document]
        pairs = zip(bodies, ids, strict=False)
        return json_answer([{"code": "OK", "body": body, "reqId": id_} for body, id_ in pairs])

    def _issue(self, token: str) -> str:
        self.issued.append(token)
        return token


def _part(document: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).decode().rstrip("=")


def _is_seed(request: Received) -> bool:
    return request.body.count(b'"kind"') == 3


def _refusal(title: str, code: int) -> Answer:
    body = {"title": title, "details": title, "errorCode": code}
    return json_answer(
        {"kind": "resp", "code": 401, "body": body, "type": ".ReqBody$ErrorResp"}, 401
    )


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    owner: RecordingServer

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent: a caller that hangs up is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, *_: object) -> None:
        """Stay silent."""

    def respond(self) -> None:
        """Read the request, and answer it."""
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        parts = urlsplit(self.path)
        named = (name for name, path in PATHS.items() if re.fullmatch(path, parts.path))
        headers = tuple((name.lower(), value) for name, value in self.headers.items())
        request = Received(next(named, ""), self.command, parts.path, parts.query, headers, body)
        self._send(self.server.owner.answer(request))

    def _send(self, answer: Answer) -> None:
        if answer.deliver is None:
            self.wfile.write(answer.head + answer.content)
            return
        self.close_connection = True
        answer.deliver(self.connection, answer.head + answer.content)

    do_GET = respond  # noqa: N815  # the base class looks these names up
    do_POST = respond  # noqa: N815
