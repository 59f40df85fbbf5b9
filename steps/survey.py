"""Sentences about the survey that follows a conversation."""

from collections.abc import Sequence
from typing import Final

import pytest
from pytest_bdd import given, parsers, then, when

from connector_harness.client.connector import Connector
from connector_harness.client.conversation import Conversation
from connector_harness.client.reply import Reply
from connector_harness.control.agent import Agent
from connector_harness.control.routes import SandboxView
from connector_harness.json_types import JsonObject
from connector_harness.receiver.inbox import Inbox, closed
from connector_harness.receiver.notification import Change
from steps.agent import an_agent_has_joined
from steps.answer import accepted
from steps.closing import end
from steps.conversation import Opening
from steps.notification import SettledInbox, dialogs_of, roles
from steps.shown_message import MessageCounts, dialogs
from steps.webhook import LatestActions, News, hear, hear_of, heard

ANY_SKILL: Final = "-1"
"""The skill of conversations that nobody has moved to another (API facts §4.6)."""

_FEATURES: Final = ("MULTI_DIALOG", "RICH_CONTENT", "QUICK_REPLIES")
_ANSWER: Final[JsonObject] = {"type": "Answer", "questionId": "q-1", "id": "5", "provider": "pcs"}

_BEGUN: Final = ("POST_SURVEY", "OPEN")


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
    connector: Connector, opening: Opening, news: News, agent: Agent
) -> Conversation:
    """Open a conversation that a survey will follow, and let an agent join it."""
    conversation = a_shopper_whom_no_agent_has_met(connector, opening)
    an_agent_has_joined(news, agent, conversation)
    return conversation


@given(
    "a shopper in conversation with an agent, whose app shows one dialog",
    target_fixture="conversation",
)
def a_shopper_whose_app_shows_one_dialog(
    opening: Opening, news: News, agent: Agent
) -> Conversation:
    """Open a conversation without announcing several dialogs."""
    conversation = opening()
    an_agent_has_joined(news, agent, conversation)
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
    change = hear(inbox, conversation, is_in_survey, what=QUESTION)
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
    asked = ("AGENT", question, number)
    hear(
        inbox,
        conversation,
        is_in_survey,
        what=QUESTION,
        within_s=wait_s,
        fits=lambda change: (change.role, change.text, change.sequence) == asked,
        rest=f"the survey to ask {question!r} with number {number}",
    )


@then("the conversation is closed, but goes on with the survey")
def the_conversation_goes_on(quiet: SettledInbox, conversation: Conversation) -> None:
    """Expect the matter closed and the whole open (API facts §6.4)."""
    details = survey_state(quiet, conversation)
    told = heard(quiet.inbox, conversation)
    state = (details["state"], details["stage"])
    assert state == ("CLOSE", "OPEN"), f"expected the matter closed, the whole open\n{told}"
    main, survey = main_and_survey(details, told)
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
def the_agent_only_listens(quiet: SettledInbox, conversation: Conversation) -> None:
    """Expect the shopper, the robot and, as a reader, the agent (API facts §6.4)."""
    details = survey_state(quiet, conversation)
    told = heard(quiet.inbox, conversation)
    _, survey = main_and_survey(details, told)
    present = {str(role) for role in roles(survey["participantsDetails"])}
    assert present == {"CONSUMER", "AGENT", "READER"}, f"expected shopper, robot and reader\n{told}"


@then(
    parsers.parse(
        "the shopper's " + '"{text}" comes back in the survey ' + "with number {number:d}"
    )
)
def the_answer_comes_back(
    inbox: Inbox, survey: Conversation, wait_s: float, text: str, number: int
) -> None:
    """Expect the echo of the answer in the survey's dialog, with its note."""

    def is_there(change: Change) -> bool:
        return (change.dialog_id, change.sequence) == (survey.dialog_id, number)

    hear(
        inbox,
        survey,
        lambda change: change.role == "CONSUMER" and change.text == text,
        what=f"the shopper's answer {text!r}",
        within_s=wait_s,
        like=is_there,
        fits=lambda change: is_there(change) and change.metadata == [_ANSWER],
        rest=f"number {number} in the survey, and its note with it",
    )


@then(parsers.parse("the connector hears that the survey is completed"))
def the_connector_hears_of_the_completion(
    inbox: Inbox, conversation: Conversation, latest: LatestActions, wait_s: float
) -> None:
    """Expect the survey closed by the robot, as completed (API facts §6.4)."""
    details = end(inbox, conversation, wait_s, latest=latest)
    told = heard(inbox, conversation)
    _, survey = main_and_survey(details, told)
    state = (survey["state"], survey["closedBy"])
    assert state == ("CLOSE", "AGENT"), f"expected the survey closed by the robot\n{told}"
    assert survey["closedCause"] == "Completed", f"expected the survey completed\n{told}"


@then("the conversation is closed for good")
def the_conversation_is_closed_for_good(quiet: SettledInbox, conversation: Conversation) -> None:
    """Expect the conversation closed as a whole, with all its dialogs."""
    quiet.wait(conversation)
    inbox = quiet.inbox
    details = end(inbox, conversation, hopeless=survey_begun)
    told = heard(inbox, conversation)
    state = (details["state"], details["stage"])
    assert state == ("CLOSE", "CLOSE"), f"expected the conversation closed as a whole\n{told}"
    states = [dialog["state"] for dialog in dialogs_of(details)]
    assert set(states) == {"CLOSE"}, f"expected every dialog closed\n{told}"


@then("there is no survey")
def there_is_no_survey(
    quiet: SettledInbox, conversation: Conversation, sandbox_view: SandboxView | None
) -> None:
    """Expect one dialog, and nothing said outside it, once all was told."""
    quiet.wait(conversation)
    inbox = quiet.inbox
    end(inbox, conversation, hopeless=survey_begun)
    kinds = [dialog["dialogType"] for dialog in dialogs_of(quiet.state(conversation))]
    assert kinds == ["MAIN"], f"expected no survey\n{heard(inbox, conversation)}"
    elsewhere = [c for c in inbox.of(conversation.id) if c.dialog_id not in (None, conversation.id)]
    assert not elsewhere, f"expected no other dialog; heard {[*map(str, elsewhere)]}"
    if sandbox_view is not None:
        count = len(dialogs(sandbox_view, conversation))
        assert count == 1, f"expected one dialog; the sandbox holds {count}"


def main_and_survey(details: JsonObject, told: str) -> tuple[JsonObject, JsonObject]:
    """Return the two dialogs of a conversation with a survey; *told* is what was heard of it."""
    match dialogs_of(details):
        case [main, survey]:
            return main, survey
        case dialogs:
            raise AssertionError(f"expected two dialogs; {len(dialogs)} came\n{told}")


def survey_begun(changes: Sequence[Change]) -> str | None:
    """Tell that a conversation does not end by itself once it goes on with a survey."""
    dialogs = dialogs_of(next((each.details for each in reversed(changes) if each.details), {}))
    is_open = any((each["dialogType"], each["state"]) == _BEGUN for each in dialogs)
    return "a survey has begun" if is_open else closed(changes)


QUESTION: Final = "the survey's question"


def is_in_survey(change: Change) -> bool:
    """Return whether *change* is a message outside of the main dialog."""
    return change.is_content and change.dialog_id != change.conversation_id


def survey_state(quiet: SettledInbox, conversation: Conversation) -> JsonObject:
    """Return how the conversation stands once it has a survey and all was told."""
    hear_of(
        quiet.inbox,
        conversation,
        lambda details: len(dialogs_of(details)) > 1,
        what="the survey's dialog",
    )
    return quiet.state(conversation)
