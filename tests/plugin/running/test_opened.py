"""A ledger knows from the exchanges which conversations are open, and whose they are."""

import base64
import json
from dataclasses import replace
from pathlib import Path

import pytest

from connector_harness.client.http.exchange import Exchange
from connector_harness.client.http.transport import INTERRUPTED
from connector_harness.plugin.running.opened import Ledger

TOKEN = "token-of-ada"
CREATED = [
    {"code": "OK", "body": {"msg": "OK User Profile set successfully"}, "reqId": "1"},
    {"code": "OK", "body": {"conversationId": "c-1"}, "reqId": "2"},
]


def exchange(
    operation: str,
    *,
    sent: object = None,
    status: int | None = 200,
    document: object = None,
    failure: str | None = None,
) -> Exchange:
    """Return one exchange, sent with Ada's token."""
    return Exchange(
        operation,
        "POST",
        "http://127.0.0.1/x",
        (("Content-Type", "application/json"), ("X-LP-ON-BEHALF", TOKEN)),
        json.dumps(sent).encode(),
        status,
        (),
        document if isinstance(document, bytes) else json.dumps(document).encode(),
        0.0,
        0.1,
        failure,
    )


def closing(field: object, *, status: int = 200) -> Exchange:
    """Return the exchange that changes *field* of the conversation."""
    body = {"conversationId": "c-1", "conversationField": field}
    return exchange("update_conversation_field", sent={"body": body}, status=status)


@pytest.fixture
def ledger() -> Ledger:
    """A ledger that has seen Ada sign in."""
    ledger = Ledger()
    sign_in(ledger)
    return ledger


def sign_in(ledger: Ledger) -> None:
    """Let *ledger* see Ada sign in."""
    ledger.note(
        exchange("consumer_token", sent={"ext_consumer_id": "ada"}, document={"token": TOKEN})
    )


def test_opened_conversation_is_left_to_close(ledger: Ledger) -> None:
    """What an answer names is open, and its consumer is known by the token that was sent."""
    ledger.note(exchange("create_conversation", document=CREATED))

    assert ledger.left == {"c-1": "ada"}
    assert (ledger.tokens, ledger.unanswered) == ({"ada": TOKEN}, [])


def test_conversation_of_an_unknown_consumer() -> None:
    """Without the sign-in it is not known whose a conversation is."""
    ledger = Ledger()
    ledger.note(exchange("create_conversation", document=CREATED))

    assert ledger.left == {"c-1": ""}


@pytest.mark.parametrize(
    "field",
    [
        {"field": "ConversationStateField", "conversationState": "CLOSE"},
        {"field": "Stage", "conversationState": "CLOSE"},
        [{"field": "ConversationStateField", "conversationState": "CLOSE"}],
    ],
)
def test_closed_conversation_is_not_left(ledger: Ledger, field: object) -> None:
    """What the scenario has closed itself is done with, in every form of the command."""
    ledger.note(exchange("create_conversation", document=CREATED))
    ledger.note(closing(field))

    assert ledger.left == {}


@pytest.mark.parametrize(
    "other",
    [
        closing({"field": "ConversationStateField", "conversationState": "CLOSE"}, status=400),
        closing({"field": "CSATRate", "csatRate": 5}),
        closing({"field": "DialogChange", "dialog": {"dialogId": "c-1", "state": "CLOSE"}}),
        exchange("publish_event", document={"code": "OK"}),
    ],
)
def test_other_calls_close_nothing(ledger: Ledger, other: Exchange) -> None:
    """A refusal, another field and a dialog that ends leave a conversation to close."""
    ledger.note(exchange("create_conversation", document=CREATED))
    ledger.note(other)

    assert ledger.left == {"c-1": "ada"}


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (exchange("create_conversation", status=None, failure="timed out"), "timed out"),
        (exchange("create_conversation", status=None, failure="interrupted"), "interrupted"),
        (exchange("create_conversation", status=502, document=b"<html>"), "status 502"),
        (exchange("create_conversation", document=b'[{"code":"OK","bo'), "status 200"),
    ],
)
def test_uncertain_creation_is_remembered(ledger: Ledger, answer: Exchange, why: str) -> None:
    """Where no answer names it, a conversation may be open all the same."""
    ledger.note(answer)

    assert (ledger.left, ledger.unanswered) == ({}, [("ada", why)])


@pytest.mark.parametrize(
    "answer",
    [
        exchange("create_conversation", status=None, failure="connection refused"),
        exchange("create_conversation", status=None, failure=INTERRUPTED["not sent"]),
        exchange("create_conversation", status=400, document=CREATED[:1]),
        exchange("create_conversation", status=429),
    ],
)
def test_refused_creation_opens_nothing(ledger: Ledger, answer: Exchange) -> None:
    """A refusal, and a call that cannot have arrived, leave nothing behind."""
    ledger.note(answer)

    assert (ledger.left, ledger.unanswered) == ({}, [])


def test_answer_off_the_schema_is_taken_for_what_it_tells(ledger: Ledger) -> None:
    """Whatever else is wrong with an answer, the conversation that it names is open."""
    ledger.note(exchange("create_conversation", document=["?", {"body": {"conversationId": "c"}}]))

    assert ledger.left == {"c": "ada"}


@pytest.mark.parametrize("operation", ["consumer_token", "update_conversation_field"])
def test_unreadable_answer_tells_nothing(ledger: Ledger, operation: str) -> None:
    """Bytes that are no JSON are no reason to stop; others judge them."""
    ledger.note(exchange(operation, document=b"\xff"))

    assert ledger.left == {}


def test_adopted_conversation_is_of_the_call_without_an_answer(ledger: Ledger) -> None:
    """Who finds a conversation whose answer was lost has found that of the last such call."""
    ledger.note(exchange("create_conversation", status=None, failure="timed out"))
    ledger.adopt("c-9")

    assert (ledger.left, ledger.unanswered) == ({"c-9": "ada"}, [])


def test_another_process_reads_what_was_adopted(tmp_path: Path) -> None:
    """What a scenario has found out of is no uncertainty to the process that reads of it."""
    ledger = Ledger(tmp_path / "gw0.ledger")
    sign_in(ledger)
    for _ in range(2):
        ledger.note(exchange("create_conversation", status=None, failure="timed out"))
    ledger.adopt("c-9")
    ledger.end()

    read = Ledger.of(tmp_path / "gw0.ledger")
    assert (read.left, read.unanswered) == ({"c-9": "ada"}, [("ada", "timed out")])


def test_known_conversation_is_not_adopted(ledger: Ledger) -> None:
    """What an answer has named stays whose it is, and what is closed stays closed."""
    ledger.note(exchange("create_conversation", document=CREATED))
    ledger.adopt("c-1")
    ledger.closed("c-1")
    ledger.adopt("c-1")

    assert ledger.left == {}


def test_another_process_reads_the_same(tmp_path: Path) -> None:
    """What is open, kept or uncertain stands in the file as it happens, and no token does."""
    file = tmp_path / "gw0.ledger"
    ledger = Ledger(file)
    sign_in(ledger)
    for id_ in ("c-1", "c-2", "c-3"):
        document = [{"body": {"conversationId": id_}}]
        ledger.note(exchange("create_conversation", document=document))
    ledger.note(exchange("create_conversation", status=None, failure="timed out"))
    ledger.closed("c-2")
    ledger.keep("c-3", "no time was left")

    read = Ledger.of(file)
    ledger.end()

    assert (read.left, read.unanswered) == (ledger.left, ledger.unanswered)
    assert read.kept == ledger.kept == {"c-3": "of 'ada': no time was left"}
    assert TOKEN not in file.read_text(encoding="utf-8")


def test_half_a_line_is_passed_over(tmp_path: Path) -> None:
    """A process that died while it wrote has left what it wrote before."""
    file = tmp_path / "gw0.ledger"
    file.write_text('["opened", "c-1", "ada"]\n["opened", "c-', encoding="utf-8")

    assert Ledger.of(file).left == {"c-1": "ada"}


def lost_creation(ledger: Ledger, consumer: str = "ada") -> None:
    """Let *ledger* see a consumer sign in, by a token that says who that is, and lose an answer."""
    there = {"lp_consumer_id": f"lp-{consumer}"}
    payload = base64.urlsafe_b64encode(json.dumps(there).encode()).decode()
    token = f"e30.{payload.rstrip('=')}.c2ln"
    sent = {"ext_consumer_id": consumer}
    ledger.note(exchange("consumer_token", sent=sent, document={"token": token}))
    headers = (("Content-Type", "application/json"), ("X-LP-ON-BEHALF", token))
    lost = exchange("create_conversation", status=None, failure="connection closed")
    ledger.note(replace(lost, request_headers=headers))


def test_webhook_tells_of_what_was_opened(tmp_path: Path) -> None:
    """A conversation whose answer was lost is the consumer's of whom a webhook tells it."""
    ledger = Ledger(tmp_path / "gw0.ledger")
    lost_creation(ledger)

    ledger.claim("c-9", ["lp-bob", "lp-ada"])
    ledger.claim("c-10", ["lp-ada"])

    assert (ledger.left, ledger.unanswered) == ({"c-9": "ada"}, [])
    ledger.end()
    read = Ledger.of(tmp_path / "gw0.ledger")
    assert (read.left, read.unanswered) == ({"c-9": "ada"}, [])


def test_webhook_tells_of_the_call_of_its_consumer() -> None:
    """What another consumer may have opened is as uncertain as before."""
    ledger = Ledger()
    lost_creation(ledger, "ada")
    lost_creation(ledger, "bob")

    ledger.claim("c-9", ["lp-bob"])

    assert [consumer for consumer, _ in ledger.unanswered] == ["ada"]


def test_webhook_tells_nothing_new_of_what_is_known() -> None:
    """A conversation that an answer named, open or closed, is not the one whose answer was lost."""
    ledger = Ledger()
    ledger.opened("c-1", "ada")
    ledger.opened("c-2", "ada")
    ledger.closed("c-2")
    lost_creation(ledger)

    assert not ledger.claim("c-1", ["lp-ada"])
    assert not ledger.claim("c-2", ["lp-ada"])
    assert len(ledger.unanswered) == 1


def test_webhook_of_somebody_else_is_not_taken() -> None:
    """What others have opened is left to them."""
    ledger = Ledger()
    lost_creation(ledger)

    ledger.claim("c-9", ["lp-bob"])

    assert (ledger.left, len(ledger.unanswered)) == ({}, 1)
