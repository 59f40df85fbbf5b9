"""Sentences about what shoppers change, and may not change, in a conversation."""

from collections.abc import Callable
from typing import Final, TypeAlias

from pytest_bdd import parsers, then, when

from connector_harness.client import commands, fields
from connector_harness.client.connector import Connector
from connector_harness.client.conversation import Conversation
from connector_harness.client.reply import Reply
from connector_harness.control.routes import SandboxView
from connector_harness.json_types import JsonObject, JsonValue
from steps.batch import profiles
from steps.faulty_command import send
from steps.vocabulary import Vocabulary
from steps.webhook import News, hear_of

Forbidden: TypeAlias = Callable[[str], JsonObject]
"""Makes a command from the id of the conversation it is about."""

DUE: Final = Vocabulary(
    "time for an answer",
    {"normal": "NORMAL", "prioritized": "PRIORITIZED", "urgent": "URGENT", "custom": "CUSTOM"},
)
"""How soon an answer is due (API facts §6.2)."""

IMPOSSIBLE: Final = Vocabulary(
    "impossible time",
    {
        "someday": fields.ttr_field("SOMEDAY", seconds=600),
        "yesterday": fields.ttr_field("NORMAL", seconds=-86400),
    },
)


def of(field: JsonObject) -> Forbidden:
    """Return what makes the command that changes *field*."""
    return lambda conversation_id: commands.update_conversation_field(
        field, id="u-1", conversation_id=conversation_id
    )


def updating(body: JsonObject) -> JsonObject:
    """Return the command that changes a conversation, with *body* as it is."""
    return commands.command("cm.UpdateConversationField", body, id="u-1")


FORBIDDEN: Final[dict[str, Forbidden]] = {
    "move to another skill": of(fields.skill_field("4711")),
    "add an agent": of(fields.participants_change_field("ADD", role="ASSIGNED_AGENT")),
    "add a manager": of(fields.participants_change_field("ADD", role="MANAGER")),
    "add a reader": of(fields.participants_change_field("ADD", role="READER")),
    "remove the agent": of(fields.participants_change_field("REMOVE", role="ASSIGNED_AGENT")),
    "change who the agent is": of(
        fields.participants_change_field("UPDATE", role="ASSIGNED_AGENT")
    ),
    "change an unknown thing": of({"field": "MoodField", "mood": "GOOD"}),
    "change something without a name": of({"conversationState": "CLOSE"}),
    "change nothing": lambda id_: updating({"conversationId": id_}),
    "change something of nothing": lambda _: updating(
        {"conversationField": fields.conversation_state_field()}
    ),
}
"""What a shopper may not change, in the words of the features."""


@when(
    parsers.parse('the shopper asks for an answer that is "{due}", within {minutes:d} minutes'),
    converters={"due": DUE},
    target_fixture="reply",
)
def the_shopper_asks_for_an_answer(conversation: Conversation, due: str, minutes: int) -> Reply:
    """Say how soon an answer is due."""
    return conversation.set_response_time(due, seconds=minutes * 60)


@when(
    parsers.parse("the shopper insists on an answer {impossible}"),
    converters={"impossible": IMPOSSIBLE},
    target_fixture="reply",
)
def the_shopper_insists_on_an_answer(
    connector: Connector, conversation: Conversation, impossible: JsonObject
) -> Reply:
    """Ask for what nobody can keep."""
    return send(connector, conversation, of(impossible)(conversation.id))


@when(
    parsers.parse("the shopper wants to {forbidden}"),
    converters={"forbidden": Vocabulary("forbidden change", FORBIDDEN)},
    target_fixture="reply",
)
def the_shopper_wants_to(
    connector: Connector, conversation: Conversation, forbidden: Forbidden
) -> Reply:
    """Ask for a change that is not the shopper's to make."""
    return send(connector, conversation, forbidden(conversation.id))


@when(
    parsers.parse('the shopper introduces themselves with the profile "{profile}"'),
    converters={"profile": profiles},
    target_fixture="reply",
)
def the_shopper_introduces_themselves(conversation: Conversation, profile: JsonObject) -> Reply:
    """Say anew who the shopper is."""
    body = profile["body"]
    assert isinstance(body, dict)
    return conversation.set_profile(body)


@when("the shopper introduces themselves unreadably", target_fixture="reply")
def the_shopper_introduces_themselves_unreadably(
    connector: Connector, conversation: Conversation
) -> Reply:
    """Say who the shopper is in a way that no page knows."""
    unreadable: JsonObject = {"authenticatedData": {"lp_sdes": [{"type": "rumour"}]}}
    return send(connector, conversation, commands.set_user_profile(unreadable, id="u-1"))


@then(
    parsers.parse(
        "the connector hears that an answer is due as " + '"{due}", within {minutes:d} minutes'
    ),
    converters={"due": DUE},
)
def the_connector_hears_of_the_due(
    news: News, conversation: Conversation, wait_s: float, due: str, minutes: int
) -> None:
    """Expect the kind and the seconds that were asked for."""
    wanted: JsonObject = {"ttrType": due, "value": minutes * 60}
    hear_of(
        news.inbox,
        conversation,
        lambda details: details.get("ttr") == wanted,
        what=f"an answer due as {DUE.words_for(due)!r}, within {minutes} minutes",
        within_s=wait_s,
        latest=news.latest,
        like=lambda details: "ttr" in details,
    )


@then(parsers.parse('the brand knows the profile "{profile}"'), converters={"profile": profiles})
def the_brand_knows_the_profile(
    inside: SandboxView, conversation: Conversation, profile: JsonObject
) -> None:
    """Expect the profile, member by member."""
    known = known_profile(inside, conversation)
    assert known == profile["body"], "expected the profile as it is named; the brand knows another"


@then("the brand learns no further detail of the shopper")
def the_brand_has_learned_nothing(inside: SandboxView, conversation: Conversation) -> None:
    """Expect the empty profile with which the conversation was opened."""
    known = known_profile(inside, conversation)
    assert known == {}, f"expected nothing known of the shopper; the brand knows {known}"


def known_profile(view: SandboxView, conversation: Conversation) -> JsonValue:
    """Return the shopper's profile as the sandbox holds it."""
    held = {each["id"]: each for each in view.conversations(conversation.consumer)}
    return held[conversation.id]["profile"]
