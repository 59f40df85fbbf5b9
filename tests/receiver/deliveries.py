"""What the receiver's tests deliver: documents in the shape of the API, and requests signed."""

import json
import time
from typing import Any

from connector_harness.receiver.notification import Change, Notification, read_notification
from connector_harness.receiver.requests import Request
from connector_harness.receiver.signature import sign

SECRET = "sandbox-secret-01"
CONVERSATION = "0b9f6a1e-2c74-4d0e-9a51-6f2d8c3e7b10"
SURVEY = "Q2x1YmhvdXNlLTAxLXN1cg"
AGENT = "5a8e0c1d-1f2b-5c3d-8e4f-6a7b8c9d0e1f"
CONSUMER = "22f5352d7815a79085274e8c6d8dd7c2d60fea0499906dd22418f5c8b62646de"
SAMPLE = (
    '{"kind":"notification","body":{"changes":[{"sequence":2,"originatorId":"agent-7",'
    '"originatorMetadata":{"id":"agent-7","role":"ASSIGNED_AGENT"},"serverTimestamp":1735689600123,'
    '"event":{"type":"ContentEvent","message":"Grüße 👋","contentType":"text/plain"},'
    '"conversationId":"0b9f6a1e-2c74-4d0e-9a51-6f2d8c3e7b10",'
    '"dialogId":"0b9f6a1e-2c74-4d0e-9a51-6f2d8c3e7b10","messageAudience":"ALL"}]},'
    '"type":"ms.MessagingEventNotification"}'
).encode()
"""The body of Appendix B."""


def text(message: str) -> dict[str, Any]:
    """Return the event of a text."""
    return {"type": "ContentEvent", "contentType": "text/plain", "message": message}


def receipt(*numbers: int) -> dict[str, Any]:
    """Return the event of having read *numbers*."""
    return {"type": "AcceptStatusEvent", "status": "READ", "sequenceList": list(numbers)}


TYPING = {"type": "ChatStateEvent", "chatState": "COMPOSING"}
FILE = {
    "type": "ContentEvent",
    "contentType": "hosted/file",
    "message": {"caption": "label", "relativePath": "/v1/x.JPEG", "fileType": "JPEG"},
}
CARD = {
    "type": "RichContentEvent",
    "content": {
        "type": "vertical",
        "elements": [
            {"type": "text", "text": "Keep the order?"},
            {"type": "button", "title": "Yes"},
        ],
    },
}


def event_item(
    event: dict[str, Any],
    number: int | None = None,
    *,
    conversation: str = CONVERSATION,
    dialog: str | None = None,
    role: str = "ASSIGNED_AGENT",
) -> dict[str, Any]:
    """Return one item of ``changes`` about an event."""
    who = CONSUMER if role == "CONSUMER" else AGENT
    item = {
        "originatorId": who,
        "originatorMetadata": {"id": who, "role": role},
        "event": event,
        "conversationId": conversation,
        "dialogId": dialog or conversation,
    }
    return item if number is None else {"sequence": number, "serverTimestamp": 1, **item}


def state_item(*, conversation: str = CONVERSATION, **details: Any) -> dict[str, Any]:  # noqa: ANN401  # whatever the API says
    """Return one item of ``changes`` about a conversation that is open unless *details* say not."""
    usual = {
        "skillId": "-1",
        "participants": [{"id": CONSUMER, "role": "CONSUMER"}],
        "state": "OPEN",
        "stage": "OPEN",
    }
    result = {"convId": conversation, "conversationDetails": {**usual, **details}}
    return {"type": "UPSERT", "result": result}


def envelope(*items: dict[str, Any]) -> dict[str, Any]:
    """Return the document that tells *items*."""
    about_state = any("result" in item for item in items)
    kind = (
        "cqm.ExConversationChangeNotification" if about_state else "ms.MessagingEventNotification"
    )
    return {"kind": "notification", "body": {"changes": list(items)}, "type": kind}


def body(*items: dict[str, Any]) -> bytes:
    """Return the bytes that tell *items*, as they are sent."""
    return json.dumps(envelope(*items), ensure_ascii=False, separators=(",", ":")).encode()


def notification(*items: dict[str, Any], at: float | None = None) -> Notification:
    """Return *items* as delivered, at a time of the monotonic clock or now."""
    moment = time.monotonic() if at is None else at
    return read_notification((), body(*items), received_at=moment, at=0.0)


def change(item: dict[str, Any]) -> Change:
    """Return *item* as it reads."""
    return notification(item).changes[0]


def headers(content: bytes, secret: str = SECRET) -> dict[str, str]:
    """Return the documented headers of a delivery."""
    return {
        "x-liveperson-account-id": "70000001",
        "x-liveperson-client-id": "app-1",
        "x-liveperson-signature": sign(content, secret),
    }


def request(
    content: bytes, path: str = "/notifications", *, changed: dict[str, str | None] | None = None
) -> Request:
    """Return a request that delivers *content*; a header changed to None is left out."""
    named = headers(content) | (changed or {})
    present = tuple((name, each) for name, each in named.items() if each is not None)
    return Request("POST", path, present, content)
