"""Publishing events, as the consumer does it."""

from collections.abc import Callable
from typing import Any

import pytest

from connector_harness.sandbox.api.messages import publish_event
from connector_harness.sandbox.http import Answer
from connector_harness.sandbox.state.state import MOST_EVENTS, Message
from tests.sandbox.talks import ADA, BEN, Talk, answered

COMPOSING = {"type": "ChatStateEvent", "chatState": "COMPOSING"}
READ = {"type": "AcceptStatusEvent", "status": "READ", "sequenceList": [0]}
RICH = {"type": "RichContentEvent", "message": {"type": "text", "text": "x"}}
FILE = {"type": "ContentEvent", "contentType": "hosted/file", "message": {}}
BUTTON = [{"type": "ExternalId", "id": "btn-yes"}]
IS_CLOSE = "Bad Request, Conversation is close"


def _refusal(message: str = "Bad Request") -> tuple[int, Any]:
    return 400, {"code": "BAD_REQUEST", "body": {"msg": message}, "reqId": "7"}


def _got(answer: Answer) -> tuple[int, Any]:
    return answer.status, answer.body


def _survey(talk: Talk) -> str:
    """Close the main dialog, so that a survey runs, and return its id."""
    talk.account.surveys["-1"] = "Well?"
    talk.conversation.features = frozenset({"MULTI_DIALOG"})
    talk.agent("join")
    talk.close_dialog()
    return talk.survey


def test_messages_and_receipts_are_numbered_from_zero(talk: Talk) -> None:
    """Texts, structured content and receipts count; typing answers 0 and does not."""
    answers = [talk.say("Hi"), talk.publish(COMPOSING), talk.publish(READ), talk.publish(RICH)]

    assert [answer.body for answer in answers] == [
        {"code": "OK", "body": {"sequence": number}, "reqId": "7"} for number in (0, 0, 1, 2)
    ]


def test_own_events_are_echoed(talk: Talk) -> None:
    """The apps hear what the consumer says, reads and types, in order."""
    talk.say("Hi")
    talk.publish(COMPOSING)
    talk.publish(READ)

    assert talk.heard == [
        (0, "CONSUMER", "Hi"),
        (None, "CONSUMER", None),
        (1, "CONSUMER", None),
    ]


def test_structured_content_is_told_as_content(talk: Talk) -> None:
    """It may be sent under the schema's name and is told under the common one."""
    talk.publish(RICH)

    event = {"type": "RichContentEvent", "content": {"type": "text", "text": "x"}}
    assert talk.changes[-1]["event"] == event


def test_metadata_is_passed_on(talk: Talk) -> None:
    """Both halves of the reply to a button are told with the button's metadata."""
    talk.publish({**READ, "status": "ACTION"}, metadata=BUTTON)
    talk.say("Yes", metadata=BUTTON)

    assert [change["metadata"] for change in talk.changes] == [BUTTON, BUTTON]


def test_client_properties_are_passed_on(talk: Talk) -> None:
    """The apps see what the consumer's client announced with the same call."""
    talk.say("Hi", features=["AUTO_MESSAGES"])
    talk.say("Hello?")

    shown = [change["originatorMetadata"].get("clientProperties") for change in talk.changes]
    assert shown == [{"type": ".ClientProperties", "features": ["AUTO_MESSAGES"]}, None]


@pytest.mark.parametrize(("named", "audience"), [(False, None), (True, "ALL")])
def test_audience_of_receipts_is_assumed(
    talking: Callable[..., Talk],
    named: bool,  # noqa: FBT001
    audience: str | None,
) -> None:
    """No sample of a receipt or of typing names an audience."""
    talk = talking(audience_of_receipts=named)

    talk.publish(READ)
    talk.publish(COMPOSING)

    assert [change.get("messageAudience") for change in talk.changes] == [audience] * 2


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"dialogId": "d"},
        {"dialogId": 1, "event": READ},
        {"dialogId": "d", "event": "Hi"},
        {"dialogId": "d", "event": READ, "conversationId": 1},
        {"dialogId": "d", "event": {"type": "ChatStateEvent", "chatState": "AWAY"}},
    ],
    ids=repr,
)
def test_faulty_body_is_a_bad_request(talk: Talk, body: Any) -> None:  # noqa: ANN401
    """What has not the documented form changes nothing."""
    assert _got(answered(publish_event, talk.command(body))) == _refusal()
    assert talk.changes == []


@pytest.mark.parametrize(
    "place", [{"dialog": "x"}, {"conversation": "x"}, {"dialog": "x", "conversation": "x"}]
)
def test_unknown_place_is_a_bad_request(talk: Talk, place: dict[str, str]) -> None:
    """Nothing can be said where nothing is."""
    assert _got(talk.publish(READ, **place)) == _refusal()


def test_conversation_of_another_is_not_authorised(talk: Talk) -> None:
    """Nobody speaks in another consumer's conversation."""
    answer: Any = talk.say("Hi", consumer=BEN)

    assert (answer.status, answer.body["body"]["errorCode"]) == (401, 40103)
    assert talk.changes == []


def test_main_dialog_needs_no_conversation_id(talk: Talk) -> None:
    """The main dialog's id is the conversation's."""
    body = {"dialogId": talk.conversation.id, "event": READ}

    assert publish_event(talk.command(body)).status == 200


@pytest.mark.parametrize("event", [COMPOSING, READ, RICH], ids=lambda event: event["type"])
def test_closed_conversation_takes_nothing(talk: Talk, event: Any) -> None:  # noqa: ANN401
    """After the end every event is refused in the documented words."""
    talk.close()

    assert _got(talk.publish(event)) == _refusal(IS_CLOSE)


def test_main_dialog_is_closed_during_the_survey(talk: Talk) -> None:
    """The conversation is still open, its main dialog is not."""
    _survey(talk)

    assert _got(talk.say("Hi")) == _refusal(IS_CLOSE)


def test_survey_takes_no_typing(talk: Talk) -> None:
    """The survey dialog takes receipts, and no typing."""
    assert _got(talk.publish(COMPOSING, dialog=_survey(talk))) == _refusal()
    assert talk.publish(READ, dialog=talk.survey).status == 200


def test_survey_counts_for_itself(talk: Talk) -> None:
    """The question is number 0 of the survey dialog, the answer number 1."""
    talk.say("Hi")
    survey = _survey(talk)

    answer: Any = talk.say("5", dialog=survey)

    assert answer.body["body"] == {"sequence": 1}
    assert talk.changes[-1]["dialogId"] == survey


def test_survey_dialog_needs_the_conversation_id(talk: Talk) -> None:
    """A survey dialog cannot be found by its own id alone."""
    survey = _survey(talk)

    assert _got(talk.say("5", dialog=survey, conversation=survey)) == _refusal()


@pytest.mark.parametrize(("accepted", "status"), [(True, 200), (False, 400)])
def test_unknown_number_passes_as_assumed(
    talking: Callable[..., Talk],
    accepted: bool,  # noqa: FBT001
    status: int,
) -> None:
    """A receipt may name events nobody has published, or not."""
    talk = talking(unknown_sequences_accepted=accepted)
    talk.say("Hi")

    assert talk.publish({**READ, "sequenceList": [0]}).status == 200
    assert talk.publish({**READ, "sequenceList": [0, 2]}).status == status
    assert talk.publish({**READ, "sequenceList": [-1]}).status == status


def test_file_that_was_not_uploaded_is_refused(talk: Talk) -> None:
    """The files' own rules judge a file message."""
    assert _got(talk.publish(FILE)) == _refusal()


def test_full_dialog_takes_nothing_and_is_not_greeted_in(talk: Talk) -> None:
    """What the sandbox cannot keep it does not take; typing is not kept."""
    talk.conversation.greeting_due = True
    talk.conversation.main.messages += [Message(0, {}, "0a")] * (MOST_EVENTS - 1)

    answers = [talk.say("Hi", features=["AUTO_MESSAGES"]), talk.say("Hello?")]

    assert [answer.status for answer in answers] == [200, 503]
    assert (len(talk.heard), talk.publish(COMPOSING).status) == (1, 200)


@pytest.mark.parametrize(("restarts", "late_ms"), [(True, 5000), (False, 0)])
def test_message_restarts_the_response_time_as_assumed(
    talking: Callable[..., Talk],
    restarts: bool,  # noqa: FBT001
    late_ms: int,
) -> None:
    """The agent has the whole time again after each message, but not after typing."""
    talk = talking(message_restarts_ttr=restarts)
    talk.clock.now_s += 5
    talk.say("Hi")
    talk.clock.now_s += 5
    talk.publish(COMPOSING)

    waited = talk.conversation.waiting_since_ms - talk.conversation.started_ms
    assert waited == late_ms


def _greetings(talk: Talk, *, after_s: float, features: list[str]) -> int:
    talk.sandbox.clocks.advance(ADA.external_id, after_s)
    talk.publish(COMPOSING, features=features)
    talk.say("Hi", features=features)
    talk.say("Hello?", features=features)
    return [role for _, role, _ in talk.heard].count("CONTROLLER")


def test_controller_greets_after_the_first_message(talk: Talk) -> None:
    """Ten seconds after the start the greeting still follows the first message, once."""
    talk.conversation.greeting_due = True

    assert _greetings(talk, after_s=10, features=["AUTO_MESSAGES"]) == 1
    assert talk.heard[2] == (1, "CONTROLLER", talk.sandbox.assumptions.auto_message)
    roles = [each.role for each in talk.conversation.participants]
    assert roles == ["CONSUMER", "CONTROLLER"]


@pytest.mark.parametrize(
    ("due", "after_s", "features"),
    [
        (False, 0, ["AUTO_MESSAGES"]),
        (True, 0, []),
        (True, 10.001, ["AUTO_MESSAGES"]),
    ],
    ids=["not announced on create", "not announced on send", "too late"],
)
def test_controller_keeps_silent(
    talk: Talk,
    due: bool,  # noqa: FBT001
    after_s: float,
    features: list[str],
) -> None:
    """Without the feature on both calls, or too late, nobody is greeted."""
    talk.conversation.greeting_due = due

    assert _greetings(talk, after_s=after_s, features=features) == 0
