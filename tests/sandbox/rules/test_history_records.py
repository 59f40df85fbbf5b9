"""The rules of the history: what is found, and what is told of it."""

import json
from typing import Any

import pytest

from connector_harness.json_types import JsonObject
from connector_harness.sandbox.http import RefusedError
from connector_harness.sandbox.rules.readings import Record, is_meant, read_search, read_window
from tests.sandbox.talks import ADA, Talk

ALL: JsonObject = {}
READ = {"type": "AcceptStatusEvent", "status": "READ", "sequenceList": [0]}
CARD = {"type": "vertical", "elements": [{"type": "text", "text": "Keep it?"}]}
FILE = {"relativePath": "/v1/f.PNG", "fileType": "PNG", "caption": "The kayak"}
REPLIES = {"type": "quickReplies", "replies": []}


def record_of(talk: Talk, *, delay_s: float = 0) -> Record:
    """Return what the history has of a conversation."""
    return Record(talk.conversation, int(talk.clock() * 1000), delay_s)


def told(talk: Talk, search: JsonObject = ALL, *, delay_s: float = 0) -> Any:  # noqa: ANN401
    """Return what the history tells of a conversation."""
    return record_of(talk, delay_s=delay_s).document(search)


def test_open_conversation(talk: Talk) -> None:
    """An open conversation has no end, and waits in the queue of no skill."""
    talk.clock.now_s += 35

    assert told(talk)["info"] == {
        "conversationId": talk.conversation.id,
        "brandId": "70000001",
        "status": "OPEN",
        "fullDialogStatus": "OPEN",
        "startTime": "2025-01-01 00:00:00.000+0000",
        "startTimeL": 1_735_689_600_000,
        "endTime": "undefined",
        "endTimeL": -1,
        "duration": 35_000,
        "latestSkillId": -1,
        "latestSkillName": "Unassigned",
        "latestQueueState": "IN_QUEUE",
        "source": "APP",
        "isPartial": False,
    }


def test_closed_conversation(talk: Talk) -> None:
    """A closed one has the time of its end, and lasted until then."""
    talk.clock.now_s += 35
    talk.close()
    talk.clock.now_s += 35

    info = told(talk)["info"]

    assert (info["status"], info["fullDialogStatus"]) == ("CLOSE", "CLOSE")
    assert (info["endTimeL"], info["duration"]) == (1_735_689_635_000, 35_000)


@pytest.mark.parametrize(
    ("skill", "id_", "name"), [("31", 31, "undefined"), ("sales", "sales", "undefined")]
)
def test_skill(talk: Talk, skill: str, id_: object, name: str) -> None:
    """The skill is a number where it is one; the sandbox knows no names."""
    talk.agent("join")
    assert told(talk)["info"]["latestQueueState"] == "ACTIVE"
    talk.agent("transfer", skill=skill)

    info = told(talk)["info"]
    assert (info["latestSkillId"], info["latestSkillName"]) == (id_, name)


def test_survey_keeps_the_conversation_open(talk: Talk) -> None:
    """While a survey runs, only the main dialog is closed."""
    talk.account.surveys["-1"] = "How was it?"
    talk.agent("join")
    talk.close_dialog(features=["MULTI_DIALOG"])

    found = told(talk)

    assert (found["info"]["status"], found["info"]["fullDialogStatus"]) == ("CLOSE", "OPEN")
    assert [(each["dialogType"], each["status"]) for each in found["dialogs"]] == [
        ("MAIN", "CLOSE"),
        ("POST_SURVEY", "OPEN"),
    ]
    (asked,) = found["messageRecords"]
    assert (asked["seq"], asked["dialogId"], asked["sentBy"]) == (0, talk.survey, "Agent")


def test_message_as_it_is_recorded(talk: Talk) -> None:
    """A record of a message has the documented members."""
    talk.say("Is the kayak still for hire?")

    assert told(talk)["messageRecords"] == [
        {
            "type": "TEXT_PLAIN",
            "messageData": {"msg": {"text": "Is the kayak still for hire?"}},
            "messageId": f"ms::conv:{talk.conversation.id}::msg:0",
            "seq": 0,
            "dialogId": talk.conversation.id,
            "participantId": "0a",
            "source": "APP",
            "device": "undefined",
            "time": "2025-01-01 00:00:00.000+0000",
            "timeL": 1_735_689_600_000,
            "sentBy": "Consumer",
        }
    ]


@pytest.mark.parametrize(
    ("event", "kind", "data"),
    [
        (
            {"type": "RichContentEvent", "content": CARD},
            "RICH_CONTENT",
            {"richContent": {"content": json.dumps(CARD)}},
        ),
        (
            {"contentType": "text/plain", "message": "Which?", "quickReplies": REPLIES},
            "TEXT_PLAIN",
            {"msg": {"text": "Which?"}, "quickReplies": {"content": json.dumps(REPLIES)}},
        ),
        ({"contentType": "hosted/file", "message": FILE}, "HOSTED_FILE", {"file": FILE}),
        (
            {"contentType": "forms/secure-submission", "message": {"a": 1}},
            "SECURE_FORM_SUBMIT",
            {"form": {"a": 1}},
        ),
    ],
)
def test_content(talk: Talk, event: Any, kind: str, data: Any) -> None:  # noqa: ANN401
    """Structured content is a document in a text, a file stands under a word of its own."""
    published = {"type": "ContentEvent", **event}
    talk.conversation.main.publish(published, author="a", role="ASSIGNED_AGENT")

    (found,) = told(talk)["messageRecords"]

    assert (found["type"], found["messageData"], found["sentBy"]) == (kind, data, "Agent")


def test_receipts_stand_apart(talk: Talk) -> None:
    """A receipt is no message but a status of each that it names; it leaves a gap."""
    talk.say("Hi")
    talk.agent("join")
    talk.agent("publish", event=READ)
    talk.agent_says("Hello")

    found = told(talk)

    assert [each["seq"] for each in found["messageRecords"]] == [0, 2]
    (status,) = found["messageStatuses"]
    assert (status["seq"], status["messageDeliveryStatus"]) == (0, "READ")
    assert status["messageId"] == found["messageRecords"][0]["messageId"]
    assert status["participantType"] == "Agent"


def test_consumer_takes_part(talk: Talk) -> None:
    """The consumer is named by the id that the brand knows them by."""
    assert [each["participantId"] for each in told(talk)["consumerParticipants"]] == ["0a"]


def test_delay_holds_messages_back(talk: Talk) -> None:
    """What was said within the delay is not there yet."""
    talk.say("early")
    talk.clock.now_s += 30
    talk.say("late")

    def texts(delay_s: float) -> list[str]:
        records = told(talk, delay_s=delay_s)["messageRecords"]
        return [each["messageData"]["msg"]["text"] for each in records]

    assert (texts(0), texts(30), texts(20)) == (["early", "late"], ["early"], ["early"])


def test_delay_holds_changes_back(talk: Talk) -> None:
    """A conversation that was just closed is open to the history, a survey is not there yet."""
    talk.account.surveys["-1"] = "How was it?"
    talk.agent("join")
    talk.clock.now_s += 30
    talk.close_dialog(features=["MULTI_DIALOG"])

    found = told(talk, delay_s=20)

    assert (found["info"]["status"], found["info"]["endTimeL"]) == ("OPEN", -1)
    assert [each["dialogType"] for each in found["dialogs"]] == ["MAIN"]


def test_delay_holds_the_end_back(talk: Talk) -> None:
    """Of a conversation that was closed within the delay no end is told yet."""
    talk.clock.now_s += 35
    talk.close()

    info = told(talk, delay_s=20)["info"]

    assert (info["fullDialogStatus"], info["endTime"], info["endTimeL"]) == (
        "OPEN",
        "undefined",
        -1,
    )


def test_delay_holds_conversations_back(talk: Talk) -> None:
    """A conversation that was just opened is not found."""
    assert record_of(talk).is_found(ALL)
    assert not record_of(talk, delay_s=1).is_found(ALL)


@pytest.mark.parametrize(("statuses", "found"), [("OPEN", True), ("CLOSE", False)])
def test_status_that_is_searched_for(talk: Talk, statuses: str, *, found: bool) -> None:
    """Only conversations in one of the statuses are found."""
    assert record_of(talk).is_found({"status": [statuses]}) is found


@pytest.mark.parametrize(
    ("parts", "names"),
    [
        (["messageRecords"], {"messageRecords"}),
        (["messagesRecords", "consumerParticipant"], {"messageRecords", "consumerParticipants"}),
        (["monitoring"], set()),
        ([], set()),
    ],
)
def test_parts_that_are_asked_for(talk: Talk, parts: list[str], names: set[str]) -> None:
    """Beside the conversation itself only these are told, under either name; others are ignored."""
    document: Any = {"conversationId": "c", "contentToRetrieve": parts}
    assert told(talk, read_search(document, "conversation")).keys() == {"info"} | names


def test_whose_conversation_is_meant(talk: Talk) -> None:
    """A search means the conversations of a consumer, or one conversation."""
    meant: list[JsonObject] = [{"consumer": ADA.lp_id}, {"conversationId": talk.conversation.id}]
    others: list[JsonObject] = [{"consumer": "0b"}, {"conversationId": "c"}, {}]

    found = [is_meant(talk.conversation, each) for each in meant + others]
    assert found == [True] * 2 + [False] * 3


def test_search_is_read() -> None:
    """What a search names is read, whatever else stands there."""
    consumer: Any = {"consumer": "0a", "status": ["OPEN", "CLOSE"]}
    wanted: Any = {**consumer, "conversationId": "c", "x": 1}

    assert read_search(wanted, "consumer") == consumer
    assert read_search(wanted, "conversation") == {"conversationId": "c"}


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        ("consumer", {"status": ["OPEN"]}),
        ("consumer", {"consumer": "0a"}),
        ("consumer", {"consumer": "0a", "status": []}),
        ("consumer", {"consumer": "0a", "status": ["open"]}),
        ("consumer", {"consumer": 5, "status": ["OPEN"]}),
        ("consumer", {"consumer": "0a", "status": ["OPEN"], "contentToRetrieve": "info"}),
        ("conversation", {}),
        ("conversation", []),
    ],
)
def test_wrong_search_is_told(kind: str, document: Any) -> None:  # noqa: ANN401
    """What is missing or mistyped is a fault."""
    with pytest.raises(RefusedError, match=r"^\$"):
        read_search(document, kind)


@pytest.mark.parametrize(
    ("query", "window"),
    [
        ({}, (0, 50)),
        ({"offset": "20", "limit": "100", "source": "x", "NC": "true"}, (20, 100)),
    ],
)
def test_window(query: dict[str, str], window: object) -> None:
    """Offset and limit have defaults; what is unknown is ignored."""
    assert read_window(query) == window


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ({"limit": "101"}, "limit is '101', not 1 to 100"),
        ({"limit": "0"}, "limit is '0', not 1 to 100"),
        ({"offset": "-1"}, "offset is '-1', not a whole number"),
    ],
)
def test_wrong_window_is_told(query: dict[str, str], fault: str) -> None:
    """Offset and limit have bounds."""
    with pytest.raises(RefusedError, match=f"^{fault}$"):
        read_window(query)
