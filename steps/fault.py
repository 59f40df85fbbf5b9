"""Sentences that let calls to the endpoint go wrong."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pytest_bdd import given, parsers, then

from connector_harness.client.connector import Connector
from connector_harness.control.faults import Faults
from connector_harness.json_types import JsonValue
from steps.attempt import TIMES
from steps.vocabulary import Number, Vocabulary


@dataclass(frozen=True)
class Mishap:
    """What can befall a call, as the sandbox knows it.

    Attributes:
        fault: Its name there.
        parameters: What else is to be said of it.
    """

    fault: str
    parameters: Mapping[str, JsonValue]

    def befall(
        self, faults: Faults, operation: str, *, consumer: str | None, times: int | None
    ) -> str:
        """Let calls meet with it, and return the id of the fault.

        Args:
            faults: Those of the sandbox.
            operation: What the calls are for.
            consumer: Whose they are; None for everybody's.
            times: How many; None for all until the endpoint recovers.
        """
        return faults.inject(
            self.fault, consumer=consumer, operation=operation, times=times, **self.parameters
        )


def mishap(fault: str, **parameters: JsonValue) -> Mishap:
    """Return a mishap."""
    return Mishap(fault, parameters)


CALLS: Final = Vocabulary(
    "call",
    {
        "message": "send",
        "request for a conversation": "create_conversation",
        "sign-in of the shopper": "consumer_token",
        "upload": "put_file",
        "download": "get_file",
    },
)
"""What can go wrong for one shopper alone."""

MISHAPS: Final = Vocabulary(
    "mishap",
    {
        "a line that breaks before it is read": mishap("reset_before"),
        "a line that breaks after it is read": mishap("reset_after"),
        "half an answer": mishap("half_body"),
        "silence": mishap("timeout"),
        "silence after it is read": mishap("timeout", processed=True),
        "an answer half a second late": mishap("latency", delay_s=0.5),
        "an answer in small pieces": mishap("slow_body", chunk_s=0.02, chunk_bytes=4),
        "an answer that trickles": mishap("slow_body", chunk_s=0.3),
        "a breakdown": mishap("status_500"),
        "a breakdown after it is read": mishap("status_500", processed=True),
        "a gateway that finds nobody": mishap("status_502"),
        "an endpoint out of service": mishap("status_503"),
        "a gateway that stops waiting": mishap("status_504", processed=True),
        "a busy endpoint": mishap("throttled"),
        "a busy endpoint that asks for a second": mishap("throttled", retry_after=1),
        "a busy endpoint that asks for an hour": mishap("throttled", retry_after=3600),
        "an app token that has run out": mishap("expired_token", token="app"),
        "a consumer token that is no longer known": mishap("expired_token", token="consumer"),
        "an answer that claims to be a page": mishap("wrong_content_type"),
        "an answer that nobody can read": mishap("invalid_json"),
        "an answer in another order": mishap("reordered_answers"),
        "an answer with a part too many": mishap("duplicate_answer"),
        "an answer with a part too few": mishap("missing_answer"),
    },
)
"""What a call can meet with, in the words of the features."""


@given(
    parsers.parse("the next {call} meets {mishap}"),
    converters={"call": CALLS, "mishap": MISHAPS},
    target_fixture="fault",
)
def the_next_call_meets(faults: Faults, consumer: str, call: str, mishap: Mishap) -> str:
    """Let one call of the shopper's go wrong."""
    return mishap.befall(faults, call, consumer=consumer, times=1)


@given(
    parsers.parse("the next two messages meet {mishap}"),
    converters={"mishap": MISHAPS},
    target_fixture="fault",
)
def the_next_two_messages_meet(faults: Faults, consumer: str, mishap: Mishap) -> str:
    """Let two messages of the shopper's go wrong, and no further one."""
    return mishap.befall(faults, "send", consumer=consumer, times=2)


@given(
    parsers.parse("every {call} meets {mishap}"),
    converters={"call": CALLS, "mishap": MISHAPS},
    target_fixture="fault",
)
def every_call_meets(faults: Faults, consumer: str, call: str, mishap: Mishap) -> str:
    """Let all such calls of the shopper's go wrong until the endpoint recovers."""
    return mishap.befall(faults, call, consumer=consumer, times=None)


@given(
    parsers.parse("the connector must sign in anew and meets {mishap}"),
    converters={"mishap": MISHAPS},
    target_fixture="fault",
)
def the_connector_must_sign_in_anew(connector: Connector, faults: Faults, mishap: Mishap) -> str:
    """Let the connector sign in anew, and that go wrong until the endpoint recovers."""
    connector.sign_out()
    # Of these calls nobody knows for which shopper they are.
    return mishap.befall(faults, "app_token", consumer=None, times=None)


@given("the endpoint has recovered")
def the_endpoint_has_recovered(faults: Faults, consumer: str) -> None:
    """Let the shopper's calls go well again."""
    faults.recover(consumer=consumer)


@given(
    parsers.parse("the connector waits {seconds:d} second at the most"),
    converters={"seconds": Number(1)},
)
@given(
    parsers.parse("the connector waits {seconds:d} seconds at the most"),
    converters={"seconds": Number(1)},
)
def the_connector_waits_at_the_most(connector: Connector, seconds: int) -> Iterator[None]:
    """Let no call take longer, to the end of the scenario."""
    with connector.with_deadline(within_s=seconds):
        yield


@then(parsers.parse("the connector sent it {times}"), converters={"times": TIMES})
def the_connector_sent_it(faults: Faults, fault: str, times: int) -> None:
    """Expect so many calls to have met the mishap that all of them were to meet."""
    applied = faults.applied(fault)
    assert applied == times, f"expected {times} call(s); {applied} arrived"


@then("it happened once")
def it_happened_once(faults: Faults, fault: str) -> None:
    """Expect the mishap not to have been in vain: the scenario would show nothing without it."""
    the_connector_sent_it(faults, fault, 1)
