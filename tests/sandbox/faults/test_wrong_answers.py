"""Wrong answers, made without HTTP."""

from typing import Any

import pytest

from connector_harness.json_types import JsonValue
from connector_harness.sandbox.faults.fault import Fault
from connector_harness.sandbox.faults.faults import FAULTS
from connector_harness.sandbox.faults.wrong_answers import (
    UNANSWERED,
    altered,
    headers_of,
    instead_of,
    is_processed,
    spoilt,
)
from connector_harness.sandbox.http import Answer


def _fault(name: str, **parameters: JsonValue) -> Fault:
    return Fault(id="fault-1", name=name, operations=FAULTS[name].operations, parameters=parameters)


def _refused(name: str, **parameters: JsonValue) -> tuple[int, int]:
    answer = instead_of(_fault(name, **parameters))
    assert answer is not None
    assert answer.reason
    body: Any = answer.body
    return answer.status, body["body"]["errorCode"]


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_service_is_down(status: int) -> None:
    """The server's own errors have the shape of all errors."""
    assert _refused(f"status_{status}") == (status, status * 100)


def test_caller_is_throttled() -> None:
    """Throttling is a 429."""
    assert _refused("throttled") == (429, 42901)


@pytest.mark.parametrize(("token", "code"), [("app", 40102), ("consumer", 40103)])
def test_token_has_expired(token: str, code: int) -> None:
    """Either token can be the one."""
    assert _refused("expired_token", token=token) == (401, code)


@pytest.mark.parametrize("name", ["reset_before", "timeout"])
def test_call_is_not_answered(name: str) -> None:
    """What is not carried out has no answer."""
    assert instead_of(_fault(name)) is UNANSWERED


@pytest.mark.parametrize(
    "fault",
    [
        _fault("timeout", processed=True),
        *[_fault(name, delay_s=1) for name in ("latency", "reset_after", "half_body")],
    ],
    ids=lambda fault: fault.name,
)
def test_call_is_carried_out(fault: Fault) -> None:
    """Faults of the way back leave the call to be carried out as usual."""
    assert instead_of(fault) is None


def test_refused_call_may_have_been_carried_out() -> None:
    """A gateway's error says nothing about what is behind it."""
    processed = _fault("status_504", processed=True)

    assert is_processed(processed)
    assert not is_processed(_fault("status_504"))
    assert instead_of(processed) is not None


@pytest.mark.parametrize(
    ("name", "items"),
    [
        ("reordered_answers", ["c", "b", "a"]),
        ("duplicate_answer", ["a", "a", "b", "c"]),
        ("missing_answer", ["a", "b"]),
    ],
)
def test_answers_are_altered(name: str, items: list[JsonValue]) -> None:
    """The items are in another order, or one too many or too few."""
    assert altered(_fault(name), Answer(200, ["a", "b", "c"])) == Answer(200, items)


def test_refusal_stays_one() -> None:
    """Its reason is still known to the log."""
    refused = Answer(400, ["a", "b"], reason="why")

    assert altered(_fault("missing_answer"), refused) == Answer(400, ["a"], reason="why")


@pytest.mark.parametrize("body", [{}, [], ["a"]], ids=str)
def test_nothing_to_reorder_is_said(body: JsonValue) -> None:
    """An answer without items, or with one, has no other order."""
    assert altered(_fault("reordered_answers"), Answer(200, body)) is None


def test_other_faults_leave_the_answer() -> None:
    """Faults of another kind have no part in what is answered."""
    answer = Answer(200, {})

    assert altered(_fault("half_body"), answer) is answer


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (_fault("wrong_content_type"), (b"[1]", "text/html")),
        (_fault("wrong_content_type", content_type="a/b"), (b"[1]", "a/b")),
        (_fault("invalid_json"), (b"[1", "application/json")),
        (_fault("latency", delay_s=1), (b"[1]", "application/json")),
    ],
    ids=["html", "another", "invalid", "other fault"],
)
def test_body_is_spoilt(fault: Fault, expected: tuple[bytes, str]) -> None:
    """Only the media type is wrong, or only the body."""
    assert spoilt(fault, b"[1]", "application/json") == expected


@pytest.mark.parametrize(
    ("parameters", "headers"), [({"retry_after": 0}, {"retry-after": "0"}), ({}, {})], ids=str
)
def test_throttled_caller_may_be_told_when(
    parameters: dict[str, JsonValue], headers: dict[str, str]
) -> None:
    """The header is there when asked for."""
    assert headers_of(_fault("throttled", **parameters)) == headers
