"""Builders for the events of a dialog, and for broken ones, named for the fault."""

from collections.abc import Sequence

from connector_harness.json_types import JsonObject


def text_event(text: str, *, quick_replies: JsonObject | None = None) -> JsonObject:
    """Return the event of one written message.

    Shape: ``{"type": "ContentEvent", "contentType": "text/plain", "message": str}``.
    Source: API facts §5.4 and §5.8.

    Args:
        text: What was written, sent unchanged.
        quick_replies: The answers offered with it, ``{"type": "quickReplies", …}``.
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


def rich_content_event_by_schema(content: JsonObject) -> JsonObject:
    """Return the event of structured content, under the name that the JSON schema uses.

    Shape: ``{"type": "RichContentEvent", "message": {…}}``. Source: API facts §5.8.
    """
    return {"type": "RichContentEvent", "message": dict(content)}


def hosted_file_event(
    relative_path: str,
    *,
    file_type: str,
    caption: str | None = None,
    preview: str | None = None,
) -> JsonObject:
    """Return the event of a file that has been uploaded; what is None is left out.

    Shape: ``{"type": "ContentEvent", "contentType": "hosted/file", "message":
    {"relativePath": str, "fileType": str, …}}``. Source: API facts §7.

    Args:
        relative_path: Where the file is, as the answer to the upload request named it.
        file_type: ``JPG``, ``JPEG``, ``PNG`` or ``GIF``.
        caption: What is written under it.
        preview: A small picture of it, ``data:image/png;base64,…``.
    """
    message: JsonObject = {"relativePath": relative_path, "fileType": file_type}
    if caption is not None:
        message["caption"] = caption
    if preview is not None:
        message["preview"] = preview
    return {"type": "ContentEvent", "contentType": "hosted/file", "message": message}


def unknown_event() -> JsonObject:
    """Return an event of a type that the API does not have."""
    return {"type": "WaveEvent"}


def event_without_type(text: str) -> JsonObject:
    """Return a written message that does not say what kind of event it is."""
    return {"contentType": "text/plain", "message": text}


def text_event_without_message() -> JsonObject:
    """Return a written message in which nothing is written, not even nothing."""
    return {"type": "ContentEvent", "contentType": "text/plain"}


def text_event_with_number(number: int) -> JsonObject:
    """Return a written message whose text is a number."""
    return {"type": "ContentEvent", "contentType": "text/plain", "message": number}


def content_event_of_unknown_type(text: str) -> JsonObject:
    """Return a message of a media type that no conversation carries."""
    return {"type": "ContentEvent", "contentType": "text/html", "message": text}


def secure_form_event() -> JsonObject:
    """Return the answer to a secure form, which a connector must not send.

    Source: API facts §9.7.
    """
    return {"type": "ContentEvent", "contentType": "forms/secure-submission", "message": {}}


def unknown_chat_state_event() -> JsonObject:
    """Return typing of a kind that the API does not have."""
    return chat_state_event("DREAMING")


def unknown_accept_status_event(sequences: Sequence[int]) -> JsonObject:
    """Return a receipt of a status that the API does not have."""
    return accept_status_event("GUESSED", sequences)


def accept_status_event_without_sequences(status: str) -> JsonObject:
    """Return a receipt that does not say for what."""
    return {"type": "AcceptStatusEvent", "status": status}


def accept_status_event_of_words(status: str) -> JsonObject:
    """Return a receipt whose numbers are words."""
    return {"type": "AcceptStatusEvent", "status": status, "sequenceList": ["first"]}


def rich_content_event_without_content() -> JsonObject:
    """Return structured content without any."""
    return {"type": "RichContentEvent"}


def hosted_file_event_without_path(*, file_type: str) -> JsonObject:
    """Return a file that does not say where it is."""
    message: JsonObject = {"fileType": file_type}
    return {"type": "ContentEvent", "contentType": "hosted/file", "message": message}
