"""Notification documents, compared with the samples of the fact sheet (§9.7, §9.8)."""

import pytest

from connector_harness.json_types import JsonObject
from connector_harness.sandbox.state.state import Account, Conversation, Message, Participant
from connector_harness.sandbox.webhooks.notifications import conversation_changed, event_published
from tests.sandbox.talks import ADA

NOW = 1735689600000
AGENT = "5a8e0c1d-1f2b-5c3d-8e4f-6a7b8c9d0e1f"
TEXT: JsonObject = {"type": "ContentEvent", "message": "On its way.", "contentType": "text/plain"}
TYPING: JsonObject = {"type": "ChatStateEvent", "chatState": "COMPOSING"}
READ: JsonObject = {"type": "AcceptStatusEvent", "status": "READ", "sequenceList": [0]}
RICH: JsonObject = {"type": "RichContentEvent", "content": {"type": "text", "text": "x"}}


@pytest.fixture
def conversation(account: Account) -> Conversation:
    """Ada's conversation, opened at the start of 2025."""
    return account.open(ADA, {}, at_ms=NOW)


def _told(conversation: Conversation, event: JsonObject, sequence: int | None) -> JsonObject:
    message = Message(sequence, event, AGENT, "ASSIGNED_AGENT", NOW + 1)
    return event_published(conversation, conversation.main, message).document


def test_text_is_told_as_documented(conversation: Conversation) -> None:
    """A text has number, author, time, place and audience."""
    change = {
        "sequence": 2,
        "originatorId": AGENT,
        "originatorMetadata": {"id": AGENT, "role": "ASSIGNED_AGENT"},
        "serverTimestamp": NOW + 1,
        "event": TEXT,
        "conversationId": conversation.id,
        "dialogId": conversation.id,
        "messageAudience": "ALL",
    }

    assert _told(conversation, TEXT, 2) == {
        "kind": "notification",
        "body": {"changes": [change]},
        "type": "ms.MessagingEventNotification",
    }


def test_typing_has_neither_number_nor_time(conversation: Conversation) -> None:
    """Typing is told without number, time and audience."""
    change = {
        "originatorId": AGENT,
        "originatorMetadata": {"id": AGENT, "role": "ASSIGNED_AGENT"},
        "event": TYPING,
        "conversationId": conversation.id,
        "dialogId": conversation.id,
    }

    assert _told(conversation, TYPING, None)["body"] == {"changes": [change]}


def test_receipt_has_number_and_time_without_audience(conversation: Conversation) -> None:
    """The samples of receipts name no audience."""
    message = Message(1, READ, AGENT, at_ms=NOW)

    silent = event_published(conversation, conversation.main, message)
    named = event_published(conversation, conversation.main, message, audience_of_receipts=True)

    assert "'sequence': 1" in str(silent.document)
    assert "messageAudience" not in str(silent.document)
    assert "'messageAudience': 'ALL'" in str(named.document)


def test_metadata_and_client_properties_are_passed_on(conversation: Conversation) -> None:
    """What came with a command is told with its event."""
    message = Message(0, TEXT, ADA.lp_id, metadata=[{"type": "ExternalId", "id": "x"}])
    properties: JsonObject = {"type": ".ClientProperties"}

    told = event_published(
        conversation, conversation.main, message, client_properties=properties
    ).document

    assert "'metadata': [{'type': 'ExternalId', 'id': 'x'}]" in str(told)
    originator = {"id": ADA.lp_id, "role": "CONSUMER", "clientProperties": properties}
    assert f"'originatorMetadata': {originator}" in str(told)


@pytest.mark.parametrize(
    ("event", "subscription"),
    [
        (TEXT, "ms.MessagingEventNotification.ContentEvent"),
        (RICH, "ms.MessagingEventNotification.RichContentEvent"),
        (READ, "ms.MessagingEventNotification.AcceptStatusEvent"),
        (TYPING, "ms.MessagingEventNotification.ChatStateEvent"),
    ],
)
def test_event_has_its_subscription(
    conversation: Conversation, event: JsonObject, subscription: str
) -> None:
    """Apps ask for the kinds of events one by one."""
    told = event_published(conversation, conversation.main, Message(0, event, "0a"))

    assert (told.subscription, told.conversation) == (subscription, conversation.id)
    assert told.consumer == "ada"


def test_created_conversation_is_told_as_documented(conversation: Conversation) -> None:
    """A new conversation is told whole: one consumer, one dialog, everything open."""
    told = conversation_changed(conversation, survey_app="app")
    person = {"id": ADA.lp_id, "role": "CONSUMER"}
    dialog = {
        "dialogId": conversation.id,
        "participantsDetails": [{**person, "state": "ACTIVE"}],
        "dialogType": "MAIN",
        "channelType": "MESSAGING",
        "state": "OPEN",
        "creationTs": NOW,
        "metaDataLastUpdateTs": NOW,
    }
    details = {
        "skillId": "-1",
        "participants": [person],
        "dialogs": [dialog],
        "brandId": "70000001",
        "state": "OPEN",
        "stage": "OPEN",
        "startTs": NOW,
        "metaDataLastUpdateTs": NOW,
        "ttr": {"ttrType": "PRIORITIZED", "value": 600},
        "conversationHandlerDetails": {"accountId": "70000001", "skillId": "-1"},
    }
    result = {
        "convId": conversation.id,
        "effectiveTTR": NOW + 600_000,
        "conversationDetails": details,
    }

    assert told.subscription == "cqm.ExConversationChangeNotification"
    assert told.document == {
        "kind": "notification",
        "body": {"changes": [{"type": "UPSERT", "result": result}]},
        "type": "cqm.ExConversationChangeNotification",
    }


def test_notification_does_not_change_afterwards(conversation: Conversation) -> None:
    """What is pending stays as it was when it happened."""
    told = conversation_changed(conversation, survey_app="app")
    before = str(told)

    conversation.main.add(Participant("agent-7", "ASSIGNED_AGENT"), at_ms=NOW + 9)
    conversation.skill = "7"

    assert str(told) == before
