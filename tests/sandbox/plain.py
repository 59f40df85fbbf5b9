"""What a stranger would write: a client and a receiver of httpx and the standard library.

Nothing of the harness is used, so that none of its mistakes is repeated here.
"""

import base64
import functools
import hashlib
import hmac
import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import httpx

KINDS = (
    "ms.MessagingEventNotification.ContentEvent",
    "ms.MessagingEventNotification.RichContentEvent",
    "ms.MessagingEventNotification.AcceptStatusEvent",
    "ms.MessagingEventNotification.ChatStateEvent",
    "cqm.ExConversationChangeNotification",
)


def signature(body: bytes, secret: str, algorithm: str = "sha1", encoding: str = "base64") -> str:
    """Return the signature that a delivery of *body* must have."""
    digest = hmac.new(secret.encode(), body, getattr(hashlib, algorithm)).digest()
    shown = base64.b64encode(digest).decode() if encoding == "base64" else digest.hex()
    return f"{algorithm}={shown}"


@dataclass(frozen=True)
class Delivery:
    """One request a receiver got."""

    path: str
    headers: dict[str, str]
    body: bytes = field(repr=False)

    @functools.cached_property
    def change(self) -> Any:  # noqa: ANN401
        """The one change that every documented delivery has."""
        (change,) = json.loads(self.body)["body"]["changes"]
        return change

    @property
    def conversation(self) -> str:
        """The id of the conversation it is about."""
        result = self.change.get("result")
        return str(result["convId"] if result else self.change["conversationId"])

    @property
    def summary(self) -> str:
        """What happened, in words."""
        if "result" in self.change:
            details = self.change["result"]["conversationDetails"]
            roles = " ".join(each["role"] for each in details["participants"])
            return f"{details['state']} {details['stage']}: {roles}"
        event, role = self.change["event"], self.change["originatorMetadata"]["role"]
        said = event.get("message", event.get("status", event.get("chatState")))
        return f"{role} {said} {self.change.get('sequence')}"


class Receiver:
    """A server that takes every delivery and answers 200."""

    def __init__(self) -> None:
        self._deliveries: list[Delivery] = []
        self._arrived = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    @contextmanager
    def listening(self) -> Iterator[Self]:
        """Listen until the block ends."""
        thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()

    def wait_for(self, conversation: str, count: int, *, path: str = "/") -> list[Delivery]:
        """Return what *path* got about a conversation, once that is *count* deliveries."""

        def found() -> list[Delivery]:
            at_path = [each for each in self._deliveries if each.path == path]
            return [each for each in at_path if each.conversation == conversation]

        with self._arrived:
            arrived = self._arrived.wait_for(lambda: len(found()) >= count, timeout=30)
            assert arrived, f"{len(found())} of {count}: {[each.summary for each in found()]}"
            return found()

    def _take(self, delivery: Delivery) -> None:
        with self._arrived:
            self._deliveries.append(delivery)
            self._arrived.notify_all()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        take = self._take

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                take(Delivery(self.path, headers, body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Leave the tests' output clean."""

        return Handler


@dataclass
class Brand:
    """An account of its own, with the credentials of its app."""

    http: httpx.Client
    account: str
    client_id: str
    client_secret: str = field(repr=False)

    @classmethod
    def added(cls, http: httpx.Client) -> Self:
        """Return a brand that nobody else uses."""
        account = http.post("/_sandbox/accounts", json={}).json()
        return cls(http, account["account"], account["clientId"], account["clientSecret"])

    def sign_in(self) -> httpx.Response:
        """Ask for an app token, in the way the current page describes."""
        return self.http.post(
            f"/sentinel/api/account/{self.account}/app/token?v=1.0&grant_type=client_credentials",
            data={"client_id": self.client_id, "client_secret": self.client_secret},
        )

    def subscribe(self, endpoint: str, **members: Any) -> None:  # noqa: ANN401
        """Have every kind of notification delivered to *endpoint*."""
        webhooks = {kind: {"endpoint": endpoint} for kind in KINDS}
        app = {"account": self.account, "capabilities": {"webhooks": webhooks}, **members}
        answer = self.http.post("/_sandbox/webhooks", json=app)
        assert answer.status_code == 201, answer.text

    def play_agent(self, conversation: str, action: str, **members: Any) -> None:  # noqa: ANN401
        """Do what an agent would do at the desk."""
        request = {"account": self.account, "conversation": conversation, "action": action}
        answer = self.http.post("/_sandbox/agent", json={**request, **members})
        assert answer.status_code == 200, answer.text

    def advance(self, consumer: str, seconds: float) -> None:
        """Let time pass for a consumer."""
        request = {"account": self.account, "consumer": consumer, "seconds": seconds}
        answer = self.http.post("/_sandbox/clock", json=request)
        assert answer.status_code == 200, answer.text


class Shopper:
    """A consumer of a brand, and the calls a connector makes for them."""

    def __init__(self, brand: Brand) -> None:
        self.brand = brand
        self.name = str(uuid.uuid4())
        self.conversation = ""
        self.signed_in = brand.sign_in()
        authorization = {"Authorization": self.signed_in.json()["access_token"]}
        self.known = brand.http.post(
            f"/api/account/{brand.account}/consumer?v=1.0",
            json={"ext_consumer_id": self.name},
            headers=authorization,
        )
        self.headers = {**authorization, "X-LP-ON-BEHALF": self.known.json()["token"]}

    def create(self, version: str = "3") -> httpx.Response:
        """Ask for a conversation."""
        request = {"brandId": self.brand.account}
        kinds = {"userprofile.SetUserProfile": {}, "cm.ConsumerRequestConversation": request}
        commands = [
            {"kind": "req", "id": "1,", "type": kind, "body": kinds[kind]} for kind in kinds
        ]
        answer = self._post(f"?v={version}", commands)
        if answer.status_code == 200:
            self.conversation = answer.json()[1]["body"]["conversationId"]
        return answer

    def send(self, kind: str, body: Any) -> httpx.Response:  # noqa: ANN401
        """Send one command."""
        return self._post("/send?v=3", {"kind": "req", "id": "s-1", "type": kind, "body": body})

    def publish(self, **event: Any) -> httpx.Response:  # noqa: ANN401
        """Publish one event in the main dialog."""
        return self.send("ms.PublishEvent", {"dialogId": self.conversation, "event": event})

    def say(self, text: str) -> httpx.Response:
        """Publish one text."""
        return self.publish(type="ContentEvent", contentType="text/plain", message=text)

    def close(self) -> httpx.Response:
        """Close the conversation."""
        closing = {"field": "ConversationStateField", "conversationState": "CLOSE"}
        body = {"conversationId": self.conversation, "conversationField": closing}
        return self.send("cm.UpdateConversationField", body)

    def close_dialog(self) -> httpx.Response:
        """Close the main dialog, after which a survey may follow."""
        dialog = {"dialogId": self.conversation, "state": "CLOSE"}
        field = {"field": "DialogChange", "type": "UPDATE", "dialog": dialog}
        body = {"conversationId": self.conversation, "conversationField": field}
        return self.send("cm.UpdateConversationField", body)

    def read(self, path: str = "", **query: Any) -> httpx.Response:  # noqa: ANN401
        """Read the conversation by the Messaging REST API, or what is at a path below it."""
        headers = {
            "Authorization": self.headers["Authorization"],
            "LP-On-Behalf": self.headers["X-LP-ON-BEHALF"],
            "Brand-ID": self.brand.account,
            "Client-source": "plain",
        }
        address = f"/messaging/v1/conversations/{self.conversation}{path}"
        return self.brand.http.get(address, params=query, headers=headers)

    def read_messages(self, **query: Any) -> httpx.Response:  # noqa: ANN401
        """Read a page of the main dialog."""
        return self.read(f"/dialogs/{self.conversation}/messages", **query)

    @property
    def lp_id(self) -> str:
        """What the brand calls the consumer, as the consumer's token tells."""
        payload = self.headers["X-LP-ON-BEHALF"].split(".")[1]
        return str(json.loads(base64.urlsafe_b64decode(f"{payload}=="))["lp_consumer_id"])

    def search(self, by: str = "consumer", **query: Any) -> httpx.Response:  # noqa: ANN401
        """Search the history as a user, for the consumer or for the conversation."""
        meant = {"consumer": self.lp_id, "status": ["OPEN", "CLOSE"]}
        return self.brand.http.post(
            f"/messaging_history/api/account/{self.brand.account}/conversations/{by}/search",
            params=query,
            json=meant if by == "consumer" else {"conversationId": self.conversation},
            headers={"Authorization": "Bearer of-a-user"},
        )

    def _post(self, path: str, document: Any) -> httpx.Response:  # noqa: ANN401
        conversation = f"/api/account/{self.brand.account}/messaging/consumer/conversation"
        return self.brand.http.post(f"{conversation}{path}", json=document, headers=self.headers)
