"""Changing the fields of a conversation, as its consumer. Source: API facts §6.1 to §6.4."""

from collections.abc import Callable
from functools import lru_cache

from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.sandbox.api.closing import close_conversation, close_dialog
from connector_harness.sandbox.api.commands import CONVERSATION_IS_CLOSE, Command
from connector_harness.sandbox.api.publishing import announce, now_ms
from connector_harness.sandbox.assumptions import Assumptions
from connector_harness.sandbox.http.answers import Answer, Refusal
from connector_harness.sandbox.rules.shapes import (
    Shape,
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
        return command.refused(fault)
    given = command.body["conversationField"]
    # One field may come as an array of one, or as itself. Source: API facts §6.1.
    fields: list[JsonValue] = given if isinstance(given, list) else [given]
    fault = _fields(command.sandbox.assumptions)(fields, "$.body.conversationField")
    if fault:
        return command.refused(fault)
    conversation = command.find_conversation(str(command.body["conversationId"]))
    if isinstance(conversation, Refusal):
        return conversation
    changes = [field for field in fields if isinstance(field, dict)]
    for field in changes[:-1]:
        answer = _change(command, conversation, field)
        if isinstance(answer, Refusal):
            return answer
    return _change(command, conversation, changes[-1])


def _change(command: Command, conversation: Conversation, field: JsonObject) -> Answer:
    name = str(field["field"])
    assumptions = command.sandbox.assumptions
    forbidden = (*_AGENTS_FIELDS, *([] if assumptions.ttr_by_consumer else ["TTRField"]))
    if name in forbidden:
        reason = f"a consumer may not change {name}"
        return command.refused(reason, status=assumptions.forbidden_field_status)
    return _CHANGES[name](command, conversation, field)


def _close_all(command: Command, conversation: Conversation, _field: JsonObject) -> Answer:
    if conversation.stage == "CLOSE":
        return _closed_already(command)
    close_conversation(command.sandbox, conversation, by="CONSUMER")
    return command.done({"msg": CLOSED})


def _close_one(command: Command, conversation: Conversation, field: JsonObject) -> Answer:
    change = field["dialog"] if isinstance(field["dialog"], dict) else {}
    dialog = conversation.dialog(str(change["dialogId"]))
    if dialog is None:
        return command.unknown(f"the conversation has no dialog {str(change['dialogId'])[:64]!r}")
    if dialog.state == "CLOSE":
        return _closed_already(command)
    close_dialog(
        command.sandbox,
        conversation,
        dialog,
        by="CONSUMER",
        cause=str(change["closedCause"]) if "closedCause" in change else None,
        features=command.properties.features,
    )
    return command.done({"msg": CLOSED})


def _closed_already(command: Command) -> Answer:
    if command.sandbox.assumptions.double_close_refused:
        return command.refused("it is closed already", message=CONVERSATION_IS_CLOSE)
    return command.done({"msg": CLOSED})


def _rate(command: Command, conversation: Conversation, field: JsonObject) -> Answer:
    late = conversation.state == "CLOSE"
    if late and not command.sandbox.assumptions.csat_after_close_accepted:
        return command.refused("the conversation is closed", message=CONVERSATION_IS_CLOSE)
    names = ("csatRate", "csatResolutionConfirmation", "status")
    conversation.rating = {name: field[name] for name in names}
    return _changed(command, conversation)


def _set_response_time(command: Command, conversation: Conversation, field: JsonObject) -> Answer:
    if conversation.state == "CLOSE":
        return command.refused("the conversation is closed", message=CONVERSATION_IS_CLOSE)
    seconds = int(str(field["value"]))
    conversation.response_time = ResponseTime(str(field["ttrType"]), seconds)
    conversation.waiting_since_ms = now_ms(command.sandbox, command.consumer.external_id)
    return _changed(command, conversation)


def _changed(command: Command, conversation: Conversation) -> Answer:
    conversation.touch(now_ms(command.sandbox, command.consumer.external_id))
    announce(command.sandbox, conversation)
    return command.done({"msg": command.sandbox.assumptions.field_updated_text})


@lru_cache(maxsize=8)
def _fields(assumptions: Assumptions) -> Shape:
    closed = one_of("CLOSE")
    cause: dict[str, Shape] = {"closedCause": string}
    required, optional = (cause, {}) if assumptions.closed_cause_required else ({}, cause)
    dialog = members({"dialogId": string, "state": closed, **required}, optional)
    state = members({"conversationState": closed}, {})
    field = by_member(
        "field",
        {
            "ConversationStateField": state,
            "Stage": state,
            "DialogChange": members({"type": one_of("UPDATE"), "dialog": dialog}, {}),
            "CSATRate": _RATING,
            "TTRField": _RESPONSE_TIME,
            **dict.fromkeys(_AGENTS_FIELDS, anything),
        },
    )
    return array(field, least=1, most=assumptions.most_fields)


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
_CHANGES: dict[str, _Change] = {
    "ConversationStateField": _close_all,
    "Stage": _close_all,
    "DialogChange": _close_one,
    "CSATRate": _rate,
    "TTRField": _set_response_time,
}
