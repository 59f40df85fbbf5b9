"""The agent's side, as a test plays it."""

import uuid
from typing import Any

import pytest

from connector_harness.sandbox.http import Answer
from connector_harness.sandbox.state.state import MOST_EVENTS, Message
from tests.sandbox.talks import Talk

COMPOSING = {"type": "ChatStateEvent", "chatState": "COMPOSING"}
READ = {"type": "AcceptStatusEvent", "status": "READ", "sequenceList": [0]}
BUTTON = {"type": "button", "title": "Yes"}
RICH = {"type": "RichContentEvent", "content": BUTTON}
FILE = {"type": "ContentEvent", "contentType": "hosted/file", "message": {}}


def _details(answer: Answer) -> str:
    body: Any = answer.body
    return str(body["body"]["details"])


def test_agent_joins(talk: Talk) -> None:
    """An agent takes part with a UUID, and the change is later than the last one."""
    answer: Any = talk.agent("join")

    agent = answer.body["agent"]
    assert str(uuid.UUID(agent)) == agent
    assert talk.details["participants"][-1] == {"id": agent, "role": "ASSIGNED_AGENT"}
    main = talk.details["dialogs"][0]
    assert main["participantsDetails"][-1]["state"] == "ACTIVE"
    assert talk.details["metaDataLastUpdateTs"] > talk.details["startTs"]


def test_agent_may_be_named(talk: Talk) -> None:
    """A test may choose who joins."""
    assert talk.agent("join", agent="agent-7").body == {"agent": "agent-7"}


def test_agent_speaks_reads_and_types(talk: Talk) -> None:
    """Both sides count together; typing has no number."""
    talk.say("Hi")
    talk.agent("join")

    answers = [talk.agent("publish", event=event) for event in (READ, COMPOSING, RICH)]
    answers.append(talk.agent_says("On its way."))

    assert [answer.body for answer in answers] == [
        {"sequence": 1},
        {},
        {"sequence": 2},
        {"sequence": 3},
    ]
    assert talk.heard[-1] == (3, "ASSIGNED_AGENT", "On its way.")


def test_metadata_of_the_agent_is_told(talk: Talk) -> None:
    """What a bot adds to its answer reaches the apps."""
    items = [{"type": "ExternalId", "id": "x"}]
    talk.agent("join")

    talk.agent_says("Hi", metadata=items)

    assert talk.changes[-1]["metadata"] == items


def test_survey_bot_speaks_in_the_survey(talk: Talk) -> None:
    """In the survey dialog it is the bot who publishes."""
    talk.account.surveys["-1"] = "Well?"
    talk.conversation.features = frozenset({"MULTI_DIALOG"})
    talk.agent("join")
    talk.agent("close")

    assert talk.agent_says("Thank you.", dialog=talk.survey).body == {"sequence": 1}
    assert talk.heard[-1] == (1, "AGENT", "Thank you.")


def test_transfer_takes_the_agent_away(talk: Talk) -> None:
    """The skill changes, the agent is gone, and the response time starts again."""
    talk.agent("join")
    talk.clock.now_s += 60

    talk.agent("transfer", skill="billing")

    details, (dialog,) = talk.details, talk.details["dialogs"]
    assert (details["skillId"], details["conversationHandlerDetails"]["skillId"]) == (
        "billing",
        "billing",
    )
    people = [*details["participants"], *dialog["participantsDetails"]]
    assert {each["role"] for each in people} == {"CONSUMER"}
    assert talk.changes[-1]["result"]["effectiveTTR"] == int(talk.clock() * 1000) + 600_000


def test_agent_closes(talk: Talk) -> None:
    """The main dialog is closed by the agent, and the conversation with it."""
    talk.agent("join")

    assert talk.agent("close").body == {}
    assert talk.details["dialogs"][0]["closedBy"] == "AGENT"
    assert (talk.details["stage"], talk.details["closeReason"]) == ("CLOSE", "AGENT")


@pytest.mark.parametrize(
    ("before", "action", "reason"),
    [
        ((), {"action": "publish", "event": READ}, "no agent has joined"),
        ((), {"action": "transfer", "skill": "7"}, "no agent has joined"),
        ((), {"action": "close"}, "no agent has joined"),
        ((), {"action": "survey_close"}, "no survey is open"),
        (("join",), {"action": "join"}, "an agent has joined already"),
        (("join", "close"), {"action": "join"}, "the conversation is closed"),
        (("join", "close"), {"action": "publish", "event": READ}, "the dialog is closed"),
        (("join", "close"), {"action": "transfer", "skill": "7"}, "the conversation is closed"),
        (("join", "close"), {"action": "close"}, "the conversation is closed"),
        (("join", "close"), {"action": "survey_close"}, "no survey is open"),
    ],
)
def test_action_out_of_turn_is_a_conflict(
    talk: Talk,
    before: tuple[str, ...],
    action: Any,  # noqa: ANN401
    reason: str,
) -> None:
    """What the state does not allow is refused with the reason and not told to anybody."""
    for each in before:
        talk.agent(each)
    told = len(talk.changes)

    answer = talk.agent(**action)

    assert (answer.status, reason in _details(answer)) == (409, True)
    assert len(talk.changes) == told


@pytest.mark.parametrize(
    "request_",
    [
        [],
        {},
        {"account": "70000001", "action": "join"},
        {"account": "70000001", "conversation": "c"},
        {"account": "70000001", "conversation": "c", "action": "sleep"},
        {"account": "70000001", "conversation": "c", "action": "join", "agent": ""},
        {"account": "70000001", "conversation": "c", "action": "publish"},
        {"account": "70000001", "conversation": "c", "action": "publish", "event": "Hi"},
        {"account": "70000001", "conversation": "c", "action": "transfer"},
        {"account": "70000001", "conversation": "c", "action": "transfer", "skill": ""},
    ],
    ids=repr,
)
def test_faulty_request_is_refused(talk: Talk, request_: object) -> None:
    """A request must have its form before anything is looked up."""
    assert talk.control(request_).status == 400


@pytest.mark.parametrize(
    "members",
    [
        {"event": {"type": "SmileEvent"}},
        {"event": READ, "metadata": [{"type": "ExternalId"}]},
        {"event": FILE},
        {"event": {"type": "RichContentEvent", "content": {**BUTTON, "title": "t" * 129}}},
    ],
    ids=["event", "metadata", "file", "limit"],
)
def test_agent_keeps_to_the_grammar(talk: Talk, members: Any) -> None:  # noqa: ANN401
    """What the agent publishes is judged as what the consumer does."""
    talk.agent("join")

    assert talk.agent("publish", **members).status == 400


@pytest.mark.parametrize(
    "place", [{"account": "1"}, {"conversation": "x"}, {"dialog": "x"}], ids=repr
)
def test_unknown_place_is_not_found(talk: Talk, place: dict[str, str]) -> None:
    """An account, conversation or dialog that does not exist is not found."""
    assert talk.agent("publish", event=READ, **place).status == 404


def test_agent_comes_too_late(talk: Talk) -> None:
    """After a week of silence the agent finds the conversation closed."""
    talk.clock.now_s += 8 * 24 * 3600

    assert talk.agent("join").status == 409


def test_full_dialog_is_full_for_the_agent_too(talk: Talk) -> None:
    """The limit holds for both sides."""
    talk.conversation.main.messages += [Message(0, {}, "0a")] * MOST_EVENTS
    talk.agent("join")

    assert talk.agent_says("Hello").status == 503
