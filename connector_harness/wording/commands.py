"""What a command does, in words for people."""

from typing import Final

from connector_harness.json_types import JsonObject, inside, objects, text_in

FIELDS: Final = {
    "TTRField": "asks for another response time",
    "CSATRate": "rates the conversation",
    "ParticipantsChange": "changes who takes part",
    "ConversationStateField": "closes the conversation",
    "DialogChange": "closes the dialog",
}
"""What a shopper does who changes a field."""


def what_it_does(
    command: JsonObject, *, refused: bool = False, somebody: str = "the shopper"
) -> str:
    """Return what a command other than an event does; empty if that is not worth telling.

    It does so for *somebody*, who may be ``another shopper``.
    """
    body = inside(command, "body")
    match text_in(command, "type"):
        case "userprofile.SetUserProfile":
            attributes = objects(inside(body, "authenticatedData", "lp_sdes"))
            types = [text_in(each, "type") for each in attributes]
            told = ", ".join(filter(None, types))
            shown = f"the connector sets the profile ({told or 'empty'})"
            return shown if told or refused else ""
        case "cm.ConsumerRequestConversation":
            return f"{somebody} asks for a conversation"
        case "ms.GenerateURLForUploadFile":
            kind, size = text_in(body, "fileType"), inside(body, "fileSize")
            return f"the connector asks where to put a file ({kind or 'no type'}, {size} bytes)"
        case "ms.GenerateURLForDownloadFile":
            return "the connector asks where to get the file"
        case "cm.UpdateConversationField":
            changes = objects(inside(body, "conversationField"))
            does = " and ".join(map(_change, changes)) or "changes nothing"
            return f"{somebody} {does}"
        case kind:
            return f"the connector sends {kind or 'a command of no type'}"


def _change(change: JsonObject) -> str:
    name = text_in(change, "field")
    return FIELDS.get(name, f"changes {name or chr(8230)}")
