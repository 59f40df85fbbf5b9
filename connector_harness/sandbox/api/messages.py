"""Publishing events in a conversation. Source: API facts §4.10, §5, §10.2."""

from connector_harness.json_types import JsonObject
from connector_harness.sandbox.api import files
from connector_harness.sandbox.api.commands import CONVERSATION_IS_CLOSE, Command
from connector_harness.sandbox.api.context import Sandbox
from connector_harness.sandbox.api.publishing import is_full, now_ms, publish
from connector_harness.sandbox.api.surveys import KIND as SURVEY
from connector_harness.sandbox.http.answers import Answer, full
from connector_harness.sandbox.rules import events
from connector_harness.sandbox.rules.shapes import members, string
from connector_harness.sandbox.state.dialogs import CHAT_STATE, Dialog, Participant
from connector_harness.sandbox.state.state import Conversation

AUTO_MESSAGES = "AUTO_MESSAGES"
GREETING_WINDOW_MS = 10_000
"""How soon after its creation a conversation is greeted. Source: API facts §4.10."""

_BODY = members({"dialogId": string, "event": members({}, {})}, {"conversationId": string})


def publish_event(command: Command) -> Answer:
    """Publish the event of a command.

    Raises:
        RefusedError: It may not be published.
    """
    body = command.body
    fault = _BODY(body, "$.body") or events.find_fault(
        body["event"], "$.body.event", by_agent=False, assumptions=command.sandbox.assumptions
    )
    if fault:
        raise command.refused(fault)
    event = body["event"] if isinstance(body["event"], dict) else {}
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


def find_file_fault(sandbox: Sandbox, conversation: Conversation, event: JsonObject) -> str | None:
    """Return why the file of an event cannot be published, or None if it can or has none."""
    file = events.hosted_file(event)
    if file is None:
        return None
    return files.find_fault(sandbox, conversation.brand, conversation.consumer, file)


def _check(command: Command, conversation: Conversation, dialog: Dialog, event: JsonObject) -> None:
    if conversation.stage == "CLOSE":
        raise command.refused("the conversation is closed", message=CONVERSATION_IS_CLOSE)
    if dialog.state == "CLOSE":
        raise command.refused("the dialog is closed", message=CONVERSATION_IS_CLOSE)
    is_typing = event.get("type") == CHAT_STATE
    if is_typing and dialog.kind == SURVEY:
        raise command.refused("the survey dialog does not take typing")
    fault = _find_unknown_sequence(command, dialog, event) or find_file_fault(
        command.sandbox, conversation, event
    )
    if fault:
        raise command.refused(fault)
    if not is_typing and is_full(dialog):
        raise full(f"dialog {dialog.id!r} has {len(dialog.messages)} events")


def _find_unknown_sequence(command: Command, dialog: Dialog, event: JsonObject) -> str | None:
    numbers = event.get("sequenceList") if event.get("type") == events.RECEIPT else None
    if command.sandbox.assumptions.unknown_sequences_accepted or not isinstance(numbers, list):
        return None
    known = range(len(dialog.messages))
    unknown = next((number for number in numbers if number not in known), None)
    return None if unknown is None else f"the dialog has no event {str(unknown)[:20]}"


def _greet(command: Command, conversation: Conversation) -> None:
    """Let the controller greet, if this is the first message and it came soon enough."""
    is_due, conversation.greeting_due = conversation.greeting_due, False
    sandbox = command.sandbox
    now = now_ms(sandbox, command.consumer.external_id)
    is_soon = now - conversation.started_ms <= GREETING_WINDOW_MS
    if not (is_due and is_soon and AUTO_MESSAGES in command.properties.features):
        return
    if is_full(conversation.main):
        return
    controller = Participant(command.account.controller, "CONTROLLER")
    conversation.main.add(controller, at_ms=now)
    greeting: JsonObject = {
        "type": events.CONTENT,
        "contentType": "text/plain",
        "message": sandbox.assumptions.auto_message,
    }
    publish(sandbox, conversation, conversation.main, greeting, author=controller)
