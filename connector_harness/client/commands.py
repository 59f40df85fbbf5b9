"""Builders for commands: plain JSON objects, a new one each call."""

from collections.abc import Sequence
from typing import Final, TypeAlias

from connector_harness.json_types import JsonObject, JsonValue

Batch: TypeAlias = list[JsonObject]
"""The ordered commands of one create call."""

_OPERATIONS: Final = {
    "ms.PublishEvent": "publish_event",
    "cm.UpdateConversationField": "update_conversation_field",
    "ms.GenerateURLForUploadFile": "generate_upload_url",
    "ms.GenerateURLForDownloadFile": "generate_download_url",
    "userprofile.SetUserProfile": "set_user_profile",
}


def command(kind: str, body: JsonObject, *, id: str) -> JsonObject:  # noqa: A002
    """Return a command of any *kind*, with *body* as it is.

    Shape: ``{"kind": "req", "id": str, "type": str, "body": {…}}``. Source: API facts §4.4.

    Args:
        kind: Its type, as ``ms.PublishEvent``.
        body: What it is about.
        id: Comes back as ``reqId`` of the command's answer.
    """
    return {"kind": "req", "id": id, "type": kind, "body": dict(body)}


def set_user_profile(body: JsonObject, *, id: str) -> JsonObject:  # noqa: A002  # the wire's name
    """Return the command that says who the consumer is.

    Shape: ``{"kind": "req", "id": str, "type": "userprofile.SetUserProfile", "body": {…}}``.
    Source: API facts §4.5.

    Args:
        body: The profile; an empty object is allowed.
        id: Comes back as ``reqId`` of the command's answer.
    """
    return command("userprofile.SetUserProfile", body, id=id)


def consumer_request_conversation(body: JsonObject, *, id: str) -> JsonObject:  # noqa: A002
    """Return the command that opens a conversation, with *body* as it is.

    Shape: ``{"kind": "req", "id": str, "type": "cm.ConsumerRequestConversation", "body": {…}}``.
    Source: API facts §4.6.

    Args:
        body: What is asked for; `request_conversation` builds it from words.
        id: Comes back as ``reqId`` of the command's answer.
    """
    return command("cm.ConsumerRequestConversation", body, id=id)


def request_conversation(
    *,
    id: str,  # noqa: A002  # the wire's name
    account: str,
    campaign: str | None = None,
    skill_id: str | None = None,
) -> JsonObject:
    """Return the command that opens a conversation; what is None is left out.

    Shape: ``{"kind": "req", "id": str, "type": "cm.ConsumerRequestConversation",
    "body": {"brandId": str, …}}``. Source: API facts §4.6.

    Args:
        id: Comes back as ``reqId`` of the command's answer.
        account: The account id, ``brandId`` on the wire.
        campaign: ``"campaign"`` or ``"campaign/engagement"``, as settings name them.
        skill_id: The skill to route to; ``"-1"`` is any.
    """
    body: JsonObject = {"brandId": account}
    if skill_id is not None:
        body["skillId"] = skill_id
    if campaign is not None:
        body["campaignInfo"] = campaign_info(campaign)
    return command("cm.ConsumerRequestConversation", body, id=id)


def campaign_info(campaign: str) -> JsonObject:
    """Return where a conversation was started from.

    Shape: ``{"campaignId": str, "engagementId": str}``. Source: API facts §4.6.

    Args:
        campaign: ``"campaign"`` or ``"campaign/engagement"``.
    """
    campaign_id, _, engagement_id = campaign.partition("/")
    info: JsonObject = {"campaignId": campaign_id}
    return info | {"engagementId": engagement_id} if engagement_id else info


def publish_event(
    event: JsonObject,
    *,
    id: str,  # noqa: A002  # the wire's name
    dialog_id: str | None = None,
    conversation_id: str | None = None,
    metadata: Sequence[JsonObject] | None = None,
) -> JsonObject:
    """Return the command that publishes *event*; what is None is left out.

    Shape: ``{"kind": "req", "id": str, "type": "ms.PublishEvent", "body": {"event": {…}, …}}``.
    Source: API facts §4.2, §5.3 and §5.9.

    Args:
        event: What to publish; the module `events` builds them.
        id: Comes back as ``reqId`` of the command's answer.
        dialog_id: The dialog to publish to; left out in the batch that opens the conversation.
        conversation_id: The conversation the dialog belongs to.
        metadata: What is said about the event, beside the body; notifications repeat it.
    """
    body: JsonObject = {}
    if dialog_id is not None:
        body["dialogId"] = dialog_id
    if conversation_id is not None:
        body["conversationId"] = conversation_id
    published = command("ms.PublishEvent", body | {"event": dict(event)}, id=id)
    about: JsonObject = {} if metadata is None else {"metadata": [dict(one) for one in metadata]}
    return published | about


def update_conversation_field(
    field: JsonObject,
    *,
    id: str,  # noqa: A002  # the wire's name
    conversation_id: str,
) -> JsonObject:
    """Return the command that changes one field of a conversation.

    Shape: ``{"kind": "req", "id": str, "type": "cm.UpdateConversationField",
    "body": {"conversationId": str, "conversationField": {…}}}``. Source: API facts §6.1.

    Args:
        field: What to change; the module `fields` builds them.
        id: Comes back as ``reqId`` of the command's answer.
        conversation_id: The conversation to change.
    """
    body: JsonObject = {"conversationId": conversation_id, "conversationField": dict(field)}
    return command("cm.UpdateConversationField", body, id=id)


def generate_upload_url(*, size: int, file_type: str, id: str) -> JsonObject:  # noqa: A002
    """Return the command that asks where a file may be put.

    Shape: ``{"kind": "req", "id": str, "type": "ms.GenerateURLForUploadFile",
    "body": {"fileSize": str, "fileType": str}}``. Source: API facts §7.

    Args:
        size: The length of the file, in bytes; a text on the wire.
        file_type: ``JPG``, ``JPEG``, ``PNG`` or ``GIF``.
        id: Comes back as ``reqId`` of the command's answer.
    """
    body: JsonObject = {"fileSize": str(size), "fileType": file_type}
    return command("ms.GenerateURLForUploadFile", body, id=id)


def generate_download_url(relative_path: str, *, id: str) -> JsonObject:  # noqa: A002
    """Return the command that asks where a file may be got.

    Shape: ``{"kind": "req", "id": str, "type": "ms.GenerateURLForDownloadFile",
    "body": {"relativePath": str}}``. Source: API facts §7.

    Args:
        relative_path: Where the file is, as a message or an upload address named it.
        id: Comes back as ``reqId`` of the command's answer.
    """
    return command("ms.GenerateURLForDownloadFile", {"relativePath": relative_path}, id=id)


def without(command: JsonObject, member: str) -> JsonObject:
    """Return *command* without its ``id``, ``type``, ``kind`` or ``body``."""
    return {name: value for name, value in command.items() if name != member}


def operation_of(document: JsonValue) -> str:
    """Return the name of the operation that *document* asks for, as reports and contract have it.

    What is no command, or one of an unknown type, counts as ``publish_event``.
    """
    kind = document.get("type") if isinstance(document, dict) else None
    return _OPERATIONS.get(kind, "publish_event") if isinstance(kind, str) else "publish_event"
