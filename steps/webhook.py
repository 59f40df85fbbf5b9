"""What the connector hears, in a scenario that listens, and how to wait for it."""

from collections.abc import Callable

import pytest

from connector_harness.client.conversation import Conversation
from connector_harness.client.settings import Endpoint
from connector_harness.control.apps import WebhookApps
from connector_harness.control.routes import SandboxView
from connector_harness.json_types import JsonObject
from connector_harness.receiver.arrival import timeline
from connector_harness.receiver.inbox import Inbox, closed, nothing
from connector_harness.receiver.notification import Change


@pytest.fixture(scope="session")
def webhook_inbox(
    request: pytest.FixtureRequest, endpoint: Endpoint, sandbox_view: SandboxView | None
) -> Inbox | None:
    """Where the connector hears; None where it does not, or where looking is as good.

    A scenario in which "the connector listens" always has one.
    """
    if sandbox_view is not None or endpoint.public_address is None:
        return None
    inbox: Inbox = request.getfixturevalue("main_inbox")
    return inbox


@pytest.fixture
def listener(inbox: Inbox, webhook_apps: WebhookApps | None) -> str:
    """The client id of the app through which the connector hears in the sandbox; else empty."""
    assert inbox.overflow == []
    return webhook_apps.main_id if webhook_apps is not None else ""


def hear(
    inbox: Inbox,
    conversation: Conversation,
    goal: Callable[[Change], bool],
    *,
    what: str,
    within_s: float | None = None,
    like: Callable[[Change], bool] = nothing,
) -> Change:
    """Return the first change that meets *goal*; a closed conversation ends the wait.

    What is *like* it has come instead.
    """
    __tracebackhide__ = True
    return inbox.wait_for(
        conversation.id, goal, what=what, within_s=within_s, hopeless=closed, like=like
    )


def is_number(conversation: Conversation, number: int | None) -> Callable[[Change], bool]:
    """Return what tells the message with a *number*, whatever it says and whoever says it."""

    def tells(change: Change) -> bool:
        is_in_main = change.dialog_id == conversation.id
        return change.is_content and is_in_main and change.sequence == number is not None

    return tells


def hear_of(
    inbox: Inbox,
    conversation: Conversation,
    holds: Callable[[JsonObject], bool],
    *,
    what: str,
    within_s: float | None = None,
) -> JsonObject:
    """Return the first state of the conversation, in full, for which *holds* says yes."""
    __tracebackhide__ = True

    def goal(change: Change) -> bool:
        return change.kind == "conversation" and holds(change.details)

    return hear(inbox, conversation, goal, what=what, within_s=within_s).details


def instead(expected: object, came: object, inbox: Inbox, conversation: Conversation) -> str:
    """Return what was expected, what came instead, and all that has been heard, with times."""
    return f"expected {expected}; {came} came\n{heard(inbox, conversation)}"


def heard(inbox: Inbox, conversation: Conversation) -> str:
    """Return all that has been heard of *conversation*, with times, a line each."""
    return "\n".join(timeline(inbox.notifications_of(conversation.id)))
