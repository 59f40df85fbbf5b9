"""Builders for the events of a dialog."""

from collections.abc import Sequence

from connector_harness.json_types import JsonObject


def text_event(text: str, *, quick_replies: JsonObject | None = None) -> JsonObject:
    """Return the event of one written message.

    Shape: ``{"type": "ContentEvent", "contentType": "text/plain", "message": str}``.
    Source: API facts §5.4 and §5.8.
    """
    event: JsonObject = {"type": "ContentEvent", "contentType": "text/plain", "message": text}
    return event if quick_replies is None else event | {"quickReplies": dict(quick_replies)}


def chat_state_event(chat_state: str) -> JsonObject:
    """Return the event that says what somebody is doing; it uses no number.

    Shape: ``{"type": "ChatStateEvent", "chatState": str}``. Source: API facts §5.6.

    Args:
        chat_state: ``ACTIVE``, ``INACTIVE``, ``GONE``, ``COMPOSING`` or ``PAUSE``.
    """
    return {"type": "ChatStateEvent", "chatState": chat_state}


def accept_status_event(status: str, sequences: Sequence[int]) -> JsonObject:
    """Return the receipt for the events numbered *sequences*; it uses a number itself.

    Shape: ``{"type": "AcceptStatusEvent", "status": str, "sequenceList": [int, …]}``.
    Source: API facts §5.7.

    Args:
        status: ``ACCEPT``, ``READ``, ``ACCESS``, ``NACK`` or ``ACTION``.
        sequences: The numbers of the events, in any order.
    """
    return {"type": "AcceptStatusEvent", "status": status, "sequenceList": list(sequences)}


def rich_content_event(content: JsonObject) -> JsonObject:
    """Return the event of structured content, under the name that notifications use.

    Shape: ``{"type": "RichContentEvent", "content": {…}}``. Source: API facts §5.8 and §12.6.
    """
    return {"type": "RichContentEvent", "content": dict(content)}


def hosted_file_event(
    relative_path: str, *, file_type: str, caption: str | None = None
) -> JsonObject:
    """Return the event of a file that has been uploaded; what is None is left out.

    Shape: ``{"type": "ContentEvent", "contentType": "hosted/file", "message":
    {"relativePath": str, "fileType": str, …}}``. Source: API facts §7.

    Args:
        relative_path: Where the file is, as the answer to the upload request named it.
        file_type: ``JPG``, ``JPEG``, ``PNG`` or ``GIF``.
        caption: What is written under it.
    """
    message: JsonObject = {"relativePath": relative_path, "fileType": file_type}
    if caption is not None:
        message["caption"] = caption
    return {"type": "ContentEvent", "contentType": "hosted/file", "message": message}
