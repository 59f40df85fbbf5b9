"""Notifications as values: the documents that tell the subscribed apps what happened.

Source: API facts §9.6 to §9.8.
"""

from dataclasses import dataclass

from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.sandbox.rules.events import is_message
from connector_harness.sandbox.state.state import Conversation, Dialog, Message

MESSAGING_EVENT = "ms.MessagingEventNotification"
CONVERSATION_CHANGE = "cqm.ExConversationChangeNotification"


@dataclass(frozen=True, slots=True)
class Notification:
    """A notification document and whom it is about. Source: API facts §9.1, §9.6.

    ``subscription`` is the key under which an app manifest asks for it; ``conversation`` is the
    id of what order is kept in, ``consumer`` the external id of whose clock it is delivered by.
    """

    subscription: str
    conversation: str
    consumer: str
    document: JsonObject


def event_published(
    conversation: Conversation,
    dialog: Dialog,
    message: Message,
    *,
    client_properties: JsonObject | None = None,
    audience_of_receipts: bool = False,
) -> Notification:
    """Return the notification of something said, read or typed. Source: API facts §9.7.

    Typing is told without number and time; what the author's call announced is passed on.
    """
    kind = str(message.event.get("type"))
    originator: JsonObject = {"id": message.author, "role": message.role}
    if client_properties is not None:
        originator["clientProperties"] = client_properties
    change: JsonObject = {"originatorId": message.author, "originatorMetadata": originator}
    if message.sequence is not None:
        change = {"sequence": message.sequence, **change, "serverTimestamp": message.at_ms}
    change |= {
        "event": message.event,
        "conversationId": conversation.id,
        "dialogId": dialog.id,
    }
    if audience_of_receipts or is_message(message.event):
        change["messageAudience"] = "ALL"
    if message.metadata is not None:
        change["metadata"] = message.metadata
    return _notification(conversation, MESSAGING_EVENT, change, event=kind)


def conversation_changed(conversation: Conversation, *, survey_app: str) -> Notification:
    """Return the notification of a conversation's state, whole as it is now.

    *survey_app* is the id of the installed app that asks in survey dialogs.
    Source: API facts §9.8.
    """
    due_ms = conversation.waiting_since_ms + conversation.response_time.seconds * 1000
    result: JsonObject = {
        "convId": conversation.id,
        "effectiveTTR": -1 if conversation.state == "CLOSE" else due_ms,
        "conversationDetails": _details(conversation, survey_app),
    }
    change: JsonObject = {"type": "UPSERT", "result": result}
    return _notification(conversation, CONVERSATION_CHANGE, change)


def _notification(
    conversation: Conversation, kind: str, change: JsonObject, *, event: str = ""
) -> Notification:
    document: JsonObject = {"kind": "notification", "body": {"changes": [change]}, "type": kind}
    subscription = f"{kind}.{event}" if event else kind
    return Notification(subscription, conversation.id, conversation.consumer.external_id, document)


def _details(conversation: Conversation, survey_app: str) -> JsonObject:
    is_open = conversation.state == "OPEN"
    handler: JsonObject = {"accountId": conversation.brand, "skillId": conversation.skill}
    return {
        "skillId": conversation.skill,
        "participants": [{"id": each.id, "role": each.role} for each in conversation.participants],
        "dialogs": [_dialog(dialog, survey_app) for dialog in conversation.dialogs],
        "brandId": conversation.brand,
        "state": conversation.state,
        "stage": conversation.stage,
        **_known("closeReason", conversation.close_reason),
        "startTs": conversation.started_ms,
        **_known("endTs", conversation.ended_ms),
        "metaDataLastUpdateTs": conversation.changed_ms,
        "ttr": {
            "ttrType": conversation.response_time.kind,
            "value": conversation.response_time.seconds,
        },
        **_known("csat", conversation.rating),
        **_known("conversationHandlerDetails", handler if is_open else None),
    }


def _dialog(dialog: Dialog, survey_app: str) -> JsonObject:
    is_survey = dialog.kind == "POST_SURVEY"
    return {
        "dialogId": dialog.id,
        "participantsDetails": [
            {"id": each.id, "role": each.role, "state": each.state} for each in dialog.participants
        ],
        "dialogType": dialog.kind,
        "channelType": "MESSAGING",
        **_known("metaData", {"appInstallId": survey_app} if is_survey else None),
        "state": dialog.state,
        "creationTs": dialog.started_ms,
        **_known("endTs", dialog.ended_ms),
        "metaDataLastUpdateTs": dialog.changed_ms,
        **_known("closedBy", dialog.closed_by),
        **_known("closedCause", dialog.closed_cause),
    }


def _known(name: str, value: JsonValue) -> JsonObject:
    return {} if value is None else {name: value}
