"""The rules of reading back: pages of a dialog, and the records of the history.

Source: API facts §15.1, §15.2, §16.
"""

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from urllib.parse import urlencode

from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.sandbox.assumptions import Assumptions
from connector_harness.sandbox.http import plain_error
from connector_harness.sandbox.rules.events import FILE, FORMS, RECEIPT, RICH_CONTENT, is_message
from connector_harness.sandbox.rules.shapes import (
    array,
    as_list,
    as_object,
    members,
    one_of,
    string,
)
from connector_harness.sandbox.state.state import ANY_SKILL, Conversation, Dialog, Message

MOST = 100
"""Most messages of a page, and how many there are unless fewer are asked for.

Also most conversations of the history that are shown at once.
"""

FROM = "newerThanSequence"
"""The parameter with the first sequence that is wanted: in spite of its name it is inclusive."""

UNDEFINED = "undefined"
"""What stands in the history where there is nothing."""

_UP_TO_MOST = (f"[1-9][0-9]?|{MOST}", f"1 to {MOST}")
_PAGE_WORDS = {
    FROM: ("[0-9]{1,9}", "a sequence"),
    "limit": _UP_TO_MOST,
    "sortBy": ("sequence", "sequence"),
    "sortOrder": ("ASC|DESC", "ASC or DESC"),
}
_WINDOW_WORDS = {"offset": ("[0-9]{1,9}", "a whole number"), "limit": _UP_TO_MOST}
_TYPES = {
    FILE: "HOSTED_FILE",
    **dict(zip(FORMS, ("SECURE_FORM_INVITATION", "SECURE_FORM_SUBMIT"), strict=True)),
}
_PARTS = {"contentToRetrieve": array(string)}
_SEARCHES = {
    "consumer": {"consumer": string, "status": array(one_of("OPEN", "CLOSE"), least=1)},
    "conversation": {"conversationId": string},
}
# The page's table calls some of them otherwise than its example.
_OTHER_NAMES = {
    "messagesRecords": "messageRecords",
    "consumerParticipant": "consumerParticipants",
}


def page_of(
    dialog: Dialog, query: Mapping[str, str], *, path: str, assumptions: Assumptions
) -> JsonObject:
    """Return the messages of *dialog* that a call of *path* with *query* asks for, or refuse it.

    Receipts have numbers, so messages have gaps between them; a receipt may be the newest.
    Shape: ``{"data": [message], "links": {"next"?: str}}``.
    """
    _judge(query, _PAGE_WORDS)
    first, limit = int(query.get(FROM, 0)), int(query.get("limit", MOST))
    newest = len(dialog.messages) - 1
    if 0 <= newest < first and assumptions.sequence_above_newest_refused:
        reason = f"{FROM} is {first}; the newest stored sequence is {newest}"
        raise plain_error(400, "Bad Request", reason)
    # A message's place is its sequence.
    stored = dialog.messages[first:]
    descends = query.get("sortOrder") == "DESC"
    wanted = (each for each in (reversed(stored) if descends else stored) if is_message(each.event))
    found = list(islice(wanted, limit + 1))
    links: JsonObject = {}
    # For what is left out of a descending page no parameter asks, so no link can lead there.
    if len(found) > limit and not descends:
        further = {**query, FROM: str(found[limit].sequence)}
        links["next"] = f"{path}?{urlencode(further)}"
    data: list[JsonValue] = [_listed(each, dialog.id) for each in found[:limit]]
    return {"data": data, "links": links}


def _judge(query: Mapping[str, str], words: Mapping[str, tuple[str, str]]) -> None:
    for name, (spelling, meaning) in words.items():
        value = query.get(name)
        if value is not None and not re.fullmatch(spelling, value):
            raise plain_error(400, "Bad Request", f"{name} is {value[:60]!r}, not {meaning}")


def _type(event: JsonObject, *, text: str) -> str:
    is_rich = event["type"] == RICH_CONTENT
    return "RICH_CONTENT" if is_rich else _TYPES.get(str(event["contentType"]), text)


def _listed(message: Message, dialog: str) -> JsonObject:
    event, at = message.event, datetime.fromtimestamp(message.at_ms / 1000, UTC)
    said = event["content" if event["type"] == RICH_CONTENT else "message"]
    return {
        "id": f"{dialog}-{message.sequence}",
        "sequence": message.sequence,
        "dialogId": dialog,
        "type": _type(event, text="PLAIN_TEXT"),
        "content": {"text": said} if isinstance(said, str) else said,
        "originator": {"role": message.role},
        "messageAudience": "ALL",
        "createdTs": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }


def read_search(document: JsonValue, kind: str) -> JsonObject:
    """Return what a search by ``consumer`` or by ``conversation`` asks for, or refuse it."""
    fault = members(_SEARCHES[kind], _PARTS)(document, "$")
    if fault:
        raise plain_error(400, "Bad Request", fault)
    known = (*_SEARCHES[kind], *_PARTS)
    return {name: value for name, value in as_object(document).items() if name in known}


def is_meant(conversation: Conversation, search: JsonObject) -> bool:
    """Return whether a conversation is the one searched for, or one of the consumer's."""
    wanted = (search.get("consumer"), search.get("conversationId"))
    return conversation.consumer.lp_id == wanted[0] or conversation.id == wanted[1]


def read_window(query: Mapping[str, str]) -> tuple[int, int]:
    """Return how many found conversations are skipped, and how many shown, or refuse it."""
    _judge(query, _WINDOW_WORDS)
    return int(query.get("offset", 0)), int(query.get("limit", 50))


class Record:
    """What the history, *delay_s* late, has of a conversation by *now_ms*."""

    def __init__(self, conversation: Conversation, now_ms: int, delay_s: float) -> None:
        self._conversation = conversation
        self._now_ms = now_ms
        # Changes in the same millisecond have times that lie a little ahead.
        self._until_ms = now_ms - delay_s * 1000 if delay_s else math.inf

    def is_found(self, search: JsonObject) -> bool:
        """Return whether it is there already, in a status that is searched for, if any is."""
        statuses = as_list(search.get("status", ["OPEN", "CLOSE"]))
        is_there = self._conversation.started_ms <= self._until_ms
        return is_there and self._status(self._conversation.main) in statuses

    def document(self, search: JsonObject) -> JsonObject:
        """Return what is told of it, all or the parts that a search names."""
        parts: dict[str, Callable[[], Iterator[JsonValue]]] = {
            "messageRecords": self._messages,
            "messageStatuses": self._receipts,
            "consumerParticipants": self._participants,
            "dialogs": self._dialogs,
        }
        named = map(str, as_list(search.get("contentToRetrieve", list(parts))))
        wanted = {_OTHER_NAMES.get(each, each) for each in named}
        told = {name: list(part()) for name, part in parts.items() if name in wanted}
        return {"info": self._info(), **told}

    def _info(self) -> JsonObject:
        conversation = self._conversation
        is_over = all(self._status(each) == "CLOSE" for each in conversation.dialogs)
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
                    "type": _type(message.event, text="TEXT_PLAIN"),
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
            is_receipt = message.event.get("type") == RECEIPT
            for number in as_list(message.event.get("sequenceList")) if is_receipt else []:
                yield {
                    "messageId": _message_id(dialog, number),
                    "seq": number,
                    "messageDeliveryStatus": message.event["status"],
                    "participantId": message.author,
                    "participantType": _party(message),
                    "timeL": message.at_ms,
                }

    def _participants(self) -> Iterator[JsonValue]:
        joined = _times("time", self._conversation.started_ms)
        yield {"participantId": self._conversation.consumer.lp_id, **joined}

    def _dialogs(self) -> Iterator[JsonValue]:
        for dialog in self._conversation.dialogs:
            if dialog.started_ms <= self._until_ms:
                yield {
                    "dialogId": dialog.id,
                    "status": self._status(dialog),
                    "dialogType": dialog.kind,
                    "dialogChannelType": "MESSAGING",
                    "startTimeL": dialog.started_ms,
                }


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


def _data(event: JsonObject) -> JsonObject:
    if event["type"] == RICH_CONTENT:
        return {"richContent": {"content": json.dumps(event["content"])}}
    message = event["message"]
    if not isinstance(message, str):
        return {"file": message} if event["contentType"] == FILE else {"form": message}
    replies = event.get("quickReplies")
    offered: JsonObject = {"quickReplies": {"content": json.dumps(replies)}} if replies else {}
    return {"msg": {"text": message}, **offered}
