"""Sentences about a conversation as a whole."""

from collections.abc import Iterator, Sequence
from typing import Any

from pytest_bdd import parsers, then

from connector_harness.client.conversation import Conversation
from connector_harness.control.routes import SandboxView
from connector_harness.json_types import JsonObject
from connector_harness.receiver.inbox import Inbox
from connector_harness.receiver.notification import Change
from connector_harness.receiver.transcript import DialogTranscript
from connector_harness.wording.roles import who, who_is
from steps.notification import roles
from steps.shown_message import PROBE, dialogs, is_probe, messages_of
from steps.webhook import heard


class Rows:
    """The converter of a table with a head; the guard asks it before the run.

    Args:
        head: The names of the columns.
    """

    def __init__(self, *head: str) -> None:
        self._head = list(head)

    def __call__(self, rows: Sequence[Any]) -> list[tuple[str, ...]]:
        """Return the rows below the head."""
        return [tuple(row) for row in rows[1:]]

    def problem(self, rows: list[list[str]]) -> tuple[str, str] | None:
        """Return what is wrong with *rows* and what to do next, or None where nothing is."""
        if rows[0] == self._head and len(rows) > 1:
            return None
        return f"the table begins with {rows[0]}", f"write | {' | '.join(self._head)} |, then rows"


@then(
    parsers.parse("the conversation reads"),
    converters={"datatable": Rows("who", "what", "number")},
)
def the_conversation_reads(
    inbox: Inbox,
    conversation: Conversation,
    sandbox_view: SandboxView | None,
    wait_s: float,
    datatable: list[tuple[str, ...]],
) -> None:
    """Expect exactly these numbered events, in this order."""
    changes = numbered(inbox, conversation, len(datatable), wait_s)
    told = [(who(c.role), c.text, str(c.sequence)) for c in changes]
    assert told == datatable, f"expected the rows of the table\n{heard(inbox, conversation)}"
    is_whole(changes, conversation, sandbox_view)


@then(parsers.parse("the conversation reads {count:d} messages without a gap"))
def the_conversation_reads_messages(
    messages: Inbox,
    conversation: Conversation,
    sandbox_view: SandboxView | None,
    wait_s: float,
    count: int,
) -> None:
    """Expect *count* messages, numbered from 0, each once and in order."""
    changes = numbered(messages, conversation, count, wait_s)
    numbers = [change.sequence for change in changes]
    assert numbers == list(range(count)), f"expected the numbers 0 to {count - 1}; {numbers} came"
    is_whole(changes, conversation, sandbox_view)


@then(parsers.parse("the last one is the agent's " + '"{text}"'))
def the_last_one_is_the_agents(messages: Inbox, conversation: Conversation, text: str) -> None:
    """Expect the agent's *text* at the end."""
    [*_, last] = [c for c in messages.of(conversation.id) if c.is_content and not is_probe(c)]
    counts = (who_is(last.role), last.text)
    assert counts == ("the agent", text), f"expected the agent's {text!r}; {last} came last"


@then(
    parsers.parse("the connector hears, in this order"),
    converters={"datatable": Rows("who", "what")},
)
def the_connector_hears_in_this_order(
    inbox: Inbox, conversation: Conversation, wait_s: float, datatable: list[tuple[str, ...]]
) -> None:
    """Expect exactly these events and changes, in the order of their arrival."""
    changes = inbox.wait_until(
        conversation.id,
        lambda changes: len(unasked(changes)) >= len(datatable),
        what=f"{len(datatable)} events and changes",
        within_s=wait_s,
    )
    done = list(deeds(unasked(changes)))
    assert done == datatable, f"expected the rows of the table\n{heard(inbox, conversation)}"


def numbered(inbox: Inbox, conversation: Conversation, count: int, wait_s: float) -> list[Change]:
    """Return the numbered events of the main dialog once there are *count*."""

    def find(changes: Sequence[Change]) -> list[Change]:
        main = (change for change in unasked(changes) if change.dialog_id == conversation.id)
        return [change for change in main if change.sequence is not None]

    changes = inbox.wait_until(
        conversation.id,
        lambda changes: len(find(changes)) >= count,
        what=f"{count} numbered event(s)",
        within_s=wait_s,
    )
    return find(changes)


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
            f"expected all to be told; it holds {held}, {len(changes)} came"
        )


def unasked(changes: Sequence[Change]) -> list[Change]:
    """Return *changes* without what checks have said."""
    return [change for change in changes if not is_probe(change)]


def deeds(changes: Sequence[Change]) -> Iterator[tuple[str, str]]:
    """Yield who did what, as *changes* tell it, in the words of the features."""
    before: JsonObject = {}
    for change in changes:
        if change.kind == "conversation":
            yield deed(before, change.details)
            before = change.details
        else:
            yield who(change.role), change.text


def deed(before: JsonObject, after: JsonObject) -> tuple[str, str]:
    """Return who made which change from one state of a conversation to the next."""
    if not before:
        return "shopper", "opened the conversation"
    if after.get("stage") == "CLOSE" != before.get("stage"):
        closer = {"CONSUMER": "shopper", "AGENT": "agent"}
        return closer.get(str(after.get("closeReason")), "somebody"), "closed the conversation"
    joined = "ASSIGNED_AGENT"
    if joined in roles(after.get("participants")) and joined not in roles(
        before.get("participants")
    ):
        return "agent", "joined"
    return "somebody", f"changed {sorted(k for k in after if after[k] != before.get(k))}"
