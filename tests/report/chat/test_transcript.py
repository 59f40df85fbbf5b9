"""A conversation is read as a chat, from what was sent and what was heard."""

import pytest

from connector_harness.report.chat.transcript import ChatEntry, ChatTranscript, said, transcript_of
from tests.report.conversations import START_MS, Talk, publishing, text


@pytest.fixture
def talk() -> Talk:
    """A scenario in which nothing has been said yet."""
    return Talk()


def entries(talk: Talk) -> list[ChatEntry]:
    """Return what was said and done."""
    return transcript_of(talk.result()).entries


def test_message_has_the_number_of_its_answer(talk: Talk) -> None:
    """What the consumer says is theirs, with the number that the answer gives it."""
    (entry,) = entries(talk.say("Hello", 7))

    assert (entry.who, entry.text, entry.number) == ("shopper", "Hello", 7)
    assert (entry.refusal, entry.told) == ("", 0)


def test_message_that_comes_back_is_the_same(talk: Talk) -> None:
    """A notification of one's own message adds no second one."""
    talk.say("Hello", 0).hear(text("Hello"), 0, role="CONSUMER")

    (entry,) = entries(talk)

    assert entry.told == 1


def test_what_is_read_back_is_nobodys_doing(talk: Talk) -> None:
    """A look at what the conversation holds adds nothing to it, whatever it finds."""
    talk.say("Hello", 0)
    held = {"data": [{"content": {"text": "Hi"}}]}
    talk.call(None, held, operation="read_messages")
    talk.call({"conversationId": "c"}, {"records": []}, operation="search_history")
    talk.call({"conversationId": "c"}, {"code": 401}, operation="search_history", status=401)

    assert [each.text for each in entries(talk)] == ["Hello"]


def test_message_told_of_twice_is_one(talk: Talk) -> None:
    """An event that is delivered again is counted, not repeated."""
    talk.hear(text("Hello"), 0).hear(text("Hello"), 0)

    (entry,) = entries(talk)

    assert entry.told == 2


def test_what_several_apps_were_told_of_is_not_added_up(talk: Talk) -> None:
    """Each app is told for itself; how often is told of the one that was told most."""
    talk.hear(text("Hello"), 0)
    for _ in range(3):
        talk.hear(text("Hello"), 0).by(1)

    (entry,) = entries(talk)

    assert entry.told == 3


def chats(talk: Talk) -> list[list[str]]:
    """Return who says what, or what happened, in each conversation."""
    found = transcript_of(talk.result()).chats
    return [[f"{each.who}: {each.text}".removeprefix(": ") for each in chat] for chat in found]


def test_each_conversation_is_a_chat_of_its_own(talk: Talk) -> None:
    """What is said in one of them stands there, also where others have begun meanwhile."""
    typing = {"type": "ChatStateEvent", "chatState": "COMPOSING"}
    talk.ask("c").say("Mine", 0).ask("d", by_another=True).hear(text("Yours?"), 1)
    agent = {"originatorMetadata": {"role": "AGENT"}}
    talk.notify({"conversationId": "d", "dialogId": "d", "event": typing, **agent})
    talk.hear(typing, role="CONSUMER")

    assert chats(talk) == [
        [
            "the shopper asks for a conversation",
            "shopper: Mine",
            "agent: Yours?",
            "shopper: appears typing",
        ],
        ["another shopper asks for a conversation", "agent: appears typing"],
    ]


@pytest.mark.parametrize(("status", "by_another"), [(400, False), (400, True), (503, True)])
def test_conversation_that_was_not_opened_has_a_chat_too(
    talk: Talk, *, status: int, by_another: bool
) -> None:
    """Its request stands by itself, and what comes after is of the one that there is."""
    talk.ask("c").ask(None, status=status, by_another=by_another).say("Mine", 0)
    somebody = "another shopper" if by_another else "the shopper"

    assert chats(talk) == [
        ["the shopper asks for a conversation", "shopper: Mine"],
        [f"{somebody} asks for a conversation"],
    ]


def test_conversation_whose_answer_was_lost_is_the_one_that_is_heard_of(talk: Talk) -> None:
    """Nobody else has opened it."""
    talk.ask("d").ask(None, status=0, by_another=True).hear(text("Hello"), 0, role="CONSUMER")

    assert chats(talk) == [
        ["the shopper asks for a conversation"],
        ["another shopper asks for a conversation", "another shopper: Hello"],
    ]


def test_same_words_under_another_number_are_said_again(talk: Talk) -> None:
    """Two messages of the same text are two."""
    assert len(entries(talk.say("Hello", 0).say("Hello", 1))) == 2


def test_late_notification_goes_to_its_place(talk: Talk) -> None:
    """Messages stand by their numbers, whenever the connector was told of them."""
    talk.say("Hello", 0).say("Anybody?", 2)
    talk.hear(text("Hello"), 0, role="CONSUMER").hear(text("I am here"), 1)
    talk.hear(text("Anybody?"), 2, role="CONSUMER")

    assert [each.text for each in entries(talk)] == ["Hello", "I am here", "Anybody?"]


def test_what_was_heard_late_stands_where_it_happened(talk: Talk) -> None:
    """Something without a time stays with what was heard before it, whatever was said meanwhile."""
    typing = {"type": "ChatStateEvent", "chatState": "COMPOSING"}
    talk.say_in_vain("Hello?", status=503).at(START_MS + 50)
    talk.hear(text("I am here"), 0)
    talk.notify({"originatorMetadata": {"role": "AGENT"}, "event": typing})

    assert [each.text for each in entries(talk)] == ["I am here", "appears typing", "Hello?"]


@pytest.mark.parametrize(
    ("status", "response", "words"),
    [
        (400, {"code": "BAD_REQUEST", "body": {"msg": "Bad Request"}}, "refused with 400"),
        (503, None, "failed with 503"),
        (None, None, "no answer came"),
    ],
)
def test_refusal_is_marked(talk: Talk, status: int | None, response: object, words: str) -> None:
    """What did not come through says why, and has no number."""
    (entry,) = entries(talk.say_in_vain("Hello", response=response, status=status))

    assert entry.refusal.startswith(words)
    assert entry.number is None


def test_what_was_said_in_the_millisecond_of_a_call_was_said_before(talk: Talk) -> None:
    """Whether it is heard before the call or after it does not show."""
    closing = {"type": "cm.UpdateConversationField", "body": {"conversationId": "c"}}
    talk.call(closing, {"code": "OK"}).hear(text("On its way"), 0)

    assert [each.kind for each in entries(talk)] == ["message", "note"]


def test_what_is_told_in_one_millisecond_is_told_in_order(talk: Talk) -> None:
    """An agent who is heard to join before the shopper's message is joined before it."""
    joined = {"metaDataLastUpdateTs": START_MS, "participants": [{"role": "ASSIGNED_AGENT"}]}
    opening = {"type": "cm.ConsumerRequestConversation"}
    talk.call(opening, {"body": {"conversationId": "c"}}, operation="create_conversation")
    talk.at(START_MS - 9).say("Anybody?", 0)
    talk.notify({"result": {"convId": "c", "conversationDetails": joined}})
    talk.hear(text("Anybody?"), 0, role="CONSUMER")

    assert [each.text for each in entries(talk)][1:] == ["an agent joins", "Anybody?"]


def test_message_whose_answer_was_lost_may_have_arrived(talk: Talk) -> None:
    """A notification shows that a message arrived although nobody said so."""
    talk.say_in_vain("Hello", status=None).hear(text("Hello"), 0, role="CONSUMER")

    (entry,) = entries(talk)

    assert (entry.number, entry.told, entry.refusal) == (0, 1, "no answer came")


def test_refused_message_is_not_the_one_that_comes_back(talk: Talk) -> None:
    """A refused message stays refused when the same words are heard."""
    talk.say_in_vain("Hello", response={"code": "BAD_REQUEST"}, status=400)
    talk.hear(text("Hello"), 0, role="CONSUMER")

    assert [bool(each.refusal) for each in entries(talk)] == [True, False]


def test_batch_is_told_in_order(talk: Talk) -> None:
    """The commands of an opening call are told one by one, each with its own answer."""
    batch = [
        {"id": "1", "type": "cm.ConsumerRequestConversation", "body": {}},
        publishing(text("Hello")) | {"id": "2"},
    ]
    answers = [
        {"reqId": "2", "code": "OK", "body": {"sequence": 0}},
        {"reqId": "1", "code": "OK", "body": {"conversationId": "c"}},
    ]

    opened, hello = entries(talk.call(batch, answers, operation="create_conversation"))

    assert (opened.kind, opened.text) == ("note", "the shopper asks for a conversation")
    assert (hello.text, hello.number) == ("Hello", 0)


def test_bot_is_told_from_an_agent(talk: Talk) -> None:
    """Who has an agent's role in a dialog of its own is the bot of a survey."""
    talk.notify(
        {
            "originatorMetadata": {"role": "AGENT"},
            "event": text("How was it?"),
            "conversationId": "c",
            "dialogId": "survey",
        }
    )

    assert entries(talk)[0].who == "robot"


@pytest.mark.parametrize(
    ("event", "kind", "words"),
    [
        (
            {"type": "AcceptStatusEvent", "status": "READ", "sequenceList": [0, 2]},
            "receipt",
            "read 0, 2",
        ),
        ({"type": "ChatStateEvent", "chatState": "COMPOSING"}, "typing", "appears typing"),
        (
            {"type": "RichContentEvent", "content": {"type": "button", "title": "Yes"}},
            "card",
            "[Yes]",
        ),
        (
            {
                "type": "ContentEvent",
                "contentType": "hosted/file",
                "message": {"caption": "A vase", "relativePath": "/a.png", "fileType": "PNG"},
            },
            "file",
            "A vase (PNG)",
        ),
        ({"type": "WaveEvent"}, "message", "[WaveEvent]"),
        (None, "message", "[an event of no type]"),
    ],
)
def test_event_is_told_by_its_kind(event: object, kind: str, words: str) -> None:
    """Each kind of event has words of its own; an impossible one is shown as what it is."""
    entry = said("agent", event)  # type: ignore[arg-type]  # any JSON

    assert (entry.kind, entry.text) == (kind, words)


def test_opening_alone_is_no_talk() -> None:
    """A scenario that only opens a conversation has no transcript."""
    assert not ChatTranscript([ChatEntry("note", "", "the shopper asks for a conversation")]).talks
