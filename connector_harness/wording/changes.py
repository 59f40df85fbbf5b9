"""What a delivery tells, in the words of the features."""

from collections.abc import Iterator, Mapping
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


def content_text(kind: str, event: JsonObject) -> str:
    """Return what a message says: its text, ``[file] caption``, or ``[card]`` with its texts.

    The texts and titles of a card follow each other in reading order, ``/`` between them:
    ``[card] Keep the order? / Yes``. Content of another type shows its type: ``[forms/…]``.
    """
    message = event.get("message")
    if kind == "file":
        caption = message.get("caption") if isinstance(message, dict) else None
        return f"[file] {caption}" if isinstance(caption, str) and caption else "[file]"
    if kind == "rich content":
        texts = _card_texts(event.get("content", message))
        return f"[card] {' / '.join(texts)}".rstrip()
    if kind == "text" and isinstance(message, str):
        return message
    return f"[{_plain(event.get('contentType') or event.get('type'))}]"


def what_was_done(kind: str, event: JsonObject) -> str:
    """Return what somebody did, as ``says 'On its way.'`` or ``marks messages 0, 1 as read``."""
    if kind == "receipt":
        numbers = event.get("sequenceList")
        listed = numbers if isinstance(numbers, list) else [numbers]
        what = f"message{'s' * (len(listed) != 1)} {_cut(', '.join(map(str, listed)))}"
        return f"marks {what} as {_worded(event.get('status'), RECEIPTS)}"
    if kind == "typing":
        return f"appears {_worded(event.get('chatState'), PRESENCES)}"
    if kind == "text":
        return f"says {_short(event.get('message'))}"
    verb = "shows" if kind == "rich content" else "sends"
    return f"{verb} {_short(content_text(kind, event))}"


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
