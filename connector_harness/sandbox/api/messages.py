"""Publishing events in a conversation. Source: API facts §4.10, §5, §10.2."""

from connector_harness.json_types import JsonObject
from connector_harness.sandbox.api.closing import SURVEY
from connector_harness.sandbox.api.commands import Command
from connector_harness.sandbox.api.context import now_ms, publish
from connector_harness.sandbox.api.files import find_file_fault
from connector_harness.sandbox.http import Answer, full
from connector_harness.sandbox.rules import events
from connector_harness.sandbox.rules.shapes import ANY_OBJECT, as_list, as_object, members, string
from connector_harness.sandbox.state.state import CHAT_STATE, Conversation, Dialog, Participant

AUTO_MESSAGES = "AUTO_MESSAGES"
GREETING_WINDOW_MS = 10_000
"""How soon after its creation a conversation is greeted. Source: API facts §4.10."""

_BODY = members({"dialogId": string, "event": ANY_OBJECT}, {"conversationId": string})


def publish_event(command: Command) -> Answer:
    """Publish the event of a command, or refuse it."""
    command.judge(_BODY)
    body, event = command.body, as_object(command.body["event"])
    fault = events.find_fault(
        event, "$.body.event", by_agent=False, assumptions=command.sandbox.assumptions
    )
    if fault:
        raise command.refused(fault)
    conversation = command.find_conversation(str(body.get("conversationId", body["dialogId"])))
    dialog = command.find_dialog(conversation, str(body["dialogId"]))
    _check(command, conversation, dialog, event)
    message = publish(
        command.sandbox,
        conversation,
        dialog,
        event,
        author=Participant(command.consumer.lp_id, "CONSUMER"),
        metadata=command.metadata,
        client_properties=command.properties.document,
    )
    if events.is_message(event):
        _greet(command, conversation)
    # Typing has no number, and is answered with 0. Source: API facts §5.2.
    return command.done({"sequence": message.sequence or 0})


def _check(command: Command, conversation: Conversation, dialog: Dialog, event: JsonObject) -> None:
    if conversation.stage == "CLOSE":
        raise command.closed("conversation")
    if dialog.state == "CLOSE":
        raise command.closed("dialog")
    is_typing = event.get("type") == CHAT_STATE
    if is_typing and dialog.kind == SURVEY:
        raise command.refused("the survey dialog does not take typing")
    fault = _find_unknown_sequence(command, dialog, event) or find_file_fault(
        command.sandbox, conversation, event
    )
    if fault:
        raise command.refused(fault)
    if not is_typing and dialog.is_full:
        raise full(f"dialog {dialog.id!r} has {len(dialog.messages)} events")


def _find_unknown_sequence(command: Command, dialog: Dialog, event: JsonObject) -> str | None:
    if command.sandbox.assumptions.unknown_sequences_accepted or event["type"] != events.RECEIPT:
        return None
    known, numbers = range(len(dialog.messages)), as_list(event["sequenceList"])
    unknown = next((number for number in numbers if number not in known), None)
    return None if unknown is None else f"the dialog has no event {str(unknown)[:20]}"


def _greet(command: Command, conversation: Conversation) -> None:
    """Let the controller greet, if this is the first message and it came soon enough."""
    is_due, conversation.greeting_due = conversation.greeting_due, False
    sandbox = command.sandbox
    now = now_ms(sandbox, command.consumer.external_id)
    is_soon = now - conversation.started_ms <= GREETING_WINDOW_MS
    is_announced = AUTO_MESSAGES in command.properties.features
    if not (is_due and is_soon and is_announced) or conversation.main.is_full:
        return
    controller = Participant(command.account.controller, "CONTROLLER")
    conversation.main.add(controller, at_ms=now)
    greeting: JsonObject = {
        "type": events.CONTENT,
        "contentType": "text/plain",
        "message": sandbox.assumptions.auto_message,
    }
    publish(sandbox, conversation, conversation.main, greeting, author=controller)
