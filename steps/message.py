"""Sentences about what shoppers write."""

import json
from collections.abc import Callable
from typing import Final

from pytest_bdd import given, parsers, then, when

from connector_harness.client import events
from connector_harness.client.connector import Connector
from connector_harness.client.conversation import Conversation
from connector_harness.client.reply import Reply
from connector_harness.client.tokens import SignIn
from connector_harness.receiver.inbox import Inbox, nothing
from connector_harness.receiver.notification import Change
from connector_harness.wording.roles import who_is
from steps.answer import accepted
from steps.conversation import OPENING, UNREAL, Opening, answered, stranger
from steps.faulty_command import publishing, send
from steps.shown_message import MessageCounts
from steps.vocabulary import Number, Vocabulary
from steps.webhook import hear, is_number

NOWHERE: Final[dict[str, Callable[[Connector, Conversation], Conversation]]] = {
    "a conversation that does not exist": lambda connector, real: Conversation(
        connector, consumer=real.consumer, id=UNREAL
    ),
    "a dialog that does not exist": lambda _, real: real.in_dialog(UNREAL),
}
"""Where a message can go that nobody gets."""

_SHORTEST: Final = 300
"""More characters than a command has whose message is empty."""


@when(parsers.parse('the shopper says "{text}"'), target_fixture="reply")
def the_shopper_says(conversation: Conversation, counts: MessageCounts, text: str) -> Reply:
    """Write *text*."""
    return counts.note(conversation.send_text(text))


@given(parsers.parse('the shopper has said "{text}"'))
def the_shopper_has_said(conversation: Conversation, counts: MessageCounts, text: str) -> None:
    """Write *text*, which must be accepted."""
    accepted(the_shopper_says(conversation, counts, text), "the message accepted")


@given(parsers.parse('a shopper who has asked "{text}"'), target_fixture="conversation")
def a_shopper_who_has_asked(opening: Opening, counts: MessageCounts, text: str) -> Conversation:
    """Open a conversation and write *text* in it."""
    conversation = opening()
    the_shopper_has_said(conversation, counts, text)
    return conversation


@given(parsers.parse("the shopper has said {count:d} messages"), converters={"count": Number(1)})
def the_shopper_has_said_messages(
    conversation: Conversation, counts: MessageCounts, count: int
) -> None:
    """Write *count* messages, one after the other."""
    for number in range(count):
        the_shopper_has_said(conversation, counts, f"Message {number}")


@when(
    parsers.parse('the shopper says "{text}" under the bare number {number:d}'),
    target_fixture="reply",
)
def the_shopper_says_under_the_bare_number(
    connector: Connector, conversation: Conversation, counts: MessageCounts, text: str, number: int
) -> Reply:
    """Write *text* in a command whose id is a number, as official samples have it."""
    command = publishing(conversation, events.text_event(text)) | {"id": number}
    return counts.note(send(connector, conversation, command))


@when(
    parsers.parse("the shopper sends a command of {length:d} characters"),
    converters={"length": Number(_SHORTEST)},
    target_fixture="reply",
)
def the_shopper_sends_a_command_of_characters(
    connector: Connector, conversation: Conversation, counts: MessageCounts, length: int
) -> Reply:
    """Write as much as makes the whole command *length* characters long."""
    shortest = publishing(conversation, events.text_event(""))
    rest = length - len(json.dumps(shortest, ensure_ascii=False, separators=(",", ":")))
    command = publishing(conversation, events.text_event("m" * rest))
    return counts.note(send(connector, conversation, command))


@when(parsers.parse('another shopper says "{text}" in this conversation'), target_fixture="reply")
def another_shopper_says(connector: Connector, conversation: Conversation, text: str) -> Reply:
    """Write *text* in somebody else's conversation."""
    return stranger(connector, conversation).send_text(text)


@when(
    parsers.parse('the shopper says "{text}" to {nowhere}'),
    converters={"nowhere": Vocabulary("place", NOWHERE)},
    target_fixture="reply",
)
def the_shopper_says_to_nobody(
    connector: Connector,
    conversation: Conversation,
    text: str,
    nowhere: Callable[[Connector, Conversation], Conversation],
) -> Reply:
    """Write *text* where there is nothing."""
    return nowhere(connector, conversation).send_text(text)


@when(parsers.parse('the shopper says "{text}" as signed in'), target_fixture="reply")
def the_shopper_says_as_signed_in(
    connector: Connector, conversation: Conversation, sign_in: SignIn, text: str
) -> Reply:
    """Write *text*, once, with the tokens as they are."""
    return connector.send_as(publishing(conversation, events.text_event(text)), sign_in=sign_in)


@when(parsers.parse('the shopper says "{text}" in version {version}'), target_fixture="reply")
def the_shopper_says_in_version(
    connector: Connector, conversation: Conversation, sign_in: SignIn, text: str, version: str
) -> Reply:
    """Write *text* in another version of the API."""
    command = publishing(conversation, events.text_event(text))
    return connector.send_as(command, sign_in=sign_in, version=version)


@then(parsers.parse("the shopper's " + '"{text}" comes back with number {n:d}'))
def the_shoppers_text_comes_back(
    messages: Inbox, conversation: Conversation, wait_s: float, text: str, n: int
) -> None:
    """Expect the echo of what the shopper wrote."""
    echo(
        messages,
        conversation,
        text,
        wait_s,
        fits=lambda change: (change.dialog_id, change.sequence) == (conversation.id, n),
        rest=f"number {n} in the main dialog",
        like=is_number(conversation, n),
    )


@then(parsers.parse("the first message comes back with number {n:d}"))
def the_first_message_comes_back(messages: Inbox, reply: Reply, wait_s: float, n: int) -> None:
    """Expect the echo of the message that opened the conversation."""
    id_ = reply.conversation_id
    assert id_, answered(reply, "a conversation with a message", of=OPENING)
    change = messages.wait_for(
        id_, lambda change: change.is_content, what="the first message", within_s=wait_s
    )
    told = (who_is(change.role), change.sequence)
    assert told == ("the shopper", n), f"expected the shopper's, with number {n}; {change} came"


def echo(
    inbox: Inbox,
    conversation: Conversation,
    text: str,
    wait_s: float,
    *,
    fits: Callable[[Change], bool],
    rest: str,
    like: Callable[[Change], bool] = nothing,
) -> Change:
    """Return the notification of the shopper's *text* that *fits*, as soon as it is there."""
    return hear(
        inbox,
        conversation,
        lambda change: change.role == "CONSUMER" and change.kind == "text" and change.text == text,
        what=f"the shopper's {text!r}",
        within_s=wait_s,
        like=like,
        fits=fits,
        rest=rest,
    )
