"""The rules of reading a dialog page by page."""

from collections.abc import Callable
from typing import Any

import pytest

from connector_harness.sandbox.assumptions import Assumptions
from connector_harness.sandbox.http import RefusedError
from connector_harness.sandbox.rules.readings import page_of
from tests.sandbox.talks import Talk

ASSUMED = Assumptions()
CARD = {"type": "vertical", "elements": [{"type": "text", "text": "Keep it?"}]}
FILE = {"relativePath": "/v1/f.PNG", "fileType": "PNG", "caption": "The kayak"}


def page(talk: Talk, **query: Any) -> Any:  # noqa: ANN401
    """Return a page of the main dialog, as a call with *query* is answered."""
    wanted = {name: str(value) for name, value in query.items()}
    return page_of(talk.conversation.main, wanted, path="/m", assumptions=ASSUMED)


def listed(talk: Talk) -> Any:  # noqa: ANN401
    """Return the messages of the main dialog as they are answered."""
    return page(talk)["data"]


def sequences(found: Any) -> list[int]:  # noqa: ANN401
    """Return the sequences of the messages on a page."""
    return [each["sequence"] for each in found["data"]]


@pytest.fixture
def chatting(talk: Talk) -> Talk:
    """A conversation with texts 0, 2 and 3; 1 is a receipt, and so is the newest, 4."""
    read = {"type": "AcceptStatusEvent", "status": "READ", "sequenceList": [0]}
    talk.say("Is the kayak still for hire?")
    talk.publish(read)
    talk.publish({"type": "ChatStateEvent", "chatState": "COMPOSING"})
    talk.say("Until Sunday?")
    talk.say("Or Monday?")
    talk.publish(read)
    return talk


def test_receipts_and_typing_are_no_messages(chatting: Talk) -> None:
    """Only messages are listed; a receipt leaves a gap, typing leaves none."""
    assert sequences(page(chatting)) == [0, 2, 3]


@pytest.mark.parametrize(("first", "found"), [(0, [0, 2, 3]), (1, [2, 3]), (3, [3]), (4, [])])
def test_first_sequence_is_inclusive(chatting: Talk, first: int, found: list[int]) -> None:
    """The lower bound belongs to the page, up to the newest stored sequence, which is a receipt."""
    assert sequences(page(chatting, newerThanSequence=first)) == found


def test_sequence_above_the_newest(chatting: Talk) -> None:
    """Beyond what is stored there is nothing to read, which is an assumption."""
    main, beyond = chatting.conversation.main, {"newerThanSequence": "5"}
    tolerant = Assumptions(sequence_above_newest_refused=False)

    with pytest.raises(RefusedError, match=r"^newerThanSequence is 5; the newest stored .* is 4$"):
        page_of(main, beyond, path="/m", assumptions=ASSUMED)

    assert page_of(main, beyond, path="/m", assumptions=tolerant) == {"data": [], "links": {}}


def test_empty_dialog_is_an_empty_page(talk: Talk) -> None:
    """Where nothing was said, no sequence is above the newest."""
    assert page(talk, newerThanSequence=7) == {"data": [], "links": {}}


@pytest.mark.parametrize(("limit", "following"), [(1, 2), (2, 3), (3, None)])
def test_link_leads_to_what_follows(chatting: Talk, limit: int, following: int | None) -> None:
    """A page that does not hold all of them says where the next one begins."""
    found = page(chatting, limit=limit)

    assert len(found["data"]) == limit
    link = {"next": f"/m?limit={limit}&newerThanSequence={following}"} if following else {}
    assert found["links"] == link


def test_link_is_the_same_address(chatting: Talk) -> None:
    """The link keeps the other parameters of the call."""
    found = page(chatting, newerThanSequence=0, limit=1, who="knows")

    assert found["links"] == {"next": "/m?newerThanSequence=2&limit=1&who=knows"}


def test_descending_page_has_the_newest(chatting: Talk) -> None:
    """From the newest down, there is no parameter for the rest and so no link."""
    found = page(chatting, limit=2, sortBy="sequence", sortOrder="DESC")

    assert (sequences(found), found["links"]) == ([3, 2], {})


def test_message_as_it_is_listed(talk: Talk) -> None:
    """A message has the documented members and no further one."""
    talk.say("Is the kayak still for hire?")

    (shown,) = listed(talk)

    assert shown == {
        "id": f"{talk.conversation.id}-0",
        "sequence": 0,
        "dialogId": talk.conversation.id,
        "type": "PLAIN_TEXT",
        "content": {"text": "Is the kayak still for hire?"},
        "originator": {"role": "CONSUMER"},
        "messageAudience": "ALL",
        "createdTs": "2025-01-01T00:00:00.000Z",
    }


@pytest.mark.parametrize(
    ("event", "kind", "content"),
    [
        ({"type": "RichContentEvent", "content": CARD}, "RICH_CONTENT", CARD),
        (
            {"type": "ContentEvent", "contentType": "forms/secure-invitation", "message": {"a": 1}},
            "SECURE_FORM_INVITATION",
            {"a": 1},
        ),
        (
            {"type": "ContentEvent", "contentType": "hosted/file", "message": FILE},
            "HOSTED_FILE",
            FILE,
        ),
    ],
)
def test_content_is_what_was_published(talk: Talk, event: Any, kind: str, content: Any) -> None:  # noqa: ANN401
    """What is no text stands there as it was published, under a word of the history's."""
    talk.conversation.main.publish(event, author="a", role="ASSIGNED_AGENT")

    (shown,) = listed(talk)

    assert (shown["type"], shown["content"]) == (kind, content)
    assert shown["originator"] == {"role": "ASSIGNED_AGENT"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("newerThanSequence", "-1"),
        ("newerThanSequence", "1.5"),
        ("newerThanSequence", ""),
        ("limit", "0"),
        ("limit", "101"),
        ("sortBy", "createdTs"),
        ("sortOrder", "asc"),
    ],
)
def test_wrong_parameter_is_told(talk: Talk, name: str, value: str) -> None:
    """A value out of bounds, or a word that nobody knows, is a fault with its name."""
    with pytest.raises(RefusedError, match=f"^{name} is {value!r}, not "):
        page(talk, **{name: value})


def test_survey_is_a_dialog_of_its_own(talking: Callable[..., Talk]) -> None:
    """What is asked in a survey is in its dialog, from 0 on."""
    talk = talking()
    talk.account.surveys["-1"] = "How was it?"
    talk.agent("join")
    talk.agent_says("Bye")
    talk.close_dialog(features=["MULTI_DIALOG"])
    dialog = talk.conversation.survey
    assert dialog is not None

    found: Any = page_of(dialog, {}, path="/m", assumptions=ASSUMED)

    assert [(each["sequence"], each["content"]["text"]) for each in found["data"]] == [
        (0, "How was it?")
    ]
