"""What is said and what changes in a conversation: kept, and told to the subscribed apps."""

from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.sandbox.api.context import Sandbox
from connector_harness.sandbox.rules.events import as_published, is_message
from connector_harness.sandbox.state.dialogs import MOST_EVENTS, Dialog, Message, Participant
from connector_harness.sandbox.state.state import Conversation
from connector_harness.sandbox.webhooks import notifications


def now_ms(sandbox: Sandbox, external_id: str) -> int:
    """Return the time of a consumer in milliseconds since the epoch."""
    return int(sandbox.clocks.now(external_id) * 1000)


def is_full(dialog: Dialog) -> bool:
    """Return whether a dialog holds as much as the sandbox keeps."""
    return len(dialog.messages) >= MOST_EVENTS


def publish(
    sandbox: Sandbox,
    conversation: Conversation,
    dialog: Dialog,
    event: JsonObject,
    *,
    author: Participant,
    metadata: list[JsonValue] | None = None,
    client_properties: JsonObject | None = None,
) -> Message:
    """Keep an event, notify the apps of it, and return it with its number.

    What it costs does not depend on how much was said before.

    Args:
        sandbox: Where.
        conversation: In which conversation.
        dialog: In which of its dialogs.
        event: An event that was found to be right.
        author: Whose it is.
        metadata: What accompanies it.
        client_properties: What its author's call announced.
    """
    at_ms = now_ms(sandbox, conversation.consumer.external_id)
    message = dialog.publish(
        as_published(event), author=author.id, role=author.role, at_ms=at_ms, metadata=metadata
    )
    assumptions = sandbox.assumptions
    if assumptions.message_restarts_ttr and author.role == "CONSUMER" and is_message(event):
        conversation.waiting_since_ms = at_ms
    notification = notifications.event_published(
        conversation,
        dialog,
        message,
        client_properties=client_properties,
        audience_of_receipts=assumptions.audience_of_receipts,
    )
    sandbox.webhooks.notify(conversation.brand, notification)
    return message


def announce(sandbox: Sandbox, conversation: Conversation) -> None:
    """Notify the apps of a conversation's state as it is now."""
    survey_app = sandbox.store.account(conversation.brand).survey_app
    notification = notifications.conversation_changed(conversation, survey_app=survey_app)
    sandbox.webhooks.notify(conversation.brand, notification)
