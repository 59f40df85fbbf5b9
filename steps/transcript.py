"""Sentences about a conversation as a whole."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from pytest_bdd import parsers, then

from connector_harness.client.conversation import Conversation
from connector_harness.control.routes import SandboxView
from connector_harness.json_types import JsonObject
from connector_harness.receiver.notification import Change
from connector_harness.receiver.transcript import DialogTranscript
from connector_harness.wording.changes import PRESENCES, RECEIPTS
from connector_harness.wording.commands import FIELDS
from connector_harness.wording.roles import WHO, who, who_is
from connector_harness.wording.states import ConversationStates
from steps.account import named_skills
from steps.notification import SettledInbox
from steps.shown_message import PROBE, dialogs, is_probe, messages_of
from steps.webhook import heard

WHOLE: Final = ("somebody", "conversation", "matter", "survey")
"""Of whom else than those who take part a table tells."""

_QUOTED: Final = r'^"([^\W\d_A-Z].*)"$'
_STAMPS: Final = ("metaDataLastUpdateTs",)
_DEEDS: Final = (
    "opened the conversation",
    "joined",
    "closed the conversation",
    "leaves",
    "begins",
    "ends",
    "is passed on to skill …",
    "is closed …, the conversation goes on",
    "is open again",
    "changed …",
    f"{FIELDS['CSATRate']}: … stars",
    FIELDS["TTRField"],
)
"""What is done but for events, in the words of the tables."""


def who_problem(word: str) -> str | None:
    """Return what to write in place of *word*, which nobody is called; else None."""
    known = list(dict.fromkeys((*WHO.values(), *WHOLE)))
    return None if word in known else f"write one of: {', '.join(known)}"


def what_problem(text: str) -> str | None:
    """Return what to write in place of *text*, which is nearly what can be done; else None.

    Anybody may say anything. But what stands in brackets is no message, and what begins with a
    small letter is one in quotes only.
    """
    if text.startswith("(") and text.endswith(")"):
        kind, _, rest = text[1:-1].partition(" ")
        states = PRESENCES.values() if kind == "appears" else ()
        is_receipt = bool(re.fullmatch(r".+ \d+(?:, \d+)*", text[1:-1]))
        status = re.sub(r" \d+(?:, \d+)*$", "", text[1:-1])
        if rest in states or (is_receipt and status in RECEIPTS.values()):
            return None
        receipts = ", ".join(f"({each} 0)" for each in RECEIPTS.values())
        seen = ", ".join(f"(appears {each})" for each in PRESENCES.values())
        return f"write one of: {receipts}, {seen}"
    is_known = any(re.fullmatch(re.escape(each).replace("…", ".+"), text) for each in _DEEDS)
    if is_known or not text[:1].islower():
        return None
    return f'write one of: {", ".join(_DEEDS)}; or "{text}" in quotes if that was said'


def number_problem(text: str) -> str | None:
    """Return what to write in place of *text*, which is no number; else None."""
    return None if text.isdecimal() else "write digits: 0, 1, 2"


_COLUMNS: Final = {"who": who_problem, "what": what_problem, "number": number_problem}


class Rows:
    """The converter of a table with a head; the guard asks it before the run.

    Args:
        head: The names of the columns.
    """

    def __init__(self, *head: str) -> None:
        self._head = list(head)

    def __call__(self, rows: Sequence[Any]) -> list[tuple[str, ...]]:
        """Return the rows below the head."""
        return [tuple(re.sub(_QUOTED, r"\1", cell) for cell in row) for row in rows[1:]]

    def problem(self, rows: list[list[str]]) -> tuple[str, str] | None:
        """Return what is wrong with *rows* and what to do next, or None where nothing is."""
        if rows[0] == self._head and len(rows) > 1:
            cells = [pair for row in rows[1:] for pair in zip(self._head, row, strict=False)]
            wrong = {cell: next_ for cell in cells if (next_ := _COLUMNS[cell[0]](cell[1]))}
            told = ", ".join(f"{column} is {text!r}" for column, text in wrong)
            return (
                (f"in the table {told}", "; ".join(dict.fromkeys(wrong.values())))
                if wrong
                else None
            )
        return f"the table begins with {rows[0]}", f"write | {' | '.join(self._head)} |, then rows"


@then(
    parsers.parse("the conversation reads"),
    converters={"datatable": Rows("who", "what", "number")},
)
def the_conversation_reads(
    quiet: SettledInbox,
    conversation: Conversation,
    wait_s: float,
    datatable: list[tuple[str, ...]],
) -> None:
    """Expect exactly these numbered events, in this order, once all was told."""
    changes = numbered(quiet, conversation, len(datatable), wait_s)
    told = [(who(c.role), c.text, str(c.sequence)) for c in changes]
    heard_all = heard(quiet.inbox, conversation)
    assert told == datatable, f"expected the rows of the table\n{heard_all}"
    is_whole(changes, conversation, quiet.view)


@then(parsers.parse("the conversation reads {count:d} messages without a gap"))
def the_conversation_reads_messages(
    settled: SettledInbox, conversation: Conversation, wait_s: float, count: int
) -> None:
    """Expect *count* messages, numbered from 0, each once and in order, once all was told."""
    changes = numbered(settled, conversation, count, wait_s)
    is_whole(changes, conversation, settled.view)
    came = f"{len(changes)} came\n{heard(settled.inbox, conversation)}"
    assert len(changes) == count, f"expected {count} message(s); {came}"
    numbers = [change.sequence for change in changes]
    assert numbers == list(range(count)), f"expected the numbers 0 to {count - 1}; {numbers} came"


@then(parsers.parse("the last one is the agent's " + '"{text}"'))
def the_last_one_is_the_agents(
    settled: SettledInbox, conversation: Conversation, text: str
) -> None:
    """Expect the agent's *text* at the end, once all was told."""
    settled.wait(conversation)
    told = [c for c in unasked(settled.inbox.of(conversation.id)) if c.is_content]
    assert told, f"expected the agent's {text!r}; nothing came"
    last = told[-1]
    counts = (who_is(last.role), last.text)
    assert counts == ("the agent", text), f"expected the agent's {text!r}; {last} came last"


@then(
    parsers.parse("the connector hears, in this order"),
    converters={"datatable": Rows("who", "what")},
)
def the_connector_hears_in_this_order(
    quiet: SettledInbox, conversation: Conversation, wait_s: float, datatable: list[tuple[str, ...]]
) -> None:
    """Expect exactly these events and changes, in the order of arrival, once all was told."""
    quiet.inbox.wait_until(
        conversation.id,
        lambda changes: len(list(deeds(unasked(changes)))) >= len(datatable),
        what=f"{len(datatable)} events and changes",
        within_s=wait_s,
    )
    quiet.wait(conversation)
    done = list(deeds(unasked(quiet.inbox.of(conversation.id))))
    heard_all = heard(quiet.inbox, conversation)
    assert done == datatable, f"expected the rows of the table\n{heard_all}"


def numbered(
    quiet: SettledInbox, conversation: Conversation, count: int, wait_s: float
) -> list[Change]:
    """Return the numbered events of the main dialog once there are *count* and all was told."""

    def find(changes: Sequence[Change]) -> list[Change]:
        main = (change for change in unasked(changes) if change.dialog_id == conversation.id)
        return [change for change in main if change.sequence is not None]

    quiet.inbox.wait_until(
        conversation.id,
        lambda changes: len(find(changes)) >= count,
        what=f"{count} numbered event(s)",
        within_s=wait_s,
    )
    quiet.wait(conversation)
    return find(quiet.inbox.of(conversation.id))


def is_whole(changes: list[Change], conversation: Conversation, view: SandboxView | None) -> None:
    """Expect no gap, nothing twice, nothing late, and nothing that was never told."""
    transcript = DialogTranscript(changes, conversation.id)
    gaps, twice, late = transcript.gaps(), transcript.duplicates(), transcript.out_of_order()
    assert gaps == [], f"expected every number; {gaps} never came"
    assert twice == [], f"expected every number once; {twice} came again"
    assert late == [], f"expected the numbers in order; {late} came late"
    if view is not None:
        messages = messages_of(dialogs(view, conversation)[0])
        held = len([each for each in messages if each["text"] != PROBE])
        assert held == len(changes), (
            f"expected to be told of all {held} message(s) that it holds; {len(changes)} came"
        )


def unasked(changes: Sequence[Change]) -> list[Change]:
    """Return *changes* without what checks have said."""
    return [change for change in changes if not is_probe(change)]


def deeds(changes: Sequence[Change]) -> Iterator[tuple[str, str]]:
    """Yield who did what, as *changes* tell it: what happens to the whole as the chat has it."""
    before: JsonObject = {}
    states = ConversationStates()
    for change in changes:
        if change.kind != "conversation":
            yield (
                who(change.role, in_survey=change.dialog_id not in (None, change.conversation_id)),
                change.text,
            )
            continue
        after = change.details
        result: JsonObject = {"convId": change.conversation_id, "conversationDetails": after}
        told = [(each.who, named_skills(each.what)) for each in states.news(result)]
        news = [*told, *wishes(before, after)]
        other = sorted(k for k in after if after[k] != before.get(k) and k not in _STAMPS)
        yield from news or [("somebody", f"changed {other}")]
        before = after


def wishes(before: JsonObject, after: JsonObject) -> Iterator[tuple[str, str]]:
    """Yield what a shopper has said of a conversation, from one state of it to the next."""
    rating = after.get("csat")
    if isinstance(rating, dict) and rating != before.get("csat"):
        yield "shopper", f"{FIELDS['CSATRate']}: {rating.get('csatRate')} stars"
    if before.get("ttr", after.get("ttr")) != after.get("ttr"):
        yield "shopper", FIELDS["TTRField"]
