"""Conversations that are open are closed, as far as time and endpoint let it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from connector_harness.client.connector import Connector
from connector_harness.client.http.rate_limit import RateLimit
from connector_harness.client.settings import Endpoint, Secret
from connector_harness.plugin.account.cleanup import Closer, Unconcerned
from connector_harness.plugin.running.opened import Ledger
from connector_harness.redaction.redactor import Redactor
from tests.client.conftest import Clock
from tests.client.server import LocalServer

IS_CLOSE = {"code": "BAD_REQUEST", "body": {"msg": "Bad Request, Conversation is close"}}
FAULT = {"code": "BAD_REQUEST", "body": {"msg": "Bad Request"}, "reqId": "1"}
STATE = "ConversationStateField"
GONE = "http://127.0.0.1:9"


@pytest.fixture
def server() -> Iterator[LocalServer]:
    """A server that accepts everything unless told otherwise."""
    server = LocalServer()
    yield server
    server.close()


@pytest.fixture
def clock() -> Clock:
    """A clock that moves by waiting."""
    return Clock()


@pytest.fixture
def ledger() -> Ledger:
    """A ledger with three conversations of Ada's that are open."""
    ledger = Ledger()
    for id_ in ("c-1", "c-2", "c-3"):
        ledger.opened(id_, "ada")
    return ledger


Make = Callable[..., Closer]


@pytest.fixture
def closer(server: LocalServer, clock: Clock, tmp_path: Path) -> Make:
    """Make what closes, with a minute's time on a clock of the test's own."""

    def make(url: str = server.url, *, within_s: float = 60, rate: float | None = None) -> Closer:
        endpoint = Endpoint(
            name="live",
            account="70000001",
            client_id="client-7",
            client_secret=Secret("secret-of-client-7"),
            address=url,
            discovery=url,
        )

        def connect(wait: Callable[[float], None]) -> Connector:
            limit = RateLimit(tmp_path, requests_per_second=rate, now=clock, wait=wait)
            return Connector(
                endpoint, witness=Unconcerned(), redactor=Redactor(), wait=wait, turn=limit.turn
            )

        return Closer(connect, within_s=within_s, now=clock, wait=clock.wait)

    return make


def sent(server: LocalServer) -> list[tuple[str, str]]:
    """Return which field was sent to which conversation."""
    bodies = [json.loads(each.body)["body"] for each in server.requests("send")]
    return [(each["conversationField"]["field"], each["conversationId"]) for each in bodies]


def test_all_are_closed(closer: Make, ledger: Ledger, server: LocalServer) -> None:
    """Each conversation takes one call, and nothing is left or kept."""
    closer().close(ledger)

    assert (ledger.left, ledger.kept) == ({}, {})
    assert sent(server) == [(STATE, "c-1"), (STATE, "c-2"), (STATE, "c-3")]


def test_remembered_tokens_save_a_sign_in(
    closer: Make, ledger: Ledger, server: LocalServer
) -> None:
    """A consumer token that the run has got is used again."""
    ledger.remember("token-of-ada", "ada")

    closer().close(ledger)

    assert server.requests("consumer") == []
    assert {each.headers["x-lp-on-behalf"] for each in server.requests("send")} == {"token-of-ada"}


def test_closed_already_is_closed(closer: Make, ledger: Ledger, server: LocalServer) -> None:
    """A conversation that somebody else has closed is no failure; a survey in it is closed."""
    for _ in range(2):
        server.will_answer("send", 400, IS_CLOSE)

    closer().close(ledger)

    assert ledger.kept == {}
    assert sent(server) == [(STATE, "c-1"), ("Stage", "c-1"), (STATE, "c-2"), (STATE, "c-3")]


@pytest.mark.parametrize(
    ("statuses", "why"),
    [((400, 400), "refused with status 400"), ((503,), "refused with status 503")],
)
def test_refused_is_kept(
    closer: Make, ledger: Ledger, server: LocalServer, statuses: tuple[int, ...], why: str
) -> None:
    """One that the endpoint does not close is kept with the reason, and the others go on."""
    for status in statuses:
        server.will_answer("send", status, FAULT)

    closer().close(ledger)

    assert (ledger.left, ledger.kept) == ({}, {"c-1": f"of 'ada': {why}"})


def test_endpoint_that_is_gone_is_given_up(closer: Make, ledger: Ledger) -> None:
    """After three calls in vain the rest is not tried."""
    ledger.opened("c-4", "ada")

    closer(GONE).close(ledger)

    refused = "of 'ada': no answer from the endpoint: connection refused"
    assert [ledger.kept[id_] for id_ in ("c-1", "c-2", "c-3")] == [refused] * 3
    assert ledger.kept["c-4"] == "of 'ada': the endpoint had been given up"


def test_nothing_is_tried_without_time(closer: Make, ledger: Ledger, server: LocalServer) -> None:
    """When the time is up, all that is open is kept."""
    closer(within_s=0).close(ledger)

    assert set(ledger.kept.values()) == {"of 'ada': no time was left"}
    assert server.received == []


def test_limit_of_calls_counts_as_time(
    closer: Make, ledger: Ledger, server: LocalServer, clock: Clock
) -> None:
    """Where the next call may only begin after the end, it does not begin."""
    closer(within_s=35, rate=0.1).close(ledger)

    # Two calls to sign in, two to close.
    assert (list(ledger.kept), sent(server)) == (["c-3"], [(STATE, "c-1"), (STATE, "c-2")])
    assert clock.pauses == [10, 10, 10]


def test_consumer_that_nobody_knows(closer: Make, server: LocalServer) -> None:
    """For whom to speak must be known."""
    ledger = Ledger()
    ledger.opened("c-1", "")

    closer().close(ledger)

    assert ledger.kept == {"c-1": "nobody knows whose it is"}
    assert server.received == []


def test_refused_sign_in_is_a_reason(closer: Make, ledger: Ledger, server: LocalServer) -> None:
    """Without a token for its consumer a conversation is kept."""
    server.will_answer("consumer", 500, {})

    closer().close(ledger)

    assert ledger.kept == {"c-1": "of 'ada': signing in failed: the token service refused"}
