"""Surveys: when one follows, and what the apps are told of it."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.talks import Talk

FEATURES = frozenset({"MULTI_DIALOG"})


def _prepare(talk: Talk) -> Talk:
    """Let everything be so that a survey follows."""
    talk.account.surveys["-1"] = "How was it?"
    talk.conversation.features = FEATURES
    talk.agent("join", agent="agent-7")
    return talk


@pytest.fixture
def asked(talk: Talk) -> Talk:
    """A conversation whose survey has begun."""
    _prepare(talk).close_dialog()
    return talk


def test_survey_keeps_the_conversation_open(asked: Talk) -> None:
    """The main dialog is closed, the whole is not: that is what clients get wrong."""
    result, details = asked.changes[-2]["result"], asked.details

    assert (details["state"], details["stage"], details["closeReason"]) == (
        "CLOSE",
        "OPEN",
        "CONSUMER",
    )
    assert (result["effectiveTTR"], "endTs" in details) == (-1, False)
    assert [dialog["state"] for dialog in details["dialogs"]] == ["CLOSE", "OPEN"]


def test_survey_dialog_is_told_as_documented(asked: Talk) -> None:
    """It has an id of its own, the survey's app, the bot, and the agent as a reader."""
    main, survey = asked.details["dialogs"]

    assert re.fullmatch("[A-Za-z0-9_-]{22}", survey["dialogId"])
    assert (main["dialogType"], survey["dialogType"]) == ("MAIN", "POST_SURVEY")
    assert survey["metaData"] == {"appInstallId": asked.account.survey_app}
    roles = {each["id"]: each["role"] for each in survey["participantsDetails"]}
    assert roles == {"0a": "CONSUMER", asked.account.survey_bot: "AGENT", "agent-7": "READER"}


def test_participants_are_those_of_both_dialogs(asked: Talk) -> None:
    """The former agent is named in both roles."""
    agent = [each for each in asked.details["participants"] if each["id"] == "agent-7"]

    assert [each["role"] for each in agent] == ["ASSIGNED_AGENT", "READER"]


def test_question_is_the_first_event(asked: Talk) -> None:
    """After the change of state the bot asks, as number 0 of the survey dialog."""
    question = asked.changes[-1]

    assert asked.heard == [(0, "AGENT", "How was it?")]
    assert (question["originatorId"], question["dialogId"]) == (
        asked.account.survey_bot,
        asked.survey,
    )
    assert question["metadata"][0]["type"] == "Question"


def test_survey_follows_the_agents_close(talk: Talk) -> None:
    """It does not matter who closes the main dialog."""
    _prepare(talk).agent("close")

    assert (talk.details["stage"], talk.details["closeReason"]) == ("OPEN", "AGENT")


def test_completed_survey_ends_the_conversation(asked: Talk) -> None:
    """The bot closes the survey dialog, and with it the whole."""
    asked.agent("survey_close")

    survey = asked.details["dialogs"][1]
    assert (survey["closedBy"], survey["closedCause"]) == ("AGENT", "Completed")
    assert (asked.details["stage"], asked.details["closeReason"]) == ("CLOSE", "CONSUMER")


def test_consumer_may_close_the_survey(asked: Talk) -> None:
    """Closing the survey dialog ends the conversation, without another survey."""
    assert asked.close_dialog(asked.survey).status == 200

    assert asked.details["dialogs"][1]["closedBy"] == "CONSUMER"
    assert (asked.details["stage"], len(asked.details["dialogs"])) == ("CLOSE", 2)


def _without_survey(talk: Talk) -> None:
    talk.account.surveys.clear()


def _of_other_skill(talk: Talk) -> None:
    talk.conversation.skill = "7"


def _without_feature(talk: Talk) -> None:
    talk.conversation.features = frozenset()


def _unassigned(talk: Talk) -> None:
    talk.conversation.was_joined = False


@pytest.mark.parametrize("spoil", [_without_survey, _of_other_skill, _without_feature, _unassigned])
def test_no_survey_without_its_conditions(talk: Talk, spoil: Callable[[Talk], None]) -> None:
    """A question for the last skill, the feature, and an agent who had joined."""
    spoil(_prepare(talk))

    talk.close_dialog()

    assert (talk.details["stage"], len(talk.details["dialogs"])) == ("CLOSE", 1)


def test_no_survey_when_everything_is_closed(talk: Talk) -> None:
    """Closing the conversation skips the survey."""
    _prepare(talk).close()

    assert (talk.details["stage"], len(talk.details["dialogs"])) == ("CLOSE", 1)


@pytest.mark.parametrize(
    ("announced_on", "on_create", "on_close", "follows"),
    [
        ("either", True, False, True),
        ("either", False, True, True),
        ("create", True, False, True),
        ("create", False, True, False),
        ("close", False, True, True),
        ("close", True, False, False),
    ],
)
def test_feature_counts_where_assumed(
    talking: Callable[..., Talk],
    announced_on: str,
    on_create: Any,  # noqa: ANN401
    on_close: Any,  # noqa: ANN401
    follows: Any,  # noqa: ANN401
) -> None:
    """Which call must announce the feature is an assumption."""
    talk = _prepare(talking(survey_announced_on=announced_on))
    talk.conversation.features = FEATURES if on_create else frozenset()

    talk.close_dialog(features=FEATURES if on_close else [])

    assert (talk.details["stage"] == "OPEN") == follows


@pytest.mark.parametrize(("while_unassigned", "stage"), [(True, "OPEN"), (False, "CLOSE")])
def test_survey_after_a_transfer_follows_as_assumed(
    talking: Callable[..., Talk],
    while_unassigned: bool,  # noqa: FBT001
    stage: str,
) -> None:
    """After a transfer nobody has the conversation, though somebody had."""
    talk = _prepare(talking(survey_while_unassigned=while_unassigned))
    talk.agent("transfer", skill="-1")

    talk.close_dialog()

    assert talk.details["stage"] == stage
