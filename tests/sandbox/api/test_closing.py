"""Every way in which a conversation ends."""

import pytest

from connector_harness.sandbox.api.closing import close_idle
from tests.sandbox.talks import Talk

WEEK_S = 7 * 24 * 3600


def test_closing_ends_everything_at_once(talk: Talk) -> None:
    """Dialog, state and stage close together; the notification says who did it."""
    talk.clock.now_s += 300
    talk.close()

    details, now = talk.details, int(talk.clock() * 1000)
    assert (details["state"], details["stage"], details["closeReason"]) == (
        *["CLOSE"] * 2,
        "CONSUMER",
    )
    assert (details["endTs"], details["metaDataLastUpdateTs"]) == (now, now)
    assert talk.changes[-1]["result"]["effectiveTTR"] == -1


def test_closed_dialog_is_told_as_documented(talk: Talk) -> None:
    """The dialog has its end too, and the handler is no longer named."""
    talk.close()

    (dialog,) = talk.details["dialogs"]
    assert (dialog["state"], dialog["closedBy"]) == ("CLOSE", "CONSUMER")
    assert dialog["endTs"] == talk.details["endTs"]
    assert "conversationHandlerDetails" not in talk.details


def test_stage_closes_the_survey_as_well(talk: Talk) -> None:
    """Closing the stage ends whatever dialog is open."""
    talk.account.surveys["-1"] = "Well?"
    talk.conversation.features = frozenset({"MULTI_DIALOG"})
    talk.agent("join")
    talk.agent("close")

    talk.update({"field": "Stage", "conversationState": "CLOSE"})

    ends = [(dialog["state"], dialog["closedBy"]) for dialog in talk.details["dialogs"]]
    assert ends == [("CLOSE", "AGENT"), ("CLOSE", "CONSUMER")]
    assert (talk.details["stage"], talk.details["closeReason"]) == ("CLOSE", "AGENT")


def test_closed_main_dialog_ends_the_conversation(talk: Talk) -> None:
    """Where no survey follows, nothing is left open, and the cause is kept."""
    talk.close_dialog()

    assert (talk.details["state"], talk.details["stage"]) == ("CLOSE", "CLOSE")
    assert talk.details["dialogs"][0]["closedCause"] == "Closed by consumer"


def test_agent_stays_after_the_end(talk: Talk) -> None:
    """Only a transfer takes the agent away."""
    talk.agent("join")
    talk.close()

    roles = [each["role"] for each in talk.details["participants"]]
    assert roles == ["CONSUMER", "ASSIGNED_AGENT"]


@pytest.mark.parametrize(("silent_s", "stage"), [(WEEK_S, "OPEN"), (WEEK_S + 1, "CLOSE")])
def test_silent_dialog_is_closed_after_a_week(talk: Talk, silent_s: int, stage: str) -> None:
    """More than a week without an event, and the conversation is closed by itself."""
    talk.clock.now_s += 1000
    talk.say("Hi")
    talk.clock.now_s += silent_s

    close_idle(talk.sandbox, talk.conversation)

    assert talk.conversation.stage == stage


def test_silent_conversation_is_noticed_by_the_next_command(talk: Talk) -> None:
    """Whoever comes back too late finds it closed, by nobody they know."""
    talk.clock.now_s += WEEK_S + 1

    assert talk.say("Hi").status == 400
    assert talk.details["closeReason"] == "SYSTEM"
