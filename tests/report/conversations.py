"""Results of scenarios that talk, made by hand."""

import json
from pathlib import Path
from typing import Any

from connector_harness.results.reader import Result

SEND = "https://x.test/api/account/1/messaging/consumer/conversation/send?v=3"
CREATE = "https://x.test/api/account/1/messaging/consumer/conversation?v=3"
START_MS = 1_700_000_000_000
"""14 November 2023, 22:13:20 UTC."""


class Talk:
    """A scenario of one step, put together call by call.

    Args:
        folder: Where its files go.
    """

    def __init__(self, folder: Path) -> None:
        """Begin with nothing said."""
        self._folder = folder
        folder.mkdir(exist_ok=True)
        self._number = 0
        self._exchanges: list[dict[str, Any]] = []
        self._notifications: list[dict[str, str]] = []

    def call(
        self, request: object, response: object, *, status: int | None = 200, url: str = SEND
    ) -> "Talk":
        """Add a call and its answer."""
        end = "no answer" if status is None else f"→ {status}"
        bodies = [self._attached("request", request)]
        if response is not None:
            bodies.append(self._attached("response", response))
        self._exchanges.append(
            {
                "name": f"POST …/conversation/send {end}",
                "start": START_MS,
                "stop": START_MS + 3,
                "parameters": [{"name": "url", "value": url}],
                "attachments": bodies,
            }
        )
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
        self._exchanges[-1] |= {"start": start_ms, "stop": start_ms + 3}
        return self

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

    def hear_all(self, document: object) -> "Talk":
        """Add a notification as it is."""
        self._notifications.append(self._attached("notification: something", document))
        return self

    def result(self, status: str = "passed") -> Result:
        """Return the result."""
        step = {
            "name": "When they talk",
            "status": status,
            "steps": self._exchanges,
            "attachments": self._notifications,
        }
        raw = {
            "uuid": "00000000-0000-0000-0000-000000000001",
            "historyId": "h",
            "status": status,
            "start": START_MS,
            "stop": START_MS + 30,
            "steps": [step],
        }
        return Result(raw, self._folder)

    def _attached(self, name: str, document: object) -> dict[str, str]:
        self._number += 1
        source = f"{self._number}-attachment.json"
        (self._folder / source).write_text(json.dumps(document), encoding="utf-8")
        return {"name": name, "source": source, "type": "application/json"}


def publishing(event: object, *, dialog: str = "c") -> dict[str, Any]:
    """Return the command that publishes *event*."""
    body = {"conversationId": "c", "dialogId": dialog, "event": event}
    return {"kind": "req", "id": "1", "type": "ms.PublishEvent", "body": body}


def text(message: str) -> dict[str, str]:
    """Return the event of a message."""
    return {"type": "ContentEvent", "contentType": "text/plain", "message": message}
