"""Sentences that open conversations and judge what came of it."""

from dataclasses import dataclass
from typing import Final

import allure
import pytest
from pytest_bdd import given, parsers, then, when

from connector_harness.client import commands
from connector_harness.client.commands import Batch
from connector_harness.client.connector import Connector
from connector_harness.client.conversation import Conversation
from connector_harness.client.reply import Reply
from connector_harness.client.settings import Endpoint
from connector_harness.control.routes import SandboxView
from connector_harness.json_types import JsonObject, JsonValue, objects
from connector_harness.receiver.inbox import Inbox
from connector_harness.wording.commands import what_it_does
from steps.webhook import hear_of

UNREAL = "00000000-0000-4000-8000-000000000000"
"""The id of no conversation and no dialog; the same in every run, as all that is sent should be."""

OPENING: Final = ("create_conversation",)
"""The call that the sentences about an opening judge."""

OPEN_ALREADY = "already has open conversation. Can't open another one."


def minimal_batch(endpoint: Endpoint) -> Batch:
    """Return the smallest batch that opens a conversation."""
    return [
        commands.set_user_profile({}, id="1"),
        commands.request_conversation(id="2", account=endpoint.account),
    ]


@dataclass(frozen=True)
class Opening:
    """Opens the scenario's conversation with the smallest batch, which *batch* holds afterwards.

    Who listens waits until that is heard, so that it is not taken for something that came later.
    """

    connector: Connector
    endpoint: Endpoint
    consumer: str
    batch: Batch
    webhook_inbox: Inbox | None = None

    def __call__(self) -> Conversation:
        """Open the conversation, which must be accepted."""
        if self.batch:
            raise AssertionError(
                "this scenario already has a conversation, or commands for one\n"
                "  next: open one once, in the background or in the scenario"
            )
        self.batch.extend(minimal_batch(self.endpoint))
        reply = self.connector.create_conversation(self.batch, consumer=self.consumer)
        every_command_is_accepted(reply, self.batch)
        a_conversation_is_open(reply)
        opened = Conversation(self.connector, consumer=self.consumer, id=str(reply.conversation_id))
        if self.webhook_inbox is not None:
            hear_of(
                self.webhook_inbox,
                opened,
                bool,
                what="the opening of the conversation",
            )
        return opened


@pytest.fixture
def opening(
    connector: Connector,
    endpoint: Endpoint,
    consumer: str,
    batch: Batch,
    webhook_inbox: Inbox | None,
) -> Opening:
    """What opens the scenario's conversation."""
    return Opening(connector, endpoint, consumer, batch, webhook_inbox)


@given("a shopper with an open conversation", target_fixture="conversation")
def a_shopper_with_an_open_conversation(opening: Opening) -> Conversation:
    """Open a conversation that the scenario finds open."""
    return opening()


def stranger(connector: Connector, conversation: Conversation) -> Conversation:
    """Return *conversation* as somebody else would speak in it."""
    return Conversation(connector, consumer=f"{conversation.consumer}-friend", id=conversation.id)


@when("the connector sends the batch", target_fixture="reply")
def the_connector_sends_the_batch(connector: Connector, batch: Batch, consumer: str) -> Reply:
    """Send the batch, which is meant to be right."""
    return connector.create_conversation(batch, consumer=consumer)


@when("the connector sends the broken batch", target_fixture="reply")
def the_connector_sends_the_broken_batch(
    connector: Connector, batch: Batch, consumer: str
) -> Reply:
    """Send the batch as it stands, wrong on purpose."""
    document: JsonValue = list(batch)
    return connector.create_conversation_as(document, sign_in=connector.sign_in(consumer))


@when("the connector sends the last command outside a batch", target_fixture="reply")
def the_connector_sends_the_last_command_outside_a_batch(
    connector: Connector, batch: Batch, consumer: str
) -> Reply:
    """Send one command as it is, not in a list."""
    return connector.create_conversation_as(batch[-1], sign_in=connector.sign_in(consumer))


@given("the shopper has asked for another conversation", target_fixture="reply")
def the_shopper_has_asked_for_another_conversation(
    connector: Connector, endpoint: Endpoint, consumer: str
) -> Reply:
    """Open a further conversation, which must be accepted."""
    reply = the_shopper_asks_for_a_conversation(connector, endpoint, consumer)
    a_conversation_is_open(reply)
    return reply


@when("the shopper asks for another conversation", target_fixture="reply")
@when("the shopper asks for a conversation", target_fixture="reply")
def the_shopper_asks_for_a_conversation(
    connector: Connector, endpoint: Endpoint, consumer: str
) -> Reply:
    """Ask for a conversation with the smallest batch."""
    return connector.create_conversation(minimal_batch(endpoint), consumer=consumer)


@when("another shopper asks for a conversation", target_fixture="reply")
def another_shopper_asks_for_a_conversation(
    connector: Connector, endpoint: Endpoint, consumer: str
) -> Reply:
    """Ask for a conversation for somebody else."""
    return connector.create_conversation(minimal_batch(endpoint), consumer=f"{consumer}-friend")


@then("every command is accepted in order")
def every_command_is_accepted(reply: Reply, batch: Batch) -> None:
    """Expect one good answer for each command, in the order of the commands."""
    assert reply.status == 200, opening_answered(reply, "every command accepted")
    codes = [answer["code"] for answer in reply.answers]
    ids = [answer["reqId"] for answer in reply.answers]
    assert codes == ["OK"] * len(batch), opening_answered(reply, "every command answered OK")
    assert ids == [command["id"] for command in batch], opening_answered(
        reply, "the ids sent, in order"
    )


@then("a conversation is open")
def a_conversation_is_open(reply: Reply) -> None:
    """Expect the second answer to name the conversation."""
    assert reply.status == 200, opening_answered(reply, "a conversation opened")
    assert reply.conversation_id, opening_answered(reply, "a conversation with an id")
    body = answer_to(reply, 1)["body"]
    assert body == {"conversationId": reply.conversation_id}, opening_answered(
        reply, "its id alone"
    )


@then(parsers.parse("the first message has number {number:d}"))
def the_first_message_has_number(reply: Reply, number: int) -> None:
    """Expect the third answer to number the message."""
    assert reply.status == 200, opening_answered(reply, "the message accepted")
    expected = opening_answered(reply, f"number {number}")
    assert answer_to(reply, 2)["body"] == {"sequence": number}, expected


@then("the batch is refused")
def the_batch_is_refused(reply: Reply) -> None:
    """Expect a refusal of the whole batch."""
    assert reply.status == 400, opening_answered(reply, "the batch refused")
    assert reply.code == "BAD_REQUEST", answered(reply, "a refusal")


@then("the profile is accepted")
def the_profile_is_accepted(reply: Reply) -> None:
    """Expect the first command to be answered with OK."""
    assert reply.status in (200, 400), opening_answered(reply, "the profile accepted")
    assert answer_to(reply, 0)["code"] == "OK", opening_answered(reply, "the profile accepted")


@then("the conversation is refused because one is open already")
def the_conversation_is_refused_because_one_is_open(reply: Reply) -> None:
    """Expect the documented answer to a second conversation (API facts §4.9)."""
    assert reply.status == 400, opening_answered(reply, "a second conversation refused")
    refusal = answer_to(reply, 1)
    assert refusal["code"] == "BAD_REQUEST", opening_answered(reply, "the request refused")
    body = refusal["body"]
    assert isinstance(body, dict)
    assert str(body["msg"]).endswith(OPEN_ALREADY), opening_answered(
        reply, "that one is open already"
    )


@then("no conversation was opened")
def no_conversation_was_opened(
    connector: Connector, endpoint: Endpoint, consumer: str, sandbox_view: SandboxView | None
) -> None:
    """Expect that the shopper can still open one: had one been opened, it would be refused."""
    if sandbox_view is not None:
        held = sandbox_view.conversations(consumer)
        assert held == [], f"expected no conversation; the sandbox holds {len(held)}"
    with allure.step("the shopper can still open a conversation"):
        reply = connector.create_conversation(minimal_batch(endpoint), consumer=consumer)
    assert reply.status == 200, answered(reply, "no conversation open so far")


@then("no further conversation was opened")
def no_further_conversation_was_opened(
    connector: Connector,
    endpoint: Endpoint,
    consumer: str,
    sandbox_view: SandboxView | None,
    reply: Reply,
) -> None:
    """Expect that the refusal named no conversation, and that the first is still the open one."""
    assert reply.conversation_id is None, opening_answered(reply, "no conversation")
    if sandbox_view is not None:
        held = sandbox_view.conversations(consumer)
        assert len(held) == 1, f"expected one conversation; the sandbox holds {len(held)}"
    with allure.step("the first conversation is still the open one"):
        again = connector.create_conversation(minimal_batch(endpoint), consumer=consumer)
    the_conversation_is_refused_because_one_is_open(again)


def answer_to(reply: Reply, place: int) -> JsonObject:
    """Return the answer to the command at *place*, which must be there."""
    assert len(reply.answers) > place, opening_answered(reply, f"an answer to command {place + 1}")
    return reply.answers[place]


def opening_answered(reply: Reply, expected: str) -> str:
    """Return the same as `answered`, for a sentence about an opening."""
    return answered(reply, expected, of=OPENING)


def answered(reply: Reply, expected: str, *, of: tuple[str, ...] = ()) -> str:
    """Return what was expected and what came instead; it says if the call was none *of* those."""
    text = " ".join(reply.text.split())
    call = reply.exchange
    other = ""
    if of and call.operation not in of:
        commands = objects(call.request_document)
        did = ", ".join(filter(None, map(what_it_does, commands)))
        other = f" to another call than this sentence is about: {did or call.title}"
    doubt = ", and the request may or may not have been delivered" if reply.is_uncertain else ""
    came = f"the endpoint answered {reply.status}{other}{doubt}"
    return f"expected {expected}; {came}\nanswer: {text[:200]}"
