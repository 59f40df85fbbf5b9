"""Changing the fields of a conversation, as its consumer. Source: API facts §6.1 to §6.4."""

from collections.abc import Callable

from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.sandbox.api.closing import close_conversation, close_dialog
from connector_harness.sandbox.api.commands import Command
from connector_harness.sandbox.api.context import announce, now_ms
from connector_harness.sandbox.http import Answer
from connector_harness.sandbox.rules.shapes import (
    anything,
    array,
    as_object,
    between,
    boolean,
    by_member,
    integer,
    members,
    one_of,
    string,
)
from connector_harness.sandbox.state.state import Conversation, ResponseTime

CLOSED = "OK Conversation resolved successfully"
"""The literal words of the API. Source: API facts §6.3."""

LARGEST_NUMBER = 2**53 - 1
_BODY = members({"conversationId": string, "conversationField": anything})


def update_field(command: Command) -> Answer:
    """Change the fields that a command names, in their order, or refuse it."""
    command.judge(_BODY)
    given = command.body["conversationField"]
    # One field may come as an array of one, or as itself. Source: API facts §6.1.
    fields: list[JsonValue] = given if isinstance(given, list) else [given]
    most = command.sandbox.assumptions.most_fields
    fault = array(_FIELD, least=1, most=most)(fields, "$.body.conversationField")
    if fault:
        raise command.refused(fault)
    conversation = command.find_conversation(str(command.body["conversationId"]))
    changes = [as_object(field) for field in fields]
    return [_CHANGES[str(each["field"])](command, conversation, each) for each in changes][-1]


def _close_all(command: Command, conversation: Conversation, _field: JsonObject) -> Answer:
    if conversation.stage == "CLOSE":
        raise command.closed("conversation")
    close_conversation(command.sandbox, conversation, by="CONSUMER")
    return command.done({"msg": CLOSED})


def _close_one(command: Command, conversation: Conversation, field: JsonObject) -> Answer:
    change = as_object(field["dialog"])
    dialog = command.find_dialog(conversation, str(change["dialogId"]))
    if dialog.state == "CLOSE":
        raise command.closed("dialog")
    close_dialog(
        command.sandbox,
        conversation,
        dialog,
        by="CONSUMER",
        cause=str(change["closedCause"]) if "closedCause" in change else None,
        features=command.properties.features,
    )
    return command.done({"msg": CLOSED})


def _rate(command: Command, conversation: Conversation, field: JsonObject) -> Answer:
    late = conversation.state == "CLOSE"
    if late and not command.sandbox.assumptions.csat_after_close_accepted:
        raise command.closed("conversation")
    conversation.rating = {name: field[name] for name in _RATING}
    return _changed(command, conversation)


def _set_response_time(command: Command, conversation: Conversation, field: JsonObject) -> Answer:
    if conversation.state == "CLOSE":
        raise command.closed("conversation")
    seconds = int(str(field["value"]))
    conversation.response_time = ResponseTime(str(field["ttrType"]), seconds)
    conversation.waiting_since_ms = now_ms(command.sandbox, command.consumer.external_id)
    return _changed(command, conversation)


def _refuse(command: Command, _conversation: Conversation, field: JsonObject) -> Answer:
    raise command.refused(f"a consumer may not change {field['field']}")


def _changed(command: Command, conversation: Conversation) -> Answer:
    conversation.touch(now_ms(command.sandbox, command.consumer.external_id))
    announce(command.sandbox, conversation)
    return command.done({"msg": command.sandbox.assumptions.field_updated_text})


_RATING = {
    "csatRate": between(1, 5, integer),
    "csatResolutionConfirmation": boolean,
    "status": one_of("FILLED", "PARTIALLY_FILLED", "SKIPPED"),
}
_RESPONSE_TIME = {
    "ttrType": one_of("CUSTOM", "NORMAL", "PRIORITIZED", "URGENT"),
    "value": between(0, LARGEST_NUMBER, integer),
}
_STATE = members({"conversationState": one_of("CLOSE")})
_DIALOG = members({"dialogId": string, "state": one_of("CLOSE")}, {"closedCause": string})
_FIELD = by_member(
    "field",
    {
        "ConversationStateField": _STATE,
        "Stage": _STATE,
        "DialogChange": members({"type": one_of("UPDATE"), "dialog": _DIALOG}),
        "CSATRate": members(_RATING),
        "TTRField": members(_RESPONSE_TIME),
        "Skill": anything,
        "ParticipantsChange": anything,
    },
)
_CHANGES: dict[str, Callable[[Command, Conversation, JsonObject], Answer]] = {
    "ConversationStateField": _close_all,
    "Stage": _close_all,
    "DialogChange": _close_one,
    "CSATRate": _rate,
    "TTRField": _set_response_time,
    "Skill": _refuse,
    "ParticipantsChange": _refuse,
}
