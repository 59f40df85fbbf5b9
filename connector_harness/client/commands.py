"""Builders for commands: plain JSON objects, a new one each call.

A command's *id* comes back as ``reqId`` of its answer; what is None is left out.
"""

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
    """Return a command of any *kind*, as ``ms.PublishEvent``, with *body* as it is.

    Shape: ``{"kind": "req", "id": str, "type": str, "body": {…}}``. Source: API facts §4.4.
    """
    return {"kind": "req", "id": id, "type": kind, "body": dict(body)}


def set_user_profile(body: JsonObject, *, id: str) -> JsonObject:  # noqa: A002
    """Return the command that says who the consumer is, by a profile that may be empty.

    Source: API facts §4.5.
    """
    return command("userprofile.SetUserProfile", body, id=id)


def consumer_request_conversation(body: JsonObject, *, id: str) -> JsonObject:  # noqa: A002
    """Return the command that opens a conversation; `request_conversation` builds its *body*.

    Source: API facts §4.6.
    """
    return command("cm.ConsumerRequestConversation", body, id=id)


def request_conversation(
    *,
    id: str,  # noqa: A002
    account: str,
    campaign: str | None = None,
    skill_id: str | None = None,
) -> JsonObject:
    """Return the command that opens a conversation.

    Its body: ``{"brandId": str, "skillId": str, "campaignInfo": {…}}``. Source: API facts §4.6.

    Args:
        id: Comes back as ``reqId``.
        account: The account id, ``brandId`` on the wire.
        campaign: ``"campaign"`` or ``"campaign/engagement"``, as settings name them.
        skill_id: The skill to route to; ``"-1"`` is any.
    """
    body: JsonObject = {"brandId": account}
    if skill_id is not None:
        body["skillId"] = skill_id
    if campaign is not None:
        body["campaignInfo"] = campaign_info(campaign)
    return consumer_request_conversation(body, id=id)


def campaign_info(campaign: str) -> JsonObject:
    """Return where a conversation was started from, *campaign* as settings name it.

    Shape: ``{"campaignId": str, "engagementId": str}``. Source: API facts §4.6.
    """
    campaign_id, _, engagement_id = campaign.partition("/")
    info: JsonObject = {"campaignId": campaign_id}
    return info | {"engagementId": engagement_id} if engagement_id else info


def publish_event(
    event: JsonObject,
    *,
    id: str,  # noqa: A002
    dialog_id: str | None = None,
    conversation_id: str | None = None,
    metadata: Sequence[JsonObject] | None = None,
) -> JsonObject:
    """Return the command that publishes *event*, which the module `events` builds.

    Source: API facts §4.2, §5.3 and §5.9.

    Args:
        event: What to publish.
        id: Comes back as ``reqId``.
        dialog_id: The dialog to publish to; left out in the batch that opens the conversation.
        conversation_id: The conversation the dialog belongs to.
        metadata: What is said about the event, beside the body; notifications repeat it.
    """
    where = (("dialogId", dialog_id), ("conversationId", conversation_id))
    body: JsonObject = {name: value for name, value in where if value is not None}
    published = command("ms.PublishEvent", body | {"event": dict(event)}, id=id)
    about: JsonObject = {} if metadata is None else {"metadata": [dict(one) for one in metadata]}
    return published | about


def update_conversation_field(
    field: JsonObject,
    *,
    id: str,  # noqa: A002
    conversation_id: str,
) -> JsonObject:
    """Return the command that changes a *field*, which the module `fields` builds.

    Its body: ``{"conversationId": str, "conversationField": {…}}``. Source: API facts §6.1.
    """
    body: JsonObject = {"conversationId": conversation_id, "conversationField": dict(field)}
    return command("cm.UpdateConversationField", body, id=id)


def generate_upload_url(*, size: int, file_type: str, id: str) -> JsonObject:  # noqa: A002
    """Return the command that asks where a file of *size* bytes may be put.

    Its body: ``{"fileSize": str, "fileType": str}``; a type is ``JPG``, ``JPEG``, ``PNG`` or
    ``GIF``. Source: API facts §7.
    """
    body: JsonObject = {"fileSize": str(size), "fileType": file_type}
    return command("ms.GenerateURLForUploadFile", body, id=id)


def generate_download_url(relative_path: str, *, id: str) -> JsonObject:  # noqa: A002
    """Return the command that asks where a file may be got, as a message named its path.

    Source: API facts §7.
    """
    return command("ms.GenerateURLForDownloadFile", {"relativePath": relative_path}, id=id)


def client_properties(features: Sequence[str]) -> JsonObject:
    """Return the properties that announce *features*, as ``RICH_CONTENT`` or ``AUTO_MESSAGES``.

    Shape: ``{"type": ".ClientProperties", "features": [str, …]}``. Source: API facts §8.
    """
    return {"type": ".ClientProperties", "features": list(features)}


def without(command: JsonObject, member: str) -> JsonObject:
    """Return *command* without its ``id``, ``type``, ``kind`` or ``body``."""
    return {name: value for name, value in command.items() if name != member}


def operation_of(document: JsonValue) -> str:
    """Return the name of the operation that *document* asks for, as reports and contract have it.

    What is no command, or one of an unknown type, counts as ``publish_event``.
    """
    kind = document.get("type") if isinstance(document, dict) else None
    return _OPERATIONS.get(kind, "publish_event") if isinstance(kind, str) else "publish_event"
