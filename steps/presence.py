"""Sentences about who is seen typing, or away."""

from typing import Final

from pytest_bdd import given, parsers, then, when

from connector_harness.client import events
from connector_harness.client.connector import Connector
from connector_harness.client.conversation import Conversation
from connector_harness.client.reply import Reply
from connector_harness.control.agent import Agent
from connector_harness.receiver.inbox import Inbox
from connector_harness.receiver.notification import Change
from connector_harness.wording import changes
from connector_harness.wording.roles import who_is
from steps.answer import accepted
from steps.faulty_command import publishing, send
from steps.notification import SettledInbox, nothing_since
from steps.vocabulary import Vocabulary
from steps.webhook import LatestActions, News, hear

PRESENCES: Final = Vocabulary(
    "presence", {words: state for state, words in changes.PRESENCES.items()}
)
"""Everything that can be seen of somebody (API facts §5.6)."""

SIDES: Final = Vocabulary("side", {"shopper": "CONSUMER", "agent": "ASSIGNED_AGENT"})
"""Who can be seen so, by role."""

_UNSEEN: Final = {"in the background": "BACKGROUND", "dreaming": "DREAMING"}
_ANY: Final = Vocabulary("presence", {**PRESENCES.meanings, **_UNSEEN})


@when(
    parsers.parse("the shopper appears {presence}"),
    converters={"presence": _ANY},
    target_fixture="reply",
)
def the_shopper_appears(connector: Connector, conversation: Conversation, presence: str) -> Reply:
    """Let the shopper be seen so."""
    if presence in _UNSEEN.values():
        event = events.chat_state_event(presence)
        return send(connector, conversation, publishing(conversation, event))
    return conversation.send_chat_state(presence)


@given(
    parsers.parse("the shopper has appeared {presence}"),
    converters={"presence": PRESENCES},
)
def the_shopper_has_appeared(
    webhook_inbox: Inbox | None, conversation: Conversation, latest: LatestActions, presence: str
) -> None:
    """Let the shopper be seen so, which must be accepted; who listens waits until it is heard."""
    accepted(conversation.send_chat_state(presence), "typing accepted")
    if webhook_inbox is not None:
        appearance(webhook_inbox, conversation, "CONSUMER", presence, latest=latest)


@given(
    parsers.parse("the agent has appeared {presence}"),
    converters={"presence": PRESENCES},
)
def the_agent_has_appeared(
    webhook_inbox: Inbox | None,
    agent: Agent,
    conversation: Conversation,
    latest: LatestActions,
    presence: str,
) -> None:
    """Let the agent be seen so; who listens waits until that is heard."""
    the_agent_appears(agent, conversation, presence)
    if webhook_inbox is not None:
        appearance(webhook_inbox, conversation, "ASSIGNED_AGENT", presence, latest=latest)


@when(parsers.parse("the agent appears {presence}"), converters={"presence": PRESENCES})
def the_agent_appears(agent: Agent, conversation: Conversation, presence: str) -> None:
    """Let the agent be seen so."""
    agent.type(conversation.id, presence)


@then(
    parsers.parse("the connector hears that the {who} appears {presence}"),
    converters={"who": SIDES, "presence": PRESENCES},
)
def the_connector_hears_that_somebody_appears(
    news: News, conversation: Conversation, wait_s: float, who: str, presence: str
) -> None:
    """Expect the echo of the shopper's typing, or to be told of the agent's."""
    is_unnumbered(
        appearance(news.inbox, conversation, who, presence, latest=news.latest, wait_s=wait_s)
    )


def appearance(
    inbox: Inbox,
    conversation: Conversation,
    role: str,
    presence: str,
    *,
    latest: LatestActions,
    wait_s: float | None = None,
) -> Change:
    """Return the notification that the latest actions made somebody appear so."""
    what = f"{who_is(role)} appearing {PRESENCES.words_for(presence)}"
    return hear(
        inbox,
        conversation,
        lambda change: change.role == role and change.event.get("chatState") == presence,
        what=what,
        within_s=wait_s,
        fits=latest.brought,
        rest=f"{what}, since the first of the latest Whens",
    )


def is_unnumbered(change: Change) -> None:
    """Expect neither number nor time: typing is not kept (API facts §9.7)."""
    kept = {"sequence", "serverTimestamp"} & change.item.keys()
    assert not kept, f"expected neither number nor time with it; {change} came with {kept}"


@then("the connector hears of no further typing")
def the_connector_hears_of_no_further_typing(
    quiet: SettledInbox, conversation: Conversation
) -> None:
    """Expect that nobody was told of what was refused."""
    nothing_since(quiet, conversation, lambda change: change.kind == "typing")
