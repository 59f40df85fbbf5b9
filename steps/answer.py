"""Sentences that judge the answer to one command."""

from typing import Final

from pytest_bdd import parsers, then

from connector_harness.client.reply import Reply
from connector_harness.json_types import JsonObject
from steps.conversation import answered

CLOSED: Final = "Bad Request, Conversation is close"
"""The documented words for a closed conversation (API facts §10.2)."""

RESOLVED: Final = "OK Conversation resolved successfully"
PROFILE_SET: Final = "OK User Profile set successfully"
_FOREIGN: Final = 40103
_EVENT: Final = ("publish_event",)
_CHANGE: Final = ("update_conversation_field",)
_PROFILE: Final = ("set_user_profile",)


def accepted(reply: Reply, expected: str, *, of: tuple[str, ...] = ()) -> JsonObject:
    """Return the body of a good answer to the command that was sent (API facts §5.1).

    The message says if that was none *of* those.
    """
    assert reply.status == 200, answered(reply, expected, of=of)
    assert reply.code == "OK", answered(reply, expected, of=of)
    assert reply.request_id == sent_id(reply), answered(reply, f"an answer to {sent_id(reply)!r}")
    match reply.document:
        case {"body": dict(body)}:
            return body
    raise AssertionError(answered(reply, expected, of=of))


def refused(reply: Reply, message: str = "Bad Request") -> None:
    """Expect the documented refusal of the command that was sent (API facts §10.2)."""
    assert reply.status == 400, answered(reply, "a refusal")
    assert reply.code == "BAD_REQUEST", answered(reply, "a refusal")
    assert reply.message == message, answered(reply, f"{message!r}")
    assert reply.request_id == sent_id(reply), answered(reply, f"an answer to {sent_id(reply)!r}")


def sent_id(reply: Reply) -> str:
    """Return the id of the command that *reply* answers, as it must come back: a text."""
    match reply.exchange.request_document:
        case {"id": sent} | [{"id": sent}, *_]:
            return str(sent)
    raise AssertionError(f"no command with an id was sent: {reply.exchange.title}")


@then(parsers.parse("it is accepted with number {number:d}"))
def it_is_accepted_with_number(reply: Reply, number: int) -> None:
    """Expect the event to have got *number* in its dialog."""
    sequence = accepted(reply, f"number {number}", of=_EVENT).get("sequence")
    assert sequence == number, answered(reply, f"number {number}", of=_EVENT)


@then("it is accepted without a number")
def it_is_accepted_without_a_number(reply: Reply) -> None:
    """Expect the answer to what takes no number: 0, whatever was said before (API facts §5.2)."""
    it_is_accepted_with_number(reply, 0)


@then(parsers.parse("both are accepted, with numbers {first:d} and {second:d}"))
def both_are_accepted(replies: tuple[Reply, Reply], first: int, second: int) -> None:
    """Expect the two calls of one press to have got these numbers."""
    for reply, number in zip(replies, (first, second), strict=True):
        it_is_accepted_with_number(reply, number)


@then("closing is accepted")
def closing_is_accepted(reply: Reply) -> None:
    """Expect the documented answer to closing (API facts §6.3)."""
    body = accepted(reply, "closed", of=_CHANGE)
    assert body == {"msg": RESOLVED}, answered(reply, RESOLVED, of=_CHANGE)


@then("the change is accepted")
def the_change_is_accepted(reply: Reply) -> None:
    """Expect a good answer with some words; which ones is not documented (API facts §6.3)."""
    message = accepted(reply, "the change accepted", of=_CHANGE).get("msg")
    assert isinstance(message, str), answered(reply, "some words", of=_CHANGE)
    assert message, answered(reply, "some words", of=_CHANGE)


@then("the profile is accepted on its own")
def the_profile_is_accepted_on_its_own(reply: Reply) -> None:
    """Expect the answer that a profile gets in a batch too (API facts §5 and §16)."""
    body = accepted(reply, "the profile set", of=_PROFILE)
    assert body == {"msg": PROFILE_SET}, answered(reply, PROFILE_SET, of=_PROFILE)


@then("it is refused")
def it_is_refused(reply: Reply) -> None:
    """Expect a refusal that gives no reason."""
    refused(reply)


@then("it is refused because the conversation is closed")
def it_is_refused_because_it_is_closed(reply: Reply) -> None:
    """Expect the refusal that names a closed conversation as its reason."""
    refused(reply, CLOSED)


@then("both are refused because the conversation is closed")
def both_are_refused(replies: tuple[Reply, Reply]) -> None:
    """Expect both calls of one press to be refused."""
    for reply in replies:
        refused(reply, CLOSED)


@then("it is refused as another shopper's")
def it_is_refused_as_another_shoppers(reply: Reply) -> None:
    """Expect the refusal of who speaks for somebody else (API facts §5.3 and §16)."""
    assert reply.status == 401, answered(reply, "another shopper's conversation refused")
    assert reply.error_code == _FOREIGN, answered(reply, f"error {_FOREIGN}")
