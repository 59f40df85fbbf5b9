"""What a delivery tells, in words for people."""

from collections.abc import Iterator

from connector_harness.documents import JsonObject, JsonValue

_LONGEST = 80
_MOST_NAMED = 5


def content_text(kind: str, event: JsonObject) -> str:
    """Return what a message says: its text, ``[file] caption``, or ``[card]`` with its texts.

    The texts and titles of a card follow each other in reading order, ``/`` between them:
    ``[card] Keep the order? / Yes``. Content of another type shows its type: ``[forms/…]``.

    Args:
        kind: The kind of its change, as ``"file"``.
        event: The event as it travels.
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


def deed(kind: str, event: JsonObject) -> str:
    """Return what somebody did, as ``says 'On its way.'`` or ``marks 0, 1 as READ``."""
    if kind == "receipt":
        numbers = event.get("sequenceList")
        listed = numbers if isinstance(numbers, list) else [numbers]
        return f"marks {_cut(', '.join(map(str, listed)))} as {_plain(event.get('status'))}"
    if kind == "typing":
        return f"is {_plain(event.get('chatState'))}"
    if kind == "text":
        return f"says {_short(event.get('message'))}"
    verb = "shows" if kind == "rich content" else "sends"
    return f"{verb} {_short(content_text(kind, event))}"


def state_of(details: JsonObject) -> str:
    """Return how a conversation stands, as ``the conversation is OPEN, skill '-1', CONSUMER``."""
    state, stage = _plain(details.get("state")), _plain(details.get("stage", details.get("state")))
    said = [f"the conversation is {state}" if state == stage else f"state {state}, stage {stage}"]
    if isinstance(skill := details.get("skillId"), str):
        said.append(f"skill {_short(skill)}")
    roles = [_plain(each.get("role")) for each in _objects(details.get("participants"))]
    if roles:
        said.append(" and ".join(roles[:_MOST_NAMED]))
    said += [
        f"{_plain(each.get('dialogType'))} {_plain(each.get('state'))}"
        for each in _objects(details.get("dialogs"))[1:_MOST_NAMED]
    ]
    if reason := details.get("closeReason"):
        said.append(f"closed by {_plain(reason)}")
    return ", ".join(said)


def _card_texts(content: JsonValue) -> Iterator[str]:
    if not isinstance(content, dict):
        return
    for name in ("title", "text", "caption"):
        if isinstance(text := content.get(name), str):
            yield text
    for element in _objects(content.get("elements")):
        yield from _card_texts(element)


def _objects(value: JsonValue) -> list[JsonObject]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _plain(value: JsonValue) -> str:
    return _cut(value) if isinstance(value, str) and value.isprintable() else _short(value)


def _short(value: JsonValue) -> str:
    return _cut(repr(value))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
