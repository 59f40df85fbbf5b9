"""Sentences about ratings."""

from typing import Final

from pytest_bdd import parsers, then, when

from connector_harness.client import commands, fields
from connector_harness.client.connector import Connector
from connector_harness.client.conversation import Conversation
from connector_harness.client.reply import Reply
from connector_harness.json_types import JsonObject
from connector_harness.receiver.arrival import NotArrivedError
from connector_harness.receiver.notification import Change
from steps.conversation import stranger
from steps.faulty_command import send
from steps.vocabulary import Vocabulary
from steps.webhook import News, hear, instead

SETTLED: Final = Vocabulary("outcome", {"settled": True, "not settled": False})
KINDS: Final = Vocabulary(
    "kind of rating",
    {"complete": "FILLED", "partly filled in": "PARTIALLY_FILLED", "skipped": "SKIPPED"},
)
"""How far a shopper got with a rating (API facts §6.2)."""


def rating(**changes: float | str) -> JsonObject:
    """Return a good rating with *changes* that spoil it."""
    return fields.csat_rate_field(3, resolved=True) | dict(changes)


BROKEN: Final[dict[str, JsonObject]] = {
    "a rating of 0 stars": rating(csatRate=0),
    "a rating of 6 stars": rating(csatRate=6),
    "a rating of 2 and a half stars": rating(csatRate=2.5),
    "a rating of an unknown kind": rating(status="FORGOTTEN"),
    "a rating without stars": {k: v for k, v in rating().items() if k != "csatRate"},
}
"""Ratings that cannot be, in the words of the features."""


@when(
    parsers.parse("the shopper gives {stars:d} stars, {settled}"),
    converters={"settled": SETTLED},
    target_fixture="reply",
)
def the_shopper_gives_stars(conversation: Conversation, stars: int, settled: bool) -> Reply:  # noqa: FBT001  # a word of the sentence
    """Rate the conversation."""
    return conversation.rate(stars, resolved=settled)


@when(
    parsers.parse("the shopper gives {stars:d} stars in a rating that is {kind}"),
    converters={"kind": KINDS},
    target_fixture="reply",
)
def the_shopper_gives_a_rating(conversation: Conversation, stars: int, kind: str) -> Reply:
    """Rate the conversation so far."""
    return conversation.rate(stars, resolved=False, status=kind)


@when(
    parsers.parse("the shopper tries to give {broken}"),
    converters={"broken": Vocabulary("rating", BROKEN)},
    target_fixture="reply",
)
def the_shopper_tries_to_give(
    connector: Connector, conversation: Conversation, broken: JsonObject
) -> Reply:
    """Rate the conversation as nobody can."""
    command = commands.update_conversation_field(broken, id="r-1", conversation_id=conversation.id)
    return send(connector, conversation, command)


@when(
    parsers.parse("another shopper gives this conversation {stars:d} stars"),
    target_fixture="reply",
)
def another_shopper_gives_stars(
    connector: Connector, conversation: Conversation, stars: int
) -> Reply:
    """Rate somebody else's conversation."""
    return stranger(connector, conversation).rate(stars, resolved=True)


@then(
    parsers.parse("the connector hears of {stars:d} stars, {settled}"),
    converters={"settled": SETTLED},
)
def the_connector_hears_of_stars(
    news: News,
    conversation: Conversation,
    wait_s: float,
    stars: int,
    settled: bool,  # noqa: FBT001  # a word of the sentence
) -> None:
    """Expect the stars and the outcome that were given."""
    wanted: JsonObject = {
        "csatRate": stars,
        "csatResolutionConfirmation": settled,
        "status": KINDS("complete"),
    }
    expected = f"a rating that is complete: {stars} star(s), {SETTLED.words_for(settled)}"
    hear_rating(news, conversation, wanted, expected, wait_s)


@then(
    parsers.parse("the connector hears of a rating that is {kind}"),
    converters={"kind": KINDS},
)
def the_connector_hears_of_a_rating(
    news: News, conversation: Conversation, wait_s: float, kind: str
) -> None:
    """Expect how far the shopper got."""
    expected = f"a rating that is {KINDS.words_for(kind)}"
    hear_rating(news, conversation, {"status": kind}, expected, wait_s)


def hear_rating(
    news: News, conversation: Conversation, wanted: JsonObject, expected: str, wait_s: float
) -> None:
    """Expect a rating with the *wanted* members among those that the latest actions brought."""

    def kept(change: Change) -> JsonObject:
        rating = change.details.get("csat")
        return rating if isinstance(rating, dict) and news.latest.brought(change) else {}

    try:
        hear(
            news.inbox,
            conversation,
            lambda change: wanted.items() <= kept(change).items(),
            what=expected,
            within_s=wait_s,
        )
    except NotArrivedError:
        ratings = [rating for each in news.inbox.of(conversation.id) if (rating := kept(each))]
        if not ratings:
            raise
        came = " and ".join(dict.fromkeys(map(worded, ratings)))
        raise AssertionError(instead(expected, came, news.inbox, conversation)) from None


def worded(rating: JsonObject) -> str:
    """Return a rating in the words of the features."""
    outcome = SETTLED.words_for(rating.get("csatResolutionConfirmation"))
    kind = KINDS.words_for(rating.get("status"))
    return f"one that is {kind}: {rating.get('csatRate')} star(s), {outcome}"
