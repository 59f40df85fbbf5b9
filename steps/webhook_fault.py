"""Sentences about notifications that come late, twice, out of order, or wrongly signed."""

from typing import Final

from pytest_bdd import given, parsers, then

from connector_harness.client.conversation import Conversation
from connector_harness.control.faults import Faults
from connector_harness.receiver.inbox import Inbox
from connector_harness.receiver.transcript import DialogTranscript
from steps.clock import Span
from steps.notification import SettledInbox
from steps.shown_message import PROBE, MessageCounts, is_probe
from steps.webhook import hear, instead

MESSAGES: Final = "ms.MessagingEventNotification.ContentEvent"
"""The notifications that tell of messages."""


def misdeliver(
    faults: Faults, consumer: str, listener: str, fault: str, **parameters: float
) -> str:
    """Let the next notification of a message of *consumer* go wrong, and return the fault's id.

    Others who are told of it, where processes share an account, are told rightly.
    """
    return faults.inject(
        fault,
        consumer=consumer,
        operation="webhook",
        times=1,
        type=MESSAGES,
        client_id=listener,
        **parameters,
    )


@given(
    parsers.parse("the next notification is {span} late"),
    converters={"span": Span()},
    target_fixture="fault",
)
def the_next_notification_is_late(
    webhook_faults: Faults, consumer: str, listener: str, span: float
) -> str:
    """Let the next message be told of after so much time."""
    return misdeliver(webhook_faults, consumer, listener, "late", delay_s=span)


@given("the next notification comes twice", target_fixture="fault")
def the_next_notification_comes_twice(webhook_faults: Faults, consumer: str, listener: str) -> str:
    """Let the next message be told of twice."""
    return misdeliver(webhook_faults, consumer, listener, "twice")


@given("the next notification comes after the one behind it", target_fixture="fault")
def the_next_notification_comes_behind(webhook_faults: Faults, consumer: str, listener: str) -> str:
    """Let the next message be told of after the one that follows it."""
    return misdeliver(webhook_faults, consumer, listener, "out_of_order")


@given("the next notification is signed wrongly", target_fixture="fault")
def the_next_notification_is_signed_wrongly(
    webhook_faults: Faults, inbox: Inbox, conversation: Conversation, consumer: str, listener: str
) -> str:
    """Let the next message be told of as by somebody else; for once, that fails no scenario."""
    inbox.expect_bad_signature(conversation.id)
    return misdeliver(webhook_faults, consumer, listener, "wrong_signature")


@then(parsers.parse('the connector hears "{text}" twice'))
def the_connector_hears_twice(
    quiet: SettledInbox, conversation: Conversation, wait_s: float, text: str
) -> None:
    """Expect two notifications of one message."""
    quiet.inbox.wait_until(
        conversation.id,
        lambda changes: sum(change.text == text for change in changes) > 1,
        what=f"{text!r} twice",
        within_s=wait_s,
    )
    quiet.wait(conversation)
    count = sum(change.text == text for change in quiet.inbox.of(conversation.id))
    assert count == 2, instead(f"{text!r} twice", f"{count} times", quiet.inbox, conversation)


@then(parsers.parse('the connector hears "{first}" before "{second}"'))
def the_connector_hears_before(
    inbox: Inbox, conversation: Conversation, wait_s: float, first: str, second: str
) -> None:
    """Expect both, in this order of arrival."""
    changes = inbox.wait_until(
        conversation.id,
        lambda changes: {first, second} <= {change.text for change in changes},
        what=f"{first!r} and {second!r}",
        within_s=wait_s,
    )
    texts = [change.text for change in changes if change.text in (first, second)]
    expected = f"{first!r} before {second!r}"
    assert texts == [first, second], instead(expected, texts, inbox, conversation)


@then(parsers.parse('the connector still reads "{text}" once'))
@then(parsers.parse('the connector still reads "{text}" and then "{then}"'))
def the_connector_still_reads(
    quiet: SettledInbox, conversation: Conversation, text: str, then: str | None = None
) -> None:
    """Expect what was said, each once and in the order of the numbers."""
    quiet.wait(conversation)
    inbox = quiet.inbox
    messages = DialogTranscript(inbox.of(conversation.id), conversation.id).messages
    told = [(line.what, line.number) for line in messages]
    expected = [(text, 0)] if then is None else [(text, 0), (then, 1)]
    assert told == expected, instead(expected, told, inbox, conversation)


@then("the connector does not believe the notification")
def the_connector_does_not_believe_the_notification(
    inbox: Inbox, conversation: Conversation, counts: MessageCounts
) -> None:
    """Expect one notification not to have been believed, once a further message is heard."""
    asked = counts.ask(conversation).sequence
    hear(
        inbox,
        conversation,
        lambda change: is_probe(change) and change.sequence == asked,
        what=repr(PROBE),
    )
    refused = inbox.refused(conversation.id)
    count = len(refused)
    assert count == 1, instead("one notification refused", count, inbox, conversation)


@then(parsers.parse("the connector knows that number {number:d} is missing"))
def the_connector_knows_what_is_missing(
    quiet: SettledInbox, conversation: Conversation, number: int
) -> None:
    """Expect the numbers to show what was never heard, once all was told."""
    quiet.wait(conversation)
    inbox = quiet.inbox
    gaps = DialogTranscript(inbox.of(conversation.id), conversation.id).gaps()
    assert gaps == [number], instead(f"number {number} missing", gaps, inbox, conversation)
