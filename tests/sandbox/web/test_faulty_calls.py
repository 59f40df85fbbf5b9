"""Calls with a fault, in process: what is answered, what was done, what is noted."""

from typing import Any

import httpx
import pytest

from tests.sandbox.callers import InProcess

ACCOUNT = "70000001"
DOMAINS = f"/api/account/{ACCOUNT}/service/baseURI.json?version=1.0"
DOMAIN = f"/api/account/{ACCOUNT}/service/idp/baseURI.json?version=1.0"
APP_TOKEN = f"/sentinel/api/account/{ACCOUNT}/app/token?v=1.0"
CONSUMER_TOKEN = f"/api/account/{ACCOUNT}/consumer?v=1.0"


def _inject(api: InProcess, fault: str, **members: object) -> str:
    document = {"account": ACCOUNT, "fault": fault, **members}
    answer = api("POST", "/_sandbox/faults", json=document)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def _applied(api: InProcess, fault_id: str) -> int:
    (shown,) = api("GET", f"/_sandbox/faults?account={ACCOUNT}&id={fault_id}").json()["faults"]
    return int(shown["applied"])


def _opened(api: InProcess) -> int:
    return len(api("GET", f"/_sandbox/conversations?account={ACCOUNT}").json())


def _journaled(api: InProcess) -> list[Any]:
    entries = api("GET", f"/_sandbox/journal?account={ACCOUNT}").json()["entries"]
    return [(each["consumer"], each["status"], each.get("fault")) for each in entries]


def _profile(api: InProcess) -> httpx.Response:
    body = {"kind": "req", "id": "s-1", "type": "userprofile.SetUserProfile", "body": {}}
    return api.send(body)


@pytest.mark.parametrize(
    "fault",
    ["status_500", "status_502", "status_503", "status_504", "throttled", "expired_token"],
)
def test_call_with_a_fault_is_not_carried_out(api: InProcess, batch: list[Any], fault: str) -> None:
    """It is refused and leaves nothing; the next one succeeds."""
    fault_id = _inject(api, fault, operation="create_conversation")

    refused = api.create(batch)

    assert (refused.status_code >= 400, _opened(api), _applied(api, fault_id)) == (True, 0, 1)
    assert api.create(batch).status_code == 200


def test_call_may_be_refused_though_it_was_carried_out(api: InProcess, batch: list[Any]) -> None:
    """The conversation is there, and the caller cannot know."""
    _inject(api, "status_504", operation="create_conversation", processed=True)

    assert (api.create(batch).status_code, _opened(api)) == (504, 1)


def test_service_that_is_down_stays_so_until_recovered(api: InProcess) -> None:
    """However often it is called."""
    _inject(api, "status_503", times=None)
    before = {api("GET", DOMAINS).status_code for _ in range(5)}

    api("DELETE", f"/_sandbox/faults?account={ACCOUNT}")

    assert (before, api("GET", DOMAINS).status_code) == ({503}, 200)


@pytest.mark.parametrize(
    ("fault", "ids"),
    [
        ("reordered_answers", ["3", "2", "1,"]),
        ("duplicate_answer", ["1,", "1,", "2", "3"]),
        ("missing_answer", ["1,", "2"]),
    ],
)
def test_answers_of_a_batch_are_altered(
    api: InProcess, batch: list[Any], fault: str, ids: list[str]
) -> None:
    """The batch was carried out; its answers are not what they should be."""
    _inject(api, fault)

    answer = api.create(batch)

    assert [str(each["reqId"]) for each in answer.json()] == ids
    assert (answer.status_code, _opened(api)) == (200, 1)


def test_answer_without_items_waits_for_another(api: InProcess, batch: list[Any]) -> None:
    """A refusal that is no list cannot be reordered, and does not count."""
    fault_id = _inject(api, "reordered_answers")

    api.create(batch, query="?v=1")

    assert _applied(api, fault_id) == 0
    assert _journaled(api)[-1][1:] == (404, None)


def test_body_is_no_json(api: InProcess) -> None:
    """It ends too early, with a length that says so."""
    _inject(api, "invalid_json")

    answer = api("GET", DOMAINS)

    assert answer.headers["content-length"] == str(len(answer.content))
    with pytest.raises(ValueError, match="delimiter"):
        answer.json()


def test_media_type_is_wrong(api: InProcess) -> None:
    """The body is still what it should be."""
    _inject(api, "wrong_content_type")

    answer = api("GET", DOMAINS)

    assert answer.headers["content-type"].startswith("text/html")
    assert answer.json()["baseURIs"]


@pytest.mark.parametrize("header", ["7", None])
def test_throttled_caller_is_told_when(api: InProcess, header: str | None) -> None:
    """`Retry-After` is there if asked for."""
    _inject(api, "throttled", retry_after=header and int(header))

    answer = api("GET", DOMAINS)

    assert (answer.status_code, answer.headers.get("retry-after")) == (429, header)


def test_fault_of_one_consumer_spares_the_others(api: InProcess, batch: list[Any]) -> None:
    """The consumer token says who it is."""
    _inject(api, "status_500", consumer="ben")

    assert api.create(batch).status_code == 200


def test_fault_of_the_consumer_applies_each_operation(api: InProcess, batch: list[Any]) -> None:
    """Also those whose token is only being asked for; not those that nobody is known to make."""
    _inject(api, "status_500", consumer="ada", times=None)
    authorization = {"Authorization": api.app_token}

    asked = [
        api("POST", CONSUMER_TOKEN, json={"ext_consumer_id": each}, headers=authorization)
        for each in ("ada", "ben")
    ]

    assert [each.status_code for each in asked] == [500, 201]
    assert [api.create(batch).status_code, _profile(api).status_code] == [500, 500]
    assert [api("GET", DOMAINS).status_code, api("POST", APP_TOKEN).status_code] == [200, 400]


def test_file_is_its_consumers(api: InProcess) -> None:
    """Whose file it is says whose call it is; a stranger's place is nobody's."""
    upload = {"fileSize": 1, "fileType": "PNG"}
    command = {"kind": "req", "id": "1", "type": "ms.GenerateURLForUploadFile", "body": upload}
    path = api.send(command).json()["body"]["relativePath"]
    _inject(api, "status_502", operation="put_file", consumer="ada")

    unknown = api("PUT", f"/v1/AUTH_async-images/{ACCOUNT}/none.PNG", content=b"x")

    assert unknown.status_code == 401
    assert api("PUT", path, content=b"x").status_code == 502


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"ext_consumer_id": 7}'])
def test_nameless_consumer_is_nobody(api: InProcess, body: bytes) -> None:
    """What does not name a consumer is answered as ever."""
    _inject(api, "status_500", consumer="ada")
    headers = {"Authorization": api.app_token, "Content-Type": "application/json"}

    answer = api("POST", CONSUMER_TOKEN, content=body, headers=headers)

    assert answer.status_code == 400


def test_unknown_token_is_nobody(api: InProcess, batch: list[Any]) -> None:
    """A token that does not hold names no consumer."""
    _inject(api, "status_500", consumer="ada")

    assert api.create(batch, **{"X-LP-ON-BEHALF": "x"}).status_code == 401


def test_one_domain_counts_as_domains(api: InProcess) -> None:
    """Discovery is one operation, whether it asks for one service or for all."""
    _inject(api, "status_500", operation="domains", times=None)

    assert [api("GET", each).status_code for each in (DOMAIN, DOMAINS)] == [500, 500]


def test_control_routes_are_never_faulty(api: InProcess) -> None:
    """Whoever injects a fault can end it."""
    _inject(api, "status_500", times=None)

    assert api("GET", f"/_sandbox/journal?account={ACCOUNT}").status_code == 200


def test_journal_notes_the_fault(api: InProcess, batch: list[Any]) -> None:
    """Whoever looks sees whose call had which fault, and which calls were not."""
    _inject(api, "status_503", consumer="ada", operation="create_conversation")
    api.create(batch)
    api.create(batch)

    assert _journaled(api) == [("ada", 503, "status_503"), ("ada", 200, None)]


def test_journal_has_no_answer_where_there_was_none(api: InProcess, batch: list[Any]) -> None:
    """A call that was cut off before it was carried out has no status."""
    _inject(api, "reset_before", consumer="ada")

    with pytest.raises(ConnectionResetError):
        api.create(batch)

    assert _journaled(api) == [("ada", None, "reset_before")]
    assert _opened(api) == 0
