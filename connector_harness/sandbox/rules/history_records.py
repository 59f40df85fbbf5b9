"""The rules of the history: which conversations are found, and what is told of each.

Source: API facts §15.2, §16.
"""

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.sandbox.rules.events import FILE, RECEIPT, RICH_CONTENT, is_message
from connector_harness.sandbox.rules.shapes import array, members, one_of, string
from connector_harness.sandbox.state.dialogs import Dialog, Message
from connector_harness.sandbox.state.state import ANY_SKILL, Conversation

MOST = 100
"""Most conversations that are shown at once."""

USUALLY = 50
"""How many are shown where nothing is said of it."""

UNDEFINED = "undefined"
"""What stands where there is nothing."""

_PARTS = {"contentToRetrieve": array(string)}

_CONSUMER = members({"consumer": string, "status": array(one_of("OPEN", "CLOSE"), least=1)}, _PARTS)
_CONVERSATION = members({"conversationId": string}, _PARTS)
# The page's table calls some of them otherwise than its example.
_OTHER_NAMES = {
    "messagesRecords": "messageRecords",
    "consumerParticipant": "consumerParticipants",
}
_TYPES = {
    "text/plain": "TEXT_PLAIN",
    FILE: "HOSTED_FILE",
    "forms/secure-invitation": "SECURE_FORM_INVITATION",
    "forms/secure-submission": "SECURE_FORM_SUBMIT",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """What is searched for: one consumer's conversations, or one conversation.

    ``statuses`` are those that count, ``parts`` those that are told; None stands for any.
    """

    consumer: str | None = None
    conversation: str | None = None
    statuses: frozenset[str] | None = None
    parts: frozenset[str] | None = None

    def mean(self, conversation: Conversation) -> bool:
        """Return whether a conversation is the one, or one of the consumer's."""
        return self.consumer == conversation.consumer.lp_id or self.conversation == conversation.id


def read_consumer(document: JsonValue) -> Criteria | str:
    """Return what a search for a consumer's conversations asks for, or what is wrong with it."""
    fault = _CONSUMER(document, "$")
    if fault or not isinstance(document, dict):
        return fault or ""
    statuses = frozenset(_texts(document["status"]))
    return Criteria(consumer=str(document["consumer"]), statuses=statuses, parts=_parts(document))


def read_conversation(document: JsonValue) -> Criteria | str:
    """Return what a search for one conversation asks for, or what is wrong with it."""
    fault = _CONVERSATION(document, "$")
    if fault or not isinstance(document, dict):
        return fault or ""
    return Criteria(conversation=str(document["conversationId"]), parts=_parts(document))


def _parts(document: JsonObject) -> frozenset[str] | None:
    if "contentToRetrieve" not in document:
        return None
    named = _texts(document["contentToRetrieve"])
    return frozenset(_OTHER_NAMES.get(each, each) for each in named)


def _texts(document: JsonValue) -> list[str]:
    return [str(each) for each in document] if isinstance(document, list) else []


@dataclass(frozen=True, slots=True)
class Window:
    """Which of the found conversations are shown."""

    offset: int = 0
    limit: int = USUALLY

    def of(self, found: "list[Record]") -> "list[Record]":
        """Return those of *found* that are shown."""
        return found[self.offset : self.offset + self.limit]


def read_window(query: Mapping[str, str]) -> Window | str:
    """Return what the parameters of a call ask for, or what is wrong with them."""
    offset, limit = query.get("offset", "0"), query.get("limit", str(USUALLY))
    if not re.fullmatch("[0-9]{1,9}", offset):
        return f"offset is {offset[:60]!r}, not a whole number"
    if not re.fullmatch(f"[1-9][0-9]?|{MOST}", limit):
        return f"limit is {limit[:60]!r}, not 1 to {MOST}"
    return Window(int(offset), int(limit))


class Record:
    """What the history has of a conversation by now.

    Args:
        conversation: The conversation.
        now_ms: The time, in milliseconds since the epoch.
        delay_s: How late the history is, in seconds.
    """

    def __init__(self, conversation: Conversation, now_ms: int, delay_s: float) -> None:
        self._conversation = conversation
        self._now_ms = now_ms
        # Changes in the same millisecond have times that lie a little ahead.
        self._until_ms = now_ms - delay_s * 1000 if delay_s else math.inf

    def is_found(self, criteria: Criteria) -> bool:
        """Return whether it is there already, in a status that is searched for."""
        if self._conversation.started_ms > self._until_ms:
            return False
        return (
            criteria.statuses is None or self._status(self._conversation.main) in criteria.statuses
        )

    def document(self, criteria: Criteria) -> JsonObject:
        """Return what is told of it, all or the parts that *criteria* name."""
        parts: dict[str, Callable[[], JsonValue]] = {
            "messageRecords": lambda: list(self._messages()),
            "messageStatuses": lambda: list(self._receipts()),
            "consumerParticipants": self._participants,
            "dialogs": self._dialogs,
        }
        wanted = parts.keys() if criteria.parts is None else criteria.parts
        told = {name: part() for name, part in parts.items() if name in wanted}
        return {"info": self._info(), **told}

    def _info(self) -> JsonObject:
        conversation = self._conversation
        statuses = [self._status(each) for each in conversation.dialogs]
        is_over = "OPEN" not in statuses
        ended_ms = conversation.ended_ms if is_over else None
        is_number = re.fullmatch("-?[0-9]{1,18}", conversation.skill)
        return {
            "conversationId": conversation.id,
            "brandId": conversation.brand,
            "status": self._status(conversation.main),
            "fullDialogStatus": "CLOSE" if is_over else "OPEN",
            **_times("startTime", conversation.started_ms),
            **_times("endTime", ended_ms),
            "duration": (self._now_ms if ended_ms is None else ended_ms) - conversation.started_ms,
            "latestSkillId": int(conversation.skill) if is_number else conversation.skill,
            "latestSkillName": "Unassigned" if conversation.skill == ANY_SKILL else UNDEFINED,
            "latestQueueState": "IN_QUEUE" if conversation.agent is None else "ACTIVE",
            "source": "APP",
            "isPartial": False,
        }

    def _status(self, dialog: Dialog) -> str:
        ended_ms = dialog.ended_ms
        return "OPEN" if ended_ms is None or ended_ms > self._until_ms else "CLOSE"

    def _events(self) -> Iterator[tuple[Dialog, Message]]:
        for dialog in self._conversation.dialogs:
            for message in dialog.messages:
                if message.at_ms <= self._until_ms:
                    yield dialog, message

    def _messages(self) -> Iterator[JsonValue]:
        for dialog, message in self._events():
            if is_message(message.event):
                yield {
                    "type": _type(message.event),
                    "messageData": _data(message.event),
                    "messageId": _message_id(dialog, message.sequence),
                    "seq": message.sequence,
                    "dialogId": dialog.id,
                    "participantId": message.author,
                    "source": "APP",
                    "device": UNDEFINED,
                    **_times("time", message.at_ms),
                    "sentBy": _party(message),
                }

    def _receipts(self) -> Iterator[JsonValue]:
        for dialog, message in self._events():
            numbers = message.event.get("sequenceList")
            if message.event.get("type") == RECEIPT and isinstance(numbers, list):
                for number in numbers:
                    yield {
                        "messageId": _message_id(dialog, number),
                        "seq": number,
                        "messageDeliveryStatus": message.event["status"],
                        "participantId": message.author,
                        "participantType": _party(message),
                        "timeL": message.at_ms,
                    }

    def _participants(self) -> JsonValue:
        conversation = self._conversation
        joined = _times("time", conversation.started_ms)
        return [{"participantId": conversation.consumer.lp_id, **joined}]

    def _dialogs(self) -> JsonValue:
        return [
            {
                "dialogId": dialog.id,
                "status": self._status(dialog),
                "dialogType": dialog.kind,
                "dialogChannelType": "MESSAGING",
                "startTimeL": dialog.started_ms,
            }
            for dialog in self._conversation.dialogs
            if dialog.started_ms <= self._until_ms
        ]


def _times(name: str, at_ms: int | None) -> JsonObject:
    """Return a time in words and in milliseconds since the epoch."""
    if at_ms is None:
        return {name: UNDEFINED, f"{name}L": -1}
    at = datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(" ", timespec="milliseconds")
    return {name: at.replace("+00:00", "+0000"), f"{name}L": at_ms}


def _message_id(dialog: Dialog, sequence: JsonValue) -> str:
    return f"ms::conv:{dialog.id}::msg:{sequence}"


def _party(message: Message) -> str:
    return "Consumer" if message.role == "CONSUMER" else "Agent"


def _type(event: JsonObject) -> str:
    is_rich = event["type"] == RICH_CONTENT
    return "RICH_CONTENT" if is_rich else _TYPES[str(event["contentType"])]


def _data(event: JsonObject) -> JsonObject:
    if event["type"] == RICH_CONTENT:
        return {"richContent": {"content": json.dumps(event["content"])}}
    message = event["message"]
    if not isinstance(message, str):
        return {"file": message} if event["contentType"] == FILE else {"form": message}
    replies = event.get("quickReplies")
    offered: JsonObject = {"quickReplies": {"content": json.dumps(replies)}} if replies else {}
    return {"msg": {"text": message}, **offered}
