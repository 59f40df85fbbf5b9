"""What a delivery tells, in the words of the features; each kind of event is described once."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from connector_harness.json_types import JsonObject, JsonValue, objects
from connector_harness.wording.roles import who_is

_LONGEST = 80
_MOST_NAMED = 5

RECEIPTS: Final = {
    "ACCEPT": "delivered",
    "READ": "read",
    "ACCESS": "opened",
    "NACK": "missing",
    "ACTION": "acted on",
}
"""What can become of a message. Source: API facts §5.7."""

PRESENCES: Final = {
    "ACTIVE": "active",
    "INACTIVE": "inactive",
    "GONE": "gone",
    "COMPOSING": "typing",
    "PAUSE": "pausing",
}
"""Everything that can be seen of somebody. Source: API facts §5.6."""

_STATES: Final = {"OPEN": "open", "CLOSE": "closed"}
_DIALOGS: Final = {"MAIN": "main dialog", "POST_SURVEY": "survey"}


def _numbers(event: JsonObject) -> list[str]:
    numbers = event.get("sequenceList")
    return [str(each) for each in (numbers if isinstance(numbers, list) else [numbers])]


def _receipt(event: JsonObject) -> str:
    return f"{_worded(event.get('status'), RECEIPTS)} {', '.join(_numbers(event))}"


def _marks(event: JsonObject) -> str:
    numbers = _numbers(event)
    what = f"message{'s' * (len(numbers) != 1)} {_cut(', '.join(numbers))}"
    return f"marks {what} as {_worded(event.get('status'), RECEIPTS)}"


def _presence(event: JsonObject) -> str:
    return f"appears {_worded(event.get('chatState'), PRESENCES)}"


def _file(event: JsonObject) -> str:
    message = event.get("message")
    caption = message.get("caption") if isinstance(message, dict) else None
    return f"[file] {caption}" if isinstance(caption, str) and caption else "[file]"


def _card(event: JsonObject) -> str:
    texts = _card_texts(event.get("content", event.get("message")))
    return f"[card] {' / '.join(texts)}".rstrip()


def _text(event: JsonObject) -> str:
    message = event.get("message")
    return message if isinstance(message, str) else _type(event)


def _type(event: JsonObject) -> str:
    return f"[{_plain(event.get('contentType') or event.get('type'))}]"


@dataclass(frozen=True, slots=True)
class EventKind:
    """What people read of one kind of event, wherever they meet it.

    Attributes:
        name: What it is called, as ``"receipt"``.
        type: The ``type`` of the event, which is also the end of the name of its webhook.
        text: What it tells, as a row of a feature and a chat do: ``read 0, 2``.
        does: What somebody does by it, after who it is: ``marks messages 0, 2 as read``.
        content_type: Its ``contentType``, where that tells it from others of its type.
        sign: What stands before it in a chat, where it is no message.
    """

    name: str
    type: str
    text: Callable[[JsonObject], str]
    does: Callable[[JsonObject], str]
    content_type: str | None = None
    sign: str = ""


def _says(verb: str, text: Callable[[JsonObject], str]) -> Callable[[JsonObject], str]:
    return lambda event: f"{verb} {_short(text(event))}"


EVENTS: Final = (
    EventKind(
        "text",
        "ContentEvent",
        _text,
        lambda event: f"says {_short(event.get('message'))}",
        content_type="text/plain",
    ),
    EventKind("file", "ContentEvent", _file, _says("sends", _file), content_type="hosted/file"),
    EventKind("rich content", "RichContentEvent", _card, _says("shows", _card)),
    EventKind("receipt", "AcceptStatusEvent", _receipt, _marks, sign="✓"),
    EventKind("typing", "ChatStateEvent", _presence, _presence, sign="…"),
)
"""Every kind of event that the API tells of. Source: API facts §5.4 to §5.8 and §7."""

OTHER: Final = EventKind("other", "", _type, _says("sends", _type))
"""Stands for what nobody knows."""

MESSAGES: Final = tuple(each.type for each in EVENTS if not each.sign)
"""The types of events that are messages."""

_BY_NAME: Final = {each.name: each for each in EVENTS}


def event_kind(event: JsonValue) -> EventKind:
    """Return of which kind an event is; `OTHER` for one of none."""
    if not isinstance(event, dict):
        return OTHER
    known = (each for each in EVENTS if each.type == event.get("type"))
    fitting = (each for each in known if each.content_type in (None, event.get("contentType")))
    return next(fitting, OTHER)


def content_text(kind: str, event: JsonObject) -> str:
    """Return what an event tells: the text of a message, or ``(read 0, 2)`` of what is none.

    Of a file that is ``[file] caption``. The texts and titles of a card follow each other in
    reading order, ``/`` between them: ``[card] Keep the order? / Yes``. Content of another type
    shows its type: ``[forms/…]``.
    """
    found = _BY_NAME.get(kind, OTHER)
    return f"({found.text(event)})" if found.sign else found.text(event)


def what_was_done(kind: str, event: JsonObject) -> str:
    """Return what somebody did, as ``says 'On its way.'`` or ``marks messages 0, 1 as read``."""
    return _BY_NAME.get(kind, OTHER).does(event)


def state_of(details: JsonObject) -> str:
    """Return how a conversation stands: ``the conversation is open, skill '-1', the shopper``."""
    state = _worded(details.get("state"), _STATES)
    stage = _worded(details.get("stage", details.get("state")), _STATES)
    said = [f"the conversation is {state}" if state == stage else f"state {state}, stage {stage}"]
    if isinstance(skill := details.get("skillId"), str):
        said.append(f"skill {_short(skill)}")
    roles = [_cut(who_is(each.get("role"))) for each in objects(details.get("participants"))]
    if roles:
        said.append(" and ".join(roles[:_MOST_NAMED]))
    said += [
        f"{_worded(each.get('dialogType'), _DIALOGS)} {_worded(each.get('state'), _STATES)}"
        for each in objects(details.get("dialogs"))[1:_MOST_NAMED]
    ]
    rating = details.get("csat")
    if isinstance(rating, dict):
        said.append(f"rated {_short(rating.get('csatRate'))}")
    if reason := details.get("closeReason"):
        said.append(f"closed by {_cut(who_is(reason))}")
    return ", ".join(said)


def _card_texts(content: JsonValue) -> Iterator[str]:
    if not isinstance(content, dict):
        return
    for name in ("title", "text", "caption"):
        if isinstance(text := content.get(name), str):
            yield text
    for element in objects(content.get("elements")):
        yield from _card_texts(element)


def _worded(value: JsonValue, words: Mapping[str, str]) -> str:
    """Return the word for *value*; one that there is none for, as it is."""
    return words.get(value, _plain(value)) if isinstance(value, str) else _plain(value)


def _plain(value: JsonValue) -> str:
    return _cut(value) if isinstance(value, str) and value.isprintable() else _short(value)


def _short(value: JsonValue) -> str:
    return _cut(repr(value))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
