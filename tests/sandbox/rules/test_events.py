"""The rules of events."""

from typing import Any

import pytest

from connector_harness.json_types import JsonObject
from connector_harness.sandbox.assumptions import Assumptions
from connector_harness.sandbox.rules.events import as_published, find_fault, hosted_file, is_message

CHAT_STATES = ("ACTIVE", "INACTIVE", "GONE", "COMPOSING", "PAUSE")
RECEIPTS = ("ACCEPT", "READ", "ACCESS", "NACK", "ACTION")
TEXT: JsonObject = {"type": "ContentEvent", "contentType": "text/plain", "message": "Hi"}
FILE: JsonObject = {
    "type": "ContentEvent",
    "contentType": "hosted/file",
    "message": {"relativePath": "p"},
}
TYPING: JsonObject = {"type": "ChatStateEvent", "chatState": "ACTIVE"}
READ: JsonObject = {"type": "AcceptStatusEvent", "status": "READ", "sequenceList": [0]}
ELEMENT: JsonObject = {"type": "text", "text": "x"}
RICH: JsonObject = {"type": "RichContentEvent", "content": ELEMENT}
REPLIES = {"type": "quickReplies", "replies": []}


def _fault(event: Any, *, by_agent: bool = False, **assumed: Any) -> str | None:  # noqa: ANN401
    return find_fault(event, "$", by_agent=by_agent, assumptions=Assumptions(**assumed))


@pytest.mark.parametrize(
    "event",
    [
        TEXT,
        {**TEXT, "message": ""},
        {**TEXT, "quickReplies": REPLIES},
        FILE,
        *({**TYPING, "chatState": s} for s in CHAT_STATES),
        *({**READ, "status": s} for s in RECEIPTS),
        {**READ, "sequenceList": [2, 3, 4]},
        RICH,
        {"type": "RichContentEvent", "message": ELEMENT},
        {**RICH, "message": "is not looked at"},
    ],
    ids=repr,
)
@pytest.mark.parametrize("by_agent", [False, True], ids=["consumer", "agent"])
def test_documented_event_is_accepted(event: Any, by_agent: bool) -> None:  # noqa: ANN401, FBT001
    """Both sides may publish every documented event."""
    assert _fault(event, by_agent=by_agent) is None


@pytest.mark.parametrize(
    ("event", "fault"),
    [
        ({"type": "SmileEvent"}, "$.type is 'SmileEvent', not one of ContentEvent"),
        ({**TEXT, "contentType": "text/html"}, "$.contentType is 'text/html'"),
        ({**TEXT, "quickReplies": []}, "$.quickReplies is an array"),
        ({**TYPING, "chatState": "BACKGROUND"}, "$.chatState is 'BACKGROUND'"),
        ({**READ, "sequenceList": ["1"]}, "$.sequenceList[0] is '1', not an integer"),
        ({**RICH, "content": {}}, "$.content lacks 'type'"),
        ({"type": "RichContentEvent", "message": {}}, "$.message lacks 'type'"),
    ],
    ids=repr,
)
def test_fault_is_named_with_its_place(event: Any, fault: str) -> None:  # noqa: ANN401
    """What is unknown or missing is told; what else there is, `test_requests` judges."""
    assert fault in (_fault(event) or "")


@pytest.mark.parametrize("kind", ["forms/secure-invitation", "forms/secure-submission"])
def test_secure_forms_are_for_agents(kind: str) -> None:
    """A consumer may not publish secure forms."""
    event = {**FILE, "contentType": kind}

    assert _fault(event, by_agent=True) is None
    assert "$.contentType is 'forms/" in (_fault(event) or "")


def test_empty_text_passes_as_assumed() -> None:
    """Whether a text may be empty is an assumption."""
    assert _fault({**TEXT, "message": ""}, empty_text_accepted=False) is not None


def test_structured_content_is_told_as_content() -> None:
    """The schema's name for it is understood, the common one is used."""
    sent: JsonObject = {"type": "RichContentEvent", "message": ELEMENT, "tag": 1}

    assert as_published(sent) == {**RICH, "tag": 1}
    assert as_published(RICH) is RICH
    assert as_published(TEXT) is TEXT


def test_file_of_an_event_is_found() -> None:
    """Only a file message has a file."""
    assert hosted_file(FILE) == {"relativePath": "p"}
    assert [hosted_file(event) for event in (TEXT, TYPING, RICH)] == [None] * 3


def test_messages_are_told_from_receipts_and_typing() -> None:
    """Text, files and structured content say something."""
    assert [is_message(event) for event in (TEXT, FILE, RICH, TYPING, READ)] == [
        *[True] * 3,
        *[False] * 2,
    ]
