"""Files that an agent sends: the control route that keeps one, as the agent's desk would."""

import base64
import hashlib

from connector_harness.json_types import JsonObject
from connector_harness.sandbox.api.context import Sandbox
from connector_harness.sandbox.api.files import LARGEST_FILE, MEDIA_TYPES, check_room
from connector_harness.sandbox.control import control
from connector_harness.sandbox.http.answers import Answer, plain_error
from connector_harness.sandbox.http.calls import Call
from connector_harness.sandbox.rules.shapes import members, one_of, string
from connector_harness.sandbox.state.file_store import PLACE_SIZE, File, path_of
from connector_harness.sandbox.state.state import Conversation

_REQUEST = members(
    {
        "account": string,
        "conversation": string,
        "fileType": one_of(*MEDIA_TYPES),
        "content": string,
    },
    {},
)


def add_file(sandbox: Sandbox, call: Call) -> Answer:
    """Keep an agent's file for the consumer of a conversation and answer with its path.

    Shape: ``{"account", "conversation", "fileType", "content": Base64}`` in;
    ``{"relativePath"}`` out.
    """
    document = control.read_request(call, _REQUEST)
    content = _decoded(str(document["content"]))
    if not 1 <= len(content) <= LARGEST_FILE:
        reason = f"$.content is not the Base64 of 1 to {LARGEST_FILE} bytes"
        raise plain_error(400, "Bad Request", reason)
    account = control.find_account(sandbox, document["account"])
    conversation = control.find_conversation(account, document["conversation"])
    check_room(sandbox, PLACE_SIZE + len(content))
    file = _place(sandbox, document, conversation, len(content))
    sandbox.files.keep_place(file)
    sandbox.files.fill(file, content)
    return Answer(201, {"relativePath": file.path})


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""


def _place(sandbox: Sandbox, document: JsonObject, conversation: Conversation, size: int) -> File:
    file_type, owner = str(document["fileType"]), conversation.consumer
    # No agent has a name of 64 hex digits; the conversation's stands for whoever serves it.
    sender = hashlib.sha256(conversation.id.encode()).hexdigest()
    now = sandbox.clocks.now(owner.external_id)
    path = path_of(str(document["account"]), sender, file_type, now=now)
    return File(path=path, owner=owner, file_type=file_type, declared_size=size)
