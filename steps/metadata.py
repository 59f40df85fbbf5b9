"""Sentences about the notes that messages carry for programs: metadata."""

from typing import Final

from pytest_bdd import parsers, then, when

from connector_harness.client import commands, events
from connector_harness.client.connector import Connector
from connector_harness.client.conversation import Conversation
from connector_harness.client.reply import Reply
from connector_harness.control.agent import Agent
from connector_harness.gherkin.named_documents import NamedDocuments
from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.receiver.inbox import Inbox
from steps.agent import said_by_agent
from steps.batch import DATA
from steps.faulty_command import send
from steps.message import echo
from steps.shown_message import MessageCounts
from steps.vocabulary import Vocabulary
from steps.webhook import hear

notes = NamedDocuments(DATA / "notes", "note")

NOTES: Final[dict[str, JsonObject]] = {
    "whose id has 64 characters": {"type": "ExternalId", "id": "i" * 64},
    "whose id has 65 characters": {"type": "ExternalId", "id": "i" * 65},
    "of an unknown kind": {"type": "Gossip", "id": "i-1"},
    "without its id": {"type": "ExternalId"},
    "with an unknown part": {"type": "ActionReason", "reason": "why not", "mood": "good"},
    "with a certainty above 100 percent": {
        "type": "BotResponse",
        "intents": [{"id": "i-1", "confidence": 1.1}],
    },
}
"""Notes at the limit and beyond it, in the words of the features (API facts §5.9)."""


@when(
    parsers.parse('the shopper says, with the note "{note}": "{text}"'),
    converters={"note": notes},
    target_fixture="reply",
)
def the_shopper_says_with_the_note(
    conversation: Conversation, counts: MessageCounts, note: JsonObject, text: str
) -> Reply:
    """Write *text* with a named note."""
    return counts.note(conversation.send_text(text, metadata=[note]))


@when(
    parsers.parse('the agent answers, with the note "{note}": "{text}"'),
    converters={"note": notes},
)
def the_agent_answers_with_the_note(
    agent: Agent, conversation: Conversation, counts: MessageCounts, note: JsonObject, text: str
) -> None:
    """Let the agent write *text* with a named note."""
    counts.note_agents(conversation.id, agent.say(conversation.id, text, metadata=[note]))


@when(
    parsers.parse('the shopper says "{text}" with a note {note}'),
    converters={"note": Vocabulary("note", NOTES)},
    target_fixture="reply",
)
def the_shopper_says_with_a_note(
    connector: Connector,
    conversation: Conversation,
    counts: MessageCounts,
    text: str,
    note: JsonObject,
) -> Reply:
    """Write *text* with a note at its limits, or beyond them."""
    command = commands.publish_event(
        events.text_event(text),
        id="n-1",
        dialog_id=conversation.dialog_id,
        conversation_id=conversation.id,
        metadata=[note],
    )
    return counts.note(send(connector, conversation, command))


@then(
    parsers.parse("the shopper's " + '"{text}" comes back with the note "{note}"'),
    converters={"note": notes},
)
def the_shoppers_text_comes_back_with_the_note(
    inbox: Inbox, conversation: Conversation, wait_s: float, text: str, note: JsonObject
) -> None:
    """Expect the echo with its note, unchanged."""
    with_notes(inbox, conversation, text, wait_s, [note])


@then(parsers.parse("the shopper's " + '"{text}" comes back with the note that was sent'))
def the_shoppers_text_comes_back_with_its_note(
    inbox: Inbox, conversation: Conversation, reply: Reply, wait_s: float, text: str
) -> None:
    """Expect the echo with the note of the message that *reply* accepted."""
    match reply.exchange.request_document:
        case {"metadata": sent}:
            with_notes(inbox, conversation, text, wait_s, sent)
        case _:
            raise AssertionError(f"no note was sent: {reply.exchange.title}")


def with_notes(
    inbox: Inbox, conversation: Conversation, text: str, wait_s: float, notes: JsonValue
) -> None:
    """Expect the shopper's *text* with exactly these *notes*."""
    rest = "the note unchanged with the message"
    echo(inbox, conversation, text, wait_s, fits=lambda each: each.metadata == notes, rest=rest)


@then(
    parsers.parse("the agent's " + '"{text}" arrives with the note "{note}"'),
    converters={"note": notes},
)
def the_agents_text_arrives_with_the_note(
    inbox: Inbox, conversation: Conversation, wait_s: float, text: str, note: JsonObject
) -> None:
    """Expect the agent's message with its note, unchanged."""
    hear(
        inbox,
        conversation,
        said_by_agent(text),
        what=f"the agent's {text!r}",
        within_s=wait_s,
        fits=lambda change: change.metadata == [note],
        rest="the note unchanged with the message",
    )
