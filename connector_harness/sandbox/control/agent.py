"""The agent's side of a conversation, played on demand; never part of the Connector API."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.sandbox.api.closing import close_dialog, close_idle
from connector_harness.sandbox.api.context import Sandbox
from connector_harness.sandbox.api.messages import find_file_fault
from connector_harness.sandbox.api.publishing import announce, is_full, now_ms, publish
from connector_harness.sandbox.control import control
from connector_harness.sandbox.http.answers import Answer, RefusedError, full, plain_error
from connector_harness.sandbox.http.calls import Call
from connector_harness.sandbox.rules import events
from connector_harness.sandbox.rules.envelopes import ID
from connector_harness.sandbox.rules.metadata import METADATA
from connector_harness.sandbox.rules.shapes import (
    Shape,
    anything,
    array,
    by_member,
    members,
    non_empty_string,
    string,
)
from connector_harness.sandbox.state.dialogs import Dialog, Participant
from connector_harness.sandbox.state.state import Account, Conversation

ROLE = "ASSIGNED_AGENT"


@dataclass(frozen=True, slots=True)
class Scene:
    """What an agent is to do, and in which conversation."""

    sandbox: Sandbox
    account: Account
    conversation: Conversation
    request: JsonObject

    def touch(self) -> int:
        """Note a change of the conversation and return its time."""
        now = now_ms(self.sandbox, self.conversation.consumer.external_id)
        return self.conversation.touch(now)


def play_agent(sandbox: Sandbox, call: Call) -> Answer:
    """Let the agent, or the survey bot, of a conversation act once.

    Shape: ``{"account", "conversation", "action", …}`` in; ``{}``, ``{"sequence"}`` or
    ``{"agent"}`` out.
    """
    request = control.read_request(call, _find_request_fault)
    account = control.find_account(sandbox, request["account"])
    conversation = control.find_conversation(account, request["conversation"])
    close_idle(sandbox, conversation)
    return _ACTIONS[str(request["action"])](Scene(sandbox, account, conversation, request))


def _join(scene: Scene) -> Answer:
    conversation = scene.conversation
    if conversation.state == "CLOSE":
        raise _conflict("the conversation is closed")
    if conversation.agent is not None:
        raise _conflict("an agent has joined already")
    agent = Participant(str(scene.request.get("agent") or uuid.uuid4()), ROLE)
    conversation.main.add(agent, at_ms=scene.touch())
    conversation.was_joined = True
    announce(scene.sandbox, conversation)
    return Answer(200, {"agent": agent.id})


def _publish(scene: Scene) -> Answer:
    conversation, request = scene.conversation, scene.request
    dialog = conversation.dialog(str(request.get("dialog", conversation.main.id)))
    if dialog is None:
        name = str(request["dialog"])[:60]
        raise plain_error(404, "Unknown dialog", f"dialog {name!r} does not exist")
    event = request["event"] if isinstance(request["event"], dict) else {}
    fault = _find_fault(scene, event)
    if fault:
        raise plain_error(400, "Bad Request", fault)
    items = request.get("metadata")
    message = publish(
        scene.sandbox,
        conversation,
        dialog,
        event,
        author=_speaker(scene, dialog),
        metadata=items if isinstance(items, list) else None,
    )
    return Answer(200, {} if message.sequence is None else {"sequence": message.sequence})


def _find_fault(scene: Scene, event: JsonObject) -> str | None:
    return (
        events.find_fault(event, "$.event", by_agent=True, assumptions=scene.sandbox.assumptions)
        or METADATA(scene.request.get("metadata", []), "$.metadata")
        or find_file_fault(scene.sandbox, scene.conversation, event)
    )


def _speaker(scene: Scene, dialog: Dialog) -> Participant:
    """Return who speaks for the brand in a dialog."""
    if dialog.state == "CLOSE":
        raise _conflict("the dialog is closed")
    is_main = dialog is scene.conversation.main
    bot = Participant(scene.account.survey_bot, "AGENT")
    speaker = scene.conversation.agent if is_main else bot
    if speaker is None:
        raise _conflict("no agent has joined")
    if is_full(dialog):
        raise full(f"dialog {dialog.id!r} has {len(dialog.messages)} events")
    return speaker


def _transfer(scene: Scene) -> Answer:
    """Hand the conversation to another skill. Source: API facts §6.5."""
    conversation, agent = scene.conversation, _agent(scene)
    at_ms = scene.touch()
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


def _find_request_fault(document: JsonValue, at: str) -> str | None:
    return _ADDRESS(document, at) or _BY_ACTION(document, at)


_ACTIONS: dict[str, Callable[[Scene], Answer]] = {
    "join": _join,
    "publish": _publish,
    "transfer": _transfer,
    "close": _close,
    "survey_close": _close_survey,
}
_SPOKEN: dict[str, Shape] = {"dialog": string, "metadata": array(anything)}
_SHAPES: dict[str, Shape] = {
    **dict.fromkeys(_ACTIONS, anything),
    "join": members({}, {"agent": non_empty_string}),
    "publish": members({"event": members({}, {})}, _SPOKEN),
    "transfer": members({"skill": ID}, {}),
}
_ADDRESS = members({"account": string, "conversation": string}, {})
_BY_ACTION = by_member("action", _SHAPES)
