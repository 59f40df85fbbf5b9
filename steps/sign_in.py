"""Sentences about the two tokens that a connector shows."""

import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from pytest_bdd import given, parsers, then, when

from connector_harness.client import commands, fields
from connector_harness.client.connector import Connector
from connector_harness.client.conversation import Conversation
from connector_harness.client.reply import Reply
from connector_harness.client.settings import Endpoint
from connector_harness.client.tokens import SignIn, expired
from connector_harness.control.routes import SandboxControl
from connector_harness.json_types import JsonObject
from steps.conversation import answered, minimal_batch
from steps.vocabulary import Vocabulary

UNREADABLE = "eyJhbGciOiJSUzI1NiJ9.e30.bm90LWEtc2lnbmF0dXJl"
"""The shape of a token, and nothing that any key has signed."""


BRAND_MISSING = 40001
"""The error code of a request without a brand, or for another one."""


@dataclass(frozen=True)
class TokenCalls:
    """How often the connector had asked for tokens before the scenario's own call."""

    app: int
    consumer: int


def with_an_outdated_app_token(right: SignIn) -> SignIn:
    """Return *right* with an app token that expired long ago."""
    return replace(right, app_token=outdated(right))


MISTAKES: dict[str, Callable[[SignIn], SignIn]] = {
    "without an app token": lambda right: SignIn(None, right.consumer_token),
    "with an unreadable app token": lambda right: SignIn(UNREADABLE, right.consumer_token),
    "with an outdated app token": with_an_outdated_app_token,
    "without a consumer token": lambda right: SignIn(right.app_token, None),
    "with an unreadable consumer token": lambda right: SignIn(right.app_token, UNREADABLE),
    "without any token": lambda _: SignIn(None, None),
}
"""What can be wrong with a sign-in, in the words of the features."""


Ask: TypeAlias = Callable[[str], JsonObject]
"""Makes a command from the id of the conversation it is for."""

COMMANDS: Final[dict[str, Ask]] = {
    "a request to put a file": lambda _: commands.generate_upload_url(
        size=1, file_type="PNG", id="s-1"
    ),
    "a request to fetch a file": lambda _: commands.generate_download_url("/v1/file", id="s-1"),
    "a profile": lambda _: commands.set_user_profile({"firstName": "Mallory"}, id="s-1"),
    "a closing": lambda id_: commands.update_conversation_field(
        fields.conversation_state_field(), id="s-1", conversation_id=id_
    ),
}
"""What a shopper may send besides messages, in the words of the features."""


class Mistakes:
    """The converter from the words to the mistake; the guard asks it before the run."""

    def __call__(self, name: str) -> Callable[[SignIn], SignIn]:
        """Return what makes the mistake called *name*."""
        return MISTAKES[name]

    def problem(self, name: str) -> tuple[str, str] | None:
        """Return what is wrong with *name* and what to do next, or None where nothing is."""
        if name in MISTAKES:
            return None
        known = difflib.get_close_matches(name, MISTAKES, n=1) or MISTAKES
        return f"nobody signs in {name!r}", f"write one of: {', '.join(known)}"


def outdated(sign_in: SignIn) -> str:
    """Return the app token of *sign_in*, expired long ago."""
    assert sign_in.app_token is not None
    return expired(sign_in.app_token, at=0)


def count_token_calls(connector: Connector) -> TokenCalls:
    """Return how often *connector* has asked for tokens so far."""
    return TokenCalls(connector.app_token_requests, connector.consumer_token_requests)


@given("the connector has signed in for the shopper", target_fixture="token_calls")
def the_connector_has_signed_in(connector: Connector, consumer: str) -> TokenCalls:
    """Sign in, and count from here."""
    connector.sign_in(consumer)
    return count_token_calls(connector)


@given("the app token has run out", target_fixture="token_calls")
def the_app_token_has_run_out(connector: Connector) -> TokenCalls:
    """Let the held app token be one that expired a minute ago."""
    connector.hold_outdated_app_token()
    return count_token_calls(connector)


@given("the app token has run out unnoticed", target_fixture="token_calls")
def the_app_token_has_run_out_unnoticed(connector: Connector) -> Iterator[TokenCalls]:
    """Let the held app token be one that only the endpoint finds to have expired."""
    connector.hold_outdated_app_token(unnoticed=True)
    yield count_token_calls(connector)
    # Where it was not renewed after all, no other scenario shall meet it.
    connector.sign_out()


@given("the shopper is signed in", target_fixture="sign_in")
def the_shopper_is_signed_in(connector: Connector, consumer: str) -> SignIn:
    """Obtain both tokens."""
    return connector.sign_in(consumer)


@given(
    parsers.parse("the shopper is signed in {mistake}"),
    converters={"mistake": Mistakes()},
    target_fixture="sign_in",
)
def the_shopper_is_signed_in_mistakenly(
    connector: Connector,
    consumer: str,
    sandbox_control: SandboxControl | None,
    mistake: Callable[[SignIn], SignIn],
) -> SignIn:
    """Obtain both tokens and spoil them."""
    right = connector.sign_in(consumer)
    if mistake is with_an_outdated_app_token and sandbox_control is not None:
        # The sandbox has one that is wrong in nothing else: not in its signature either.
        token = sandbox_control.tell("outdated_app_tokens", {})["token"]
        return replace(right, app_token=str(token))
    return mistake(right)


@given("the connector has a wrong secret", target_fixture="client_secret")
def the_connector_has_a_wrong_secret() -> str:
    """Take a secret that nobody has."""
    return "not-the-secret-of-this-app"


@given("the connector knows its secret", target_fixture="client_secret")
def the_connector_knows_its_secret(endpoint: Endpoint) -> str:
    """Take the account's own secret."""
    return endpoint.client_secret.get_secret_value()


@when("the shopper asks for a conversation as signed in", target_fixture="reply")
def the_shopper_asks_as_signed_in(
    connector: Connector, endpoint: Endpoint, sign_in: SignIn
) -> Reply:
    """Ask for a conversation, once, with the tokens as they are."""
    return connector.create_conversation_as([*minimal_batch(endpoint)], sign_in=sign_in)


@when(
    parsers.parse("the shopper asks for a conversation in version {version}"),
    target_fixture="reply",
)
def the_shopper_asks_in_version(
    connector: Connector, endpoint: Endpoint, sign_in: SignIn, version: str
) -> Reply:
    """Ask for a conversation in another version of the API."""
    batch = minimal_batch(endpoint)
    return connector.create_conversation_as([*batch], sign_in=sign_in, version=version)


@when(
    parsers.parse("the shopper sends {command} as signed in"),
    converters={"command": Vocabulary("command", COMMANDS)},
    target_fixture="reply",
)
def the_shopper_sends_as_signed_in(
    connector: Connector, conversation: Conversation, sign_in: SignIn, command: Ask
) -> Reply:
    """Send a command, once, with the tokens as they are."""
    return connector.send_as(command(conversation.id), sign_in=sign_in)


@when(
    parsers.parse("the shopper sends {command} in version {version}"),
    converters={"command": Vocabulary("command", COMMANDS)},
    target_fixture="reply",
)
def the_shopper_sends_in_version(
    connector: Connector, conversation: Conversation, sign_in: SignIn, command: Ask, version: str
) -> Reply:
    """Send a command in another version of the API."""
    return connector.send_as(command(conversation.id), sign_in=sign_in, version=version)


@when("the connector asks for an app token", target_fixture="reply")
def the_connector_asks_for_an_app_token(connector: Connector, client_secret: str) -> Reply:
    """Ask for an app token with the secret as it is."""
    return connector.request_app_token(client_secret=client_secret)


@when("the connector asks for a consumer token", target_fixture="reply")
def the_connector_asks_for_a_consumer_token(
    connector: Connector, consumer: str, sign_in: SignIn
) -> Reply:
    """Ask for a consumer token with the app token as it is."""
    return connector.request_consumer_token(consumer, app_token=sign_in.app_token)


@then("the connector asked for no further app token")
def the_connector_asked_for_no_further_app_token(
    connector: Connector, token_calls: TokenCalls
) -> None:
    """Expect the app token to have served again."""
    the_connector_asked_for_further_app_tokens(connector, token_calls, 0)


@then(parsers.parse("the connector asked for {count:d} further app token"))
def the_connector_asked_for_further_app_tokens(
    connector: Connector, token_calls: TokenCalls, count: int
) -> None:
    """Expect the app token to have been renewed *count* times."""
    asked = connector.app_token_requests - token_calls.app
    assert asked == count, f"expected {count} further app token(s); {asked} were asked for"


@then("the connector asked for no further consumer token")
def the_connector_asked_for_no_further_consumer_token(
    connector: Connector, token_calls: TokenCalls
) -> None:
    """Expect the shopper's token to have served again."""
    asked = connector.consumer_token_requests - token_calls.consumer
    assert asked == 0, f"expected no further consumer token; {asked} were asked for"


@then(parsers.parse("the sign-in is refused with error {error:d}"))
def the_sign_in_is_refused(reply: Reply, error: int) -> None:
    """Expect the documented refusal (API facts §10.1); a missing brand is a 400 (§16)."""
    status = 400 if error == BRAND_MISSING else 401
    assert reply.status == status, answered(reply, f"status {status} with error {error}")
    assert reply.error_code == error, answered(reply, f"error {error}")


@then("no token is given")
def no_token_is_given(reply: Reply) -> None:
    """Expect a refusal without anything that could be used as a token."""
    assert reply.status == 401, answered(reply, "no token", of=("app_token", "consumer_token"))
    document = reply.document
    assert isinstance(document, dict)
    assert not {"access_token", "token"} & document.keys()


@then("the version is refused")
def the_version_is_refused(reply: Reply) -> None:
    """Expect that nothing is found in another version than 3."""
    assert reply.status == 404, answered(reply, "the version unknown")


@then("an app token is given")
def an_app_token_is_given(reply: Reply) -> None:
    """Expect a token and its type (API facts §2.2)."""
    assert reply.status == 200, answered(reply, "an app token", of=("app_token",))
    match reply.document:
        case {"access_token": str(token), "token_type": "Bearer"} if token.count(".") == 2:
            return
    raise AssertionError(answered(reply, "an app token", of=("app_token",)))


@then("a consumer token is given")
def a_consumer_token_is_given(reply: Reply) -> None:
    """Expect a token that was made for the shopper (API facts §3)."""
    assert reply.status == 201, answered(reply, "a consumer token", of=("consumer_token",))
    match reply.document:
        case {"token": str(token)} if token.count(".") == 2:
            return
    raise AssertionError(answered(reply, "a consumer token", of=("consumer_token",)))
