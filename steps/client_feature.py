"""Sentences about what the shopper's app says of itself, and the greeting that may follow."""

import json
from typing import Final

from pytest_bdd import given, parsers, then

from connector_harness.client.connector import Connector
from connector_harness.client.conversation import Conversation
from connector_harness.client.reply import Reply
from connector_harness.gherkin.named_documents import NamedDocuments
from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.receiver.inbox import Inbox
from connector_harness.receiver.notification import Change
from steps.answer import accepted
from steps.batch import DATA
from steps.message import echo
from steps.shown_message import PROBE, MessageCounts, is_probe
from steps.vocabulary import Vocabulary
from steps.webhook import hear, heard

apps = NamedDocuments(DATA / "apps", "app")

FEATURES: Final = Vocabulary(
    "feature",
    {
        "browsing together": "CO_BROWSE",
        "sharing an app": "CO_APP",
        "sharing photos": "PHOTO_SHARING",
        "secure forms": "SECURE_FORMS",
        "auto messages": "AUTO_MESSAGES",
        "structured content": "RICH_CONTENT",
        "quick replies": "QUICK_REPLIES",
        "several dialogs": "MULTI_DIALOG",
        "sharing files": "FILE_SHARING",
        "links in text": "MARKDOWN_HYPERLINKS",
    },
)
"""What an app can do (API facts §8)."""


@given(parsers.parse("the shopper's " + 'app can do "{feature}"'), converters={"feature": FEATURES})
def the_shoppers_app_can_do(connector: Connector, consumer: str, feature: str) -> None:
    """Announce one feature with every call from now on."""
    connector.announce(consumer, [feature])


@given(
    parsers.parse("the shopper's " + 'app introduces itself as the app "{app}"'),
    converters={"app": apps},
)
def the_shoppers_app_introduces_itself(
    connector: Connector, consumer: str, app: JsonObject
) -> None:
    """Announce a named app with every call from now on."""
    connector.announce_as(consumer, json.dumps(app))


@given("the shopper's app announces an unknown feature")
def the_shoppers_app_announces_an_unknown_feature(connector: Connector, consumer: str) -> None:
    """Announce what no page names."""
    connector.announce(consumer, ["TELEPATHY"])


@given("the shopper's app announces itself unreadably")
def the_shoppers_app_announces_itself_unreadably(connector: Connector, consumer: str) -> None:
    """Announce what careless programs make of an object."""
    connector.announce_as(consumer, "[object Object]")


@given("the shopper's app no longer says what it can do")
def the_shoppers_app_no_longer_says(connector: Connector, consumer: str) -> None:
    """Announce nothing from now on."""
    connector.announce(consumer, [])


@given(parsers.parse('the shopper has said "{text}" and been greeted'))
def the_shopper_has_been_greeted(
    messages: Inbox, conversation: Conversation, counts: MessageCounts, text: str
) -> None:
    """Write *text* and wait for the greeting."""
    accepted(counts.note(conversation.send_text(text)), "the message accepted")
    greeted_with = hear(messages, conversation, is_greeting, what=GREETING)
    counts.note_number(conversation.id, greeted_with.sequence)


@then(
    parsers.parse(
        "the shopper's " + '"{text}" comes back from an app ' + 'that can do "{feature}"'
    ),
    converters={"feature": FEATURES},
)
def it_comes_back_from_an_app_that_can_do(
    inbox: Inbox, conversation: Conversation, wait_s: float, text: str, feature: str
) -> None:
    """Expect the echo to tell of the feature."""

    def can(change: Change) -> bool:
        told = properties(change)
        return isinstance(told, dict) and told.get("features") == [feature]

    rest = f"an app that can do {FEATURES.words_for(feature)!r}"
    echo(inbox, conversation, text, wait_s, fits=can, rest=rest)


@then(
    parsers.parse("the shopper's " + '"{text}" comes back from the app "{app}"'),
    converters={"app": apps},
)
def it_comes_back_from_the_app(
    inbox: Inbox, conversation: Conversation, wait_s: float, text: str, app: JsonObject
) -> None:
    """Expect the echo to tell everything that the app said of itself."""
    rest = "all that the app said of itself"
    echo(inbox, conversation, text, wait_s, fits=lambda each: properties(each) == app, rest=rest)


@then(parsers.parse("the brand's greeting arrives with number {number:d}"))
def the_brands_greeting_arrives(
    messages: Inbox, conversation: Conversation, wait_s: float, number: int
) -> None:
    """Expect some words of the robot, after the message that they answer."""
    hear(
        messages,
        conversation,
        is_greeting,
        what=GREETING,
        within_s=wait_s,
        fits=lambda change: change.sequence == number and bool(change.text.strip()),
        rest=f"some words with number {number}",
    )


@then("nobody greets the shopper")
def nobody_greets_the_shopper(
    messages: Inbox, conversation: Conversation, counts: MessageCounts, reply: Reply
) -> None:
    """Expect a further message to follow the first, and no word of the robot."""
    greeted(messages, conversation, counts, reply, expected=0)


@then("nobody greets the shopper again")
def nobody_greets_the_shopper_again(
    messages: Inbox, conversation: Conversation, counts: MessageCounts, reply: Reply
) -> None:
    """Expect the one greeting that there has been."""
    greeted(messages, conversation, counts, reply, expected=1)


def greeted(
    inbox: Inbox, conversation: Conversation, counts: MessageCounts, reply: Reply, *, expected: int
) -> None:
    """Expect *expected* words of the robot, once a further message has been heard."""
    accepted(reply, "the message accepted")
    number = counts.of(conversation.id)
    further = counts.ask(conversation)
    hear(
        inbox,
        conversation,
        lambda change: is_probe(change) and change.sequence == further.sequence,
        what=repr(PROBE),
    )
    greetings = [each for each in inbox.of(conversation.id) if each.role == "CONTROLLER"]
    told = heard(inbox, conversation)
    assert len(greetings) == expected, (
        f"expected {expected} greeting(s); {len(greetings)} came\n{told}"
    )
    assert further.sequence == number, f"expected nobody to speak in between\n{told}"


GREETING: Final = "the brand's greeting"


def is_greeting(change: Change) -> bool:
    """Return whether *change* is what the robot says."""
    return change.role == "CONTROLLER" and change.kind == "text"


def properties(change: Change) -> JsonValue:
    """Return what *change* tells of the app that caused it."""
    match change.item:
        case {"originatorMetadata": {"clientProperties": told}}:
            return told
    return None
