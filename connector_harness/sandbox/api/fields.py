"""Changing the fields of a conversation, as its consumer. Source: API facts §6.1 to §6.4."""

from collections.abc import Callable

from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.sandbox.api.closing import close_conversation, close_dialog
from connector_harness.sandbox.api.commands import Command
from connector_harness.sandbox.api.context import announce, now_ms, touch
from connector_harness.sandbox.http import Answer
from connector_harness.sandbox.rules import shapes
from connector_harness.sandbox.state.state import Conversation, ResponseTime

CLOSED = "OK Conversation resolved successfully"
"""The literal words of the API. Source: API facts §6.3."""

LARGEST_NUMBER = 2**53 - 1
_Change = Callable[[Command, Conversation, JsonObject], Answer]
_BODY = shapes.members({"conversationId": shapes.string, "conversationField": shapes.anything})


def update_field(command: Command) -> Answer:
    """Change the fields that a command names, in their order, or refuse it."""
    command.judge(_BODY)
    given = command.body["conversationField"]
    # One field may come as an array of one, or as itself. Source: API facts §6.1.
    fields: list[JsonValue] = given if isinstance(given, list) else [given]
    most = command.sandbox.assumptions.most_fields
    fault = shapes.array(_FIELD, least=1, most=most)(fields, "$.body.conversationField")
    if fault:
        raise command.refused(fault)
    conversation = command.find_conversation(str(command.body["conversationId"]))
    changes = [shapes.as_object(field) for field in fields]
    return [_CHANGES[str(each["field"])][1](command, conversation, each) for each in changes][-1]


def _close_all(command: Command, conversation: Conversation, _field: JsonObject) -> Answer:
    if conversation.stage == "CLOSE":
        raise command.closed("conversation")
    close_conversation(command.sandbox, conversation, by="CONSUMER")
    return command.done({"msg": CLOSED})


def _close_one(command: Command, conversation: Conversation, field: JsonObject) -> Answer:
    change = shapes.as_object(field["dialog"])
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
    touch(command.sandbox, conversation)
    announce(command.sandbox, conversation)
    return command.done({"msg": command.sandbox.assumptions.field_updated_text})


_RATING = {
    "csatRate": shapes.between(1, 5, shapes.integer),
    "csatResolutionConfirmation": shapes.boolean,
    "status": shapes.one_of("FILLED", "PARTIALLY_FILLED", "SKIPPED"),
}
_RESPONSE_TIME = {
    "ttrType": shapes.one_of("CUSTOM", "NORMAL", "PRIORITIZED", "URGENT"),
    "value": shapes.between(0, LARGEST_NUMBER, shapes.integer),
}
_STATE = shapes.members({"conversationState": shapes.one_of("CLOSE")})
_DIALOG = shapes.members(
    {"dialogId": shapes.string, "state": shapes.one_of("CLOSE")}, {"closedCause": shapes.string}
)
_DIALOG_CHANGE = shapes.members({"type": shapes.one_of("UPDATE"), "dialog": _DIALOG})
_CHANGES: dict[str, tuple[shapes.Shape, _Change]] = {
    "ConversationStateField": (_STATE, _close_all),
    "Stage": (_STATE, _close_all),
    "DialogChange": (_DIALOG_CHANGE, _close_one),
    "CSATRate": (shapes.members(_RATING), _rate),
    "TTRField": (shapes.members(_RESPONSE_TIME), _set_response_time),
    "Skill": (shapes.anything, _refuse),
    "ParticipantsChange": (shapes.anything, _refuse),
}
_FIELD = shapes.by_member("field", {name: shape for name, (shape, _) in _CHANGES.items()})
