"""Closing a dialog, or a conversation with all of them, and the survey that may follow.

Source: API facts §6.3, §6.4.
"""

import secrets
import uuid

from connector_harness.json_types import JsonObject
from connector_harness.sandbox.api.context import Sandbox, announce, now_ms, publish, touch
from connector_harness.sandbox.state.state import Conversation, Dialog, Participant

IDLE_MS = 7 * 24 * 3600 * 1000
"""How long a dialog may be silent before it is closed. Source: API facts §6.4."""

FEATURE = "MULTI_DIALOG"
SURVEY = "POST_SURVEY"


def close_conversation(sandbox: Sandbox, conversation: Conversation, *, by: str) -> None:
    """Close a conversation at once, all its dialogs with it, without a survey."""
    at_ms = touch(sandbox, conversation)
    for dialog in conversation.dialogs:
        if dialog.state == "OPEN":
            dialog.close(by=by, at_ms=at_ms)
    conversation.state = "CLOSE"
    conversation.close_reason = conversation.close_reason or by
    _end(sandbox, conversation, at_ms)


def close_dialog(
    sandbox: Sandbox,
    conversation: Conversation,
    dialog: Dialog,
    *,
    by: str,
    cause: str | None = None,
    features: frozenset[str] = frozenset(),
) -> None:
    """Close one dialog, open until now; after the main dialog a survey may follow.

    *by* is CONSUMER or AGENT, and *features* is what the call that closes it announces.
    """
    at_ms = touch(sandbox, conversation)
    dialog.close(by=by, at_ms=at_ms, cause=cause)
    if dialog is conversation.main:
        conversation.state = "CLOSE"
        conversation.close_reason = by
        question = find_question(sandbox, conversation, features)
        if question is not None:
            begin_survey(sandbox, conversation, question, at_ms=at_ms)
            return
    _end(sandbox, conversation, at_ms)


def close_idle(sandbox: Sandbox, conversation: Conversation) -> None:
    """Close a conversation whose open dialog was silent for over a week.

    It happens when somebody next looks at the conversation.
    """
    silent_since = now_ms(sandbox, conversation.consumer.external_id) - IDLE_MS
    if any(
        dialog.state == "OPEN" and dialog.active_ms < silent_since
        for dialog in conversation.dialogs
    ):
        close_conversation(sandbox, conversation, by="SYSTEM")


def find_question(
    sandbox: Sandbox, conversation: Conversation, features: frozenset[str]
) -> str | None:
    """Return what to ask when the main dialog is closed, or None where no survey follows.

    The conversation's last skill decides; *features* is what the call that closes it announces.
    """
    announced = {
        "create": conversation.features,
        "close": features,
        "either": conversation.features | features,
    }[sandbox.assumptions.survey_announced_on]
    is_assigned = (
        conversation.was_joined
        if sandbox.assumptions.survey_while_unassigned
        else conversation.agent is not None
    )
    if FEATURE not in announced or not is_assigned:
        return None
    return sandbox.store.account(conversation.brand).surveys.get(conversation.skill)


def begin_survey(
    sandbox: Sandbox, conversation: Conversation, question: str, *, at_ms: int
) -> None:
    """Open the survey dialog of a conversation and ask the question in it."""
    account = sandbox.store.account(conversation.brand)
    bot = Participant(account.survey_bot, "AGENT")
    consumer = Participant(conversation.consumer.lp_id, "CONSUMER")
    agent = conversation.agent
    readers = [] if agent is None else [Participant(agent.id, "READER")]
    id_, members = secrets.token_urlsafe(16), [consumer, bot, *readers]
    dialog = Dialog(id_, kind=SURVEY, participants=members, started_ms=at_ms)
    conversation.dialogs.append(dialog)
    announce(sandbox, conversation)
    event: JsonObject = {"type": "ContentEvent", "contentType": "text/plain", "message": question}
    asked: JsonObject = {
        "type": "Question",
        "id": str(uuid.uuid4()),
        "groupId": str(uuid.uuid4()),
        "surveyId": account.survey_app,
        "provider": "sandbox",
        "replies": [],
    }
    publish(sandbox, conversation, dialog, event, author=bot, metadata=[asked])


def _end(sandbox: Sandbox, conversation: Conversation, at_ms: int) -> None:
    conversation.stage = "CLOSE"
    conversation.ended_ms = at_ms
    announce(sandbox, conversation)
