"""A scenario's conversation as a chat, read from its exchanges and notifications."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final

from connector_harness.contract.items import COMMANDING
from connector_harness.json_types import JsonObject, JsonValue, inside, number_in, objects, text_in
from connector_harness.report.chat.refusals import answer_to, refusal
from connector_harness.results.record import (
    RecordedExchange,
    RecordedNotification,
    RecordedScenario,
)
from connector_harness.wording.changes import event_kind
from connector_harness.wording.commands import what_it_does
from connector_harness.wording.roles import who
from connector_harness.wording.states import ConversationStates
from connector_harness.wording.structured_content import Part, draw

SHOWN: Final = 400
"""How many entries are shown; a conversation may have a thousand messages."""

LONGEST: Final = 600
"""How much of a message is shown, in characters."""

_CREATE: Final = "create_conversation"
_PUBLISH: Final = "ms.PublishEvent"


@dataclass(slots=True)
class ChatEntry:
    """One thing that was said or done.

    Attributes:
        kind: ``"message"``, ``"file"``, ``"card"``, ``"note"``, or the name of an `EventKind`.
        who: ``"shopper"``, ``"agent"``, ``"robot"``, ``"manager"``, ``"reader"``; empty for notes.
        text: What was said, or the note.
        number: Its number in the dialog.
        time_ms: When, in milliseconds since the epoch.
        refusal: Why it did not come through; empty if it did.
        card: What is drawn.
        replies: The answers offered with it.
        sign: What stands before it, where it is neither a message nor a note.
        notes: The types of the metadata that it carries.
        told: How often the connector was told of it.
        place: The conversation and the dialog.
        after_ms: What it was heard after, where nothing says when it was.
        is_call: Whether it is a note of what the connector did, and not of what it heard.
    """

    kind: str
    who: str
    text: str = ""
    number: int | None = None
    time_ms: int | None = None
    refusal: str = ""
    card: Part | None = None
    replies: tuple[str, ...] = ()
    sign: str = ""
    notes: tuple[str, ...] = ()
    told: int = 0
    place: tuple[str, str] = ("", "")
    after_ms: int | None = None
    is_call: bool = False


@dataclass(slots=True)
class ChatTranscript:
    """A conversation, or several of one scenario, in order."""

    entries: list[ChatEntry] = field(default_factory=list)

    @property
    def talks(self) -> bool:
        """Whether anything was said, and not only opened."""
        return any(entry.kind != "note" for entry in self.entries)

    @property
    def left_out(self) -> int:
        """How many entries are too many to be shown."""
        return max(0, len(self.entries) - SHOWN)

    @property
    def messages(self) -> int:
        """How many messages there are: texts, files and cards."""
        return sum(entry.kind in ("message", "file", "card") for entry in self.entries)


def transcript_of(result: RecordedScenario) -> ChatTranscript:
    """Return what was said and done in a scenario."""
    chat = _Chat()
    for part in result.parts:
        for exchange in part.all_exchanges:
            chat.exchange(exchange)
        for notification in part.notifications:
            chat.notification(notification)
    return ChatTranscript(_in_order(chat.entries))


def _in_order(entries: list[ChatEntry]) -> list[ChatEntry]:
    """Return *entries* in the order of their times.

    What is heard comes in order, but whether before or after what is said meanwhile is chance.
    """
    times: list[int] = []
    for entry in entries:
        known = (entry.time_ms, entry.after_ms, times[-1] if times else 0)
        times.append(next(each for each in known if each is not None))
    return [entries[number] for number in sorted(range(len(entries)), key=times.__getitem__)]


class _Chat:
    """Puts a chat together."""

    def __init__(self) -> None:
        self.entries: list[ChatEntry] = []
        self._states = ConversationStates()
        self._heard_ms: int | None = None

    def exchange(self, exchange: RecordedExchange) -> None:
        """Add what a call says or does."""
        if exchange.operation in ("app_token", "consumer_token"):
            reason = refusal(exchange)
            if reason:
                self._did("the connector signs in", exchange.start, reason)
            return
        if exchange.operation in ("put_file", "get_file"):
            verb = "is uploaded" if exchange.operation == "put_file" else "is downloaded"
            self._did(f"the file {verb}", exchange.start, refusal(exchange))
            return
        if exchange.operation in COMMANDING:
            for place, command in enumerate(objects(exchange.request.document)):
                self._command(exchange, command, place)

    def _command(self, exchange: RecordedExchange, command: JsonObject, place: int) -> None:
        answer = answer_to(exchange, command, place)
        reason = refusal(exchange, answer)
        if text_in(command, "type") != _PUBLISH:
            self._did(what_it_does(command, refused=bool(reason)), exchange.start, reason)
            if exchange.operation == _CREATE:
                self._states.open(text_in(answer, "body", "conversationId"))
            return
        entry = said("shopper", inside(command, "body", "event"))
        entry.number = None if reason else number_in(answer, "body", "sequence")
        entry.time_ms, entry.refusal = exchange.start, reason
        entry.notes = _metadata(command)
        body = inside(command, "body")
        entry.place = (text_in(body, "conversationId"), text_in(body, "dialogId"))
        self.entries.append(entry)

    def notification(self, notification: RecordedNotification) -> None:
        """Add what the connector was told."""
        for change in objects(inside(notification.body.document, "body", "changes")):
            if "result" in change:
                for words, time_ms in self._states.news(change["result"]):
                    self._note(words, time_ms)
                    self._heard_ms = time_ms or self._heard_ms
            elif "event" in change:
                self._heard(change)

    def _heard(self, change: JsonObject) -> None:
        place = (text_in(change, "conversationId"), text_in(change, "dialogId"))
        entry = said(_speaker(change, place), change["event"])
        entry.number, entry.place = number_in(change, "sequence"), place
        entry.time_ms = number_in(change, "serverTimestamp")
        entry.notes, entry.told = _metadata(change), 1
        entry.after_ms = self._heard_ms
        self._heard_ms = entry.time_ms or self._heard_ms
        known = self._known(entry)
        if known is None:
            self._insert(entry)
            return
        known.told += 1
        known.number, known.place = entry.number, place
        known.time_ms = entry.time_ms or known.time_ms
        if known.told == 1:
            # What is told comes in order, also within a millisecond.
            self.entries.remove(known)
            self._insert(known)

    def _known(self, heard: ChatEntry) -> ChatEntry | None:
        """Return what has been entered already and is told of now."""
        for entry in reversed(self.entries):
            if (entry.kind, entry.who, entry.text) != (heard.kind, heard.who, heard.text):
                continue
            if heard.number is not None and _is_same(entry, heard):
                return entry
            if heard.number is None and heard.who == "shopper" and not entry.told:
                return entry
        return None

    def _insert(self, entry: ChatEntry) -> None:
        """Add an entry before those of its dialog with higher numbers."""
        place = len(self.entries)
        for index in range(len(self.entries) - 1, -1, -1):
            other = self.entries[index]
            if entry.number is None or (other.place == entry.place and _is_before(other, entry)):
                break
            if other.place == entry.place and other.number is not None:
                place = index
        # What was said in the same millisecond was said before: it takes a call to answer a call.
        while place and self._is_call_at(entry.time_ms, place - 1):
            place -= 1
        self.entries.insert(place, entry)

    def _is_call_at(self, time_ms: int | None, place: int) -> bool:
        return self.entries[place].is_call and self.entries[place].time_ms == time_ms

    def _note(self, text: str, time_ms: int | None) -> None:
        if text:
            self.entries.append(ChatEntry("note", "", text, time_ms=time_ms))

    def _did(self, text: str, time_ms: int, reason: str) -> None:
        if text:
            note = ChatEntry("note", "", text, time_ms=time_ms, refusal=reason, is_call=True)
            self.entries.append(note)


def _is_same(entry: ChatEntry, heard: ChatEntry) -> bool:
    """Return whether both are the same event; that of a lost answer has no number yet."""
    if entry.number is None:
        return not entry.refusal.startswith("refused") and entry.place[0] in ("", heard.place[0])
    dialogs = (entry.place[1], heard.place[1])
    return entry.number == heard.number and ("" in dialogs or dialogs[0] == dialogs[1])


def _is_before(other: ChatEntry, entry: ChatEntry) -> bool:
    return other.number is not None and entry.number is not None and other.number < entry.number


def _speaker(change: JsonObject, place: tuple[str, str]) -> str:
    role = text_in(change, "originatorMetadata", "role")
    return who(role, in_survey=place[0] != place[1])


def said(who: str, event: JsonValue) -> ChatEntry:
    """Return what an event says."""
    kind, message = event_kind(event), inside(event, "message")
    if kind.sign and isinstance(event, dict):
        return ChatEntry(kind.name, who, kind.text(event), sign=kind.sign)
    if kind.name == "rich content":
        card = draw(inside(event, "content") or message)
        return ChatEntry("card", who, " / ".join(card.words), card=card)
    if kind.name == "file":
        return ChatEntry("file", who, _file(message))
    unknown = f"[{text_in(event, 'type') or 'an event of no type'}]"
    text = message if isinstance(message, str) else unknown
    return ChatEntry("message", who, text, replies=tuple(_replies(event)))


def _file(message: JsonValue) -> str:
    path = PurePosixPath(text_in(message, "relativePath"))
    named = text_in(message, "caption") or f"a file{path.suffix}"
    kind = text_in(message, "fileType")
    return f"{named} ({kind})" if kind else named


def _replies(event: JsonValue) -> Iterator[str]:
    for reply in objects(inside(event, "quickReplies", "replies")):
        yield text_in(reply, "title") or text_in(reply, "type")


def _metadata(holder: JsonValue) -> tuple[str, ...]:
    found = inside(holder, "metadata") or inside(holder, "body", "metadata")
    return tuple(text_in(each, "type") or "note" for each in objects(found))
