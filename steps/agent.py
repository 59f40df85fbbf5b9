"""Sentences about what agents do."""

from collections.abc import Callable

from pytest_bdd import given, parsers, then, when

from connector_harness.client.conversation import Conversation
from connector_harness.client.settings import Endpoint
from connector_harness.control.agent import Agent
from connector_harness.json_types import JsonObject, objects
from connector_harness.receiver.inbox import Inbox
from connector_harness.receiver.notification import Change
from connector_harness.wording.roles import who_is
from steps.account import skill_id
from steps.conversation import Opening
from steps.notification import SettledInbox, roles
from steps.shown_message import MessageCounts
from steps.webhook import LatestActions, News, hear, hear_of, heard, is_number


@given("a shopper in conversation with an agent", target_fixture="conversation")
def a_shopper_in_conversation_with_an_agent(
    opening: Opening, news: News, agent: Agent
) -> Conversation:
    """Open a conversation and let an agent join it."""
    conversation = opening()
    an_agent_has_joined(news, agent, conversation)
    return conversation


@given("an agent has joined")
def an_agent_has_joined(news: News, agent: Agent, conversation: Conversation) -> None:
    """Let an agent join, and wait until that is heard."""
    agent.join(conversation.id)
    the_connector_hears_that_an_agent_has_joined(news, conversation, news.inbox.wait_s)


@when("an agent joins")
@when("another agent joins")
def an_agent_joins(agent: Agent, conversation: Conversation) -> None:
    """Let an agent join."""
    agent.join(conversation.id)


@given(parsers.parse('the agent has answered "{text}"'))
@when(parsers.parse('the agent answers "{text}"'))
def the_agent_answers(
    agent: Agent, conversation: Conversation, counts: MessageCounts, text: str
) -> None:
    """Let the agent write *text*."""
    counts.note_agents(conversation.id, agent.say(conversation.id, text))


@when("the agent answers", target_fixture="text")
def the_agent_answers_in_lines(
    agent: Agent, conversation: Conversation, counts: MessageCounts, docstring: str
) -> str:
    """Let the agent write several lines."""
    the_agent_answers(agent, conversation, counts, docstring)
    return docstring


@given(parsers.parse('the agent has looked at it and answered "{text}"'))
@when(parsers.parse('the agent looks at it and answers "{text}"'))
def the_agent_looks_at_it_and_answers(
    agent: Agent, conversation: Conversation, counts: MessageCounts, text: str
) -> None:
    """Let the agent read the first message, type, and write *text*."""
    counts.note_agents(conversation.id, agent.receipt(conversation.id, "READ", [0]))
    agent.type(conversation.id, "COMPOSING")
    the_agent_answers(agent, conversation, counts, text)


@given(parsers.parse('an agent has joined, looked at it and answered "{text}"'))
def an_agent_has_joined_and_answered(
    news: News, agent: Agent, conversation: Conversation, counts: MessageCounts, text: str
) -> None:
    """Let an agent do all that leads to an answer."""
    an_agent_has_joined(news, agent, conversation)
    the_agent_looks_at_it_and_answers(agent, conversation, counts, text)


@given(parsers.parse('the agent has transferred to skill "{skill}"'))
def the_agent_has_transferred(
    webhook_inbox: Inbox | None,
    agent: Agent,
    endpoint: Endpoint,
    conversation: Conversation,
    skill: str,
) -> None:
    """Let the agent hand the conversation over; who listens waits until that is heard."""
    the_agent_transfers(agent, endpoint, conversation, skill)
    if webhook_inbox is not None:
        has_skill(webhook_inbox, endpoint, conversation, skill)


@when(parsers.parse('the agent transfers to skill "{skill}"'))
def the_agent_transfers(
    agent: Agent, endpoint: Endpoint, conversation: Conversation, skill: str
) -> None:
    """Let the agent hand the conversation to another skill."""
    agent.transfer(conversation.id, skill_id(endpoint, skill))


@then(parsers.parse("the connector hears that an agent has joined"))
def the_connector_hears_that_an_agent_has_joined(
    news: News, conversation: Conversation, wait_s: float
) -> None:
    """Expect an agent among those who take part who was not there before."""

    def joins(details: JsonObject) -> bool:
        states = [each.details for each in news.inbox.of(conversation.id) if each.details]
        place = next(n for n, each in enumerate(states) if each is details)
        return bool(agents(details) - (agents(states[place - 1]) if place else set()))

    details = hear_of(
        news.inbox,
        conversation,
        joins,
        what="an agent who joins",
        within_s=wait_s,
        latest=news.latest,
    )
    state = (details["state"], details["stage"])
    assert state == ("OPEN", "OPEN"), f"expected it still open\n{heard(news.inbox, conversation)}"


@then(parsers.parse("the agent's " + '"{text}" arrives with number {n:d}'))
def the_agents_text_arrives(
    messages: Inbox, conversation: Conversation, wait_s: float, text: str, n: int
) -> None:
    """Expect to be told of what the agent wrote."""
    hear(
        messages,
        conversation,
        said_by_agent(text),
        what=f"the agent's {text!r}",
        within_s=wait_s,
        like=is_number(conversation, n),
        fits=lambda change: change.sequence == n,
        rest=f"number {n}",
    )


@then(parsers.parse("the agent's lines arrive unchanged"))
def the_agents_lines_arrive(
    messages: Inbox, conversation: Conversation, wait_s: float, text: str
) -> None:
    """Expect exactly the lines that the agent wrote."""
    hear(
        messages,
        conversation,
        lambda change: change.role == "ASSIGNED_AGENT" and change.is_content,
        what="the agent's lines",
        within_s=wait_s,
        fits=lambda change: change.event["message"] == text,
        rest="the lines unchanged",
    )


@then(parsers.parse('the connector hears that skill "{skill}" has the conversation'))
def the_connector_hears_of_the_skill(
    news: News, endpoint: Endpoint, conversation: Conversation, wait_s: float, skill: str
) -> None:
    """Expect the skill, also as the one that handles the conversation (API facts §6.5)."""
    has_skill(news.inbox, endpoint, conversation, skill, latest=news.latest, wait_s=wait_s)


def has_skill(
    inbox: Inbox,
    endpoint: Endpoint,
    conversation: Conversation,
    skill: str,
    *,
    latest: LatestActions | None = None,
    wait_s: float | None = None,
) -> None:
    """Expect the skill in a state of the conversation, one that the *latest* actions brought."""
    wanted = skill_id(endpoint, skill)
    details = hear_of(
        inbox,
        conversation,
        lambda details: details.get("skillId") == wanted,
        what=f"the skill {skill!r}",
        within_s=wait_s,
        latest=latest,
        like=lambda details: "skillId" in details,
    )
    assert details["conversationHandlerDetails"] == {
        "accountId": endpoint.account,
        "skillId": wanted,
    }, f"expected skill {skill!r} to handle it too\n{heard(inbox, conversation)}"


@then("no agent is in the conversation")
def no_agent_is_in_the_conversation(quiet: SettledInbox, conversation: Conversation) -> None:
    """Expect the shopper alone, in the conversation and in its dialog, once all was told."""
    details = quiet.state(conversation)
    told = heard(quiet.inbox, conversation)
    there = [who_is(role) for role in roles(details["participants"])]
    assert there == ["the shopper"], f"expected the shopper alone; there were {there}\n{told}"
    match details["dialogs"]:
        case [{"participantsDetails": participants}]:
            there = [who_is(role) for role in roles(participants)]
            assert there == ["the shopper"], f"expected the shopper alone in the dialog\n{told}"
        case dialogs:
            raise AssertionError(f"expected one dialog; got {dialogs}")


def said_by_agent(text: str) -> Callable[[Change], bool]:
    """Return what tells an agent's *text*."""
    return lambda change: change.role == "ASSIGNED_AGENT" and change.text == text


def agents(details: JsonObject) -> set[str]:
    """Return the ids of the agents who take part."""
    taking_part = objects(details.get("participants"))
    return {str(each.get("id")) for each in taking_part if each.get("role") == "ASSIGNED_AGENT"}
