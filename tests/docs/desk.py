"""The agent desk that the example of an adapter imagines, for the agents of a sandbox."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from connector_harness.control.agent import Agent

PASSWORD = "open-the-desk"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    desk: "Desk"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, *_: object) -> None:
        """Stay silent."""

    def do_POST(self) -> None:
        """Do what is asked, for those who are signed in."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        match self.path.split("/"):
            case ["", "sessions"]:
                good = body["password"] == PASSWORD
                self._answer(201 if good else 401, {"token": "seat-7"} if good else {})
            case ["", "conversations", conversation_id, what] if self._is_signed_in():
                self._answer(200, self.server.desk.do(conversation_id, what, body))
            case _:
                self._answer(401, {})

    def do_DELETE(self) -> None:
        """Free the seat."""
        self.server.desk.left += self._is_signed_in()
        self._answer(200, {})

    def _is_signed_in(self) -> bool:
        return self.headers["Authorization"] == "Bearer seat-7"

    def _answer(self, status: int, document: object) -> None:
        content = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


class Desk:
    """Serves the desk's API; what is asked there the agents of a sandbox do.

    Args:
        agent: Does it.

    Attributes:
        url: The address of the desk.
        left: How often somebody has signed out.
    """

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self.left = 0
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.desk = self
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def do(self, conversation_id: str, what: str, body: dict[str, Any]) -> dict[str, Any]:
        """Let the agent do *what*, and return what the desk tells of it."""
        deeds: dict[str, Callable[[], Any]] = {
            "take": lambda: {"agent": self._agent.join(conversation_id)},
            "messages": lambda: {"number": self._agent.say(conversation_id, body["text"])},
            "typing": lambda: self._agent.type(
                conversation_id, "COMPOSING" if body["on"] else "PAUSE"
            ),
            "read": lambda: self._agent.receipt(conversation_id, "READ", range(body["upto"] + 1)),
            "transfer": lambda: self._agent.transfer(conversation_id, body["skill"]),
            "close": lambda: self._agent.close(conversation_id),
        }
        told = deeds[what]()
        return told if isinstance(told, dict) else {}

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
