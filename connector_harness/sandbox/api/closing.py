"""Closing: a dialog, or a conversation with all of them. Source: API facts §6.3, §6.4."""

from connector_harness.sandbox.api import surveys
from connector_harness.sandbox.api.context import Sandbox
from connector_harness.sandbox.api.publishing import announce, now_ms
from connector_harness.sandbox.state.dialogs import Dialog
from connector_harness.sandbox.state.state import Conversation

IDLE_MS = 7 * 24 * 3600 * 1000
"""How long a dialog may be silent before it is closed. Source: API facts §6.4."""


def close_conversation(sandbox: Sandbox, conversation: Conversation, *, by: str) -> None:
    """Close a conversation at once, all its dialogs with it, without a survey."""
    at_ms = conversation.touch(now_ms(sandbox, conversation.consumer.external_id))
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
    """Close one dialog; after the main dialog a survey may follow.

    Args:
        sandbox: Where.
        conversation: The conversation.
        dialog: Which of its dialogs, open until now.
        by: CONSUMER or AGENT.
        cause: The cause in words, if one was given.
        features: What the call that closes it announces.
    """
    at_ms = conversation.touch(now_ms(sandbox, conversation.consumer.external_id))
    dialog.close(by=by, at_ms=at_ms, cause=cause)
    if dialog is conversation.main:
        conversation.state = "CLOSE"
        conversation.close_reason = by
        question = surveys.find_question(sandbox, conversation, features)
        if question is not None:
            surveys.begin(sandbox, conversation, question, at_ms=at_ms)
            return
    _end(sandbox, conversation, at_ms)


def close_idle(sandbox: Sandbox, conversation: Conversation) -> None:
    """Close a conversation whose open dialog was silent for over a week.

    It happens when somebody next looks at the conversation.
    """
    now = now_ms(sandbox, conversation.consumer.external_id)
    idle = (
        dialog
        for dialog in conversation.dialogs
        if dialog.state == "OPEN" and now - dialog.active_ms > IDLE_MS
    )
    if next(idle, None) is not None:
        close_conversation(sandbox, conversation, by="SYSTEM")


def _end(sandbox: Sandbox, conversation: Conversation, at_ms: int) -> None:
    conversation.stage = "CLOSE"
    conversation.ended_ms = at_ms
    announce(sandbox, conversation)
