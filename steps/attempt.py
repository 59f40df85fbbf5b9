"""What came of a call that may go wrong, and the sentences that judge it."""

import time
from collections.abc import Callable, Iterator
from typing import Final, Literal, TypeAlias

import allure
from pytest_bdd import given, parsers, then, when

from connector_harness.client.commands import Batch
from connector_harness.client.connector import Connector
from connector_harness.client.conversation import Conversation
from connector_harness.client.files import FileAddress
from connector_harness.client.http.transport import HARMLESS, TransportError
from connector_harness.client.reply import Reply
from connector_harness.client.settings import Endpoint
from connector_harness.client.tokens import SignInError
from connector_harness.contract.contract import ContractError
from connector_harness.control.routes import SandboxView
from steps.answer import it_is_accepted_with_number
from steps.conversation import (
    a_conversation_is_open,
    answered,
    minimal_batch,
    the_conversation_is_refused_because_one_is_open,
)
from steps.file import Picture
from steps.shown_message import MessageCounts, TextsOf
from steps.vocabulary import Vocabulary

Failure: TypeAlias = TransportError | SignInError | ContractError
"""What a call may end in instead of a reply."""

Adopt: TypeAlias = Callable[[str], None]
"""Takes a conversation of which no answer told as the scenario's own."""

BUSY: Final = 429
"""The status of a call that came while the endpoint was too busy (API facts §11)."""

REASONS: Final = Vocabulary(
    "fault of an answer",
    {
        "it claims to be a page": "is JSON but says it is",
        "nobody can read it": "is not JSON",
        "its parts are in another order": "$[0].body",
        "it has a part too many": "$[2]",
        "it lacks a part": "too few items",
        "a command is left unanswered": "has no answer",
    },
)
"""What the contract says of an answer, by the words of the features."""

TIMES: Final = Vocabulary("count", {"not at all": 0, "once": 1, "twice": 2, "three times": 3})


class Attempt:
    """What came of one call that may go wrong: a reply, or a failure instead of one.

    Whoever asks for either has judged it; a scenario that does neither must not end as if all
    had gone well, so `settle` is called at its end.

    Attributes:
        took_s: How long it took, in seconds.

    Args:
        call: Makes the call.
    """

    def __init__(self, call: Callable[[], Reply]) -> None:
        """Make the call and keep what comes of it."""
        self._outcome: Reply | Failure
        self._judged = False
        began = time.monotonic()
        try:
            self._outcome = call()
        except (TransportError, SignInError, ContractError) as error:
            self._outcome = error
        self.took_s = time.monotonic() - began

    def __repr__(self) -> str:
        """Return what came of it, in one line."""
        return str(self._outcome).partition("\n")[0]

    @property
    def outcome(self) -> Reply | Failure:
        """What came of it, judged from now on."""
        self._judged = True
        return self._outcome

    @property
    def delivery(self) -> Literal["answered", "not sent", "uncertain"]:
        """Whether what was to be delivered was: an answer off the contract settles nothing."""
        match self.outcome:
            case Reply() as reply:
                return "uncertain" if reply.is_uncertain else "answered"
            case SignInError():
                return "not sent"
            case TransportError() as error:
                # What signs in goes ahead of the message, which then stays where it is.
                return "not sent" if error.exchange.operation in HARMLESS else error.delivery
            case ContractError():
                return "uncertain"

    def settle(self) -> None:
        """Fail unless somebody has judged what came of it.

        Raises:
            AssertionError: Nobody has.
        """
        assert self._judged, f"no sentence says what was to come of this: {self!r}"


@when(parsers.parse('the shopper tries to say "{text}"'), target_fixture="attempt")
def the_shopper_tries_to_say(
    conversation: Conversation, counts: MessageCounts, text: str
) -> Iterator[Attempt]:
    """Write *text*, whatever comes of it."""
    attempt = Attempt(lambda: counts.note(conversation.send_text(text)))
    yield attempt
    attempt.settle()


@given(parsers.parse("it is uncertain whether the shopper's " + '"{text}" arrived'))
def the_shoppers_text_is_uncertain(conversation: Conversation, text: str) -> None:
    """Write *text*, which must come to nothing that is known."""
    it_is_uncertain_whether_it_arrived(Attempt(lambda: conversation.send_text(text)))


@when("the shopper tries to open a conversation", target_fixture="attempt")
def the_shopper_tries_to_open_a_conversation(
    connector: Connector,
    endpoint: Endpoint,
    consumer: str,
    sandbox_view: SandboxView | None,
    adopt: Adopt,
) -> Iterator[Attempt]:
    """Ask for a conversation with the smallest batch, whatever comes of it."""
    attempt = request_tried(connector, minimal_batch(endpoint), consumer, sandbox_view, adopt)
    yield attempt
    attempt.settle()


@when("the connector tries to send the batch", target_fixture="attempt")
def the_connector_tries_to_send_the_batch(
    connector: Connector,
    batch: Batch,
    consumer: str,
    sandbox_view: SandboxView | None,
    adopt: Adopt,
) -> Iterator[Attempt]:
    """Send the batch, whatever comes of it."""
    attempt = request_tried(connector, batch, consumer, sandbox_view, adopt)
    yield attempt
    attempt.settle()


@given("it is uncertain whether the shopper's request for a conversation arrived")
def the_request_is_uncertain(
    connector: Connector,
    endpoint: Endpoint,
    consumer: str,
    sandbox_view: SandboxView | None,
    adopt: Adopt,
) -> None:
    """Ask for a conversation, which must come to nothing that is known."""
    batch = minimal_batch(endpoint)
    it_is_uncertain_whether_it_arrived(
        request_tried(connector, batch, consumer, sandbox_view, adopt)
    )


@when("the shopper tries to send it", target_fixture="attempt")
def the_shopper_tries_to_send_it(
    conversation: Conversation, counts: MessageCounts, picture: Picture
) -> Iterator[Attempt]:
    """Ask for an address, put the file there, and tell, as far as that goes."""
    attempt = Attempt(
        lambda: counts.note(conversation.upload_file(picture.content, file_type=picture.type))
    )
    yield attempt
    attempt.settle()


@when("the connector tries to fetch it", target_fixture="attempt")
def the_connector_tries_to_fetch_it(
    connector: Connector, address: FileAddress
) -> Iterator[Attempt]:
    """Get the file from its address, whatever comes of it."""
    attempt = Attempt(lambda: connector.get_file(address))
    yield attempt
    attempt.settle()


@then("it is uncertain whether it arrived")
def it_is_uncertain_whether_it_arrived(attempt: Attempt) -> None:
    """Expect to be told that it may or may not have been delivered: neither sent nor lost."""
    delivery = attempt.delivery
    assert delivery == "uncertain", f"expected it to be uncertain; it is {delivery}: {attempt}"


@then("it was not sent")
def it_was_not_sent(attempt: Attempt) -> None:
    """Expect to be told that it never left."""
    delivery = attempt.delivery
    assert delivery == "not sent", f"expected it not to be sent; it is {delivery}: {attempt}"


@then(parsers.parse("it arrives after all, with number {number:d}"))
def it_arrives_after_all(attempt: Attempt, number: int) -> None:
    """Expect a good answer in the end."""
    it_is_accepted_with_number(answer_of(attempt), number)


@then("it is accepted after all")
def it_is_accepted_after_all(attempt: Attempt) -> None:
    """Expect a good answer to a batch in the end."""
    reply = answer_of(attempt)
    assert reply.status == 200, answered(reply, "the batch accepted")


@then("the endpoint is still too busy")
def the_endpoint_is_still_too_busy(attempt: Attempt) -> None:
    """Expect the last answer to be that the endpoint has no time."""
    reply = answer_of(attempt)
    assert reply.status == BUSY, f"expected it to be too busy; {attempt}"


@then("the file is not fetched")
def the_file_is_not_fetched(attempt: Attempt, picture: Picture) -> None:
    """Expect a failure, with nothing of the file in it."""
    match attempt.outcome:
        case TransportError() as failure:
            assert failure.exchange.response_body == b""
        case Reply() as reply:
            came = f"{len(reply.content)} of its {len(picture.content)} bytes came"
            raise AssertionError(f"expected no answer; {came}")
        case failure:
            raise AssertionError(f"expected no answer; {failure}")


@then(
    parsers.parse("the answer is off the contract because {reason}"), converters={"reason": REASONS}
)
def the_answer_is_off_the_contract(attempt: Attempt, reason: str) -> None:
    """Expect the witness to have found the answer wrong, and this to be wrong with it."""
    match attempt.outcome:
        case ContractError() as failure:
            assert reason in str(failure), f"expected {reason!r} to be wrong; got:\n{failure}"
        case _:
            raise AssertionError(f"expected the answer to be off the contract; {attempt}")


@then(parsers.parse("the connector gave up within {seconds:d} seconds"))
def the_connector_gave_up_within(attempt: Attempt, seconds: int) -> None:
    """Expect it not to have waited longer."""
    took = f"it took {attempt.took_s:.1f} s"
    assert attempt.took_s < seconds, f"expected it to give up within {seconds} s; {took}"


@then(parsers.parse("the connector had waited {seconds:g} second"))
@then(parsers.parse("the connector had waited {seconds:g} seconds"))
def the_connector_had_waited(attempt: Attempt, seconds: float) -> None:
    """Expect it to have waited so long, and not twice as long."""
    took = f"it took {attempt.took_s:.1f} s"
    is_so = seconds <= attempt.took_s < 2 * seconds + 1
    assert is_so, f"expected it to have waited {seconds:g} s; {took}"


@then(
    parsers.parse('the conversation holds "{text}" {times}'),
    converters={"times": TIMES},
)
def the_conversation_holds(
    conversation: Conversation, texts_of: TextsOf, text: str, times: int
) -> None:
    """Expect *text* so often in what the endpoint holds, whatever the connector was told."""
    texts = texts_of(conversation)
    assert texts.count(text) == times, f"expected {text!r} {times} time(s); it holds {texts}"


@then(
    parsers.parse("the shopper has {count} conversation"),
    converters={"count": Vocabulary("count", {"no": 0, "one": 1})},
)
def the_shopper_has_conversations(
    connector: Connector,
    endpoint: Endpoint,
    consumer: str,
    sandbox_view: SandboxView | None,
    count: int,
) -> None:
    """Expect so many at the endpoint, whatever the connector was told.

    Where nobody can look, asking for one more tells: it is refused while one is open.
    """
    if sandbox_view is not None:
        found = held_by(sandbox_view, consumer)
        assert len(found) == count, f"expected {count} conversation(s); the sandbox holds {found}"
        return
    with allure.step("ask for one more"), connector.through(None):
        reply = connector.create_conversation(minimal_batch(endpoint), consumer=consumer)
    if count:
        the_conversation_is_refused_because_one_is_open(reply)
    else:
        a_conversation_is_open(reply)


def request_tried(
    connector: Connector,
    batch: Batch,
    consumer: str,
    view: SandboxView | None,
    adopt: Adopt,
) -> Attempt:
    """Return the attempt to open a conversation; one that was opened is the scenario's own."""
    attempt = Attempt(lambda: connector.create_conversation(batch, consumer=consumer))
    # Where the answer was lost, nobody else could say whose the conversation is.
    for conversation in [] if view is None else held_by(view, consumer):
        adopt(conversation)
    return attempt


def held_by(view: SandboxView, consumer: str) -> list[str]:
    """Return the ids of the conversations that the sandbox holds for *consumer*."""
    return [str(conversation["id"]) for conversation in view.conversations(consumer)]


def answer_of(attempt: Attempt) -> Reply:
    """Return the reply that came, which must be one."""
    match attempt.outcome:
        case Reply() as reply:
            return reply
        case _:
            raise AssertionError(f"expected an answer; {attempt}")
