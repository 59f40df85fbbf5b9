"""What happens to a conversation, told from how it stands again and again."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from connector_harness.json_types import JsonValue, inside, number_in, objects, text_in
from connector_harness.wording.roles import who


@dataclass(slots=True)
class _State:
    is_new: bool = True
    state: tuple[str, str] = ("OPEN", "OPEN")
    skill: str = ""
    roles: set[str] = field(default_factory=lambda: {"CONSUMER"})
    surveys: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StateNews:
    """What has happened to a conversation.

    Attributes:
        words: It, as the chat has it.
        who: Who did it, or what it happened to, as tables have it.
        what: What that was, as tables have it.
        time_ms: When, in milliseconds since the epoch; None if nobody knows.
    """

    words: str
    who: str
    what: str
    time_ms: int | None = None


class ConversationStates:
    """Tells what is new each time the connector is told how a conversation stands."""

    def __init__(self) -> None:
        self._states: dict[str, _State] = {}

    def open(self, conversation_id: str) -> None:
        """Take it that the opening of a conversation has been told."""
        if conversation_id:
            self._states.setdefault(conversation_id, _State()).is_new = False

    def news(self, result: JsonValue) -> Iterator[StateNews]:
        """Yield what has happened since the last time."""
        known = self._states.setdefault(text_in(result, "convId"), _State())
        details = inside(result, "conversationDetails")
        time_ms = number_in(details, "metaDataLastUpdateTs")
        if known.is_new:
            known.is_new = False
            begun = number_in(details, "startTs")
            what = "opened the conversation"
            yield StateNews("a conversation is opened", "shopper", what, begun)
        for each in (*_handling(known, details), *_dialogs(known, details)):
            yield replace(each, time_ms=time_ms)
        stage = text_in(details, "stage")
        state = text_in(details, "state") or stage or known.state[0]
        now = (state, stage or state)
        if now != known.state:
            known.state = now
            yield replace(_stand(details, *now), time_ms=time_ms)


def _that(who: str, what: str) -> StateNews:
    return StateNews(f"the {who} {what}", who, what)


def _handling(known: _State, details: JsonValue) -> Iterator[StateNews]:
    """Yield who has come and gone, and where the conversation was passed on to."""
    skill = text_in(details, "skillId")
    if known.skill and skill and skill != known.skill:
        yield _that("conversation", f"is passed on to skill {skill}")
    known.skill = skill or known.skill
    if not isinstance(inside(details, "participants"), list):
        return
    roles = {text_in(each, "role") for each in objects(inside(details, "participants"))}
    for role, article in (("ASSIGNED_AGENT", "an"), ("MANAGER", "a")):
        if role in roles - known.roles:
            yield StateNews(f"{article} {who(role)} joins", who(role), "joined")
        if role in known.roles - roles:
            yield _that(who(role), "leaves")
    known.roles = roles


def _dialogs(known: _State, details: JsonValue) -> Iterator[StateNews]:
    """Yield which surveys have begun and ended."""
    for dialog in objects(inside(details, "dialogs")):
        if text_in(dialog, "dialogType") in ("MAIN", ""):
            continue
        id_, state = text_in(dialog, "dialogId"), text_in(dialog, "state")
        if known.surveys.get(id_) != state:
            yield _that("survey", "begins" if state == "OPEN" else "ends")
        known.surveys[id_] = state


def _stand(details: JsonValue, state: str, stage: str) -> StateNews:
    """Return how a conversation stands now."""
    if state == stage == "OPEN":
        return _that("conversation", "is open again")
    reason = text_in(details, "closeReason")
    by = f" by the {who(reason)}" if reason else ""
    if state == stage == "CLOSE":
        closer = who(reason) if reason else "somebody"
        return StateNews(f"the conversation is closed{by}", closer, "closed the conversation")
    if state == "CLOSE":
        return _that("matter", f"is closed{by}, the conversation goes on")
    return _that("conversation", f"is {state}, {stage}")
