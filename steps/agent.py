"""Sentences about what agents do."""

from pytest_bdd import given, parsers, then, when

from connector_harness.client.conversation import Conversation
from connector_harness.client.settings import Endpoint
from connector_harness.control.agent import Agent
from connector_harness.receiver.inbox import Inbox
from connector_harness.receiver.notification import Change
from connector_harness.wording.roles import who_is
from steps.account import skill_id
from steps.conversation import Opening
from steps.notification import roles
from steps.shown_message import MessageCounts
from steps.webhook import hear, hear_of, heard, instead, is_number


@given("a shopper in conversation with an agent", target_fixture="conversation")
def a_shopper_in_conversation_with_an_agent(
    opening: Opening, inbox: Inbox, agent: Agent
) -> Conversation:
    """Open a conversation and let an agent join it."""
    conversation = opening()
    an_agent_has_joined(inbox, agent, conversation)
    return conversation


@given("an agent has joined")
def an_agent_has_joined(inbox: Inbox, agent: Agent, conversation: Conversation) -> None:
    """Let an agent join, and wait until that is heard."""
    agent.join(conversation.id)
    the_connector_hears_that_an_agent_has_joined(inbox, conversation, inbox.wait_s)


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
    inbox: Inbox, agent: Agent, conversation: Conversation, counts: MessageCounts, text: str
) -> None:
    """Let an agent do all that leads to an answer."""
    an_agent_has_joined(inbox, agent, conversation)
    the_agent_looks_at_it_and_answers(agent, conversation, counts, text)


@given(parsers.parse('the agent has transferred to skill "{skill}"'))
@when(parsers.parse('the agent transfers to skill "{skill}"'))
def the_agent_transfers(
    agent: Agent, endpoint: Endpoint, conversation: Conversation, skill: str
) -> None:
    """Let the agent hand the conversation to another skill."""
    agent.transfer(conversation.id, skill_id(endpoint, skill))


@then(parsers.parse("the connector hears that an agent has joined"))
def the_connector_hears_that_an_agent_has_joined(
    inbox: Inbox, conversation: Conversation, wait_s: float
) -> None:
    """Expect the agent among those who take part."""
    details = hear_of(
        inbox,
        conversation,
        lambda details: "ASSIGNED_AGENT" in roles(details.get("participants")),
        what="an agent who joins",
        within_s=wait_s,
    )
    state = (details["state"], details["stage"])
    assert state == ("OPEN", "OPEN"), f"expected it still open\n{heard(inbox, conversation)}"


@then(parsers.parse("the agent's " + '"{text}" arrives with number {n:d}'))
def the_agents_text_arrives(
    messages: Inbox, conversation: Conversation, wait_s: float, text: str, n: int
) -> None:
    """Expect to be told of what the agent wrote."""
    change = answer(messages, conversation, text, wait_s, n)
    assert change.sequence == n, instead(f"number {n}", change, messages, conversation)


@then(parsers.parse("the agent's lines arrive unchanged"))
def the_agents_lines_arrive(
    messages: Inbox, conversation: Conversation, wait_s: float, text: str
) -> None:
    """Expect exactly the lines that the agent wrote."""
    change = hear(
        messages,
        conversation,
        lambda change: change.role == "ASSIGNED_AGENT" and change.is_content,
        what="the agent's lines",
        within_s=wait_s,
    )
    assert change.event["message"] == text, f"expected the lines unchanged; others came\n{change}"


@then(parsers.parse('the connector hears that skill "{skill}" has the conversation'))
def the_connector_hears_of_the_skill(
    inbox: Inbox, endpoint: Endpoint, conversation: Conversation, wait_s: float, skill: str
) -> None:
    """Expect the new skill, also as the one that handles the conversation (API facts §6.5)."""
    wanted = skill_id(endpoint, skill)
    details = hear_of(
        inbox,
        conversation,
        lambda details: details.get("skillId") == wanted,
        what=f"the skill {skill!r}",
        within_s=wait_s,
    )
    assert details["conversationHandlerDetails"] == {
        "accountId": endpoint.account,
        "skillId": wanted,
    }, f"expected skill {skill!r} to handle it too\n{heard(inbox, conversation)}"


@then("no agent is in the conversation")
def no_agent_is_in_the_conversation(inbox: Inbox, conversation: Conversation) -> None:
    """Expect the shopper alone, as last heard, in the conversation and in its dialog."""
    [*_, details] = [each.details for each in inbox.of(conversation.id) if each.details]
    told = heard(inbox, conversation)
    there = [who_is(role) for role in roles(details["participants"])]
    assert there == ["the shopper"], f"expected the shopper alone; there were {there}\n{told}"
    match details["dialogs"]:
        case [{"participantsDetails": participants}]:
            there = [who_is(role) for role in roles(participants)]
            assert there == ["the shopper"], f"expected the shopper alone in the dialog\n{told}"
        case dialogs:
            raise AssertionError(f"expected one dialog; got {dialogs}")


def answer(
    inbox: Inbox, conversation: Conversation, text: str, wait_s: float, number: int | None = None
) -> Change:
    """Return the notification of *text*, written by an agent, as soon as it is there."""
    return hear(
        inbox,
        conversation,
        lambda change: change.role == "ASSIGNED_AGENT" and change.text == text,
        what=f"the agent's {text!r}",
        within_s=wait_s,
        like=is_number(conversation, number),
    )
