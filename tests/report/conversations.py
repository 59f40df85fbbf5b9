"""Results of scenarios that talk, made by hand."""

import json
from typing import Any

from connector_harness.results.record import (
    Body,
    RecordedExchange,
    RecordedNotification,
    RecordedScenario,
    RecordedStep,
    Status,
)

START_MS = 1_700_000_000_000
"""14 November 2023, 22:13:20 UTC."""

SCHEMAS = {200: "response/published", 401: "response/authentication_error"}
"""What judges the answers of a status, where nothing else is said."""


class Talk:
    """A scenario of one step, put together call by call."""

    def __init__(self) -> None:
        """Begin with nothing said."""
        self.step = RecordedStep("When they talk")

    def call(
        self,
        request: object,
        response: object,
        *,
        status: int | None = 200,
        operation: str = "publish_event",
        schema: str | None = None,
    ) -> "Talk":
        """Add a call and its answer."""
        judged = SCHEMAS.get(status or 0, "") if schema is None else schema
        exchange = RecordedExchange(
            operation=operation,
            method="POST",
            url="https://x.test/send",
            title=f"POST …/send → {status}",
            start=START_MS,
            stop=START_MS + 3,
            status=status,
            request=_body(request),
            response=_body(response) if response is not None else Body(),
            schema=judged,
        )
        self.step.exchanges.append(exchange)
        return self

    def say(self, words: str, number: int) -> "Talk":
        """Add a message of the consumer that is accepted."""
        answer = {"code": "OK", "body": {"sequence": number}, "reqId": "1"}
        return self.call(publishing(text(words)), answer)

    def say_in_vain(self, words: str, *, status: int | None, response: object = None) -> "Talk":
        """Add a message of the consumer that gets another answer, or none."""
        return self.call(publishing(text(words)), response, status=status)

    def at(self, start_ms: int) -> "Talk":
        """Let the last call have begun at that time."""
        self.step.exchanges[-1].start = start_ms
        return self

    def ask(self, id_: str | None, *, status: int = 200, by_another: bool = False) -> "Talk":
        """Add a request for a conversation, and its id; None where it is refused or not told."""
        answer = {"code": "OK", "body": {"conversationId": id_}} if id_ else None
        request = {"type": "cm.ConsumerRequestConversation", "body": {}}
        self.call(request, answer, status=status or None, operation="create_conversation")
        self.step.exchanges[-1].is_anothers = by_another
        return self.at(START_MS - 9)

    def hear(self, event: object, number: int | None = None, *, role: str = "AGENT") -> "Talk":
        """Add a notification of an event in the conversation ``c``."""
        change = {
            "sequence": number,
            "originatorMetadata": {"role": role},
            "serverTimestamp": START_MS,
            "event": event,
            "conversationId": "c",
            "dialogId": "c",
        }
        return self.notify(change)

    def notify(self, change: object) -> "Talk":
        """Add a notification of one change."""
        return self.hear_all({"body": {"changes": [change]}})

    def by(self, app: int) -> "Talk":
        """Let the last notification be one for that app."""
        self.step.notifications[-1].app = app
        return self

    def hear_all(self, document: object) -> "Talk":
        """Add a notification as it is."""
        self.step.notifications.append(RecordedNotification("something", _body(document)))
        return self

    def result(self, status: Status = Status.PASSED) -> RecordedScenario:
        """Return the result."""
        self.step.status = status
        return RecordedScenario(
            "h", "f.feature::S", "S", status, start=START_MS, stop=START_MS + 30, steps=[self.step]
        )


def _body(document: object) -> Body:
    return Body(json.dumps(document), "application/json")


def publishing(event: object, *, dialog: str = "c") -> dict[str, Any]:
    """Return the command that publishes *event*."""
    body = {"conversationId": "c", "dialogId": dialog, "event": event}
    return {"kind": "req", "id": "1", "type": "ms.PublishEvent", "body": body}


def text(message: str) -> dict[str, str]:
    """Return the event of a message."""
    return {"type": "ContentEvent", "contentType": "text/plain", "message": message}
