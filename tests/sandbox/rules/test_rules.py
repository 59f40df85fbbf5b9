"""The rules of a create call, without HTTP."""

import json
from typing import Any

import pytest

from connector_harness.json_types import JsonValue
from connector_harness.sandbox.assumptions import Assumptions
from connector_harness.sandbox.http import Answer, RefusedError
from connector_harness.sandbox.rules.commands import first_id
from connector_harness.sandbox.rules.rules import (
    Batch,
    already_open,
    judge_batch,
    judge_version,
    opened,
)

ACCOUNT = "70000001"
PROFILE = "0.body"
ATTRIBUTES = f"{PROFILE}.authenticatedData.lp_sdes"
REQUEST = "1.body"
EVENT = "2.body.event"
MISSING = "(left out)"


def _judge(document: JsonValue, **assumed: Any) -> Batch:  # noqa: ANN401
    return judge_batch(document, ACCOUNT, Assumptions(**assumed))


def _refused(document: JsonValue, **assumed: Any) -> Answer:  # noqa: ANN401
    with pytest.raises(RefusedError) as caught:
        _judge(document, **assumed)
    return caught.value.answer


def _put(document: Any, path: str, value: object) -> None:  # noqa: ANN401
    *parents, last = (int(key) if key.isdigit() else key for key in path.split("."))
    for key in parents:
        document = document[key]
    if value == MISSING:
        del document[last]
    else:
        document[last] = value


def test_complete_batch_is_accepted(batch: list[Any]) -> None:
    """Every documented member is taken in, and ids become the texts that go back."""
    accepted = _judge(batch)

    assert accepted.ids == ("1,", "2", "3")
    assert accepted.request["campaignInfo"] == {"campaignId": "31001", "engagementId": 31077}
    assert accepted.first_event == batch[2]["body"]["event"]


def test_smallest_batch_is_accepted() -> None:
    """An empty profile and a brand are enough; ``kind`` may be left out."""
    accepted = _judge(
        [
            {"id": "1,", "type": "userprofile.SetUserProfile", "body": {}},
            {"id": "2,", "type": "cm.ConsumerRequestConversation", "body": {"brandId": ACCOUNT}},
        ]
    )

    assert accepted == Batch(("1,", "2,"), {}, {"brandId": ACCOUNT}, None)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("0.id", "x" * 64),
        ("1.id", "1,"),
        ("0.id", 1),
        ("0.skillId", "7"),
        ("0.metadata", [{"type": "ExternalId", "id": "x"}]),
        (f"{PROFILE}.authenticatedData", {}),
        (f"{PROFILE}.role", "X"),
        (f"{PROFILE}.nickname", {"any": 1}),
        (ATTRIBUTES, []),
        (f"{ATTRIBUTES}.0.info.registrationDate", {"day": 1, "month": 2, "year": 2025}),
        (f"{ATTRIBUTES}.0.info.branch", 12),
        (f"{ATTRIBUTES}.1.personal.gender", "OTHER"),
        (f"{REQUEST}.channelType", MISSING),
        (f"{REQUEST}.ttrDefName", None),
        (f"{REQUEST}.ttrDefName", "URGENT"),
        (f"{REQUEST}.ttrDefName", "PRIORITIZED"),
        (f"{REQUEST}.ttrDefName", "CUSTOM"),
        (f"{REQUEST}.skillId", -1),
        (f"{REQUEST}.skillId", "1234567890"),
        (f"{REQUEST}.skillId", 1234567890),
        (f"{REQUEST}.campaignInfo", {"campaignId": 1}),
        (f"{REQUEST}.conversationContext.interactionContextId", 2),
        (f"{REQUEST}.conversationContext.type", "MobileAppContext"),
        (f"{REQUEST}.conversationContext.features", ["AUTO_MESSAGES"]),
        (f"{EVENT}.message", ""),
        ("2.body.dialogId", "ignored"),
        ("2.metadata", [{"type": "ExternalId", "id": "x"}]),
    ],
    ids=repr,
)
def test_documented_variant_is_accepted(batch: list[Any], path: str, value: object) -> None:
    """What a page documents or a client was seen to send is no fault."""
    _put(batch, path, value)

    assert isinstance(_judge(batch), Batch)


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("0", "x", "$[0] is 'x', not an object"),
        ("1.id", "x" * 65, "not an id of 1 to 64 characters"),
        ("0.type", "userprofile.SetProfile", "not one of userprofile.SetUserProfile"),
        (f"{PROFILE}.authenticatedData", None, "$[0].body.authenticatedData is None"),
        (f"{ATTRIBUTES}.0.type", "personal", "lp_sdes[0] lacks 'personal'"),
        (f"{ATTRIBUTES}.0.auth.amr", ["smile"], "amr[0] is 'smile'"),
        (f"{REQUEST}.skillId", "-2", "not -1 or an id of at most 10 digits"),
        (f"{REQUEST}.campaignInfo.campaignId", 1.5, "not a string or an integer"),
        (f"{EVENT}.type", "ChatStateEvent", "is 'ChatStateEvent', not one of ContentEvent"),
        ("2.metadata", [{"type": "ExternalId"}], "$[2].metadata[0] lacks 'id'"),
    ],
    ids=repr,
)
def test_faulty_batch_is_refused(batch: list[Any], path: str, value: object, reason: str) -> None:
    """One fault anywhere refuses the whole call, with the reason in the log only."""
    _put(batch, path, value)

    refusal = _refused(batch)

    assert reason in refusal.reason
    body = {"code": "BAD_REQUEST", "body": {"msg": "Bad Request"}, "reqId": first_id(batch)}
    assert (refusal.status, refusal.body) == (400, body)


def test_wrong_order_is_refused(batch: list[Any]) -> None:
    """The profile comes first; the refusal names the id that came first."""
    refusal = _refused([batch[1], batch[0]])

    assert refusal.body == {"code": "BAD_REQUEST", "body": {"msg": "Bad Request"}, "reqId": "2"}
    assert "$[0].type is 'cm.ConsumerRequestConversation'" in refusal.reason


@pytest.mark.parametrize("count", [0, 1, 4])
def test_other_numbers_of_commands_are_refused(batch: list[Any], count: int) -> None:
    """A batch has two commands or three."""
    document = (batch * 2)[:count]

    assert _refused(document).reason == f"$ has {count} commands, not 2 to 3"


@pytest.mark.parametrize("document", [{"id": "1"}, "x", 1, None], ids=repr)
def test_what_is_no_array_is_refused(document: JsonValue) -> None:
    """A bare object or value is no batch."""
    assert _refused(document).reason == "$ is not an array"


@pytest.mark.parametrize("brand", [MISSING, None, "", "70000002", 70000001], ids=repr)
def test_other_brand_is_refused(batch: list[Any], brand: object) -> None:
    """The brand must be the account in the path, as text."""
    _put(batch, f"{REQUEST}.brandId", brand)

    refusal = _refused(batch)

    details = {"title": "Missing parameter", "details": "Brand Id is missing", "errorCode": 40001}
    document = {"kind": "resp", "code": 401, "body": details, "type": ".ReqBody$ErrorResp"}
    assert (refusal.status, refusal.body) == (400, document)


@pytest.mark.parametrize("index", [0, 1, 2])
def test_command_may_have_5000_characters(batch: list[Any], index: int) -> None:
    """The limit holds for each command: 5,000 characters pass, one more does not."""
    compact = json.dumps(batch[index], ensure_ascii=False, separators=(",", ":"))
    batch[index]["padding"] = "é" * (5000 - len(compact) - len(',"padding":""'))
    _judge(batch)

    batch[index]["padding"] += "é"

    assert _refused(batch).reason == f"$[{index}] has 5001 characters, more than 5000"


def test_null_can_mean_absent(batch: list[Any]) -> None:
    """An optional member may be null when that is assumed."""
    _put(batch, f"{PROFILE}.authenticatedData", None)

    assert isinstance(_judge(batch, null_means_absent=True), Batch)


def test_brand_status_can_be_changed(batch: list[Any]) -> None:
    """The status of a foreign brand is an assumption."""
    _put(batch, f"{REQUEST}.brandId", "x")

    assert _refused(batch, brand_error_status=401).status == 401


def test_answer_follows_the_order_of_the_batch(batch: list[Any]) -> None:
    """Each command gets its item, with its id."""
    answer = opened(_judge(batch), "c-1")

    assert answer.body == [
        {"code": "OK", "body": {"msg": "OK User Profile set successfully"}, "reqId": "1,"},
        {"code": "OK", "body": {"conversationId": "c-1"}, "reqId": "2"},
        {"code": "OK", "body": {"sequence": 0}, "reqId": "3"},
    ]


@pytest.mark.parametrize("version", [None, "2", "3.0", ""])
def test_other_version_is_refused(version: str | None) -> None:
    """Every version but 3, and none at all, is not found."""
    with pytest.raises(RefusedError) as caught:
        judge_version(version, Assumptions())

    assert caught.value.answer.status == 404


def test_version_3_is_supported() -> None:
    """Version 3 passes; a missing one does where that is assumed."""
    judge_version("3", Assumptions())
    judge_version(None, Assumptions(missing_version_refused=False))


def test_empty_first_message_may_be_refused(batch: list[Any]) -> None:
    """Whether a text may be empty is an assumption."""
    _put(batch, f"{EVENT}.message", "")

    assert "message is ''" in _refused(batch, empty_text_accepted=False).reason


def test_second_conversation_is_refused_in_the_known_words(batch: list[Any]) -> None:
    """The profile is accepted, the rest refused, the conversation with the text clients search."""
    refusal = already_open(_judge(batch), "0a").answer

    message = (
        "Consumer request conversation failed: User 0a already has open conversation. "
        "Can't open another one."
    )
    assert refusal.body == [
        {"code": "OK", "body": {"msg": "OK User Profile set successfully"}, "reqId": "1,"},
        {"code": "BAD_REQUEST", "body": {"msg": message}, "reqId": "2"},
        {"code": "BAD_REQUEST", "body": {"msg": "Bad Request"}, "reqId": "3"},
    ]
