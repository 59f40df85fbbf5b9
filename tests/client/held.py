"""Answers that tell what the conversation ``c-1`` holds, in both documented forms."""

from typing import Any


def message(sequence: object, text: str = "Hi", **members: object) -> dict[str, Any]:
    """Return a text of the consumer, as the Messaging REST API lists it."""
    return {
        "id": f"m-{sequence}",
        "sequence": sequence,
        "dialogId": "c-1",
        "type": "PLAIN_TEXT",
        "content": {"text": text},
        "originator": {"role": "CONSUMER"},
        "messageAudience": "ALL",
        "createdTs": "2026-03-02T09:15:00.250Z",
        **members,
    }


def page(*items: object, more: str | None = None) -> dict[str, Any]:
    """Return a page of messages; *more* is the link to the next one."""
    return {"data": [*items], "links": {} if more is None else {"next": more}}


def conversation(state: str = "OPEN", stage: str | None = None) -> dict[str, Any]:
    """Return the state of the conversation, as the Messaging REST API tells it."""
    main = {"id": "c-1", "dialogType": "MAIN", "state": state}
    return {"id": "c-1", "stage": stage or state, "dialogs": [main]}


def recorded(sequence: object, text: str = "Hi", **members: object) -> dict[str, Any]:
    """Return a text of the consumer, as the history records it."""
    return {
        "type": "TEXT_PLAIN",
        "messageData": {"msg": {"text": text}},
        "messageId": f"ms::conv:c-1::msg:{sequence}",
        "seq": sequence,
        "dialogId": "c-1",
        "sentBy": "Consumer",
        **members,
    }


def record(*messages: object, id_: str = "c-1") -> dict[str, Any]:
    """Return the record of a conversation with *messages*."""
    told = {"conversationId": id_, "status": "OPEN", "fullDialogStatus": "OPEN"}
    return {"info": told, "messageRecords": [*messages]}


def history(*records: object) -> dict[str, Any]:
    """Return what the history search finds."""
    return {"_metadata": {"count": len(records)}, "conversationHistoryRecords": [*records]}
