"""The agent's side of a conversation, played on demand; never part of the Connector API."""

import base64
import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from connector_harness.json_types import JsonObject
from connector_harness.sandbox.api.closing import close_dialog
from connector_harness.sandbox.api.context import Sandbox, announce, publish, touch
from connector_harness.sandbox.api.files import LARGEST_FILE, MEDIA_TYPES, find_file_fault
from connector_harness.sandbox.control.control import find_account, find_conversation, read_request
from connector_harness.sandbox.http import Answer, Call, RefusedError, full, plain_error
from connector_harness.sandbox.rules import events, shapes
from connector_harness.sandbox.rules.commands import ID, METADATA
from connector_harness.sandbox.state.file_store import PLACE_SIZE, File, path_of
from connector_harness.sandbox.state.state import Account, Conversation, Dialog, Participant

ROLE = "ASSIGNED_AGENT"


@dataclass(frozen=True, slots=True)
class Scene:
    """What an agent is to do, and in which conversation."""

    sandbox: Sandbox
    account: Account
    conversation: Conversation
    request: JsonObject


def play_agent(sandbox: Sandbox, call: Call) -> Answer:
    """Let the agent, or the survey bot, of a conversation act once.

    Shape: ``{"account", "conversation", "action", …}`` in; ``{}``, ``{"sequence"}`` or
    ``{"agent"}`` out.
    """
    request = read_request(call, lambda document, at: _PLACE(document, at) or _BY(document, at))
    account = find_account(sandbox, request["account"])
    conversation = find_conversation(sandbox, account, request["conversation"])
    return _ACTIONS[str(request["action"])][1](Scene(sandbox, account, conversation, request))


def add_file(sandbox: Sandbox, call: Call) -> Answer:
    """Keep an agent's file for the consumer of a conversation and answer with its path.

    Shape: ``{"account", "conversation", "fileType", "content": Base64}`` in;
    ``{"relativePath"}`` out.
    """
    document = read_request(call, _FILE)
    file_type, content = str(document["fileType"]), _decoded(str(document["content"]))
    if not 1 <= len(content) <= LARGEST_FILE:
        reason = f"$.content is not the Base64 of 1 to {LARGEST_FILE} bytes"
        raise plain_error(400, "Bad Request", reason)
    account = find_account(sandbox, document["account"])
    conversation = find_conversation(sandbox, account, document["conversation"])
    sandbox.files.check_room(PLACE_SIZE + len(content))
    owner = conversation.consumer
    # No agent has a name of 64 hex digits; the conversation's stands for whoever serves it.
    sender = hashlib.sha256(conversation.id.encode()).hexdigest()
    path = path_of(account.id, sender, file_type, now=sandbox.clocks.now(owner.external_id))
    file = File(path=path, owner=owner, file_type=file_type, declared_size=len(content))
    sandbox.files.keep_place(file)
    sandbox.files.fill(file, content)
    return Answer(201, {"relativePath": path})


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""


def _join(scene: Scene) -> Answer:
    conversation = scene.conversation
    if conversation.state == "CLOSE":
        raise _conflict("the conversation is closed")
    if conversation.agent is not None:
        raise _conflict("an agent has joined already")
    agent = Participant(str(scene.request.get("agent") or uuid.uuid4()), ROLE)
    conversation.main.add(agent, at_ms=touch(scene.sandbox, conversation))
    conversation.was_joined = True
    announce(scene.sandbox, conversation)
    return Answer(200, {"agent": agent.id})


def _publish(scene: Scene) -> Answer:
    conversation, request = scene.conversation, scene.request
    dialog = conversation.dialog(str(request.get("dialog", conversation.main.id)))
    if dialog is None:
        name = str(request["dialog"])[:60]
        raise plain_error(404, "Unknown dialog", f"dialog {name!r} does not exist")
    event, items = shapes.as_object(request["event"]), request.get("metadata")
    fault = (
        events.find_fault(event, "$.event", by_agent=True, assumptions=scene.sandbox.assumptions)
        or METADATA(items or [], "$.metadata")
        or find_file_fault(scene.sandbox, conversation, event)
    )
    if fault:
        raise plain_error(400, "Bad Request", fault)
    message = publish(
        scene.sandbox,
        conversation,
        dialog,
        event,
        author=_speaker(scene, dialog),
        metadata=items if isinstance(items, list) else None,
    )
    return Answer(200, {} if message.sequence is None else {"sequence": message.sequence})


def _speaker(scene: Scene, dialog: Dialog) -> Participant:
    """Return who speaks for the brand in a dialog."""
    if dialog.state == "CLOSE":
        raise _conflict("the dialog is closed")
    is_main = dialog is scene.conversation.main
    bot = Participant(scene.account.survey_bot, "AGENT")
    speaker = scene.conversation.agent if is_main else bot
    if speaker is None:
        raise _conflict("no agent has joined")
    if dialog.is_full:
        raise full(f"dialog {dialog.id!r} has {len(dialog.messages)} events")
    return speaker


def _transfer(scene: Scene) -> Answer:
    """Hand the conversation to another skill. Source: API facts §6.5."""
    conversation, agent = scene.conversation, _agent(scene)
    at_ms = touch(scene.sandbox, conversation)
    conversation.main.remove(agent, at_ms=at_ms)
    conversation.skill = str(scene.request["skill"])
    conversation.waiting_since_ms = at_ms
    announce(scene.sandbox, conversation)
    return Answer(200, {})


def _close(scene: Scene) -> Answer:
    _agent(scene)
    close_dialog(scene.sandbox, scene.conversation, scene.conversation.main, by="AGENT")
    return Answer(200, {})


def _close_survey(scene: Scene) -> Answer:
    conversation, survey = scene.conversation, scene.conversation.survey
    if survey is None or survey.state == "CLOSE":
        raise _conflict("no survey is open")
    close_dialog(scene.sandbox, conversation, survey, by="AGENT", cause="Completed")
    return Answer(200, {})


def _agent(scene: Scene) -> Participant:
    agent = scene.conversation.agent
    if scene.conversation.state == "CLOSE" or agent is None:
        raise _conflict("the conversation is closed, or no agent has joined")
    return agent


def _conflict(reason: str) -> RefusedError:
    return plain_error(409, "Conflict", reason)


_SPOKEN = {"dialog": shapes.string, "metadata": shapes.array(shapes.anything)}
_ACTIONS: dict[str, tuple[shapes.Shape, Callable[[Scene], Answer]]] = {
    "join": (shapes.members({}, {"agent": shapes.non_empty_string}), _join),
    "publish": (shapes.members({"event": shapes.ANY_OBJECT}, _SPOKEN), _publish),
    "transfer": (shapes.members({"skill": ID}), _transfer),
    "close": (shapes.anything, _close),
    "survey_close": (shapes.anything, _close_survey),
}
_PLACE = shapes.members({"account": shapes.string, "conversation": shapes.string})
_FILE = shapes.members(
    {
        "account": shapes.string,
        "conversation": shapes.string,
        "fileType": shapes.one_of(*MEDIA_TYPES),
        "content": shapes.string,
    }
)
_BY = shapes.by_member("action", {name: shape for name, (shape, _) in _ACTIONS.items()})
