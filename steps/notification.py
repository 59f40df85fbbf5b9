"""Sentences about what the connector hears."""

from collections.abc import Callable
from typing import Final

from pytest_bdd import given, parsers, then

from connector_harness.client.conversation import Conversation
from connector_harness.client.reply import Reply
from connector_harness.client.settings import Endpoint
from connector_harness.documents import JsonObject, JsonValue
from connector_harness.receiver.inbox import Inbox, closed
from connector_harness.receiver.notification import Change
from steps.conversation import answered

MARKER: Final = "Is there anything else to be heard?"
"""What is said last, so that what should not be heard would have been heard before it."""


@given("the connector listens")
def the_connector_listens(inbox: Inbox) -> None:
    """Be told of everything from now on."""
    assert inbox.overflow == []


def hear(
    inbox: Inbox,
    conversation: Conversation,
    goal: Callable[[Change], bool],
    *,
    what: str,
    within_s: float,
) -> Change:
    """Return the first change that meets *goal*; a closed conversation ends the wait."""
    __tracebackhide__ = True
    return inbox.wait_for(conversation.id, goal, what=what, within_s=within_s, hopeless=closed)


def hear_of(
    inbox: Inbox,
    conversation: Conversation,
    holds: Callable[[JsonObject], bool],
    *,
    what: str,
    within_s: float,
) -> JsonObject:
    """Return the first state of the conversation, in full, for which *holds* says yes."""
    __tracebackhide__ = True

    def goal(change: Change) -> bool:
        return change.kind == "conversation" and holds(change.details)

    return hear(inbox, conversation, goal, what=what, within_s=within_s).details


def nothing_further(
    inbox: Inbox, conversation: Conversation, reply: Reply, unwanted: Callable[[Change], bool]
) -> None:
    """Expect nothing *unwanted* since the call of *reply*, once a further message is heard."""
    if conversation.send_text(MARKER).status == 200:
        hear(inbox, conversation, is_marker, what=repr(MARKER), within_s=10)
    heard = [
        change
        for notification in inbox.notifications_of(conversation.id)
        if notification.at >= reply.exchange.started_s
        for change in notification.changes
        if unwanted(change) and not is_marker(change)
    ]
    assert not heard, f"expected nothing further; the connector heard {[*map(str, heard)]}"


def is_marker(change: Change) -> bool:
    """Return whether *change* tells of the message that was said last."""
    return change.event.get("message") == MARKER


@then("the connector hears of no further change")
def the_connector_hears_of_no_further_change(
    inbox: Inbox, conversation: Conversation, reply: Reply
) -> None:
    """Expect that the conversation stands as it stood."""
    nothing_further(inbox, conversation, reply, lambda change: change.kind == "conversation")


@then("the connector hears of no further message")
def the_connector_hears_of_no_further_message(
    inbox: Inbox, conversation: Conversation, reply: Reply
) -> None:
    """Expect that nobody was told of what was refused."""
    nothing_further(inbox, conversation, reply, lambda change: change.is_content)


@then("everything the connector heard was signed and well formed")
def everything_was_signed_and_well_formed(inbox: Inbox, conversation: Conversation) -> None:
    """Expect every notification of the conversation to be without a fault."""
    assert inbox.notifications_of(conversation.id), "the connector heard nothing"
    assert inbox.faults_of(conversation.id) == []
    assert inbox.duplicates(conversation.id) == []


@then(
    parsers.parse("within {seconds:d} seconds the connector hears that the shopper has opened it")
)
def the_connector_hears_of_the_opening(
    inbox: Inbox, endpoint: Endpoint, reply: Reply, seconds: int
) -> None:
    """Expect the first state of the conversation, as documented (API facts §9.8)."""
    conversation_id = reply.conversation_id
    assert conversation_id, answered(reply, "a conversation")
    change = inbox.wait_for(
        conversation_id,
        lambda change: change.kind == "conversation",
        what="the opening of the conversation",
        within_s=seconds,
    )
    details = change.details
    assert (details["state"], details["stage"]) == ("OPEN", "OPEN"), f"expected it open; {change}"
    assert details["brandId"] == endpoint.account
    assert roles(details["participants"]) == ["CONSUMER"], f"expected the shopper alone; {change}"
    match details["dialogs"]:
        case [{"dialogId": dialog_id, "dialogType": "MAIN", "state": "OPEN"}]:
            assert dialog_id == conversation_id
        case dialogs:
            raise AssertionError(f"expected one open main dialog; got {dialogs}")


def roles(participants: JsonValue) -> list[JsonValue]:
    """Return the roles of *participants*, in their order."""
    listed = participants if isinstance(participants, list) else []
    return [each.get("role") for each in listed if isinstance(each, dict)]


def dialogs_of(details: JsonObject) -> list[JsonObject]:
    """Return the dialogs that the state of a conversation tells of."""
    listed = details.get("dialogs")
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
