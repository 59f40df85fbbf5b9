"""Sentences about the survey that follows a conversation."""

from typing import Final

import pytest
from pytest_bdd import given, parsers, then, when

from connector_harness.client.connector import Connector
from connector_harness.client.conversation import Conversation
from connector_harness.client.reply import Reply
from connector_harness.control.agent import Agent
from connector_harness.control.routes import SandboxView
from connector_harness.json_types import JsonObject
from connector_harness.receiver.inbox import Inbox
from connector_harness.receiver.notification import Change
from steps.agent import an_agent_has_joined
from steps.answer import accepted
from steps.closing import end
from steps.conversation import Opening
from steps.notification import dialogs_of, roles
from steps.shown_message import MessageCounts, dialogs
from steps.webhook import hear, hear_of, heard, instead

ANY_SKILL: Final = "-1"
"""The skill of conversations that nobody has moved to another (API facts §4.6)."""

_FEATURES: Final = ("MULTI_DIALOG", "RICH_CONTENT", "QUICK_REPLIES")
_ANSWER: Final[JsonObject] = {"type": "Answer", "questionId": "q-1", "id": "5", "provider": "pcs"}


@pytest.fixture
def questions() -> list[str]:
    """What surveys ask that the scenario has set up."""
    return []


@given(parsers.parse('a survey that asks "{question}"'))
def a_survey_that_asks(agent: Agent, questions: list[str], question: str) -> None:
    """Let *question* be asked after conversations whose app can show several dialogs."""
    agent.survey(ANY_SKILL, question)
    questions.append(question)


@given("a shopper whom no agent has met, before the survey", target_fixture="conversation")
def a_shopper_whom_no_agent_has_met(connector: Connector, opening: Opening) -> Conversation:
    """Open a conversation that a survey could follow."""
    connector.announce(opening.consumer, _FEATURES)
    return opening()


@given("a shopper in conversation with an agent, before the survey", target_fixture="conversation")
def a_shopper_before_the_survey(
    connector: Connector, opening: Opening, inbox: Inbox, agent: Agent
) -> Conversation:
    """Open a conversation that a survey will follow, and let an agent join it."""
    conversation = a_shopper_whom_no_agent_has_met(connector, opening)
    an_agent_has_joined(inbox, agent, conversation)
    return conversation


@given(
    "a shopper in conversation with an agent, whose app shows one dialog",
    target_fixture="conversation",
)
def a_shopper_whose_app_shows_one_dialog(
    opening: Opening, inbox: Inbox, agent: Agent
) -> Conversation:
    """Open a conversation without announcing several dialogs."""
    conversation = opening()
    an_agent_has_joined(inbox, agent, conversation)
    return conversation


@given("the survey has begun", target_fixture="survey")
def the_survey_has_begun(
    inbox: Inbox, conversation: Conversation, counts: MessageCounts, questions: list[str]
) -> Conversation:
    """Close the dialog that the survey is about, and wait for the question."""
    assert questions, (
        "no survey was set up in this scenario\n"
        '  next: write before it: Given a survey that asks "…"'
    )
    accepted(conversation.close_dialog(), "the dialog closed")
    change = question_asked(inbox, conversation)
    counts.note_number(str(change.dialog_id), change.sequence)
    return conversation.in_dialog(str(change.dialog_id))


@when(parsers.parse('the shopper answers the survey with "{text}"'), target_fixture="reply")
def the_shopper_answers_the_survey(survey: Conversation, counts: MessageCounts, text: str) -> Reply:
    """Write *text* in the survey, noting which answer it is."""
    return counts.note(survey.send_text(text, metadata=[_ANSWER]))


@given(parsers.parse('the shopper has answered the survey with "{text}"'))
def the_shopper_has_answered_the_survey(
    survey: Conversation, counts: MessageCounts, text: str
) -> None:
    """Write *text* in the survey, which must be accepted."""
    accepted(the_shopper_answers_the_survey(survey, counts, text), "the answer accepted")


@when("in the survey the shopper appears typing", target_fixture="reply")
def the_shopper_appears_typing_in_the_survey(survey: Conversation) -> Reply:
    """Let the shopper type where only a robot looks."""
    return survey.send_chat_state("COMPOSING")


@given("the survey has been completed")
def the_survey_has_been_completed(agent: Agent, inbox: Inbox, conversation: Conversation) -> None:
    """Let the robot end the survey, and wait until that is heard."""
    agent.close_survey(conversation.id)
    end(inbox, conversation)


@when("the survey is completed")
def the_survey_is_completed(agent: Agent, conversation: Conversation) -> None:
    """Let the robot end the survey."""
    agent.close_survey(conversation.id)


@then(parsers.parse('the survey asks "{question}" with number {number:d}'))
def the_survey_asks(
    inbox: Inbox, conversation: Conversation, wait_s: float, question: str, number: int
) -> None:
    """Expect the robot's question in a dialog of its own."""
    change = question_asked(inbox, conversation, wait_s)
    asked = (change.role, change.text)
    assert asked == ("AGENT", question), instead(repr(question), change, inbox, conversation)
    assert change.sequence == number, instead(f"number {number}", change, inbox, conversation)


@then("the conversation is closed, but goes on with the survey")
def the_conversation_goes_on(inbox: Inbox, conversation: Conversation) -> None:
    """Expect the matter closed and the whole open (API facts §6.4)."""
    details = survey_state(inbox, conversation)
    told = heard(inbox, conversation)
    state = (details["state"], details["stage"])
    assert state == ("CLOSE", "OPEN"), f"expected the matter closed, the whole open\n{told}"
    main, survey = dialogs_of(details)
    state = (main["dialogType"], main["state"])
    assert state == ("MAIN", "CLOSE"), f"expected the main dialog closed\n{told}"
    state = (survey["dialogType"], survey["state"])
    assert state == ("POST_SURVEY", "OPEN"), f"expected the survey open\n{told}"
    match survey["metaData"]:
        case {"appInstallId": str(app)}:
            assert app, f"expected the app that asks\n{told}"
        case other:
            raise AssertionError(f"expected the app that asks; got {other}")


@then("the agent only listens in the survey")
def the_agent_only_listens(inbox: Inbox, conversation: Conversation) -> None:
    """Expect the shopper, the robot and, as a reader, the agent (API facts §6.4)."""
    _, survey = dialogs_of(survey_state(inbox, conversation))
    present = {str(role) for role in roles(survey["participantsDetails"])}
    assert present == {"CONSUMER", "AGENT", "READER"}, (
        f"expected shopper, robot and reader\n{heard(inbox, conversation)}"
    )


@then(
    parsers.parse(
        "the shopper's " + '"{text}" comes back in the survey ' + "with number {number:d}"
    )
)
def the_answer_comes_back(
    inbox: Inbox, survey: Conversation, wait_s: float, text: str, number: int
) -> None:
    """Expect the echo of the answer in the survey's dialog, with its note."""
    change = hear(
        inbox,
        survey,
        lambda change: change.role == "CONSUMER" and change.text == text,
        what=f"the shopper's answer {text!r}",
        within_s=wait_s,
        like=lambda change: (change.dialog_id, change.sequence) == (survey.dialog_id, number),
    )
    place = (change.dialog_id, change.sequence)
    expected = f"number {number} in the survey"
    assert place == (survey.dialog_id, number), instead(expected, change, inbox, survey)
    assert change.metadata == [_ANSWER], f"expected its note with it; {change.metadata} came"


@then(parsers.parse("the connector hears that the survey is completed"))
def the_connector_hears_of_the_completion(
    inbox: Inbox, conversation: Conversation, wait_s: float
) -> None:
    """Expect the survey closed by the robot, as completed (API facts §6.4)."""
    _, survey = dialogs_of(end(inbox, conversation, wait_s))
    told = heard(inbox, conversation)
    state = (survey["state"], survey["closedBy"])
    assert state == ("CLOSE", "AGENT"), f"expected the survey closed by the robot\n{told}"
    assert survey["closedCause"] == "Completed", f"expected the survey completed\n{told}"


@then("the conversation is closed for good")
def the_conversation_is_closed_for_good(inbox: Inbox, conversation: Conversation) -> None:
    """Expect the conversation closed as a whole, with all its dialogs."""
    details = end(inbox, conversation)
    told = heard(inbox, conversation)
    state = (details["state"], details["stage"])
    assert state == ("CLOSE", "CLOSE"), f"expected the conversation closed as a whole\n{told}"
    states = [dialog["state"] for dialog in dialogs_of(details)]
    assert states == ["CLOSE", "CLOSE"], f"expected both dialogs closed\n{told}"


@then("there is no survey")
def there_is_no_survey(
    inbox: Inbox, conversation: Conversation, sandbox_view: SandboxView | None
) -> None:
    """Expect one dialog, and nothing said outside it."""
    kinds = [dialog["dialogType"] for dialog in dialogs_of(end(inbox, conversation))]
    assert kinds == ["MAIN"], f"expected no survey\n{heard(inbox, conversation)}"
    elsewhere = [c for c in inbox.of(conversation.id) if c.dialog_id not in (None, conversation.id)]
    assert not elsewhere, f"expected no other dialog; heard {[*map(str, elsewhere)]}"
    if sandbox_view is not None:
        count = len(dialogs(sandbox_view, conversation))
        assert count == 1, f"expected one dialog; the sandbox holds {count}"


def question_asked(inbox: Inbox, conversation: Conversation, wait_s: float | None = None) -> Change:
    """Return the first message of the survey, as soon as it is there."""
    return hear(
        inbox,
        conversation,
        lambda change: change.is_content and change.dialog_id != conversation.id,
        what="the survey's question",
        within_s=wait_s,
    )


def survey_state(inbox: Inbox, conversation: Conversation) -> JsonObject:
    """Return the state of the conversation when it first had a survey."""
    return hear_of(
        inbox,
        conversation,
        lambda details: len(dialogs_of(details)) > 1,
        what="the survey's dialog",
    )
