"""Answers to single commands, made by hand."""

import json
from typing import Final

from connector_harness.client.http.exchange import Exchange
from connector_harness.client.reply import Reply
from connector_harness.json_types import JsonObject, JsonValue

COMMAND: Final[JsonObject] = {
    "id": "7",
    "body": {"dialogId": "d-1", "event": {"type": "ContentEvent", "message": "Hello"}},
}


def reply_to(
    answer: JsonValue, *, status: int = 200, command: JsonValue = COMMAND, at: float = 0
) -> Reply:
    """Return *answer* as the reply to *command*, sent at so many seconds since the epoch."""
    exchange = Exchange(
        "publish_event",
        "POST",
        "http://127.0.0.1:9/api/account/1/messaging/consumer/conversation/send?v=3",
        (),
        json.dumps(command).encode(),
        status,
        (),
        json.dumps(answer).encode(),
        started_s=at,
        elapsed_s=0,
    )
    return Reply(exchange, status)


def accepted(body: JsonValue, *, request_id: str = "7") -> JsonObject:
    """Return a good answer."""
    return {"code": "OK", "body": body, "reqId": request_id}


def refused(message: str = "Bad Request", *, request_id: str = "7") -> JsonObject:
    """Return a refusal."""
    return {"code": "BAD_REQUEST", "body": {"msg": message}, "reqId": request_id}
