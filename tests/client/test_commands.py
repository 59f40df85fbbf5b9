"""The builders make the documented objects, and share nothing between calls."""

import pytest

from connector_harness.client import commands
from connector_harness.client.events import text_event
from connector_harness.json_types import JsonObject


def test_profile_command() -> None:
    """A profile travels as the body of its command, under the id given."""
    assert commands.set_user_profile({"role": "consumer"}, id="1,") == {
        "kind": "req",
        "id": "1,",
        "type": "userprofile.SetUserProfile",
        "body": {"role": "consumer"},
    }


def test_conversation_request_as_it_is() -> None:
    """A given body travels unchanged, whatever it lacks."""
    command = commands.consumer_request_conversation({"skillId": "-1"}, id="2")
    assert (command["type"], command["body"]) == (
        "cm.ConsumerRequestConversation",
        {"skillId": "-1"},
    )


def test_smallest_conversation_request() -> None:
    """Only the account is needed; what is not given is left out."""
    assert commands.request_conversation(id="2", account="70000001") == {
        "kind": "req",
        "id": "2",
        "type": "cm.ConsumerRequestConversation",
        "body": {"brandId": "70000001"},
    }


def test_full_conversation_request() -> None:
    """A campaign and a skill land where the API expects them."""
    command = commands.request_conversation(
        id="2", account="70000001", campaign="31001/31077", skill_id="-1"
    )
    assert command["body"] == {
        "brandId": "70000001",
        "skillId": "-1",
        "campaignInfo": {"campaignId": "31001", "engagementId": "31077"},
    }


def test_campaign_without_engagement() -> None:
    """A campaign alone names no engagement."""
    assert commands.campaign_info("31001") == {"campaignId": "31001"}


def test_first_message_in_the_batch() -> None:
    """In the opening batch the message names no dialog: there is none yet."""
    event = text_event("Hello")
    assert commands.publish_event(event, id="3") == {
        "kind": "req",
        "id": "3",
        "type": "ms.PublishEvent",
        "body": {
            "event": {"type": "ContentEvent", "contentType": "text/plain", "message": "Hello"}
        },
    }


def test_message_to_a_dialog() -> None:
    """A message to an open conversation names dialog and conversation."""
    command = commands.publish_event({}, id="3", dialog_id="d-1", conversation_id="c-1")
    assert command["body"] == {"dialogId": "d-1", "conversationId": "c-1", "event": {}}


def test_commands_share_nothing() -> None:
    """Changing what went in later changes no command already built."""
    body: JsonObject = {}
    command = commands.set_user_profile(body, id="1")
    body["role"] = "agent"
    assert command["body"] == {}


def test_message_with_metadata() -> None:
    """Metadata stands beside the body, in the order given."""
    items: list[JsonObject] = [{"type": "ExternalId", "id": "b-1"}, {"type": "ActionReason"}]
    command = commands.publish_event({}, id="3", dialog_id="d-1", metadata=items)
    assert command["metadata"] == items
    assert command["body"] == {"dialogId": "d-1", "event": {}}


def test_field_update() -> None:
    """A field is updated alone."""
    field: JsonObject = {"field": "Stage"}
    command = commands.update_conversation_field(field, id="4", conversation_id="c-1")
    assert command == {
        "kind": "req",
        "id": "4",
        "type": "cm.UpdateConversationField",
        "body": {"conversationId": "c-1", "conversationField": field},
    }


def test_upload_request() -> None:
    """The size of a file travels as a text."""
    assert commands.generate_upload_url(size=20480, file_type="PNG", id="5") == {
        "kind": "req",
        "id": "5",
        "type": "ms.GenerateURLForUploadFile",
        "body": {"fileSize": "20480", "fileType": "PNG"},
    }


def test_download_request() -> None:
    """A file is asked for by its path."""
    command = commands.generate_download_url("/v1/a.PNG", id="6")
    assert command["type"] == "ms.GenerateURLForDownloadFile"
    assert command["body"] == {"relativePath": "/v1/a.PNG"}


@pytest.mark.parametrize("member", ["id", "type", "body"])
def test_command_without_a_member(member: str) -> None:
    """A command can lack any of its own members."""
    command = commands.set_user_profile({}, id="1")
    assert {*command} - {*commands.without(command, member)} == {member}
