"""Sentences about structured content, its buttons, and forms."""

from collections.abc import Iterator, Sequence
from typing import Final

from pytest_bdd import given, parsers, then, when

from connector_harness.client import events
from connector_harness.client.connector import Connector
from connector_harness.client.conversation import Conversation
from connector_harness.client.reply import Reply
from connector_harness.control.agent import Agent
from connector_harness.gherkin.named_documents import NamedDocuments
from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.receiver.inbox import Inbox, closed
from connector_harness.receiver.notification import Change
from connector_harness.wording.roles import who_is
from steps import structured_element
from steps.batch import DATA
from steps.faulty_command import publishing, send
from steps.shown_message import MessageCounts
from steps.vocabulary import Vocabulary
from steps.webhook import hear, instead

contents = NamedDocuments(DATA / "structured_contents", "structured content")
choices = NamedDocuments(DATA / "choices", "choice")
forms = NamedDocuments(DATA / "forms", "form")

SHOWN: Final = Vocabulary(
    "structured content", {**structured_element.FITTING, **structured_element.BROKEN}
)


@when(
    parsers.parse('the shopper shows the structured content "{content}"'),
    converters={"content": contents},
    target_fixture="reply",
)
def the_shopper_shows(
    conversation: Conversation, counts: MessageCounts, content: JsonObject
) -> Reply:
    """Show a named content."""
    return counts.note(conversation.send_rich_content(content))


@when(
    parsers.parse('the shopper shows the structured content "{content}" in the older way'),
    converters={"content": contents},
    target_fixture="reply",
)
def the_shopper_shows_in_the_older_way(
    conversation: Conversation, counts: MessageCounts, content: JsonObject
) -> Reply:
    """Show a named content under the name that the official schema has."""
    return counts.note(conversation.send_event({"type": "RichContentEvent", "message": content}))


@when(
    parsers.parse("the shopper shows structured content with {event}"),
    converters={"event": SHOWN},
    target_fixture="reply",
)
def the_shopper_shows_structured_content_with(
    connector: Connector, conversation: Conversation, counts: MessageCounts, event: JsonObject
) -> Reply:
    """Show a content at a limit of its grammar, or one that breaks it."""
    if event in structured_element.FITTING.values():
        return counts.note(conversation.send_event(event))
    return counts.note(send(connector, conversation, publishing(conversation, event)))


@given(
    parsers.parse('the agent has shown the structured content "{content}"'),
    converters={"content": contents},
)
@when(
    parsers.parse('the agent shows the structured content "{content}"'),
    converters={"content": contents},
)
def the_agent_shows(
    agent: Agent, conversation: Conversation, counts: MessageCounts, content: JsonObject
) -> None:
    """Let the agent show a named content."""
    number = agent.publish(conversation.id, events.rich_content_event(content))
    counts.note_agents(conversation.id, number)


@given(
    parsers.parse('the agent has given the choice "{choice}" with "{text}"'),
    converters={"choice": choices},
)
@when(
    parsers.parse('the agent gives the choice "{choice}" with "{text}"'),
    converters={"choice": choices},
)
def the_agent_gives_the_choice(
    agent: Agent, conversation: Conversation, counts: MessageCounts, choice: JsonObject, text: str
) -> None:
    """Let the agent ask *text* and offer quick replies."""
    event = events.text_event(text, quick_replies=choice)
    counts.note_agents(conversation.id, agent.publish(conversation.id, event))


@when(parsers.parse('the agent sends the form "{form}"'), converters={"form": forms})
def the_agent_sends_the_form(
    agent: Agent, conversation: Conversation, counts: MessageCounts, form: JsonObject
) -> None:
    """Let the agent ask for data in a form."""
    counts.note_agents(conversation.id, agent.publish(conversation.id, form))


@when(parsers.parse('the shopper presses "{title}"'), target_fixture="replies")
def the_shopper_presses(
    inbox: Inbox, conversation: Conversation, counts: MessageCounts, title: str
) -> tuple[Reply, Reply]:
    """Press the button of what has arrived."""
    change, button = button_shown(inbox, conversation, title, count=counts.of(conversation.id))
    assert change.sequence is not None, f"expected a number to refer to; {change} came without"
    receipt, text = conversation.press_button(button, sequence=change.sequence)
    return counts.note(receipt), counts.note(text)


@then(
    parsers.parse('the structured content "{content}" arrives with number {n:d}'),
    converters={"content": contents},
)
def the_structured_content_arrives(
    messages: Inbox, conversation: Conversation, wait_s: float, content: JsonObject, n: int
) -> None:
    """Expect the content as the agent made it."""
    shown(messages, conversation, "ASSIGNED_AGENT", wait_s, content=content, number=n)


@then(
    parsers.parse('the form "{form}" arrives with number {n:d}'),
    converters={"form": forms},
)
def the_form_arrives(
    inbox: Inbox, conversation: Conversation, wait_s: float, form: JsonObject, n: int
) -> None:
    """Expect the form as the agent sent it."""
    expected = (form, "ASSIGNED_AGENT", n)
    hear(
        inbox,
        conversation,
        lambda change: change.event.get("contentType") == form["contentType"],
        what="a form",
        within_s=wait_s,
        fits=lambda change: (change.event, change.role, change.sequence) == expected,
        rest=f"the agent's form unchanged, with number {n}",
    )


@then(parsers.parse('it gives the choice "{choice}"'), converters={"choice": choices})
def it_gives_the_choice(inbox: Inbox, conversation: Conversation, choice: JsonObject) -> None:
    """Expect the quick replies with the agent's question."""
    hear(
        inbox,
        conversation,
        lambda change: "quickReplies" in change.event,
        what="a choice",
        fits=lambda change: change.event["quickReplies"] == choice,
        rest="the choice unchanged",
    )


@then(parsers.parse("it comes back unchanged"))
@then(parsers.parse("it comes back under the name of today"))
def it_comes_back(messages: Inbox, conversation: Conversation, reply: Reply, wait_s: float) -> None:
    """Expect the echo of the content that was sent, under the documented name."""
    content, number = sent_content(reply), reply.sequence
    shown(messages, conversation, "CONSUMER", wait_s, content=content, number=number)


@then(parsers.parse("the shopper's " + '"{text}" ' + "comes back with the button's note"))
def it_comes_back_with_the_buttons_note(
    inbox: Inbox, conversation: Conversation, wait_s: float, text: str
) -> None:
    """Expect the words, and the receipt before them, to carry what the button carries."""
    pressed = [each for c in inbox.of(conversation.id) for each in buttons(c) if says(each, text)]
    notes = [each["click"].get("metadata") for each in pressed if isinstance(each["click"], dict)]
    assert any(notes), f"expected a button that says {text!r} with a note; {pressed} came"
    words = hear(
        inbox,
        conversation,
        lambda change: change.role == "CONSUMER" and change.text == text,
        what=f"the shopper's {text!r}",
        within_s=wait_s,
        fits=lambda change: change.metadata in notes,
        rest="the button's note with the words",
    )
    changes = inbox.of(conversation.id)
    receipts = [each for each in changes if each.event.get("status") == "ACTION"]
    told = [each.metadata for each in receipts]
    came = " and ".join(map(str, receipts)) or "none"
    expected = "a receipt with the button's note"
    assert words.metadata in told, instead(expected, came, inbox, conversation)


def shown(
    inbox: Inbox,
    conversation: Conversation,
    role: str,
    wait_s: float,
    *,
    content: JsonValue,
    number: int | None,
) -> None:
    """Expect somebody's structured *content*, unchanged and with its *number*."""
    expected = ({"type": "RichContentEvent", "content": content}, number)
    hear(
        inbox,
        conversation,
        lambda change: change.role == role and change.kind == "rich content",
        what=f"{who_is(role)}'s structured content",
        within_s=wait_s,
        fits=lambda change: (change.event, change.sequence) == expected,
        rest=f"the content unchanged, with number {number}",
    )


def sent_content(reply: Reply) -> JsonValue:
    """Return the content that was sent, under whichever name."""
    match reply.exchange.request_document:
        case {"body": {"event": {"content": content}}} | {"body": {"event": {"message": content}}}:
            return content
    raise AssertionError(f"no content was sent: {reply.exchange.title}")


def button_shown(
    inbox: Inbox, conversation: Conversation, title: str, *, count: int
) -> tuple[Change, JsonObject]:
    """Return the button called *title* with the message that shows it, once it is there.

    Once *count* events have come it need not be waited for any more.
    """

    def found(change: Change) -> list[JsonObject]:
        return [button for button in buttons(change) if button.get("title") == title]

    def other(changes: Sequence[Change]) -> str | None:
        titles = [repr(each.get("title")) for change in changes for each in buttons(change)]
        have_come = len({change.sequence for change in changes} - {None}) >= count
        if titles and have_come:
            return f"the buttons that came are {', '.join(titles)}"
        return closed(changes)

    change = inbox.wait_for(
        conversation.id,
        lambda change: bool(found(change)),
        what=f"a button {title!r}",
        hopeless=other,
    )
    return change, found(change)[0]


def buttons(change: Change) -> Iterator[JsonObject]:
    """Yield the buttons that *change* shows, quick replies too."""
    yield from inside(change.event.get("content"))
    yield from inside(change.event.get("quickReplies"))


def inside(content: JsonValue) -> Iterator[JsonObject]:
    """Yield the buttons in *content*."""
    if not isinstance(content, dict):
        return
    if content.get("type") == "button":
        yield content
    for member in ("elements", "replies"):
        listed = content.get(member)
        for each in listed if isinstance(listed, list) else []:
            yield from inside(each)


def says(button: JsonObject, text: str) -> bool:
    """Return whether pressing *button* says *text*."""
    match button:
        case {"click": {"actions": [{"text": counts}, *_]}}:
            return counts == text
    return False
