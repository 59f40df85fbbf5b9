"""A scenario's conversation as a chat, read from its exchanges and notifications."""

from collections import Counter
from collections.abc import Iterable, Iterator
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
        who: ``"shopper"``, ``"another shopper"``, ``"agent"``, ``"robot"``, ``"manager"``,
            ``"reader"``; empty for notes.
        text: What was said, or the note.
        number: Its number in the dialog.
        time_ms: When, in milliseconds since the epoch.
        refusal: Why it did not come through; empty if it did.
        card: What is drawn.
        replies: The answers offered with it.
        sign: What stands before it, where it is neither a message nor a note.
        notes: The types of the metadata that it carries.
        tellings: How often each app was told of it, whether it took that or not.
        place: The conversation and the dialog.
        after_ms: What it was heard after, where nothing says when it was.
        is_call: Whether it is a note of what the connector did, and not of what it heard.
        chat: What stands for its conversation, which may have no id; empty if it may be of any.
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
    tellings: Counter[int] = field(default_factory=Counter)
    place: tuple[str, str] = ("", "")
    after_ms: int | None = None
    is_call: bool = False
    chat: str = ""

    @property
    def told(self) -> int:
        """How often the app was told of it that was told most."""
        return max(self.tellings.values(), default=0)


@dataclass(slots=True)
class ChatTranscript:
    """What was said and done in the conversations of one scenario, in order."""

    entries: list[ChatEntry] = field(default_factory=list)

    @property
    def talks(self) -> bool:
        """Whether anything was said, and not only opened."""
        return any(entry.kind != "note" for entry in self.entries)

    @property
    def chats(self) -> list[list[ChatEntry]]:
        """What is shown, each conversation by itself."""
        found: dict[str, list[ChatEntry]] = {}
        first = next((entry.chat for entry in self.entries if entry.chat), "")
        for entry in self.entries[:SHOWN]:
            found.setdefault(entry.chat or first, []).append(entry)
        return [*found.values()]

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
        self._chat = ""
        self._shoppers: dict[str, str] = {}
        self._refused: list[str] = []
        self._unnamed: list[str] = []

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
            commands = list(objects(exchange.request.document))
            answers = [answer_to(exchange, each, place) for place, each in enumerate(commands)]
            shopper = "another shopper" if exchange.is_anothers else "shopper"
            before = self._chat
            ids = (text_in(each, "body", "conversationId") for each in (*answers, *commands))
            self._chat = next(filter(None, ids), before)
            if exchange.operation == _CREATE:
                self._open(exchange, answers, shopper)
            for command, answer in zip(commands, answers, strict=True):
                self._command(exchange, command, answer, shopper)
            if self._chat in self._refused:
                self._chat = before

    def _open(self, exchange: RecordedExchange, answers: Iterable[JsonValue], shopper: str) -> None:
        """Begin a chat; what was refused, or got no answer, has one as well."""
        reasons = [refusal(exchange, each) for each in answers]
        opened = (text_in(each, "body", "conversationId") for each in answers)
        if not (id_ := next(filter(None, opened), "")):
            id_ = f"{_CREATE} {len(self.entries)}"
            is_refused = any(each.startswith("refused") for each in reasons)
            (self._refused if is_refused else self._unnamed).append(id_)
        self._chat = id_
        self._shoppers[id_] = shopper

    def _command(
        self, exchange: RecordedExchange, command: JsonObject, answer: JsonValue, shopper: str
    ) -> None:
        reason = refusal(exchange, answer)
        if text_in(command, "type") != _PUBLISH:
            somebody = shopper if exchange.is_anothers else f"the {shopper}"
            words = what_it_does(command, refused=bool(reason), somebody=somebody)
            self._did(words, exchange.start, reason)
            if exchange.operation == _CREATE:
                self._states.open(text_in(answer, "body", "conversationId"))
            return
        entry = said(shopper, inside(command, "body", "event"))
        entry.chat = self._chat
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
                chat = self._heard_of(text_in(change["result"], "convId"))
                for each in self._states.news(change["result"]):
                    self._note(each.words, each.time_ms, chat)
                    self._heard_ms = each.time_ms or self._heard_ms
            elif "event" in change:
                self._heard(change, notification.app)

    def _heard_of(self, id_: str) -> str:
        """Return what stands for a conversation that is told of; it may be one without an id."""
        if id_ and id_ not in self._shoppers:
            before = self._unnamed.pop(0) if self._unnamed else None
            self._shoppers[id_] = self._shoppers.get(before or "", "shopper")
            for entry in (each for each in self.entries if each.chat == before):
                entry.chat = id_
            self._chat = id_ if self._chat == before else self._chat
        return id_ or self._chat

    def _heard(self, change: JsonObject, app: int) -> None:
        place = (text_in(change, "conversationId"), text_in(change, "dialogId"))
        chat, speaker = self._heard_of(place[0]), _speaker(change, place)
        speaker = self._shoppers.get(chat, speaker) if speaker == "shopper" else speaker
        entry = said(speaker, change["event"])
        entry.chat = chat
        entry.number, entry.place = number_in(change, "sequence"), place
        entry.time_ms = number_in(change, "serverTimestamp")
        entry.notes, entry.tellings = _metadata(change), Counter([app])
        entry.after_ms = self._heard_ms
        self._heard_ms = entry.time_ms or self._heard_ms
        known = self._known(entry)
        if known is None:
            self._insert(entry)
            return
        is_news = not known.told
        known.tellings.update(entry.tellings)
        known.number, known.place, known.chat = entry.number, place, chat
        known.time_ms = entry.time_ms or known.time_ms
        if is_news:
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
            if heard.number is None and heard.who.endswith("shopper") and not entry.told:
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

    def _note(self, text: str, time_ms: int | None, chat: str) -> None:
        if text:
            self.entries.append(ChatEntry("note", "", text, time_ms=time_ms, chat=chat))

    def _did(self, text: str, time_ms: int, reason: str) -> None:
        if text:
            note = ChatEntry("note", "", text, time_ms=time_ms, refusal=reason, is_call=True)
            note.chat = self._chat
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
