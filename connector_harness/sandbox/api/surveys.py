"""Surveys: the dialog in which a consumer is asked how it went. Source: API facts §6.4."""

import secrets
import uuid

from connector_harness.json_types import JsonObject
from connector_harness.sandbox.api.context import Sandbox
from connector_harness.sandbox.api.publishing import announce, publish
from connector_harness.sandbox.state.dialogs import Dialog, Participant
from connector_harness.sandbox.state.state import Conversation

FEATURE = "MULTI_DIALOG"
KIND = "POST_SURVEY"


def find_question(
    sandbox: Sandbox, conversation: Conversation, features: frozenset[str]
) -> str | None:
    """Return what to ask when the main dialog is closed, or None where no survey follows.

    Args:
        sandbox: Where.
        conversation: The conversation that is closed; its last skill decides.
        features: What the call that closes it announces.
    """
    announced = {
        "create": conversation.features,
        "close": features,
        "either": conversation.features | features,
    }[sandbox.assumptions.survey_announced_on]
    if FEATURE not in announced or not _is_assigned(sandbox, conversation):
        return None
    return sandbox.store.account(conversation.brand).surveys.get(conversation.skill)


def begin(sandbox: Sandbox, conversation: Conversation, question: str, *, at_ms: int) -> None:
    """Open the survey dialog of a conversation and ask the question in it."""
    account = sandbox.store.account(conversation.brand)
    bot = Participant(account.survey_bot, "AGENT")
    consumer = Participant(conversation.consumer.lp_id, "CONSUMER")
    agent = conversation.agent
    readers = [] if agent is None else [Participant(agent.id, "READER")]
    dialog = Dialog(
        secrets.token_urlsafe(16),
        kind=KIND,
        participants=[consumer, bot, *readers],
        started_ms=at_ms,
        changed_ms=at_ms,
        active_ms=at_ms,
    )
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


def _is_assigned(sandbox: Sandbox, conversation: Conversation) -> bool:
    if sandbox.assumptions.survey_while_unassigned:
        return conversation.was_joined
    return conversation.agent is not None
