"""Every kind of event is described once, in words for people."""

from typing import Any

import pytest

from connector_harness.contract.schemas import read_schemas
from connector_harness.json_types import JsonObject
from connector_harness.wording.changes import EVENTS, content_text, event_kind, what_was_done
from tests.receiver.deliveries import CARD, FILE, TYPING, receipt, text
from tests.schema_examples import FOLDER

TOLD: list[tuple[Any, str, str, str]] = [
    (text("On its way."), "text", "On its way.", "says 'On its way.'"),
    (FILE, "file", "[file] label", "sends '[file] label'"),
    (
        CARD,
        "rich content",
        "[card] Keep the order? / Yes",
        "shows '[card] Keep the order? / Yes'",
    ),
    (receipt(0, 1), "receipt", "(read 0, 1)", "marks messages 0, 1 as read"),
    (TYPING, "typing", "(appears typing)", "appears typing"),
    ({"type": "Unheard"}, "other", "[Unheard]", "sends '[Unheard]'"),
    (
        {"type": "ContentEvent", "contentType": "forms/secure-invitation", "message": {}},
        "other",
        "[forms/secure-invitation]",
        "sends '[forms/secure-invitation]'",
    ),
]
"""An event of each kind, what it is called, what it tells, and what somebody does by it."""


@pytest.mark.parametrize(("event", "kind", "told", "done"), TOLD)
def test_event_in_words(event: JsonObject, kind: str, told: str, done: str) -> None:
    """Every event has a kind, and words for people."""
    assert event_kind(event).name == kind
    assert (content_text(kind, event), what_was_done(kind, event)) == (told, done)


def test_every_kind_is_tried() -> None:
    """Every kind of event has an example of its words, and there is a kind for each documented."""
    schemas, _ = read_schemas(FOLDER)
    documented: Any = schemas["notification/event"]["properties"]

    assert {each.name for each in EVENTS} == {kind for _, kind, *_ in TOLD} - {"other"}
    assert {each.type for each in EVENTS} == set(documented["type"]["enum"])
