"""Changing the fields of a conversation, as the consumer does it."""

from collections.abc import Callable
from typing import Any

import pytest

from connector_harness.sandbox.api.fields import update_field
from connector_harness.sandbox.http import Answer
from tests.sandbox.talks import BEN, Talk, answered

RATING = {
    "field": "CSATRate",
    "csatRate": 5,
    "csatResolutionConfirmation": True,
    "status": "FILLED",
}
URGENT = {"field": "TTRField", "ttrType": "URGENT", "value": 60}
CLOSE = {"field": "ConversationStateField", "conversationState": "CLOSE"}
DIALOG = {"dialogId": "d", "state": "CLOSE", "closedCause": "Closed by consumer"}
CHANGE = {"field": "DialogChange", "type": "UPDATE", "dialog": DIALOG}
IS_CLOSE = "Bad Request, Conversation is close"


def _text(answer: Answer) -> tuple[int, str]:
    body: Any = answer.body
    return answer.status, body["body"]["msg"]


def test_rating_is_kept_and_told(talk: Talk) -> None:
    """The rating is part of the conversation's state from then on."""
    answer = talk.update(RATING)

    assert _text(answer) == (200, "OK Conversation field updated successfully")
    assert talk.details["csat"] == {name: RATING[name] for name in RATING if name != "field"}


@pytest.mark.parametrize("rate", [1, 5])
@pytest.mark.parametrize("status", ["FILLED", "PARTIALLY_FILLED", "SKIPPED"])
def test_every_rating_is_accepted(talk: Talk, rate: int, status: str) -> None:
    """One star to five, filled in or not."""
    assert talk.update({**RATING, "csatRate": rate, "status": status}).status == 200


@pytest.mark.parametrize("kind", ["CUSTOM", "NORMAL", "PRIORITIZED", "URGENT"])
def test_response_time_is_kept_and_told(talk: Talk, kind: str) -> None:
    """Another response time counts from the moment it was set."""
    talk.clock.now_s += 5

    answer = talk.update({**URGENT, "ttrType": kind, "value": 0})

    assert _text(answer) == (200, "OK Conversation field updated successfully")
    assert talk.details["ttr"] == {"ttrType": kind, "value": 0}
    assert talk.changes[-1]["result"]["effectiveTTR"] == int(talk.clock() * 1000)


@pytest.mark.parametrize(
    "field",
    [
        "CSATRate",
        {},
        {"field": "Mood"},
        {**RATING, "csatRate": 0},
        {**RATING, "csatRate": 6},
        {**RATING, "csatRate": 4.5},
        {**RATING, "csatRate": "5"},
        {**RATING, "csatRate": True},
        {**RATING, "csatResolutionConfirmation": "yes"},
        {**RATING, "status": "DONE"},
        {"field": "CSATRate", "csatRate": 5},
        {**URGENT, "ttrType": "SLOW"},
        {**URGENT, "value": -1},
        {**URGENT, "value": 1.5},
        {**URGENT, "value": 2**53},
        {"field": "TTRField", "ttrType": "URGENT"},
        {**CLOSE, "conversationState": "OPEN"},
        {"field": "Stage"},
        {**CHANGE, "type": "ADD"},
        {**CHANGE, "dialog": {**DIALOG, "state": "OPEN"}},
        {**CHANGE, "dialog": {"state": "CLOSE"}},
        {**CHANGE, "dialog": {**DIALOG, "closedCause": 1}},
        [],
        [RATING, URGENT],
    ],
    ids=repr,
)
def test_faulty_field_is_a_bad_request(talk: Talk, field: Any) -> None:  # noqa: ANN401
    """An unknown name or a value out of its range changes nothing."""
    assert _text(talk.update(field)) == (400, "Bad Request")
    assert talk.changes == []


@pytest.mark.parametrize(
    "body",
    [{}, {"conversationId": "c"}, {"conversationField": RATING}, {"conversationId": 1}],
    ids=repr,
)
def test_faulty_body_is_a_bad_request(talk: Talk, body: Any) -> None:  # noqa: ANN401
    """Conversation and field are both required."""
    assert _text(answered(update_field, talk.command(body))) == (400, "Bad Request")


def test_field_may_be_an_array_of_one(talk: Talk) -> None:
    """The schema's array and the samples' object mean the same."""
    assert talk.update([RATING]).status == 200
    assert talk.details["csat"]["csatRate"] == 5


def test_several_fields_pass_as_assumed(talking: Callable[..., Talk]) -> None:
    """Where more than one is accepted they are changed in their order, until one fails."""
    talk = talking(most_fields=3)

    assert talk.update([RATING, URGENT]).status == 200
    assert _text(talk.update([CLOSE, {**CLOSE, "field": "Stage"}, RATING])) == (
        400,
        IS_CLOSE,
    )
    assert talk.conversation.response_time.kind == "URGENT"


@pytest.mark.parametrize("name", ["Skill", "ParticipantsChange"])
def test_agents_fields_are_refused(talk: Talk, name: str) -> None:
    """Skill and participants are not the consumer's to change."""
    field = {"field": name, "type": "UPDATE", "skill": "7"}

    assert _text(talk.update(field)) == (400, "Bad Request")
    assert (talk.conversation.skill, talk.changes) == ("-1", [])


def test_response_time_of_a_closed_conversation_is_refused(talk: Talk) -> None:
    """Nobody is waited for any more."""
    talk.close()

    assert _text(talk.update(URGENT)) == (400, IS_CLOSE)


@pytest.mark.parametrize(("accepted", "status"), [(True, 200), (False, 400)])
def test_closed_conversation_is_rated_as_assumed(
    talking: Callable[..., Talk],
    accepted: bool,  # noqa: FBT001
    status: int,
) -> None:
    """A rating comes at the end, perhaps after it."""
    talk = talking(csat_after_close_accepted=accepted)
    talk.close()

    assert talk.update(RATING).status == status


def test_conversation_of_another_is_not_authorised(talk: Talk) -> None:
    """Nobody changes another consumer's conversation."""
    assert talk.close(consumer=BEN).status == 401
    assert talk.conversation.stage == "OPEN"


def test_unknown_dialog_is_a_bad_request(talk: Talk) -> None:
    """A dialog that is not there cannot be closed."""
    assert _text(talk.update(CHANGE)) == (400, "Bad Request")


def test_cause_may_be_left_out(talk: Talk) -> None:
    """A dialog can be closed without a word."""
    dialog = {"dialogId": talk.conversation.id, "state": "CLOSE"}

    assert talk.update({**CHANGE, "dialog": dialog}).status == 200


@pytest.mark.parametrize("close", [Talk.close, Talk.close_dialog], ids=["everything", "the dialog"])
def test_closing_twice_is_refused(talk: Talk, close: Callable[[Talk], Answer]) -> None:
    """The second time the conversation is closed already."""
    assert _text(close(talk)) == (200, "OK Conversation resolved successfully")
    assert _text(close(talk)) == (400, IS_CLOSE)
