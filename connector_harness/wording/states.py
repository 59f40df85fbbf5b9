"""What happens to a conversation, told from how it stands again and again."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from connector_harness.json_types import JsonValue, inside, number_in, objects, text_in
from connector_harness.wording.roles import who


@dataclass(slots=True)
class _State:
    is_new: bool = True
    state: tuple[str, str] = ("OPEN", "OPEN")
    skill: str = ""
    roles: set[str] = field(default_factory=lambda: {"CONSUMER"})
    surveys: dict[str, str] = field(default_factory=dict)


class ConversationStates:
    """Tells what is new each time the connector is told how a conversation stands."""

    def __init__(self) -> None:
        self._states: dict[str, _State] = {}

    def open(self, conversation_id: str) -> None:
        """Take it that the opening of a conversation has been told."""
        if conversation_id:
            self._states.setdefault(conversation_id, _State()).is_new = False

    def news(self, result: JsonValue) -> Iterator[tuple[str, int | None]]:
        """Yield what has happened since the last time, and when."""
        known = self._states.setdefault(text_in(result, "convId"), _State())
        details = inside(result, "conversationDetails")
        time_ms = number_in(details, "metaDataLastUpdateTs")
        if known.is_new:
            known.is_new = False
            yield "a conversation is opened", number_in(details, "startTs")
        for words in (*_handling(known, details), *_dialogs(known, details)):
            yield words, time_ms
        stage = text_in(details, "stage")
        state = text_in(details, "state") or stage or known.state[0]
        now = (state, stage or state)
        if now != known.state:
            known.state = now
            yield _stand(details, *now), time_ms


def _handling(known: _State, details: JsonValue) -> Iterator[str]:
    """Yield who has come and gone, and where the conversation was passed on to."""
    skill = text_in(details, "skillId")
    if known.skill and skill and skill != known.skill:
        yield f"the conversation is passed on to skill {skill}"
    known.skill = skill or known.skill
    if not isinstance(inside(details, "participants"), list):
        return
    roles = {text_in(each, "role") for each in objects(inside(details, "participants"))}
    for role, somebody in (("ASSIGNED_AGENT", "an agent"), ("MANAGER", "a manager")):
        if role in roles - known.roles:
            yield f"{somebody} joins"
        if role in known.roles - roles:
            yield f"the {somebody.split()[-1]} leaves"
    known.roles = roles


def _dialogs(known: _State, details: JsonValue) -> Iterator[str]:
    """Yield which surveys have begun and ended."""
    for dialog in objects(inside(details, "dialogs")):
        if text_in(dialog, "dialogType") in ("MAIN", ""):
            continue
        id_, state = text_in(dialog, "dialogId"), text_in(dialog, "state")
        if known.surveys.get(id_) != state:
            yield "the survey begins" if state == "OPEN" else "the survey ends"
        known.surveys[id_] = state


def _stand(details: JsonValue, state: str, stage: str) -> str:
    """Return in words how a conversation stands now."""
    if state == stage == "OPEN":
        return "the conversation is open again"
    reason = text_in(details, "closeReason")
    by = f" by the {who(reason)}" if reason else ""
    if state == stage == "CLOSE":
        return f"the conversation is closed{by}"
    if state == "CLOSE":
        return f"the matter is closed{by}, the conversation goes on"
    return f"the conversation is {state}, {stage}"
