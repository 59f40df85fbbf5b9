"""What the connector hears, in a scenario that listens, and how to wait for it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from connector_harness.client.conversation import Conversation
from connector_harness.client.settings import Endpoint
from connector_harness.control.apps import WebhookApps
from connector_harness.control.routes import SandboxView
from connector_harness.json_types import JsonObject
from connector_harness.receiver.arrival import NotArrivedError, timeline
from connector_harness.receiver.inbox import Inbox, closed, nothing
from connector_harness.receiver.notification import Change
from steps.account import named_skills


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


@dataclass(frozen=True)
class LatestActions:
    """Tells what is news from what was: the latest Whens from what went before them.

    Whens that follow each other belong together. What is news to a Given began with it.

    Attributes:
        item: The scenario, as pytest runs it; None where none is.
    """

    item: Any = None

    @property
    def began(self) -> tuple[int, float]:
        """The place of the first of them among the steps, and its monotonic time in seconds.

        The place is -1 for all that is given.
        """
        if getattr(self.item, "record", None) is None:
            return -1, 0.0
        begun = self.item.record.began
        types = [step.spec.type for step in self.item.steps[: len(begun)]]
        is_given, place = types[-1] == "given", len(types)
        for latest in ("then", "when"):
            while place and types[place - 1] == latest:
                place -= 1
        return (-1, begun[-1]) if is_given else (place, begun[place])

    def brought(self, change: Change) -> bool:
        """Return whether *change* was heard since they began."""
        return change.received_at >= self.began[1]


@pytest.fixture
def latest(request: pytest.FixtureRequest) -> LatestActions:
    """What tells the news of the scenario."""
    return LatestActions(request.node)


@dataclass(frozen=True)
class News:
    """Where the connector hears, and what tells the news of it."""

    inbox: Inbox
    latest: LatestActions


@pytest.fixture
def news(inbox: Inbox, latest: LatestActions) -> News:
    """What the latest actions have brought the connector to hear."""
    return News(inbox, latest)


def hear(
    inbox: Inbox,
    conversation: Conversation,
    goal: Callable[[Change], bool],
    *,
    what: str,
    within_s: float | None = None,
    like: Callable[[Change], bool] = nothing,
    fits: Callable[[Change], bool] = bool,
    rest: str = "",
    hopeless: Callable[[Sequence[Change]], str | None] = closed,
) -> Change:
    """Return the first change that meets *goal* and *fits*; a closed conversation ends the wait.

    What is *like* it has come instead. Where some meet *goal* alone, the message names them beside
    the *rest* that is expected.
    """
    __tracebackhide__ = True
    try:
        return inbox.wait_for(
            conversation.id,
            lambda change: goal(change) and fits(change),
            what=what,
            within_s=within_s,
            hopeless=hopeless,
            like=like,
        )
    except NotArrivedError as error:
        came = [str(each) for each in inbox.of(conversation.id) if goal(each)]
        if rest and came:
            message = instead(rest, " and ".join(came), inbox, conversation)
            raise AssertionError(message) from None
        raise NotArrivedError(named_skills(str(error)), is_hopeless=error.is_hopeless) from None


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
    latest: LatestActions | None = None,
    like: Callable[[JsonObject], bool] = lambda _: False,
    hopeless: Callable[[Sequence[Change]], str | None] = closed,
) -> JsonObject:
    """Return the first state of the conversation, in full, for which *holds* says yes.

    Of states before the *latest* actions none counts. A state that is *like* it came instead.
    """
    __tracebackhide__ = True
    is_news = latest.brought if latest is not None else bool
    return hear(
        inbox,
        conversation,
        lambda change: change.kind == "conversation" and holds(change.details),
        what=what,
        within_s=within_s,
        like=lambda each: each.kind == "conversation" and like(each.details) and is_news(each),
        fits=is_news,
        rest=f"{what}, since the first of the latest Whens",
        hopeless=hopeless,
    ).details


def instead(expected: object, came: object, inbox: Inbox, conversation: Conversation) -> str:
    """Return what was expected, what came instead, and all that has been heard, with times."""
    return named_skills(f"expected {expected}; {came} came\n{heard(inbox, conversation)}")


def heard(inbox: Inbox, conversation: Conversation) -> str:
    """Return all that has been heard of *conversation*, with times, a line each."""
    return named_skills("\n".join(timeline(inbox.notifications_of(conversation.id))))
