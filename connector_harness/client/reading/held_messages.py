"""Messages as an endpoint holds them, in the two forms in which it tells of them.

Source: API facts §15.1 and §15.2.
"""

import re
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from connector_harness.json_types import JsonObject, JsonValue, read_json

Kind: TypeAlias = Literal["text", "rich", "file", "other"]

_NO_MESSAGES: Final = frozenset({"CHAT_STATE", "ACCEPT_STATUS"})
_KINDS: Final[dict[str, Kind]] = {
    "PLAIN_TEXT": "text",
    "RICH_CONTENT": "rich",
    "HOSTED_FILE": "file",
}
_DIGITS: Final = re.compile("[0-9]{1,16}")
# The history writes this word where it has nothing.
_ABSENT: Final = "undefined"
_FOR_THE_SHOPPER: Final = (None, "", "ALL", _ABSENT)


@dataclass(frozen=True, slots=True)
class HeldMessage:
    """A message, as the endpoint holds it; receipts, typing and notes among agents are none.

    Attributes:
        sequence: Its number in the dialog.
        role: Who said it, as ``CONSUMER`` or ``ASSIGNED_AGENT``. The history tells only
            ``CONSUMER`` from ``AGENT``.
        dialog_id: The dialog.
        kind: What it is.
        text: What was said; None for what is no text.
        content: What was published otherwise: structured content, the file that is named, or
            what nobody knows; None for a text.
    """

    sequence: int
    role: str
    dialog_id: str
    kind: Kind
    text: str | None = None
    content: JsonValue = field(default=None, repr=False)


class UnreadableError(ValueError):
    """An item is no message of the documented form; the text says why and holds none of it."""


def sequence_in(value: JsonValue) -> int | None:
    """Return a sequence, which may be written in digits; None where *value* is none."""
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    return None


def messaging_rest_message(item: JsonObject, *, dialog_id: str) -> HeldMessage | None:
    """Return the message in an item of a page; None for what is no message for the shopper.

    Source: API facts §15.1.

    Raises:
        UnreadableError: The item lacks something, or is of another dialog.
    """
    if item.get("type") in _NO_MESSAGES or item.get("messageAudience") not in _FOR_THE_SHOPPER:
        return None
    match item:
        case {"type": str(type_), "originator": {"role": str(role)}}:
            kind = _KINDS.get(type_, "other")
        case _:
            raise UnreadableError("a message lacks its type, or who said it")
    number = _sequence(item.get("sequence"))
    if item.get("dialogId", dialog_id) != dialog_id:
        raise UnreadableError("a message is of another dialog than was read")
    match kind, item.get("content"):
        case "text", {"text": str(text)}:
            return HeldMessage(number, role, dialog_id, kind, text=text)
        case "text", _:
            raise UnreadableError("a text has no text")
        case _, content:
            return HeldMessage(number, role, dialog_id, kind, content=content)


def history_message(record: JsonObject, *, dialog_id: str) -> HeldMessage | None:
    """Return the message in a record; None for what is no message for the shopper, or elsewhere.

    Source: API facts §15.2.

    Raises:
        UnreadableError: The record lacks something.
    """
    is_elsewhere = record.get("dialogId", dialog_id) != dialog_id
    if is_elsewhere or record.get("audience") not in _FOR_THE_SHOPPER:
        return None
    match record:
        case {"sentBy": str(sent_by), "messageData": dict(data)}:
            number, role = _sequence(record.get("seq")), sent_by.upper()
        case _:
            raise UnreadableError("a message lacks its data, or who said it")
    match data:
        case {"richContent": {"content": str(written)}} if written != _ABSENT:
            return HeldMessage(number, role, dialog_id, "rich", content=_parsed(written))
        case {"msg": {"text": str(text)}}:
            return HeldMessage(number, role, dialog_id, "text", text=text)
    # Which member names a file is not documented; what it holds is.
    for each in (data, *data.values()):
        if isinstance(each, dict) and "relativePath" in each:
            file = {name: value for name, value in each.items() if value != _ABSENT}
            return HeldMessage(number, role, dialog_id, "file", content=file)
    return HeldMessage(number, role, dialog_id, "other", content=data)


def _sequence(value: JsonValue) -> int:
    number = sequence_in(value)
    if number is None:
        raise UnreadableError("a message has no sequence")
    return number


def _parsed(written: str) -> JsonValue:
    try:
        return read_json(written.encode())
    except ValueError:
        raise UnreadableError("structured content is no JSON") from None
