"""Tests of the sentences about a conversation as a whole."""

import pytest

from connector_harness.json_types import JsonObject
from connector_harness.receiver.notification import Change
from steps.transcript import Rows, deeds

OPENED: JsonObject = {"stage": "OPEN", "participants": [{"id": "s", "role": "CONSUMER"}]}
JOINED: JsonObject = {
    "stage": "OPEN",
    "participants": [{"id": "s", "role": "CONSUMER"}, {"id": "a", "role": "ASSIGNED_AGENT"}],
}
CLOSED: JsonObject = {**JOINED, "stage": "CLOSE", "closeReason": "AGENT"}


def state(details: JsonObject) -> Change:
    """Return what tells of a conversation in this state."""
    return Change("conversation", "c-1", details=details)


def event(kind: str, **event: object) -> Change:
    """Return what tells of the shopper's event."""
    return Change(kind, "c-1", "c-1", 1, "s", "CONSUMER", dict(event))  # type: ignore[arg-type]  # JSON by the call


def test_states_are_told_as_deeds() -> None:
    """What changes from one state to the next is who did what."""
    told = list(deeds([state(OPENED), state(JOINED), state(CLOSED)]))

    assert told == [
        ("shopper", "opened the conversation"),
        ("agent", "joined"),
        ("agent", "closed the conversation"),
    ]


def test_other_change_is_named() -> None:
    """A change that no sentence knows is told by the members that changed."""
    told = list(deeds([state(OPENED), state({**OPENED, "skillId": "7"})]))

    assert told[1] == ("somebody", "changed ['skillId']")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (event("text", type="ContentEvent", message="Hi"), "Hi"),
        (event("receipt", status="READ", sequenceList=[0, 2]), "(read 0, 2)"),
        (event("typing", chatState="COMPOSING"), "(appears typing)"),
    ],
)
def test_events_are_told_in_words(change: Change, words: str) -> None:
    """A text is itself; what is no text stands in brackets."""
    assert list(deeds([change])) == [("shopper", words)]


def test_table_needs_its_head() -> None:
    """Rows below the head are the table; another head is named before the run."""
    rows = Rows("who", "what")

    assert rows([["who", "what"], ["agent", "joined"]]) == [("agent", "joined")]
    assert rows.problem([["who", "what"], ["agent", "joined"]]) is None
    assert rows.problem([["who"], ["agent"]]) == (
        "the table begins with ['who']",
        "write | who | what |, then rows",
    )


@pytest.mark.parametrize(
    "row",
    [
        ("shopper", "Where is it?", "0"),
        ("robot", "(read 0, 2)", "12"),
        ("system", "closed the conversation", "3"),
        ("agent", "(appears typing)", "4"),
        ("agent", "[card] Keep the order? / Yes", "4"),
        ("conversation", "is passed on to skill billing", "4"),
        ("shopper", '"okay"', "4"),
        ("shopper", "", "4"),
    ],
)
def test_cells_have_their_words(row: tuple[str, ...]) -> None:
    """Who, what and number are written as they are told."""
    assert Rows("who", "what", "number").problem([["who", "what", "number"], [*row]]) is None


@pytest.mark.parametrize(
    ("cells", "what", "advice"),
    [
        (("boss", "Hi", "0"), "who is 'boss'", "shopper"),
        (("agent", "Hi", "zero"), "number is 'zero'", "write digits"),
        (("agent", "Hi", "-1"), "number is '-1'", "write digits"),
        (("agent", "jumped in", "0"), "what is 'jumped in'", "joined"),
        (("agent", "(reed 0)", "0"), "what is '(reed 0)'", "(read 0)"),
        (("agent", "(appears tired)", "0"), "what is '(appears tired)'", "(appears typing)"),
        (("boss", "went", "x"), "who is 'boss', what is 'went', number is 'x'", "in quotes"),
    ],
)
def test_other_cells_are_named(cells: tuple[str, ...], what: str, advice: str) -> None:
    """All that nobody is told so are named at once, with what can be written."""
    found = Rows("who", "what", "number").problem([["who", "what", "number"], [*cells]])

    assert found is not None
    assert found[0] == f"in the table {what}"
    assert advice in found[1]


def test_what_was_said_in_small_letters_stands_in_quotes() -> None:
    """They tell it from what was done, and are no part of it."""
    assert Rows("what")([["what"], ['"okay"'], ['"Yes"'], ["joined"]]) == [
        ("okay",),
        ('"Yes"',),
        ("joined",),
    ]


def test_states_are_told_as_the_chat_has_them() -> None:
    """What happens to the whole is told in the words of the chat, and can be written in a table."""
    open_: JsonObject = {**OPENED, "state": "OPEN", "skillId": "-1", "metaDataLastUpdateTs": 1}
    survey: JsonObject = {"dialogId": "s-1", "dialogType": "POST_SURVEY", "state": "OPEN"}
    before: JsonObject = {**open_, **JOINED, "ttr": {"value": 1}}
    moved: JsonObject = {**before, **OPENED, "skillId": "77", "metaDataLastUpdateTs": 2}
    rated: JsonObject = {**moved, "csat": {"csatRate": 4}}
    hurried: JsonObject = {**rated, "ttr": {"value": 2}}
    asked: JsonObject = {
        **hurried,
        "state": "CLOSE",
        "closeReason": "CONSUMER",
        "dialogs": [survey],
    }
    ended: JsonObject = {**asked, "stage": "CLOSE", "dialogs": [{**survey, "state": "CLOSE"}]}
    stages: list[JsonObject] = [open_, before, moved, rated, hurried, asked, ended]
    told = [*deeds([state(each) for each in stages])]

    assert told == [
        ("shopper", "opened the conversation"),
        ("agent", "joined"),
        ("conversation", "is passed on to skill 77"),
        ("agent", "leaves"),
        ("shopper", "rates the conversation: 4 stars"),
        ("shopper", "asks for another response time"),
        ("survey", "begins"),
        ("matter", "is closed by the shopper, the conversation goes on"),
        ("survey", "ends"),
        ("shopper", "closed the conversation"),
    ]
    assert Rows("who", "what").problem([["who", "what"], *map(list, told)]) is None
