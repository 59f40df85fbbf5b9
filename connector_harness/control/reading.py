"""Reads the messages of conversations where no webhook tells of them."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Final

from connector_harness.client.reading.held_messages import HeldMessage
from connector_harness.client.reading.read_back import ReadBack
from connector_harness.json_types import JsonObject
from connector_harness.receiver.notification import Notification, read_notification

EVERY_S: Final = 0.5
"""How long to wait between two reads, in seconds."""

_ROLES: Final = {"AGENT": "ASSIGNED_AGENT"}
"""The roles that webhooks tell, for those that the history does not tell apart."""


class AlteredError(AssertionError):
    """What was said does not stay as it was read."""


class ReadBackSource:
    """Reads the messages of conversations; a `Source` of an inbox.

    What is read has no signature, and was judged when it was read. Receipts, typing and changes
    of the conversation itself are not among it. Between two reads `every_s` seconds pass; a message
    may be read `late_s` later than it is said. For whom a conversation was opened *owner_of* tells,
    or None.
    """

    def __init__(self, held: ReadBack, owner_of: Callable[[str], str | None]) -> None:
        self.every_s = EVERY_S
        self.late_s = held.lag_s
        self._held = held
        self._owner_of = owner_of
        self._known: dict[str, dict[int, HeldMessage]] = {}

    def news(self, conversation_id: str) -> list[Notification]:
        """Return the messages of a conversation that have come since it was last asked about.

        One that comes late, after others with higher numbers, is among them.

        Raises:
            ReadBackError: They cannot be read.
            AlteredError: One that was read before has been changed, or is gone from where
                everything is told at once.
        """
        consumer = self._owner_of(conversation_id)
        if consumer is None:
            return []
        messages = self._held.messages(conversation_id, consumer=consumer)
        known = self._known.setdefault(conversation_id, {})
        there = {each.sequence: each for each in messages}
        for number, each in known.items():
            if number not in there and self.late_s:
                # Of what is late, one part may be later than another.
                continue
            if there.get(number) != each:
                what = "is gone" if number not in there else "reads otherwise now"
                raise AlteredError(
                    f"message {number}, which was there before, {what}\n"
                    f"  at: conversation {conversation_id}\n"
                    "  next: see the attached exchanges; what was said must stay as it is"
                )
        new = [each for each in messages if each.sequence not in known]
        known.update(there)
        return [*self._told(conversation_id, new)]

    def _told(self, conversation_id: str, messages: list[HeldMessage]) -> Iterator[Notification]:
        for each in messages:
            body = json.dumps(_document(conversation_id, each), ensure_ascii=False).encode()
            yield read_notification((), body, received_at=time.monotonic(), at=time.time())


def _document(conversation_id: str, message: HeldMessage) -> JsonObject:
    """Return *message* as a webhook would tell it. Source: API facts §9.7."""
    change: JsonObject = {
        "sequence": message.sequence,
        "originatorMetadata": {"role": _ROLES.get(message.role, message.role)},
        "event": _event(message),
        "conversationId": conversation_id,
        "dialogId": message.dialog_id,
    }
    return {
        "kind": "notification",
        "type": "ms.MessagingEventNotification",
        "body": {"changes": [change]},
    }


def _event(message: HeldMessage) -> JsonObject:
    if message.kind == "rich":
        return {"type": "RichContentEvent", "content": message.content}
    kind = {"file": "hosted/file", "text": "text/plain"}.get(message.kind, "unknown")
    said = message.text if message.kind == "text" else message.content
    return {"type": "ContentEvent", "contentType": kind, "message": said}
