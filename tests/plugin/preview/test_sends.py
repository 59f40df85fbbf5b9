"""What is sent is noted with what its schema says of it."""

import json
from pathlib import Path

import pytest

from connector_harness.client.http.exchange import Exchange
from connector_harness.contract.contract import Contract, ContractError
from connector_harness.json_types import JsonValue
from connector_harness.plugin.preview.sends import Recorder, Send

SCHEMAS = Path(__file__).parents[3] / "schemas"
RIGHT: JsonValue = {"ext_consumer_id": "shopper-1"}
WRONG: JsonValue = {"ext_consumer_id": 1}


class Strict:
    """A witness who keeps back what is off its schema, as that of a run does."""

    def __init__(self, contract: Contract) -> None:
        """Judge by *contract*."""
        self._contract = contract

    def sending(self, operation: str, document: JsonValue) -> None:
        """Judge what is meant to be right."""
        self._contract.check(document, f"request/{operation}", subject="request")

    def exchanged(self, exchange: Exchange) -> None:
        """Let it pass."""


class Notes:
    """A recorder of one operation, and what it has noted."""

    def __init__(self) -> None:
        """Take notes."""
        contract = Contract(SCHEMAS)
        schemas = {"consumer_token": "request/consumer_token"}
        self.recorder = Recorder(Strict(contract), contract, schemas)
        self.sends: list[Send] = []
        self.recorder.begin(self.sends.append)

    def exchange(self, body: bytes, operation: str = "consumer_token") -> Send:
        """Return what is noted of a call that sends *body*."""
        headers = (("Content-Type", "application/json"),)
        self.recorder.exchanged(
            Exchange(operation, "POST", "http://x/y", headers, body, 200, (), b"{}", 0.0, 0.1)
        )
        return self.sends[-1]


@pytest.fixture
def notes() -> Notes:
    """A recorder that has noted nothing."""
    return Notes()


def test_right_request_fits(notes: Notes) -> None:
    """What was judged and went out is no finding."""
    notes.recorder.sending("consumer_token", RIGHT)

    verdict = notes.exchange(json.dumps(RIGHT).encode()).verdict

    assert (verdict.is_checked, verdict.problems, verdict.is_finding) == (True, (), False)


def test_wrong_request_that_was_meant_to_be_right_is_a_finding(notes: Notes) -> None:
    """It is kept back, and noted all the same."""
    with pytest.raises(ContractError):
        notes.recorder.sending("consumer_token", WRONG)

    [send] = notes.sends
    assert (send.method, send.body, send.verdict.is_finding) == ("", WRONG, True)


def test_wrong_request_that_nobody_judged_is_meant_to_be_wrong(notes: Notes) -> None:
    """What goes past the connector's check is wrong on purpose, which is no finding."""
    verdict = notes.exchange(json.dumps(WRONG).encode()).verdict

    assert [each.path for each in verdict.problems] == ["$.ext_consumer_id"]
    assert not verdict.is_finding


def test_body_that_is_no_document_is_told(notes: Notes) -> None:
    """Half a document fits nothing."""
    assert [each.message for each in notes.exchange(b"{").verdict.problems] == ["no JSON"]


def test_operation_without_a_schema_has_none(notes: Notes) -> None:
    """The bytes of a file are judged by nothing."""
    assert notes.exchange(b"\x89", "put_file").verdict.schema is None


def test_words_hold_names_instead_of_values(notes: Notes) -> None:
    """A value that is quoted, and cut, does not differ from run to run."""
    send = notes.exchange(json.dumps({"ext_consumer_id": ["a" * 200]}).encode())

    [words] = notes.recorder.in_words(send, lambda _: {"ext_consumer_id": ["<consumer>"]})

    assert words == "`$.ext_consumer_id`: ['<consumer>'] is not of type 'string'"


def test_what_comes_before_a_scenario_is_not_judged_in_it(notes: Notes) -> None:
    """Each scenario begins with nothing judged."""
    notes.recorder.sending("consumer_token", RIGHT)
    notes.recorder.begin(notes.sends.append)

    assert not notes.exchange(json.dumps(RIGHT).encode()).verdict.is_checked
