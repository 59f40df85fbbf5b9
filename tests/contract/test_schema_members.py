"""Every member of the schemas: whether it must be there, of what kind, with which words."""

import pytest

from connector_harness.contract.differences import path_text
from connector_harness.json_types import JsonValue
from tests.schema_examples import accepts, changed, example, places, value_at, without

CONVERSATION = "request/consumer_request_conversation/accepted-full"
CUSTOMER = "request/engagement_attribute/accepted-customer"
PERSON = "request/engagement_attribute/accepted-person"
PROPERTIES = "request/client_properties/accepted-full"
DETAILS = "notification/conversation_details/accepted-all-members"
OWN = "notification/messaging_event_change/accepted-own-message"
MANIFEST, WEBHOOKS = (
    "request/app_manifest/accepted-all-notifications",
    ("capabilities", "webhooks"),
)
HOOKS = path_text(WEBHOOKS)
CHANGED = "$.body.changes[0].result.conversationDetails"

OPTIONAL = {
    MANIFEST: " ".join(
        (
            f"{HOOKS}['cqm.ExConversationChangeNotification'].headers",
            *(f"{HOOKS}['{name}']" for name in value_at(example(MANIFEST), WEBHOOKS)),  # type: ignore[union-attr]  # an object
        )
    ),
    "request/conversation_field/accepted-dialog-change": "$.dialog.closedCause",
    "request/conversation_field/accepted-participants": "",
    "request/conversation_field/accepted-response-time": "",
    "request/conversation_field/accepted-satisfaction": "",
    "request/conversation_field/accepted-skill": "",
    "request/metadata/accepted-survey-question": "",
    "request/publish_event/accepted-metadata": "$.body.conversationId $.kind $.metadata",
    "response/field_updated/accepted-documented": "",
    "response/profile_set/accepted-documented": "",
    "response/published/accepted-documented": "",
    "response/upload_url/accepted-documented": "",
    "notification/conversation_change/accepted-sent-time": (
        f"{CHANGED}.conversationHandlerDetails {CHANGED}.dialogs[0].participantsDetails[0].state"
        " $.body.sentTs"
    ),
    DETAILS: (
        "$.campaignInfo $.campaignInfo.campaignId $.campaignInfo.engagementId $.closeReason"
        " $.context $.context.type $.conversationHandlerDetails $.csat $.csat.csatRate"
        " $.csat.csatResolutionConfirmation $.csat.status $.delay"
        " $.dialogs[0].participantsDetails[0].state $.endTs $.manualETTR"
    ),
    "notification/messaging_event/accepted-file": (
        "$.body.changes[0].conversationId $.body.changes[0].event.message.caption"
        " $.body.changes[0].event.message.preview"
    ),
    "notification/messaging_event/accepted-typing": "$.body.changes[0].conversationId",
    "notification/messaging_event_change/accepted-metadata": (
        "$.conversationId $.messageAudience $.metadata"
    ),
}
"""The members that may be left out, of those an example has; every other must be there."""

FULL = [
    "request/app_token/accepted-type-in-form",
    "request/metadata/accepted-action-reason",
    "response/app_token/accepted-documented",
    "response/authentication_error/accepted-40102",
    "response/consumer_token/accepted-documented",
    "response/conversation/accepted-first-message",
    "response/domains/accepted-two",
    "response/duplicate_conversation/accepted-first-message",
    "response/refusal/accepted-documented",
    "response/throttled/accepted-assumed",
    "response/token_refusal/accepted-described",
    "response/version_error/accepted-assumed",
    "shared/metadata/accepted-survey-answer",
    "request/app_manifest/accepted-documented",
    "request/client_properties/accepted-full",
    "request/metadata/accepted-bot-response",
    "request/metadata/accepted-watson",
    "notification/conversation_change/accepted-subscription",
    "notification/conversation_details/accepted-survey-done",
    "notification/messaging_event_change/accepted-own-message",
    *OPTIONAL,
]
"""Examples that hold, together, every member a schema lists."""

ERROR_FRAME = {"$.kind", "$.type"}
FREE = {
    "response/domain_refusal/accepted-any-object": {"$.message"},
    "response/duplicate_conversation/accepted-first-message": {"$[2].body", "$[2].body.msg"},
    "response/throttled/accepted-assumed": ERROR_FRAME,
    "response/version_error/accepted-assumed": ERROR_FRAME,
    "request/metadata/accepted-watson": {
        *("$.branch_exited", "$.branch_exited_reason", "$.capability", "$.entities[0]"),
        *("$.nodes_visited[0]", "$.referred_capability", "$.referred_nodes[0]"),
    },
    DETAILS: {"$.context.type"},
    OWN: {
        "$.originatorMetadata.clientProperties.features",
        "$.originatorMetadata.clientProperties.features[0]",
        "$.originatorMetadata.clientProperties.type",
    },
}
"""Members of which nothing is known but that they may be there."""

REQUIRED = {
    "request/app_token/accepted-type-in-form": "$.client_id $.client_secret",
    "response/app_token/accepted-documented": "$.access_token $.token_type",
    "response/authentication_error/accepted-40102": (
        "$.body $.body.details $.body.errorCode $.body.title $.code $.kind $.type"
    ),
    "response/conversation/accepted-first-message": (
        "$[0].body $[0].body.msg $[0].code $[0].reqId"
        " $[1].body $[1].body.conversationId $[1].code $[1].reqId"
        " $[2].body $[2].body.sequence $[2].code $[2].reqId"
    ),
    "response/domain/accepted-host": "$.account $.baseURI $.service",
    "response/duplicate_conversation/accepted-first-message": (
        "$[0].body $[0].body.msg $[0].code $[0].reqId"
        " $[1].body $[1].body.msg $[1].code $[1].reqId $[2].code $[2].reqId"
    ),
    "response/refusal/accepted-documented": "$.body $.body.msg $.code $.reqId",
}
"""The members that must be there, of those an example has."""

AMR = "face fpt geo hwk iris kba mca mfa otp pin pwd rba retina sc sms swk tel user vbm wia"
TTR = "CUSTOM NORMAL PRIORITIZED URGENT"
SATISFACTION = "FILLED PARTIALLY_FILLED SKIPPED"
PICTURES = "JPG JPEG PNG GIF"
ROLES = "CONSUMER ASSIGNED_AGENT AGENT MANAGER AGENT_MANAGER ASSIGNED_MANAGER READER CONTROLLER"
FEATURES = (
    "CO_BROWSE CO_APP PHOTO_SHARING SECURE_FORMS AUTO_MESSAGES RICH_CONTENT QUICK_REPLIES"
    " MULTI_DIALOG FILE_SHARING MARKDOWN_HYPERLINKS"
)
WORDS = [
    (CONVERSATION, ("body", "ttrDefName"), "NORMAL URGENT PRIORITIZED CUSTOM"),
    (
        CONVERSATION,
        ("body", "conversationContext", "type"),
        "SharkContext SMSContext MobileAppContext",
    ),
    (PERSON, ("personal", "gender"), "MALE FEMALE OTHER"),
    (PERSON, ("auth", "amr", 0), AMR),
    (CUSTOMER, ("auth", "amr", 0), AMR),
    ("request/conversation_field/accepted-participants", ("type",), "ADD REMOVE UPDATE"),
    (
        "request/conversation_field/accepted-participants",
        ("role",),
        "MANAGER READER ASSIGNED_AGENT",
    ),
    ("request/conversation_field/accepted-response-time", ("ttrType",), TTR),
    ("request/conversation_field/accepted-satisfaction", ("status",), SATISFACTION),
    ("request/generate_upload_url/accepted-documented", ("body", "fileType"), PICTURES),
    ("request/hosted_file_event/accepted-documented", ("message", "fileType"), PICTURES),
    (PROPERTIES, ("deviceFamily",), "DESKTOP TABLET MOBILE OTHER"),
    (PROPERTIES, ("os",), "WINDOWS LINUX OSX ANDROID IOS OTHER"),
    (PROPERTIES, ("integration",), "WEB_SDK MOBILE_SDK BRAND_SDK"),
    ("notification/event/accepted-file", ("message", "fileType"), f"{PICTURES} IMG TXT PDF"),
    (
        "notification/event/accepted-typing",
        ("chatState",),
        "ACTIVE INACTIVE GONE COMPOSING PAUSE",
    ),
    ("notification/event/accepted-receipt", ("status",), "ACCEPT READ ACCESS NACK ACTION"),
    (OWN, ("originatorMetadata", "role"), ROLES),
    (DETAILS, ("participants", 0, "role"), ROLES),
    (DETAILS, ("ttr", "ttrType"), TTR),
    (DETAILS, ("csat", "status"), SATISFACTION),
    (DETAILS, ("delay", "type"), "NIGHT WEEKEND HOLIDAY"),
    ("notification/dialog/accepted-main", ("participantsDetails", 0, "role"), ROLES),
    (
        "notification/dialog/accepted-main",
        ("participantsDetails", 0, "state"),
        "ACTIVE SUGGESTED",
    ),
]
"""The words each of these members may hold."""


@pytest.mark.parametrize("name", FULL)
def test_value_of_another_kind_is_refused(name: str) -> None:
    """An object where a plain value belongs, or the other way round, is refused everywhere."""
    document = example(name)
    accepted = set()
    for path in places(document):
        other: JsonValue = "x" if isinstance(value_at(document, path), dict | list) else {}
        if accepts(changed(name, path, other) if path else other, name):
            accepted.add(path_text(path))

    assert accepted == FREE.get(name, set())


@pytest.mark.parametrize(("name", "members"), REQUIRED.items(), ids=REQUIRED)
def test_required_members_are_the_documented_ones(name: str, members: str) -> None:
    """An example without one of these members is refused, without any other accepted."""
    document = example(name)
    paths = [path for path in places(document) if path and isinstance(path[-1], str)]
    needed = [path_text(path) for path in paths if not accepts(without(name, path), name)]

    assert sorted(needed) == members.split()


@pytest.mark.parametrize(("name", "members"), OPTIONAL.items(), ids=OPTIONAL)
def test_optional_members_are_the_documented_ones(name: str, members: str) -> None:
    """An example without one of these members is accepted, without any other refused."""
    document = example(name)
    paths = [path for path in places(document) if path and isinstance(path[-1], str)]
    spared = [path_text(path) for path in paths if accepts(without(name, path), name)]

    assert sorted(spared) == sorted(members.split())


@pytest.mark.parametrize(("base", "path", "words"), WORDS)
def test_documented_words_are_accepted(base: str, path: tuple[str | int, ...], words: str) -> None:
    """Every word the pages list is accepted, in its spelling only."""
    assert [word for word in words.split() if not accepts(changed(base, path, word), base)] == []
    assert not accepts(changed(base, path, words.partition(" ")[0].swapcase()), base)
