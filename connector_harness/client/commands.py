"""Builders for the commands of a batch: plain JSON objects, a new one each call."""

from typing import TypeAlias

from connector_harness.documents import JsonObject, JsonValue

Batch: TypeAlias = list[JsonObject]
"""The ordered commands of one create call."""


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


def text_event(text: str) -> JsonObject:
    """Return the event of one written message.

    Shape: ``{"type": "ContentEvent", "contentType": "text/plain", "message": str}``.
    Source: API facts §5.4.
    """
    return {"type": "ContentEvent", "contentType": "text/plain", "message": text}


def publish_event(
    event: JsonObject,
    *,
    id: str,  # noqa: A002  # the wire's name
    dialog_id: str | None = None,
    conversation_id: str | None = None,
) -> JsonObject:
    """Return the command that publishes *event*; what is None is left out.

    Shape: ``{"kind": "req", "id": str, "type": "ms.PublishEvent", "body": {"event": {…}, …}}``.
    Source: API facts §4.2 and §5.3.

    Args:
        event: What to publish; `text_event` builds one.
        id: Comes back as ``reqId`` of the command's answer.
        dialog_id: The dialog to publish to; left out in the batch that opens the conversation.
        conversation_id: The conversation the dialog belongs to.
    """
    body: JsonObject = {}
    if dialog_id is not None:
        body["dialogId"] = dialog_id
    if conversation_id is not None:
        body["conversationId"] = conversation_id
    return _command("ms.PublishEvent", body | {"event": dict(event)}, id=id)


def _command(kind: str, body: JsonObject, *, id: str) -> JsonObject:  # noqa: A002
    return {"kind": "req", "id": id, "type": kind, "body": dict(body)}
