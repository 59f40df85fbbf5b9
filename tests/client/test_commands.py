"""The builders make the documented objects, and share nothing between calls."""

from connector_harness.client import commands
from connector_harness.documents import JsonObject


def test_profile_command() -> None:
    """A profile travels as the body of its command, under the id given."""
    assert commands.set_user_profile({"role": "consumer"}, id="1,") == {
        "kind": "req",
        "id": "1,",
        "type": "userprofile.SetUserProfile",
        "body": {"role": "consumer"},
    }


def test_profile_of_attributes() -> None:
    """Engagement attributes keep their order in the profile."""
    attributes = [
        commands.customer_info({"customerId": "C-1"}),
        commands.personal_info({"firstname": "Mira"}),
    ]
    assert commands.user_profile(*attributes) == {
        "authenticatedData": {
            "lp_sdes": [
                {"type": "ctmrinfo", "info": {"customerId": "C-1"}},
                {"type": "personal", "personal": {"firstname": "Mira"}},
            ]
        }
    }


def test_profile_without_attributes() -> None:
    """Without attributes the profile is the empty object the API allows."""
    assert commands.user_profile() == {}


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
    """Every documented field lands where the API expects it."""
    context = commands.conversation_context(
        visitor_id="v", session_id="s", interaction_context_id="2", language="de-DE"
    )
    command = commands.request_conversation(
        id="2",
        account="70000001",
        campaign="31001/31077",
        context=context,
        skill_id="-1",
        ttr="URGENT",
        channel_type="MESSAGING",
    )
    assert command["body"] == {
        "brandId": "70000001",
        "channelType": "MESSAGING",
        "ttrDefName": "URGENT",
        "skillId": "-1",
        "campaignInfo": {"campaignId": "31001", "engagementId": "31077"},
        "conversationContext": {
            "type": "SharkContext",
            "visitorId": "v",
            "sessionId": "s",
            "interactionContextId": "2",
            "lang": "de-DE",
        },
    }


def test_campaign_without_engagement() -> None:
    """A campaign alone names no engagement."""
    assert commands.campaign_info("31001") == {"campaignId": "31001"}


def test_context_without_language() -> None:
    """A context without a language has no such member."""
    context = commands.conversation_context(
        visitor_id="", session_id="", interaction_context_id="2"
    )
    assert "lang" not in context


def test_first_message_in_the_batch() -> None:
    """In the opening batch the message names no dialog: there is none yet."""
    event = commands.text_event("Hello")
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
