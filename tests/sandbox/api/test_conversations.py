"""Opening conversations through the application."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from starlette.datastructures import Headers, QueryParams

from connector_harness.sandbox.api.conversations import create_conversation
from connector_harness.sandbox.assumptions import Assumptions
from connector_harness.sandbox.http import Call
from connector_harness.sandbox.state.state import MOST_CONVERSATIONS, Account, Store
from connector_harness.sandbox.state.tokens import Consumer
from tests.sandbox.callers import InProcess
from tests.sandbox.talks import Talk, answered

BAD_REQUEST = {"code": "BAD_REQUEST", "body": {"msg": "Bad Request"}}


def _only(account: Account) -> Any:  # noqa: ANN401
    (conversation,) = account.conversations.values()
    return conversation


def test_conversation_is_opened(api: InProcess, batch: list[Any], account: Account) -> None:
    """The answer names the conversation that is open from then on, with its first message."""
    answer = api.create(batch)

    opened = _only(account)
    assert [item["body"] for item in answer.json()[1:]] == [
        {"conversationId": opened.id},
        {"sequence": 0},
    ]
    assert [(m.sequence, m.event["message"]) for m in opened.main.messages] == [(0, "Hello")]


def test_conversation_may_start_silent(api: InProcess, batch: list[Any], account: Account) -> None:
    """Two commands open a conversation without a message."""
    answer = api.create(batch[:2])

    assert [item["reqId"] for item in answer.json()] == ["1,", "2"]
    assert _only(account).main.messages == []


def test_second_conversation_is_refused(api: InProcess, batch: list[Any], account: Account) -> None:
    """While one is open no other is opened, but the profile is the new one."""
    api.create(batch)
    batch[0]["body"] = {"firstName": "Mia"}

    answer = api.create(batch[:2])

    assert answer.status_code == 400
    assert [item["code"] for item in answer.json()] == ["OK", "BAD_REQUEST"]
    assert re.search(r"User (\w+) already", answer.json()[1]["body"]["msg"])
    assert account.profiles[_only(account).consumer.lp_id] == {"firstName": "Mia"}


def test_closed_conversation_makes_room(api: InProcess, batch: list[Any], account: Account) -> None:
    """After a conversation is closed the consumer may open the next one."""
    api.create(batch)
    _only(account).stage = "CLOSE"

    assert api.create(batch).status_code == 200
    assert len(account.conversations) == 2


@pytest.mark.parametrize(("counts", "status"), [(True, 400), (False, 200)])
def test_survey_counts_as_assumed(
    assuming: Callable[[Assumptions], InProcess],
    batch: list[Any],
    account: Account,
    counts: bool,  # noqa: FBT001
    status: int,
) -> None:
    """Whether a running survey stands in the way is an assumption."""
    api = assuming(Assumptions(open_while_survey_runs=counts))
    api.create(batch)
    _only(account).state = "CLOSE"

    assert api.create(batch).status_code == status


def test_refused_call_leaves_nothing(api: InProcess, batch: list[Any], account: Account) -> None:
    """A call that is refused for its form changes no state at all."""
    batch[1]["body"]["channelType"] = "VOICE"

    assert api.create(batch).json() == {**BAD_REQUEST, "reqId": "1,"}
    assert (account.profiles, account.conversations) == ({}, {})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"\xff\xfe",
        b"[NaN]",
        b"[" * 100_000,
        b'{"a":1,"a":2}',
        b"[" + b"1" * 9999 + b"]",
        b'[{"id":"\\ud800"}]',
        b"null",
        b"{}",
    ],
    ids=lambda body: repr(body[:12]),
)
def test_hostile_body_is_a_bad_request(api: InProcess, body: bytes) -> None:
    """Whatever is sent instead of a batch, the answer is the same refusal."""
    answer = api.create(body)

    assert (answer.status_code, answer.json()) == (400, {**BAD_REQUEST, "reqId": ""})


@pytest.mark.parametrize("media_type", [None, "text/plain"])
def test_other_media_type_is_refused(
    api: InProcess, batch: list[Any], media_type: str | None
) -> None:
    """The body must be declared as JSON."""
    answer = api.create(batch, **{"Content-Type": media_type or ""})

    assert (answer.status_code, answer.json()) == (400, {**BAD_REQUEST, "reqId": "1,"})


@pytest.mark.parametrize("media_type", ["application/json; charset=utf-8", "Application/JSON"])
def test_media_type_may_have_parameters(api: InProcess, batch: list[Any], media_type: str) -> None:
    """A charset and capitals change nothing."""
    assert api.create(batch, **{"Content-Type": media_type}).status_code == 200


def test_media_type_may_be_ignored(
    assuming: Callable[[Assumptions], InProcess], batch: list[Any]
) -> None:
    """Whether the media type matters is an assumption."""
    api = assuming(Assumptions(content_type_required=False))

    assert api.create(batch, **{"Content-Type": "text/plain"}).status_code == 200


@pytest.mark.parametrize("query", ["", "?v=2", "?v=", "?v=3.0", "?V=3"])
def test_other_version_is_not_found(api: InProcess, batch: list[Any], query: str) -> None:
    """Only version 3 exists."""
    answer = api.create(batch, query=query)

    assert (answer.status_code, answer.json()["code"]) == (404, 404)


@pytest.mark.parametrize(("version_first", "status"), [(True, 404), (False, 401)])
def test_version_is_judged_in_order(
    assuming: Callable[[Assumptions], InProcess],
    version_first: bool,  # noqa: FBT001
    status: int,
) -> None:
    """Whether version or tokens are judged first is an assumption."""
    api = assuming(Assumptions(version_before_tokens=version_first))

    assert api.create([], query="?v=2", Authorization=None).status_code == status


def test_version_judged_late_is_still_judged(
    assuming: Callable[[Assumptions], InProcess], batch: list[Any]
) -> None:
    """With valid tokens another version is not found in either order."""
    api = assuming(Assumptions(version_before_tokens=False))

    assert api.create(batch, query="?v=2").status_code == 404


@pytest.mark.parametrize("properties", ["[object Object]", '{"type":".ClientProperties"}'])
def test_client_properties_are_never_refused(
    api: InProcess, batch: list[Any], properties: str
) -> None:
    """Clients send anything in this header, so it refuses nothing."""
    assert api.create(batch, **{"Client-Properties": properties}).status_code == 200


def test_full_account_refuses_with_a_reason(
    api: InProcess, batch: list[Any], account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    """The sandbox never drops a conversation to make room; it refuses and warns."""
    old = Store().add().open(Consumer("ben", "0b"), {})
    account.conversations |= {str(number): old for number in range(MOST_CONVERSATIONS)}

    answer = api.create(batch)

    assert (answer.status_code, answer.json()["code"]) == (503, 503)
    assert "has 100000 conversations" in caplog.text
    assert account.profiles == {}


def _create(talk: Talk, document: object, **headers: str) -> Any:  # noqa: ANN401
    """Return the answer to a create call of Ben's, given to the handler itself."""
    sandbox, account = talk.sandbox, talk.account.id
    tokens = {
        "authorization": sandbox.tokens.issue_app_token(account, "app-1"),
        "x-lp-on-behalf": sandbox.tokens.issue_consumer_token(account, "ben"),
    }
    given = Headers({"content-type": "application/json", **tokens, **headers})
    query, body = QueryParams({"v": "3"}), json.dumps(document).encode()
    call = Call("POST", "", {"account": account}, query, given, body)
    return answered(create_conversation, sandbox, call).body


def test_new_conversation_and_its_first_message_are_told(talk: Talk, batch: list[Any]) -> None:
    """The apps hear of the conversation first, then of what was said in it."""
    batch[2]["metadata"] = [{"type": "ExternalId", "id": "x"}]

    created = _create(talk, batch)

    changed, said = talk.changes
    assert changed["result"]["convId"] == created[1]["body"]["conversationId"]
    assert (changed["type"], changed["result"]["conversationDetails"]["stage"]) == (
        "UPSERT",
        "OPEN",
    )
    assert (said["event"], said["metadata"]) == (batch[2]["body"]["event"], batch[2]["metadata"])
    assert talk.heard == [(0, "CONSUMER", "Hello")]


@pytest.mark.parametrize(("shown", "skill", "ttr"), [(True, "7", "URGENT"), (False, "-1", None)])
def test_wishes_are_granted_as_assumed(
    talking: Callable[..., Talk],
    batch: list[Any],
    shown: bool,  # noqa: FBT001
    skill: str,
    ttr: str | None,
) -> None:
    """Whether skill and response time are those asked for is an assumption."""
    talk = talking(requested_skill_shown=shown, requested_ttr_shown=shown, response_time_s=60)
    batch[1]["body"] |= {"skillId": 7, "ttrDefName": "URGENT"}

    _create(talk, batch)

    assert talk.details["skillId"] == skill
    assert talk.details["ttr"] == {"ttrType": ttr or "PRIORITIZED", "value": 60}


def test_features_of_the_create_call_are_kept(talk: Talk, batch: list[Any]) -> None:
    """What is announced on create counts later: for a greeting, and for a survey."""
    features = ["AUTO_MESSAGES", "MULTI_DIALOG"]
    properties = {"type": ".ClientProperties", "features": features}

    _create(talk, batch, **{"client-properties": json.dumps(properties)})

    conversation = list(talk.account.conversations.values())[-1]
    assert (conversation.features, conversation.greeting_due) == (frozenset(features), True)
    assert talk.changes[1]["originatorMetadata"]["clientProperties"] == properties


def test_silent_conversation_makes_room(talk: Talk, batch: list[Any]) -> None:
    """After a week of silence the conversation is closed, and the next may be opened."""
    _create(talk, batch)
    assert _create(talk, batch)[1]["code"] == "BAD_REQUEST"

    talk.clock.now_s += 8 * 24 * 3600

    assert _create(talk, batch)[1]["code"] == "OK"
