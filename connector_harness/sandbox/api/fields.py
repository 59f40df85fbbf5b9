"""Changing the fields of a conversation, as its consumer. Source: API facts §6.1 to §6.4."""

from collections.abc import Callable

from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.sandbox.api.closing import close_conversation, close_dialog
from connector_harness.sandbox.api.commands import CONVERSATION_IS_CLOSE, Command
from connector_harness.sandbox.api.publishing import announce, now_ms
from connector_harness.sandbox.http.answers import Answer
from connector_harness.sandbox.rules.shapes import (
    anything,
    array,
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
_BODY = members({"conversationId": string, "conversationField": anything}, {})
_AGENTS_FIELDS = ("Skill", "ParticipantsChange")
_Change = Callable[[Command, Conversation, JsonObject], Answer]


def update_field(command: Command) -> Answer:
    """Change the fields that a command names, in their order, or refuse it."""
    fault = _BODY(command.body, "$.body")
    if fault:
        raise command.refused(fault)
    given = command.body["conversationField"]
    # One field may come as an array of one, or as itself. Source: API facts §6.1.
    fields: list[JsonValue] = given if isinstance(given, list) else [given]
    most = command.sandbox.assumptions.most_fields
    fault = array(_FIELD, least=1, most=most)(fields, "$.body.conversationField")
    if fault:
        raise command.refused(fault)
    conversation = command.find_conversation(str(command.body["conversationId"]))
    changes = [field for field in fields if isinstance(field, dict)]
    return [_change(command, conversation, field) for field in changes][-1]


def _change(command: Command, conversation: Conversation, field: JsonObject) -> Answer:
    name = str(field["field"])
    if name in _AGENTS_FIELDS:
        raise command.refused(f"a consumer may not change {name}")
    return _CHANGES[name](command, conversation, field)


def _close_all(command: Command, conversation: Conversation, _field: JsonObject) -> Answer:
    if conversation.stage == "CLOSE":
        raise command.refused("the conversation is closed", message=CONVERSATION_IS_CLOSE)
    close_conversation(command.sandbox, conversation, by="CONSUMER")
    return command.done({"msg": CLOSED})


def _close_one(command: Command, conversation: Conversation, field: JsonObject) -> Answer:
    change = field["dialog"] if isinstance(field["dialog"], dict) else {}
    dialog = command.find_dialog(conversation, str(change["dialogId"]))
    if dialog.state == "CLOSE":
        raise command.refused("the dialog is closed", message=CONVERSATION_IS_CLOSE)
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
        raise command.refused("the conversation is closed", message=CONVERSATION_IS_CLOSE)
    names = ("csatRate", "csatResolutionConfirmation", "status")
    conversation.rating = {name: field[name] for name in names}
    return _changed(command, conversation)


def _set_response_time(command: Command, conversation: Conversation, field: JsonObject) -> Answer:
    if conversation.state == "CLOSE":
        raise command.refused("the conversation is closed", message=CONVERSATION_IS_CLOSE)
    seconds = int(str(field["value"]))
    conversation.response_time = ResponseTime(str(field["ttrType"]), seconds)
    conversation.waiting_since_ms = now_ms(command.sandbox, command.consumer.external_id)
    return _changed(command, conversation)


def _changed(command: Command, conversation: Conversation) -> Answer:
    conversation.touch(now_ms(command.sandbox, command.consumer.external_id))
    announce(command.sandbox, conversation)
    return command.done({"msg": command.sandbox.assumptions.field_updated_text})


_RATING = members(
    {
        "csatRate": between(1, 5, integer),
        "csatResolutionConfirmation": boolean,
        "status": one_of("FILLED", "PARTIALLY_FILLED", "SKIPPED"),
    },
    {},
)
_RESPONSE_TIME = members(
    {
        "ttrType": one_of("CUSTOM", "NORMAL", "PRIORITIZED", "URGENT"),
        "value": between(0, LARGEST_NUMBER, integer),
    },
    {},
)
_CLOSED = one_of("CLOSE")
_STATE = members({"conversationState": _CLOSED}, {})
_DIALOG = members({"dialogId": string, "state": _CLOSED}, {"closedCause": string})
_FIELD = by_member(
    "field",
    {
        **dict.fromkeys(("ConversationStateField", "Stage"), _STATE),
        "DialogChange": members({"type": one_of("UPDATE"), "dialog": _DIALOG}, {}),
        "CSATRate": _RATING,
        "TTRField": _RESPONSE_TIME,
        **dict.fromkeys(_AGENTS_FIELDS, anything),
    },
)
_CHANGES: dict[str, _Change] = {
    "ConversationStateField": _close_all,
    "Stage": _close_all,
    "DialogChange": _close_one,
    "CSATRate": _rate,
    "TTRField": _set_response_time,
}
