"""Sentences that close conversations."""

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from pytest_bdd import given, parsers, then, when

from connector_harness.client import commands, fields
from connector_harness.client.connector import Connector
from connector_harness.client.conversation import Conversation
from connector_harness.client.reply import Reply
from connector_harness.control.agent import Agent
from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.receiver.inbox import Inbox, closed
from connector_harness.receiver.notification import Change
from connector_harness.wording.roles import who_is
from steps.answer import accepted
from steps.conversation import OPENING, UNREAL, answered, stranger
from steps.faulty_command import send
from steps.notification import dialogs_of
from steps.vocabulary import Vocabulary
from steps.webhook import LatestActions, hear_of, heard, instead

Closing: TypeAlias = Callable[[Connector, Conversation], Reply]


def in_a_list(connector: Connector, conversation: Conversation) -> Reply:
    """Close with a list of one change, as it may be written (API facts §6.1)."""
    body: JsonObject = {
        "conversationId": conversation.id,
        "conversationField": [fields.conversation_state_field()],
    }
    command = commands.command("cm.UpdateConversationField", body, id="c-1")
    return connector.send(command, consumer=conversation.consumer)


def under_a_bare_number(connector: Connector, conversation: Conversation) -> Reply:
    """Close in a command whose id is the number 1, as the official sample has it."""
    command = commands.update_conversation_field(
        fields.conversation_state_field(), id="1", conversation_id=conversation.id
    )
    return send(connector, conversation, command | {"id": 1})


def nothing_real(connector: Connector, conversation: Conversation) -> Reply:
    """Close what does not exist."""
    return Conversation(connector, consumer=conversation.consumer, id=UNREAL).close()


CLOSINGS: Final[dict[str, Closing]] = {
    "the conversation": lambda _, conversation: conversation.close(),
    "the dialog": lambda _, conversation: conversation.close_dialog(),
    "everything": lambda _, conversation: conversation.close_everything(),
    "the conversation in a list": in_a_list,
    "the conversation under the bare number 1": under_a_bare_number,
    "a conversation that does not exist": nothing_real,
}
"""What can be closed, and how, in the words of the features."""


@when(
    parsers.parse("the shopper closes {closing}"),
    converters={"closing": Vocabulary("way to close", CLOSINGS)},
    target_fixture="reply",
)
def the_shopper_closes(connector: Connector, conversation: Conversation, closing: Closing) -> Reply:
    """Close in the given way."""
    return closing(connector, conversation)


@given("the conversation has been closed")
def the_conversation_has_been_closed(
    webhook_inbox: Inbox | None, conversation: Conversation
) -> None:
    """Close the conversation, which must be accepted; who listens waits until that is heard."""
    accepted(conversation.close(), "the conversation closed")
    if webhook_inbox is not None:
        end(webhook_inbox, conversation)


@given("the agent has closed")
def the_agent_has_closed(
    webhook_inbox: Inbox | None, agent: Agent, conversation: Conversation
) -> None:
    """Let an agent join and close; who listens waits until that is heard."""
    agent.join(conversation.id)
    agent.close(conversation.id)
    if webhook_inbox is not None:
        end(webhook_inbox, conversation)


@when("the agent closes")
@when("the agent closes the dialog")
def the_agent_closes(agent: Agent, conversation: Conversation) -> None:
    """Let the agent close."""
    agent.close(conversation.id)


@when("another shopper closes this conversation", target_fixture="reply")
def another_shopper_closes(connector: Connector, conversation: Conversation) -> Reply:
    """Close somebody else's conversation."""
    return stranger(connector, conversation).close()


@when("the shopper opens it again", target_fixture="reply")
def the_shopper_opens_it_again(connector: Connector, conversation: Conversation) -> Reply:
    """Ask for the one change that there is not."""
    command = commands.update_conversation_field(
        fields.conversation_state_field() | {"conversationState": "OPEN"},
        id="c-1",
        conversation_id=conversation.id,
    )
    return send(connector, conversation, command)


@then(
    parsers.parse("the connector hears that the {who} has closed the conversation"),
    converters={"who": Vocabulary("side", {"shopper": "CONSUMER", "agent": "AGENT"})},
)
def the_connector_hears_of_the_closing(
    inbox: Inbox, conversation: Conversation, latest: LatestActions, wait_s: float, who: str
) -> None:
    """Expect the whole conversation closed, and its main dialog by *who* (API facts §9.8)."""
    details = end(inbox, conversation, wait_s, latest=latest)
    told = heard(inbox, conversation)
    closer, wanted = who_is(details["closeReason"]), who_is(who)
    assert closer == wanted, f"expected it closed by {wanted}; it was by {closer}\n{told}"
    assert details["state"] == "CLOSE", f"expected the conversation closed\n{told}"
    assert isinstance(details["endTs"], int), f"expected when it ended\n{told}"
    main = dialogs_of(details)[0]
    place = (main["dialogId"], main["state"])
    assert place == (conversation.id, "CLOSE"), f"expected the main dialog closed\n{told}"
    closer = who_is(main["closedBy"])
    assert closer == wanted, f"expected the dialog closed by {wanted}; it was by {closer}\n{told}"
    assert due(inbox, conversation) == -1, f"expected that no answer is due any more\n{told}"


@then(parsers.parse("the connector hears that the conversation has closed by itself"))
def the_connector_hears_of_the_end(
    inbox: Inbox, conversation: Conversation, latest: LatestActions, wait_s: float
) -> None:
    """Expect the whole closed, by neither side (API facts §6.4 and §16)."""
    closer = end(inbox, conversation, wait_s, latest=latest)["closeReason"]
    assert closer not in ("CONSUMER", "AGENT"), instead(
        "it closed by nobody", who_is(closer), inbox, conversation
    )


@then("it is another one, and counts from 0")
def it_is_another_one(connector: Connector, conversation: Conversation, reply: Reply) -> None:
    """Expect a new conversation in which the first message has number 0."""
    another = answered(reply, "another conversation", of=OPENING)
    assert reply.conversation_id not in (None, conversation.id), another
    new = Conversation(connector, consumer=conversation.consumer, id=str(reply.conversation_id))
    first = new.send_text("Hello again")
    assert first.sequence == 0, answered(first, "number 0")


def end(
    inbox: Inbox,
    conversation: Conversation,
    wait_s: float | None = None,
    *,
    latest: LatestActions | None = None,
    hopeless: Callable[[Sequence[Change]], str | None] = closed,
) -> JsonObject:
    """Return the state of the conversation once it is closed as a whole.

    Where only the matter was closed, and the whole goes on, that has come instead.
    """
    return hear_of(
        inbox,
        conversation,
        lambda details: details.get("stage") == "CLOSE",
        what="the end of the conversation",
        within_s=wait_s,
        latest=latest,
        like=lambda details: details.get("state") == "CLOSE",
        hopeless=hopeless,
    )


def due(inbox: Inbox, conversation: Conversation) -> JsonValue:
    """Return when an answer is due, as last heard; -1 where none is any more."""
    [*_, last] = [c.item["result"] for c in inbox.of(conversation.id) if c.kind == "conversation"]
    assert isinstance(last, dict)
    return last["effectiveTTR"]
