"""Builders for the fields of a conversation that are updated."""

from connector_harness.json_types import JsonObject

CLOSED_BY_CONSUMER = "Closed by consumer"
"""The cause that a consumer gives for closing a dialog. Source: API facts §6.2."""


def conversation_state_field() -> JsonObject:
    """Return the field that closes a conversation, without a survey.

    Shape: ``{"field": "ConversationStateField", "conversationState": "CLOSE"}``.
    Source: API facts §6.2 and §6.4.
    """
    return {"field": "ConversationStateField", "conversationState": "CLOSE"}


def stage_field() -> JsonObject:
    """Return the field that closes a conversation and all its dialogs.

    Shape: ``{"field": "Stage", "conversationState": "CLOSE"}``. Source: API facts §6.2.
    """
    return {"field": "Stage", "conversationState": "CLOSE"}


def dialog_change_field(dialog_id: str, *, cause: str = CLOSED_BY_CONSUMER) -> JsonObject:
    """Return the field that closes one dialog; after the main one a survey may follow.

    Shape: ``{"field": "DialogChange", "type": "UPDATE",
    "dialog": {"dialogId": str, "state": "CLOSE", "closedCause": str}}``.
    Source: API facts §6.2 and §6.4.
    """
    dialog: JsonObject = {"dialogId": dialog_id, "state": "CLOSE", "closedCause": cause}
    return {"field": "DialogChange", "type": "UPDATE", "dialog": dialog}


def csat_rate_field(stars: int, *, resolved: bool, status: str = "FILLED") -> JsonObject:
    """Return the field that says how satisfied the consumer is.

    Shape: ``{"field": "CSATRate", "csatRate": int, "csatResolutionConfirmation": bool,
    "status": str}``. Source: API facts §6.2.

    Args:
        stars: 1 to 5.
        resolved: Whether the matter has been settled.
        status: ``FILLED``, ``PARTIALLY_FILLED`` or ``SKIPPED``.
    """
    return {
        "field": "CSATRate",
        "csatRate": stars,
        "csatResolutionConfirmation": resolved,
        "status": status,
    }


def ttr_field(ttr: str, *, seconds: int) -> JsonObject:
    """Return the field that says how soon an answer is due.

    Shape: ``{"field": "TTRField", "ttrType": str, "value": int}``. Source: API facts §6.2.

    Args:
        ttr: ``CUSTOM``, ``NORMAL``, ``PRIORITIZED`` or ``URGENT``.
        seconds: From now on; 0 or more.
    """
    return {"field": "TTRField", "ttrType": ttr, "value": seconds}


def skill_field(skill: str) -> JsonObject:
    """Return the field that hands a conversation to another skill, which is the agents' to do.

    Shape: ``{"field": "Skill", "type": "UPDATE", "skill": str}``. Source: API facts §6.2.
    """
    return {"field": "Skill", "type": "UPDATE", "skill": skill}


def participants_change_field(change: str = "ADD", *, role: str = "ASSIGNED_AGENT") -> JsonObject:
    """Return the field that changes who takes part, which is the agents' to do.

    Shape: ``{"field": "ParticipantsChange", "type": str, "role": str}``.
    Source: API facts §6.2.

    Args:
        change: ``ADD``, ``REMOVE`` or ``UPDATE``.
        role: ``MANAGER``, ``READER`` or ``ASSIGNED_AGENT``.
    """
    return {"field": "ParticipantsChange", "type": change, "role": role}
