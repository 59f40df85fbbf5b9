"""Tests of what came of a call that may go wrong, and of the sentences that judge it."""

from collections.abc import Callable

import pytest

from connector_harness.client.http.connections import Delivery
from connector_harness.client.http.exchange import Exchange
from connector_harness.client.http.failures import Kind
from connector_harness.client.http.transport import TransportError
from connector_harness.client.reply import Reply
from connector_harness.client.tokens import SignInError
from connector_harness.contract.contract import ContractError
from connector_harness.redaction.redactor import Redactor
from steps import attempt as sentences
from steps.attempt import Attempt, Failure
from tests.steps.answers import accepted, reply_to

GOOD = reply_to(accepted({"sequence": 0}))
BROKEN = reply_to({}, status=503)
BUSY = reply_to({}, status=429)
OFF = ContractError("answer of publish_event is not JSON")


def unanswered(operation: str = "publish_event") -> Exchange:
    """Return a call that got no answer."""
    return Exchange(operation, "POST", "http://h/x", (), b"{}", None, (), b"", 0, 0, "timed out")


def lost(delivery: Delivery = "uncertain", operation: str = "publish_event") -> TransportError:
    """Return a failure without an answer."""
    kind: Kind = "closed"
    return TransportError(kind, unanswered(operation), delivery=delivery)


def refused() -> SignInError:
    """Return a sign-in that failed."""
    return SignInError("the token service refused", unanswered("consumer_token"), Redactor())


def of(outcome: Reply | Failure) -> Attempt:
    """Return an attempt that ended in *outcome*."""

    def call() -> Reply:
        if isinstance(outcome, Reply):
            return outcome
        raise outcome

    return Attempt(call)


@pytest.mark.parametrize(
    ("outcome", "delivery"),
    [
        (GOOD, "answered"),
        (BUSY, "answered"),
        (BROKEN, "uncertain"),
        (OFF, "uncertain"),
        (lost(), "uncertain"),
        (lost("not sent"), "not sent"),
        (lost("uncertain", "app_token"), "not sent"),
        (lost("uncertain", "domains"), "not sent"),
        (lost("uncertain", "put_file"), "uncertain"),
        (refused(), "not sent"),
    ],
    ids=str,
)
def test_delivery(outcome: Reply | Failure, delivery: str) -> None:
    """Nothing is called sent or lost that may or may not have been delivered."""
    assert of(outcome).delivery == delivery


@pytest.mark.parametrize("outcome", [GOOD, lost(), OFF], ids=str)
def test_unjudged_attempt_fails_the_scenario(outcome: Reply | Failure) -> None:
    """What no sentence has asked about does not end as if all had gone well."""
    with pytest.raises(AssertionError, match="no sentence says what was to come of this"):
        of(outcome).settle()


def test_judged_attempt_is_settled() -> None:
    """A failure that a sentence has expected is none of the scenario's."""
    attempt = of(lost())
    sentences.it_is_uncertain_whether_it_arrived(attempt)

    attempt.settle()


def test_other_errors_pass() -> None:
    """A mistake in a step's code is not taken for something that came of the call."""
    with pytest.raises(ZeroDivisionError):
        Attempt(lambda: 1 // 0)  # type: ignore[arg-type, return-value]  # never returns


Judge = Callable[[Attempt], None]


@pytest.mark.parametrize(
    ("judge", "good", "bad"),
    [
        (sentences.it_is_uncertain_whether_it_arrived, lost(), GOOD),
        (sentences.it_is_uncertain_whether_it_arrived, lost(), lost("not sent")),
        (sentences.it_was_not_sent, refused(), lost()),
        (sentences.it_was_not_sent, refused(), GOOD),
        (sentences.it_is_accepted_after_all, GOOD, BROKEN),
        (sentences.it_is_accepted_after_all, GOOD, lost()),
        (sentences.the_endpoint_is_still_too_busy, BUSY, GOOD),
        (sentences.the_endpoint_is_still_too_busy, BUSY, BROKEN),
    ],
)
def test_outcomes_are_told_apart(judge: Judge, good: Reply | Failure, bad: Reply | Failure) -> None:
    """Each sentence passes what it says, and nothing else."""
    judge(of(good))

    with pytest.raises(AssertionError, match="expected "):
        judge(of(bad))


def test_number_counts_after_all() -> None:
    """An answer with another number is not the one expected."""
    sentences.it_arrives_after_all(of(GOOD), 0)

    with pytest.raises(AssertionError, match="expected number 1"):
        sentences.it_arrives_after_all(of(GOOD), 1)


def test_reason_must_be_the_one() -> None:
    """An answer that is off the contract for another reason is not the one expected."""
    sentences.the_answer_is_off_the_contract(of(OFF), "is not JSON")

    for outcome in (OFF, GOOD, lost()):
        with pytest.raises(AssertionError, match="expected "):
            sentences.the_answer_is_off_the_contract(of(outcome), "is JSON but says it is")


@pytest.mark.parametrize("took_s", [0.4, 2.1])
def test_waiting_is_neither_shorter_nor_much_longer(took_s: float) -> None:
    """A wait of half a second takes no less, and not as long as several."""
    attempt = of(GOOD)
    attempt.took_s = 0.6
    sentences.the_connector_had_waited(attempt, 0.5)
    attempt.took_s = took_s

    with pytest.raises(AssertionError, match="it took"):
        sentences.the_connector_had_waited(attempt, 0.5)


def test_giving_up_takes_its_time_at_most() -> None:
    """Whoever gives up later than said has not kept it."""
    attempt = of(lost())
    attempt.took_s = 2.0

    with pytest.raises(AssertionError, match=r"it took 2\.0 s"):
        sentences.the_connector_gave_up_within(attempt, 2)
