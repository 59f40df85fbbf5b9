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
