"""The control routes of faults, in process."""

from typing import Any

import httpx
import pytest

from connector_harness.json_types import JsonObject
from connector_harness.sandbox.control.fault_control import add_fault
from connector_harness.sandbox.faults.faults import FAULTS, MOST_FAULTS
from tests.sandbox.callers import InProcess
from tests.sandbox.talks import Talk, answered

ACCOUNT = "70000001"
VALUES: dict[str, object] = {
    "delay_s": 0.5,
    "chunk_s": 0.1,
    "chunk_bytes": 8,
    "content_type": "text/plain",
    "retry_after": 1,
    "token": "consumer",
    "processed": True,
    "client_id": "app-1",
    "type": "ms.MessagingEventNotification.ContentEvent",
}
"""A value for every parameter."""


def _inject(api: InProcess, fault: str = "timeout", **members: object) -> httpx.Response:
    document = {"account": ACCOUNT, "fault": fault, **members}
    return api("POST", "/_sandbox/faults", json=document)


def _shown(api: InProcess, query: str = "") -> list[dict[str, Any]]:
    answer = api("GET", f"/_sandbox/faults?account={ACCOUNT}{query}")
    assert answer.status_code == 200
    return list(answer.json()["faults"])


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_injected(api: InProcess, fault: str) -> None:
    """Each is shown with all its parameters, and was not applied yet."""
    kind = FAULTS[fault]
    parameters = {name: VALUES[name] for name in (*kind.needs, *kind.takes)}

    answer = _inject(api, fault, **parameters)

    (shown,) = _shown(api)
    assert (answer.status_code, answer.json()) == (201, {"id": shown["id"]})
    assert shown.items() >= {"fault": fault, "applied": 0, "times": 1, **parameters}.items()


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_injected_with_what_it_needs(api: InProcess, fault: str) -> None:
    """What it takes beside that can be left out; what it needs cannot."""
    needs = FAULTS[fault].needs

    assert _inject(api, fault, **{name: VALUES[name] for name in needs}).status_code == 201
    for left_out in needs:
        some = {name: VALUES[name] for name in needs if name != left_out}
        assert _inject(api, fault, **some).status_code == 400


@pytest.mark.parametrize("times", [1, 3, None])
def test_fault_applies_as_often_as_asked_for(api: InProcess, times: int | None) -> None:
    """Null stands for until recovered."""
    _inject(api, times=times)

    assert _shown(api)[0]["times"] == times


def test_nulls_stand_for_nothing(api: InProcess) -> None:
    """Whoever sends all members, some of them null, is understood."""
    answer = _inject(api, "throttled", consumer=None, operation=None, retry_after=None)

    assert answer.status_code == 201
    assert "retry_after" not in _shown(api)[0]


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"fault": "earthquake"}, "$.fault is 'earthquake', not one of latency"),
        ({"fault": "latency"}, "$ lacks 'delay_s'"),
        ({"fault": "latency", "delay_s": 601}, "$.delay_s is 601, not from 0 to 600"),
        ({"fault": "slow_body", "chunk_s": 1, "chunk_bytes": 0}, "$.chunk_bytes is 0"),
        ({"delay_s": 1}, "$ has 'delay_s', which is not known"),
        ({"times": 0}, "$.times is 0"),
        ({"times": 1.5}, "$.times is 1.5"),
        ({"consumer": ""}, "$.consumer is ''"),
        ({"operation": "dance"}, "$.operation is 'dance'"),
        ({"operation": "webhook"}, "timeout cannot apply to 'webhook', but to create_conversation"),
        ({"fault": "twice", "operation": "send"}, "twice cannot apply to 'send', but to webhook"),
        ({"operation": "app_token", "consumer": "ada"}, "the consumer of 'app_token'"),
        ({"fault": "wrong_content_type", "content_type": "a\r\nb"}, "$.content_type is"),
    ],
    ids=str,
)
def test_impossible_fault_is_refused(
    api: InProcess, members: dict[str, object], reason: str
) -> None:
    """A fault that could never apply as meant is refused with the reason."""
    answer = _inject(api, **{"fault": "timeout", **members})  # type: ignore[arg-type]  # on purpose

    assert (answer.status_code, _shown(api)) == (400, [])
    assert answer.json()["body"]["details"].startswith(reason)


def test_faults_recover(api: InProcess) -> None:
    """One, one consumer's, or all: what was ended is over."""
    ids = [_inject(api, consumer=each).json()["id"] for each in ("ada", "ben", "cem", None)]
    for query in (f"&id={ids[0]}", "&consumer=ben"):
        api("DELETE", f"/_sandbox/faults?account={ACCOUNT}{query}")
    some = [each["id"] for each in _shown(api) if each["over"]]

    answer = api("DELETE", f"/_sandbox/faults?account={ACCOUNT}")

    assert (some, answer.status_code) == (ids[:2], 200)
    assert all(each["over"] for each in _shown(api))


def test_recovering_twice_is_no_mistake(api: InProcess) -> None:
    """Whoever tidies up need not know what is over already."""
    answer = api("DELETE", f"/_sandbox/faults?account={ACCOUNT}&id=fault-9")

    assert answer.status_code == 200


def test_one_consumers_faults_are_shown(api: InProcess) -> None:
    """The list can be narrowed."""
    for consumer in ("ada", "ben"):
        _inject(api, consumer=consumer)

    assert [each["consumer"] for each in _shown(api, "&consumer=ben")] == ["ben"]


def test_unknown_fault_is_not_shown(api: InProcess) -> None:
    """Asking for a fault that never was is a mistake."""
    answer = api("GET", f"/_sandbox/faults?account={ACCOUNT}&id=fault-9")

    assert answer.status_code == 404


@pytest.mark.parametrize("method", ["POST", "GET", "DELETE"])
def test_unknown_account_has_no_faults(api: InProcess, method: str) -> None:
    """Faults belong to an account."""
    document = {"account": "1", "fault": "timeout"}
    body: dict[str, Any] = {"json": document} if method == "POST" else {"params": {"account": "1"}}

    assert api(method, "/_sandbox/faults", **body).status_code == 404


def test_faults_are_limited(talk: Talk) -> None:
    """One too many is refused."""
    for _ in range(MOST_FAULTS):
        talk.sandbox.faults.inject(ACCOUNT, "timeout")
    document: JsonObject = {"account": ACCOUNT, "fault": "timeout"}

    assert answered(add_fault, talk.sandbox, document).status == 503
