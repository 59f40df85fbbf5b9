"""What happens to a conversation is told from how it stands."""

from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.wording.states import ConversationStates


def standing(*roles: str, **details: JsonValue) -> JsonObject:
    """Return how the conversation ``c`` stands."""
    participants: list[JsonValue] = [{"role": role} for role in ("CONSUMER", *roles)]
    return {"convId": "c", "conversationDetails": {"participants": participants, **details}}


def news(*told: JsonObject) -> list[str]:
    """Return what is new in a conversation whose opening is known."""
    states = ConversationStates()
    states.open("c")
    return [news.words for each in told for news in states.news(each)]


def test_nothing_new_is_not_told() -> None:
    """How it stands is told again and again; only what is new counts."""
    assert news(standing(state="OPEN"), standing(state="OPEN")) == []


def test_agent_comes_and_goes() -> None:
    """Who takes part is news."""
    assert news(standing("ASSIGNED_AGENT"), standing()) == ["an agent joins", "the agent leaves"]


def test_transfer_is_told() -> None:
    """Another skill means that the conversation was passed on."""
    told = news(standing(skillId="a"), standing(skillId="b"))

    assert told == ["the conversation is passed on to skill b"]


def test_survey_outlives_the_matter() -> None:
    """A conversation can be closed for its matter and open for the survey."""
    survey: list[JsonValue] = [{"dialogType": "POST_SURVEY", "dialogId": "s", "state": "OPEN"}]

    told = news(standing(dialogs=survey, state="CLOSE", stage="OPEN", closeReason="AGENT"))

    assert told == [
        "the survey begins",
        "the matter is closed by the agent, the conversation goes on",
    ]


def test_unknown_conversation_is_opened() -> None:
    """Of a conversation that nobody asked for, the opening is news."""
    states = ConversationStates()

    assert [each.words for each in states.news(standing())] == ["a conversation is opened"]


def test_nonsense_is_borne() -> None:
    """A notification that is wrong does not stop the document."""
    assert news({"convId": 3, "conversationDetails": [{"participants": 4}]})[1:] == []


def test_tables_have_who_did_what() -> None:
    """A table says it in two cells, where the chat has a sentence."""
    states = ConversationStates()
    closed = standing(state="CLOSE", stage="CLOSE", closeReason="AGENT")
    told = (standing("ASSIGNED_AGENT", skillId="a"), standing(skillId="b"), closed)

    assert [(each.who, each.what) for one in told for each in states.news(one)] == [
        ("shopper", "opened the conversation"),
        ("agent", "joined"),
        ("conversation", "is passed on to skill b"),
        ("agent", "leaves"),
        ("agent", "closed the conversation"),
    ]
