"""Tests of the contract: the report of a difference, and which schema judges an answer."""

import json
import time
from pathlib import Path

import pytest

from connector_harness.contract.contract import (
    ANSWERS,
    NO_DOCUMENT,
    NOTIFICATIONS,
    WITHOUT_DOCUMENT,
    Contract,
    ContractError,
    UnknownSchemaError,
    answer_schema,
    has_document,
)
from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.redaction.redactor import Redactor

CONTRACT = Contract(Path(__file__).parents[2] / "schemas")
PROFILE: JsonObject = {"kind": "req", "id": "1", "type": "userprofile.SetUserProfile", "body": {}}
PROFILE_SET: JsonObject = {"code": "OK", "body": {"msg": "OK"}, "reqId": "1"}
CONVERSATION: JsonObject = {
    "kind": "req",
    "id": "2",
    "type": "cm.ConsumerRequestConversation",
    "body": {"brandId": "70000001"},
}
OPENED: JsonObject = {"code": "OK", "body": {"conversationId": "c-1"}, "reqId": "2"}


def report(document: JsonValue, name: str, contract: Contract = CONTRACT) -> str:
    """Return the report of *document*, which must differ from its schema."""
    with pytest.raises(ContractError) as caught:
        contract.check(document, name, subject="answer of create_conversation")
    return str(caught.value)


def causes(document: JsonValue, name: str) -> list[str]:
    """Return the likely causes a report names."""
    lines = report(document, name).splitlines()
    return [line.partition(": ")[2] for line in lines if line.startswith("  likely cause: ")]


def test_matching_document_passes() -> None:
    """Nothing is raised for a document that satisfies its schema."""
    CONTRACT.check([PROFILE_SET, OPENED], "response/conversation", subject="answer")

    assert CONTRACT.differences([PROFILE, CONVERSATION], "request/batch") == []


def test_report_tells_every_difference() -> None:
    """A report names the schema, each difference with its rule, causes, document and remedy."""
    document: JsonValue = [
        {"code": 200, "body": {"msg": "OK"}, "reqId": "1"},
        {"code": "OK", "body": {"conversationId": ""}, "reqId": 2},
    ]

    place = "schemas/response/conversation.json#/prefixItems"
    assert report(document, "response/conversation") == (
        "answer of create_conversation does not match schemas/response/conversation.json"
        " (3 differences)\n"
        "  at $[0].code: 200 is not 'OK'\n"
        f"     rule: {place}/0/properties/code/const\n"
        "  at $[1].body.conversationId: '' is too short: 0 characters, at least 1 needed\n"
        f"     rule: {place}/1/properties/body/properties/conversationId/minLength\n"
        "  at $[1].reqId: 2 is not of type 'string'\n"
        f"     rule: {place}/1/properties/reqId/type\n"
        "  likely cause: 200 is the code of the WebSocket API; over HTTP it is the string 'OK'\n"
        "  likely cause: $[1].reqId is a number where a string belongs\n"
        '  document: [{"code":200,"body":{"msg":"OK"},"reqId":"1"},'
        '{"code":"OK","body":{"conversationId":""},"reqId":2}]\n'
        "  next: fix the API, or change the schema and note it in CHANGELOG.md"
    )


def test_report_of_a_request_names_the_file_the_rule_stands_in() -> None:
    """A rule reached by reference is placed in its own file; the remedy is the sender's."""
    document: JsonValue = [PROFILE, {**CONVERSATION, "body": {"brandID": "70000001"}}]

    rules = "schemas/request/consumer_request_conversation.json#/properties/body"
    known = (
        "'brandId', 'channelType', 'ttrDefName', 'skillId', 'campaignInfo', 'conversationContext'"
    )
    text = report(document, "request/batch")
    assert text.splitlines()[1:5] == [
        "  at $[1].body: 'brandId' is missing",
        f"     rule: {rules}/required",
        f"  at $[1].body.brandID: 'brandID' is not a known member; known: {known}",
        f"     rule: {rules}/additionalProperties",
    ]
    assert text.endswith(
        "  next: fix what builds the request, or change the schema and note it in CHANGELOG.md"
    )


def test_misspelt_member_is_the_cause_once() -> None:
    """A member that is missing here and unknown there is one misspelling."""
    document: JsonValue = [PROFILE, {**CONVERSATION, "body": {"brandID": "70000001"}}]

    assert causes(document, "request/batch") == ["'brandID' is 'brandId' misspelt"]


def test_misspelling_is_seen_where_unknown_members_are_tolerated() -> None:
    """An answer may have unknown members; one like the missing member is still named."""
    document: JsonValue = [PROFILE_SET, {**OPENED, "body": {"conversationID": "c-1"}}]

    misspelt = ["'conversationID' is 'conversationId' misspelt"]
    assert causes(document, "response/conversation") == misspelt


@pytest.mark.parametrize(
    ("document", "name"),
    [
        ([CONVERSATION, PROFILE], "request/batch"),
        ([OPENED, PROFILE_SET], "response/conversation"),
    ],
    ids=["batch", "answer"],
)
def test_swapped_items_are_the_cause(document: JsonValue, name: str) -> None:
    """Items in each other's places are told as such, not as many single faults."""
    order = "the items stand in another order: item 0 fits place 1, item 1 fits place 0"

    assert causes(document, name) == [order]


def test_items_that_fit_nowhere_are_not_called_swapped() -> None:
    """A faulty item in its right place is no matter of order."""
    assert causes([PROFILE_SET, {**OPENED, "body": {}}], "response/conversation") == []


def test_single_difference_is_counted_in_the_singular() -> None:
    """One difference is one difference."""
    first = report({"token": ""}, "response/consumer_token").splitlines()[0]

    assert first.endswith("does not match schemas/response/consumer_token.json (1 difference)")


def test_tokens_are_masked() -> None:
    """A token of any form is shown neither as a value nor in the document."""
    text = report({"access_token": "opaque-token", "token_type": "x"}, "response/app_token")

    assert "opaque-token" not in text
    assert '  document: {"access_token":"***","token_type":"x"}' in text


def test_configured_secrets_are_masked() -> None:
    """What the redactor was told is masked wherever a document repeats it."""
    redactor = Redactor()
    redactor.add("hunter2-hunter2")
    contract = Contract(Path(__file__).parents[2] / "schemas", redactor)
    document: JsonValue = {"error": {"about": "hunter2-hunter2", "hunter2-hunter2": 1}}

    text = report(document, "response/token_refusal", contract)
    assert "hunter2" not in text
    assert '{"error":{"about":"***","***":1}}' in text


def test_unknown_name_is_answered_with_the_closest() -> None:
    """A misspelt schema name is answered with the known ones and the one probably meant."""
    with pytest.raises(UnknownSchemaError) as caught:
        CONTRACT.differences([], "request/bach")

    first, known, advice = str(caught.value).splitlines()
    assert first == "no schema is called 'request/bach'"
    assert known == f"  known: {', '.join(CONTRACT.names)}"
    assert advice == "  next: did you mean 'request/batch'?"


def test_unknown_name_like_no_other_is_answered_with_all() -> None:
    """No schema is suggested for a name that resembles none."""
    with pytest.raises(UnknownSchemaError, match="next: use one of the known names"):
        CONTRACT.check([], "xyz", subject="answer")


def test_names_are_paths_without_ending() -> None:
    """Schemas are named by folder and file, in alphabetical order."""
    assert {"request/app_token", "request/batch"} < set(CONTRACT.names)
    assert list(CONTRACT.names) == sorted(CONTRACT.names)


def test_table_of_answers_names_schemas_that_exist() -> None:
    """Every schema in the table of answers is a file."""
    rows = [{row} if isinstance(row, str) else set(row.values()) for row in ANSWERS.values()]

    assert set().union(*rows) <= {*CONTRACT.names, NO_DOCUMENT}


SENT = {
    "publish_event": "response/published",
    "update_conversation_field": "response/field_updated",
    "generate_upload_url": "response/upload_url",
    "generate_download_url": "response/download_url",
    "set_user_profile": "response/profile_set",
}


@pytest.mark.parametrize(
    ("operation", "status", "name"),
    [
        ("domains", 200, "response/domains"),
        ("domains", 400, "response/domain_refusal"),
        ("domains", 401, "response/domain_refusal"),
        ("domain", 200, "response/domain"),
        ("domain", 400, "response/domain_refusal"),
        ("domain", 401, "response/domain_refusal"),
        ("app_token", 200, "response/app_token"),
        ("app_token", 400, "response/token_refusal"),
        ("app_token", 429, "response/throttled"),
        ("app_token", 401, "response/token_refusal"),
        ("consumer_token", 201, "response/consumer_token"),
        ("consumer_token", 401, "response/authentication_error"),
        ("consumer_token", 429, "response/throttled"),
        ("create_conversation", 200, "response/conversation"),
        ("create_conversation", 401, "response/authentication_error"),
        ("create_conversation", 404, "response/version_error"),
        ("create_conversation", 429, "response/throttled"),
        *((operation, 401, "response/authentication_error") for operation in SENT),
        *((operation, 404, "response/version_error") for operation in SENT),
        *((operation, 429, "response/throttled") for operation in SENT),
        *((operation, 200, name) for operation, name in SENT.items()),
        *((operation, 201, None) for operation in SENT),
        ("put_file", 201, NO_DOCUMENT),
        ("put_file", 401, NO_DOCUMENT),
        ("put_file", 200, None),
        ("get_file", 200, NO_DOCUMENT),
        ("get_file", 401, NO_DOCUMENT),
        ("get_file", 404, None),
        ("create_conversation", 201, None),
        ("create_conversation", 302, None),
        ("create_conversation", 502, None),
        ("consumer_token", 200, None),
        ("read_conversation", 200, "response/held_conversation"),
        ("read_messages", 200, "response/held_messages"),
        ("search_history", 200, "response/history"),
        ("read_messages", 400, NO_DOCUMENT),
        ("search_history", 403, NO_DOCUMENT),
        ("read_conversation", 201, None),
        ("other", 200, None),
    ],
)
def test_answer_is_judged_by_operation_and_status(
    operation: str, status: int, name: str | None
) -> None:
    """Operation and status choose the schema; nothing is chosen where nothing is documented."""
    assert answer_schema(operation, status, None) == name


@pytest.mark.parametrize(
    ("document", "name"),
    [
        ([], "response/duplicate_conversation"),
        ({"body": {"msg": "Bad Request"}}, "response/refusal"),
        ({}, "response/refusal"),
        ({"body": {"errorCode": 40001}}, "response/missing_parameter"),
        ("Bad Request", None),
    ],
    ids=["array", "object", "empty", "error", "text"],
)
def test_refused_batch_is_judged_by_shape(document: JsonValue, name: str | None) -> None:
    """A 400 is a duplicate, a refusal or an error object, as its shape tells."""
    assert answer_schema("create_conversation", 400, document) == name


@pytest.mark.parametrize("operation", SENT)
@pytest.mark.parametrize(
    ("document", "name"),
    [
        ({"body": {"msg": "Bad Request"}}, "response/refusal"),
        ({"body": {"errorCode": 40001}}, "response/missing_parameter"),
        ([], None),
    ],
    ids=["object", "error", "array"],
)
def test_refused_command_is_judged_by_shape(
    operation: str, document: JsonValue, name: str | None
) -> None:
    """A 400 to a single command is a refusal or an error object, never a list."""
    assert answer_schema(operation, 400, document) == name


def test_operations_without_a_document_are_those_of_files() -> None:
    """What answers with bytes is known, and nothing is asked of those bytes."""
    assert {"put_file", "get_file"} == WITHOUT_DOCUMENT
    CONTRACT.check(None, NO_DOCUMENT, subject="answer of get_file")


@pytest.mark.parametrize(
    ("operation", "status", "read"),
    [
        ("get_file", 200, False),
        ("read_messages", 200, True),
        ("read_messages", 404, False),
        ("publish_event", 400, True),
    ],
)
def test_what_is_read_as_json(operation: str, status: int, *, read: bool) -> None:
    """Files and the refusals of other APIs are not read, everything else is."""
    assert has_document(operation, status) is read


def notification(kind: str) -> JsonObject:
    """Return a notification of the type *kind* about nothing."""
    return {"kind": "notification", "type": kind, "body": {"changes": []}}


@pytest.mark.parametrize("kind", NOTIFICATIONS)
def test_notification_is_judged_by_its_type(kind: str) -> None:
    """The type chooses the schema, which the report names."""
    with pytest.raises(ContractError) as caught:
        CONTRACT.check_notification(notification(kind))

    first, place, *_ = str(caught.value).splitlines()
    file = f"schemas/{NOTIFICATIONS[kind]}.json"
    assert first == f"notification does not match {file} (1 difference)"
    assert place == "  at $.body.changes: too few items: 0, at least 1 needed"


def test_sound_notification_passes() -> None:
    """Nothing is raised for a notification that satisfies its schema."""
    event: JsonObject = {"type": "ChatStateEvent", "chatState": "COMPOSING"}
    who: JsonObject = {"id": "a-1", "role": "ASSIGNED_AGENT"}
    change: JsonObject = {
        "originatorId": "a-1",
        "originatorMetadata": who,
        "event": event,
        "dialogId": "c-1",
    }

    document = notification("ms.MessagingEventNotification") | {"body": {"changes": [change]}}
    CONTRACT.check_notification(document)


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        (notification("ms.Other"), '"ms.Other"'),
        ({"type": ["x"]}, '["x"]'),
        ({}, "null"),
        ([], "null"),
        (None, "null"),
    ],
)
def test_notification_of_no_known_type_fails(document: JsonValue, kind: str) -> None:
    """A type that the API does not send is told with the known ones."""
    with pytest.raises(ContractError) as caught:
        CONTRACT.check_notification(document)

    first, known, shown, _ = str(caught.value).splitlines()
    assert (first, known) == (
        f"notification is of type {kind}, which the API does not send",
        "  known: ms.MessagingEventNotification, cqm.ExConversationChangeNotification",
    )
    assert shown == f"  document: {json.dumps(document, separators=(',', ':'))}"


def test_endless_nesting_is_a_difference() -> None:
    """A document nested deeper than can be followed is reported, not a crash."""
    element: JsonObject = {"type": "text", "text": "at last"}
    for _ in range(300):
        element = {"type": "vertical", "elements": [element]}

    lines = report(element, "shared/structured_content").splitlines()
    assert lines[1] == "  at $: nested too deeply to be judged"


def test_forbidden_value_is_placed_by_its_path(tmp_path: Path) -> None:
    """A rule that is the word false has no place of its own and is placed by the way to it."""
    folder = tmp_path / "schemas"
    folder.mkdir()
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:x",
        "properties": {"a/b": False},
    }
    (folder / "x.json").write_text(json.dumps(schema), encoding="utf-8")

    (difference,) = Contract(folder).differences({"a/b": 1}, "x")
    assert difference.path == "$['a/b']"
    assert difference.rule == "schemas/x.json#/properties/a~1b"


@pytest.mark.parametrize("name", ["response/conversation", "response/refusal"])
def test_flood_of_members_is_judged_at_once(name: str) -> None:
    """An answer of a few megabytes does not keep anybody guessing what each member was to be."""
    members: JsonValue = {f"m{number:06}": 0 for number in range(200_000)}
    document: JsonValue = [members] if name == "response/conversation" else members
    started_s = time.process_time()
    assert CONTRACT.differences(document, name)
    assert time.process_time() - started_s < 5
