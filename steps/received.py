"""Sentences about what arrived at the endpoint."""

from dataclasses import dataclass

from pytest_bdd import parsers, then

from connector_harness.client.reply import Reply
from connector_harness.client.settings import Endpoint
from connector_harness.documents import JsonObject, JsonValue
from connector_harness.sandbox_view import SandboxView
from steps.batch import conversation_requests, for_account, profiles


@dataclass(frozen=True)
class Received:
    """What an endpoint was told in one batch."""

    profile: JsonValue
    request: JsonValue
    messages: list[JsonValue]


def received(view: SandboxView | None, reply: Reply, consumer: str) -> Received:
    """Return what the sandbox holds for *consumer*; of another endpoint, what left for it.

    Only the sandbox lets anybody look. Elsewhere the batch as it was sent, and accepted, is all
    that can be judged.
    """
    if view is not None:
        [conversation] = view.conversations(consumer)
        return _held(conversation)
    match reply.exchange.request_document:
        case [{"body": profile}, {"body": request}, *messages]:
            return Received(profile, request, [_text(message) for message in messages])
    raise AssertionError(f"no batch was sent: {reply.exchange.title}")


def _held(conversation: JsonObject) -> Received:
    match conversation:
        case {"profile": profile, "request": request, "dialogs": [{"messages": [*messages]}]}:
            texts = [message["text"] for message in messages if isinstance(message, dict)]
            return Received(profile, request, texts)
    raise AssertionError(f"the sandbox holds something else: {sorted(conversation)}")


def _text(command: JsonValue) -> JsonValue:
    match command:
        case {"body": {"event": {"message": text}}}:
            return text
    return None


@then(parsers.parse('the endpoint received "{text}" unchanged'))
def the_endpoint_received(
    sandbox_view: SandboxView | None, reply: Reply, consumer: str, text: str
) -> None:
    """Expect exactly *text*, as the one message."""
    arrived = received(sandbox_view, reply, consumer).messages
    assert arrived == [text], f"expected {[text]!r}; {arrived!r} arrived"


@then("the endpoint received its lines unchanged")
def the_endpoint_received_its_lines(
    sandbox_view: SandboxView | None, reply: Reply, consumer: str, text: str
) -> None:
    """Expect exactly the lines of the message that was sent."""
    arrived = received(sandbox_view, reply, consumer).messages
    assert arrived == [text], f"expected {[text]!r}; {arrived!r} arrived"


@then(
    parsers.parse('the endpoint received the profile "{profile}"'), converters={"profile": profiles}
)
def the_endpoint_received_the_profile(
    sandbox_view: SandboxView | None, reply: Reply, consumer: str, profile: JsonObject
) -> None:
    """Expect the named profile, member by member."""
    assert received(sandbox_view, reply, consumer).profile == profile["body"]


@then(
    parsers.parse('the endpoint received the conversation request "{request_name}"'),
    converters={"request_name": conversation_requests},
)
def the_endpoint_received_the_conversation_request(
    sandbox_view: SandboxView | None,
    reply: Reply,
    endpoint: Endpoint,
    consumer: str,
    request_name: JsonObject,
) -> None:
    """Expect the named request, for the account under test."""
    expected = for_account(request_name, endpoint)["body"]
    assert received(sandbox_view, reply, consumer).request == expected
