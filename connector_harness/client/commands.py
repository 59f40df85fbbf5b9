"""Builders for commands: plain JSON objects, a new one each call; broken ones tell the fault."""

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


def set_user_profile(body: JsonObject, *, id: str) -> JsonObject:  # noqa: A002  # the wire's name
    """Return the command that says who the consumer is.

    Shape: ``{"kind": "req", "id": str, "type": "userprofile.SetUserProfile", "body": {…}}``.
    Source: API facts §4.5.

    Args:
        body: The profile; `user_profile` builds one, and an empty object is allowed.
        id: Comes back as ``reqId`` of the command's answer.
    """
    return _command("userprofile.SetUserProfile", body, id=id)


def user_profile(*engagement_attributes: JsonObject) -> JsonObject:
    """Return a profile of *engagement_attributes*, in the order given.

    Shape: ``{"authenticatedData": {"lp_sdes": […]}}``, without attributes ``{}``.
    Source: API facts §4.5.
    """
    if not engagement_attributes:
        return {}
    return {"authenticatedData": {"lp_sdes": list(engagement_attributes)}}


def customer_info(info: JsonObject) -> JsonObject:
    """Return the engagement attribute that says what the brand knows of a customer.

    Shape: ``{"type": "ctmrinfo", "info": {"customerId": str, "ctype": str, …}}``.
    Source: API facts §4.5 and §12.3.
    """
    return {"type": "ctmrinfo", "info": dict(info)}


def personal_info(personal: JsonObject) -> JsonObject:
    """Return the engagement attribute that says who a person is.

    Shape: ``{"type": "personal", "personal": {"firstname": str, "lastname": str, …}}``.
    Source: API facts §4.5 and §12.3.
    """
    return {"type": "personal", "personal": dict(personal)}


def consumer_request_conversation(body: JsonObject, *, id: str) -> JsonObject:  # noqa: A002
    """Return the command that opens a conversation, with *body* as it is.

    Shape: ``{"kind": "req", "id": str, "type": "cm.ConsumerRequestConversation", "body": {…}}``.
    Source: API facts §4.6.

    Args:
        body: What is asked for; `request_conversation` builds it from words.
        id: Comes back as ``reqId`` of the command's answer.
    """
    return _command("cm.ConsumerRequestConversation", body, id=id)


def request_conversation(
    *,
    id: str,  # noqa: A002  # the wire's name
    account: str,
    campaign: str | None = None,
    context: "JsonObject | None" = None,
    skill_id: str | None = None,
    ttr: str | None = None,
    channel_type: str | None = None,
) -> JsonObject:
    """Return the command that opens a conversation; what is None is left out.

    Shape: ``{"kind": "req", "id": str, "type": "cm.ConsumerRequestConversation",
    "body": {"brandId": str, …}}``. Source: API facts §4.6.

    Args:
        id: Comes back as ``reqId`` of the command's answer.
        account: The account id, ``brandId`` on the wire.
        campaign: ``"campaign"`` or ``"campaign/engagement"``, as settings name them.
        context: Where the consumer comes from; `conversation_context` builds one.
        skill_id: The skill to route to; ``"-1"`` is any.
        ttr: How soon an answer is due: ``NORMAL``, ``URGENT`` or ``PRIORITIZED``.
        channel_type: ``MESSAGING``, the only documented channel.
    """
    optional: dict[str, JsonValue] = {
        "channelType": channel_type,
        "ttrDefName": ttr,
        "skillId": skill_id,
        "campaignInfo": None if campaign is None else campaign_info(campaign),
        "conversationContext": None if context is None else dict(context),
    }
    body: JsonObject = {"brandId": account}
    body |= {name: value for name, value in optional.items() if value is not None}
    return _command("cm.ConsumerRequestConversation", body, id=id)


def campaign_info(campaign: str) -> JsonObject:
    """Return where a conversation was started from.

    Shape: ``{"campaignId": str, "engagementId": str}``. Source: API facts §4.6.

    Args:
        campaign: ``"campaign"`` or ``"campaign/engagement"``.
    """
    campaign_id, _, engagement_id = campaign.partition("/")
    info: JsonObject = {"campaignId": campaign_id}
    return info | {"engagementId": engagement_id} if engagement_id else info


def conversation_context(
    *, visitor_id: str, session_id: str, interaction_context_id: str, language: str | None = None
) -> JsonObject:
    """Return the visit a conversation was started from.

    Shape: ``{"type": "SharkContext", "visitorId": str, "sessionId": str,
    "interactionContextId": str, "lang": str}``. Source: API facts §4.6.
    """
    context: JsonObject = {
        "type": "SharkContext",
        "visitorId": visitor_id,
        "sessionId": session_id,
        "interactionContextId": interaction_context_id,
    }
    return context if language is None else context | {"lang": language}


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
    command = _command("ms.PublishEvent", body | {"event": dict(event)}, id=id)
    return command if metadata is None else command | {"metadata": [dict(one) for one in metadata]}


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
    return _command("cm.UpdateConversationField", body, id=id)


def update_conversation_fields(
    *fields: JsonObject,
    id: str,  # noqa: A002  # the wire's name
    conversation_id: str,
) -> JsonObject:
    """Return the command that changes *fields* of a conversation, in a list.

    Shape: as `update_conversation_field`, with a list of fields. Source: API facts §6.1.
    """
    listed: JsonValue = [dict(field) for field in fields]
    body: JsonObject = {"conversationId": conversation_id, "conversationField": listed}
    return _command("cm.UpdateConversationField", body, id=id)


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
    return _command("ms.GenerateURLForUploadFile", body, id=id)


def generate_download_url(relative_path: str, *, id: str) -> JsonObject:  # noqa: A002
    """Return the command that asks where a file may be got.

    Shape: ``{"kind": "req", "id": str, "type": "ms.GenerateURLForDownloadFile",
    "body": {"relativePath": str}}``. Source: API facts §7.

    Args:
        relative_path: Where the file is, as a message or an upload address named it.
        id: Comes back as ``reqId`` of the command's answer.
    """
    return _command("ms.GenerateURLForDownloadFile", {"relativePath": relative_path}, id=id)


def publish_event_without_dialog(event: JsonObject, *, id: str) -> JsonObject:  # noqa: A002
    """Return the command that publishes *event* without saying where."""
    return publish_event(event, id=id)


def publish_event_without_event(*, id: str, dialog_id: str) -> JsonObject:  # noqa: A002
    """Return the command that publishes nothing."""
    return _command("ms.PublishEvent", {"dialogId": dialog_id}, id=id)


def update_without_conversation(field: JsonObject, *, id: str) -> JsonObject:  # noqa: A002
    """Return the command that changes *field* without saying of which conversation."""
    return _command("cm.UpdateConversationField", {"conversationField": dict(field)}, id=id)


def update_without_field(*, id: str, conversation_id: str) -> JsonObject:  # noqa: A002
    """Return the command that changes nothing of a conversation."""
    return _command("cm.UpdateConversationField", {"conversationId": conversation_id}, id=id)


def generate_upload_url_without_size(*, file_type: str, id: str) -> JsonObject:  # noqa: A002
    """Return the command that asks where a file may be put without saying how large it is."""
    return _command("ms.GenerateURLForUploadFile", {"fileType": file_type}, id=id)


def generate_download_url_without_path(*, id: str) -> JsonObject:  # noqa: A002
    """Return the command that asks where a file may be got without saying which."""
    return _command("ms.GenerateURLForDownloadFile", {}, id=id)


def unknown_command(*, id: str) -> JsonObject:  # noqa: A002
    """Return a command of a type that the API does not have."""
    return _command("ms.UnpublishEvent", {}, id=id)


def without(command: JsonObject, member: str) -> JsonObject:
    """Return *command* without its ``id``, ``type``, ``kind`` or ``body``."""
    return {name: value for name, value in command.items() if name != member}


def operation_of(document: JsonValue) -> str:
    """Return the name of the operation that *document* asks for, as reports and contract have it.

    What is no command, or one of an unknown type, counts as ``publish_event``.
    """
    kind = document.get("type") if isinstance(document, dict) else None
    return _OPERATIONS.get(kind, "publish_event") if isinstance(kind, str) else "publish_event"


def _command(kind: str, body: JsonObject, *, id: str) -> JsonObject:  # noqa: A002
    return {"kind": "req", "id": id, "type": kind, "body": dict(body)}
