"""A delivery reads as its changes, whatever it leaves out."""

import json
from typing import Any

import pytest

from connector_harness.receiver.notification import Notification, read_notification
from tests.receiver.deliveries import (
    CARD,
    CONSUMER,
    CONVERSATION,
    FILE,
    SAMPLE,
    SURVEY,
    TYPING,
    body,
    change,
    event_item,
    notification,
    receipt,
    state_item,
    text,
)


def read(content: bytes, **headers: str) -> Notification:
    """Return *content* as delivered."""
    return read_notification(tuple(headers.items()), content, received_at=2.0, at=1.0)


def test_documented_sample() -> None:
    """The body of Appendix B reads as the agent's text number 2."""
    (told,) = read(SAMPLE).changes
    assert (told.kind, told.sequence, told.role) == ("text", 2, "ASSIGNED_AGENT")
    assert (told.conversation_id, told.dialog_id) == (CONVERSATION, CONVERSATION)
    assert (told.originator_id, told.text, told.received_at) == ("agent-7", "Grüße 👋", 2.0)


def test_kind_of_an_event() -> None:
    """Every event has a kind, and words for people."""
    told = change(event_item(CARD, 2))
    assert (told.kind, told.text) == ("rich content", "[card] Keep the order? / Yes")
    assert str(told) == "the agent shows '[card] Keep the order? / Yes' (2)"


def test_typing_has_no_number() -> None:
    """Nothing stands in for a number that was not told."""
    told = change(event_item(TYPING))
    assert told.sequence is None
    assert str(told) == "the agent appears typing"


@pytest.mark.parametrize("number", [True, "2", 2.0, None])
def test_number_that_is_none(number: object) -> None:
    """A number is an integer; anything else is not taken for one."""
    assert change(event_item(text("Hi")) | {"sequence": number}).sequence is None


def test_another_dialog_is_named() -> None:
    """What is said in a survey is told apart from the conversation."""
    words = str(change(event_item(text("How was it?"), 0, dialog=SURVEY, role="AGENT")))
    assert words == f"the robot says 'How was it?' (0) in dialog '{SURVEY}'"


def test_long_text_is_cut() -> None:
    """Words for people stay on one line of readable length."""
    words = str(change(event_item(text("long\n" * 1000), 0)))
    assert len(words) < 120
    assert "\n" not in words


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ({}, "the conversation is open, skill '-1', the shopper"),
        ({"csat": {"csatRate": 4}}, "the conversation is open, skill '-1', the shopper, rated 4"),
        ({"state": "CLOSE"}, "state closed, stage open, skill '-1', the shopper"),
        (
            {"state": "CLOSE", "stage": "CLOSE", "closeReason": "AGENT"},
            "the conversation is closed, skill '-1', the shopper, closed by the agent",
        ),
        (
            {"dialogs": [{"dialogType": "MAIN"}, {"dialogType": "POST_SURVEY", "state": "OPEN"}]},
            "the conversation is open, skill '-1', the shopper, survey open",
        ),
    ],
)
def test_change_of_the_conversation(details: dict[str, Any], words: str) -> None:
    """A change of the conversation tells how it stands now."""
    told = change(state_item(**details))
    assert (told.kind, told.conversation_id, told.sequence) == ("conversation", CONVERSATION, None)
    assert str(told) == words


def test_metadata_and_the_rest_are_kept() -> None:
    """Metadata and members without an attribute can be asked for."""
    item = event_item(text("Yes"), 1) | {"metadata": [{"type": "ExternalId", "id": "btn-yes"}]}
    told = change(item)
    assert told.metadata == [{"type": "ExternalId", "id": "btn-yes"}]
    assert told.item["serverTimestamp"] == 1


def test_dialog_stands_in_for_the_conversation() -> None:
    """Older notifications name no conversation; the main dialog has its id."""
    item = event_item(text("Hi"), 0)
    del item["conversationId"]
    assert change(item).conversation_id == CONVERSATION


def test_several_changes_in_one_delivery() -> None:
    """A delivery may tell several changes, of several conversations."""
    delivery = notification(event_item(text("Hi"), 0), event_item(TYPING, conversation="c-2"))
    assert [each.kind for each in delivery.changes] == ["text", "typing"]
    assert (delivery.conversation_id, delivery.conversation_ids[1]) == (CONVERSATION, "c-2")


def test_consumers_are_named() -> None:
    """Whoever has the role of the consumer, in a message or among the participants, is one."""
    assert notification(state_item()).consumer_ids == {CONSUMER}
    assert notification(event_item(text("Hi"), 0, role="CONSUMER")).consumer_ids == {CONSUMER}
    assert notification(event_item(text("Hi"), 0)).consumer_ids == set()


@pytest.mark.parametrize(
    ("item", "key"),
    [
        (event_item(TYPING), "ms.MessagingEventNotification.ChatStateEvent"),
        (event_item(receipt(0), 1), "ms.MessagingEventNotification.AcceptStatusEvent"),
        (state_item(), "cqm.ExConversationChangeNotification"),
    ],
)
def test_key_of_the_manifest(item: dict[str, Any], key: str) -> None:
    """A delivery knows which key of the app manifest asks for it."""
    assert notification(item).subscription == key


def test_body_that_is_not_json() -> None:
    """It is kept as it came, with a fault instead of changes."""
    delivery = read(b"not JSON")
    assert (delivery.document, delivery.changes, delivery.body) == (None, (), b"not JSON")
    assert delivery.faults == ("the body is not JSON: Expecting value: line 1 column 1 (char 0)",)


ODD: tuple[object, ...] = (
    None,
    True,
    7,
    0.5,
    "x",
    [],
    {},
    [[]],
    [None],
    {"changes": 1},
    {"result": {}},
)
NAMES = ("body", "type", "changes", "result", "event", "originatorMetadata", "sequence")


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_other_shapes(odd: object) -> None:
    """Whatever stands where something else is expected, reading and telling go on."""
    item: dict[str, Any] = dict.fromkeys((*NAMES, "conversationId", "dialogId", "metadata"), odd)
    inner = [{"event": odd}, {"event": {"type": odd, "contentType": odd, "message": odd}}]
    inner += [{"event": {**TYPING, "chatState": odd}}, {"event": {**receipt(), "status": odd}}]
    inner += [
        {"event": {**CARD, "content": {"elements": odd}}},
        {"event": {**FILE, "message": odd}},
    ]
    inner += [{"event": {**CARD, "content": odd}}]
    inner += [{"result": {"convId": odd, "conversationDetails": odd}}]
    inner += [{"result": {"conversationDetails": {"state": odd, "dialogs": odd, "stage": odd}}}]
    documents = [odd, item, {"body": odd}, {"body": {"changes": odd}}]
    documents += [{"type": odd, "body": {"changes": [item, each]}} for each in inner]
    told = [read(json.dumps(each).encode()) for each in documents]
    assert all(f"{each!r} {[str(one) for one in each.changes]}" for each in told)
    assert all(isinstance(each.subscription, str | None) for each in told)


def test_bad_signature_leaves_nothing_told() -> None:
    """An unsigned delivery keeps whom it names and its bytes, and tells nothing."""
    delivery = notification(event_item(text("Hi"), 0)).unsigned("why")
    assert (delivery.changes, delivery.document, delivery.signed) == ((), None, False)
    assert (delivery.conversation_id, delivery.faults) == (CONVERSATION, ("why",))
    assert delivery.body == body(event_item(text("Hi"), 0))


def test_repr_keeps_what_was_said() -> None:
    """The repr names type and conversation, and quotes nobody."""
    shown = repr(notification(event_item(text("a secret"), 0)))
    assert "a secret" not in shown
    assert CONVERSATION in shown


def test_header_by_name() -> None:
    """Header fields are found by their name in lower case."""
    assert read(b"{}", host="box").header("host") == "box"
    assert read(b"{}").header("host") is None
