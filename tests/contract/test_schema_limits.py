"""Every limit of requests from both sides: its last value is accepted, the next refused."""

import pytest

from connector_harness.json_types import JsonValue
from tests.schema_examples import CONTRACT, Place, changed

Row = tuple[str, Place, JsonValue, JsonValue]
"""An example, a place in it, the last value inside the limit there and the first outside."""

CONVERSATION = "request/consumer_request_conversation/accepted-full"
PROFILE = "request/set_user_profile/accepted-empty"
MESSAGE = "request/first_message/accepted-text"
CUSTOMER = "request/engagement_attribute/accepted-customer"
PERSON = "request/engagement_attribute/accepted-person"
SKILL = ("body", "skillId")
FIELD = "request/conversation_field/accepted-"
SATISFACTION = f"{FIELD}satisfaction"
PUBLISHED = "request/publish_event/accepted-text"
UPLOAD = "request/generate_upload_url/accepted-documented"
BOT = "request/metadata/accepted-bot-response"
PROPERTIES = "request/client_properties/accepted-full"
MANIFEST = "request/app_manifest/accepted-documented"
HOOK = ("capabilities", "webhooks", "ms.MessagingEventNotification.ContentEvent")
RETENTION = ("capabilities", "webhooks", "retry", "retention_time")
PREVIEW = "data:image/png;base64,"
ACTION: JsonValue = {"type": "publishText", "text": "Yes"}
LIMITS: dict[str, Row] = {
    "command id, shortest": (CONVERSATION, ("id",), "1", ""),
    "command id, longest": (CONVERSATION, ("id",), "i" * 64, "i" * 65),
    "skill id, longest": (CONVERSATION, SKILL, "9" * 10, "9" * 11),
    "skill id, shortest": (CONVERSATION, SKILL, "1", ""),
    "skill id, no line end": (CONVERSATION, SKILL, "12", "12\n"),
    "skill id, least": (CONVERSATION, SKILL, -1, -2),
    "skill id, greatest": (CONVERSATION, SKILL, 9_999_999_999, 10_000_000_000),
    "skill id, no truth value": (CONVERSATION, SKILL, 1, True),
    "brand id, a digit": (CONVERSATION, ("body", "brandId"), "le1", "le"),
    "brand id, a string": (CONVERSATION, ("body", "brandId"), "70000001", 70000001),
    "response time asked for": (CONVERSATION, ("body", "ttrDefName"), None, ""),
    "external id": (
        "request/metadata/accepted-external-id",
        ("id",),
        "i" * 64,
        "i" * 65,
    ),
    "reason": ("request/metadata/accepted-action-reason", ("reason",), "r" * 64, "r" * 65),
    "reason id": ("request/metadata/accepted-action-reason", ("reasonId",), "r" * 64, "r" * 65),
    "client id": ("request/app_token/accepted-type-in-query", ("client_id",), "c", ""),
    "client secret": ("request/app_token/accepted-type-in-query", ("client_secret",), "c", ""),
    "consumer": ("request/consumer_token/accepted-consumer", ("ext_consumer_id",), "c", ""),
    "profile's id, shortest": (PROFILE, ("id",), "1", ""),
    "profile's id, longest": (PROFILE, ("id",), "i" * 64, "i" * 65),
    "message's id, shortest": (MESSAGE, ("id",), "1", ""),
    "message's id, longest": (MESSAGE, ("id",), "i" * 64, "i" * 65),
    "company size, whole": (CUSTOMER, ("info", "companySize"), 1, 0.5),
    "day of a payment, whole": (CUSTOMER, ("info", "lastPaymentDate", "day"), 1, 0.5),
    "age, whole": (PERSON, ("personal", "age", "age"), 1, 0.5),
    "dialog id, shortest": (PUBLISHED, ("body", "dialogId"), "d", ""),
    "dialog id, longest": (PUBLISHED, ("body", "dialogId"), "d" * 64, "d" * 65),
    "conversation of a dialog, longest": (
        PUBLISHED,
        ("body", "conversationId"),
        "c" * 64,
        "c" * 65,
    ),
    "event's command id, longest": (PUBLISHED, ("id",), "i" * 64, "i" * 65),
    "event's command id, shortest": (PUBLISHED, ("id",), "i", ""),
    "event's command id, whole": (PUBLISHED, ("id",), 1, 0.5),
    "receipt's number, least": (
        "request/accept_status_event/accepted-read",
        ("sequenceList", 0),
        0,
        -1,
    ),
    "preview": (
        "request/hosted_file_event/accepted-documented",
        ("message", "preview"),
        PREVIEW + "A" * (30_719 - len(PREVIEW)),
        PREVIEW + "A" * (30_720 - len(PREVIEW)),
    ),
    "stars, fewest": (SATISFACTION, ("csatRate",), 1, 0),
    "stars, most": (SATISFACTION, ("csatRate",), 5, 6),
    "seconds to an answer, fewest": (FIELD + "response-time", ("value",), 0, -1),
    "dialog to close, longest": (
        FIELD + "dialog-change",
        ("dialog", "dialogId"),
        "d" * 64,
        "d" * 65,
    ),
    "file size, a digit": (UPLOAD, ("body", "fileSize"), "0", ""),
    "file size, no line end": (UPLOAD, ("body", "fileSize"), "1", "1\n"),
    "file size, least": (UPLOAD, ("body", "fileSize"), 0, -1),
    "file size, whole": (UPLOAD, ("body", "fileSize"), 1, 0.5),
    "path to a file": (
        "request/generate_download_url/accepted-documented",
        ("body", "relativePath"),
        "/v",
        "/",
    ),
    "bot's conversation": (BOT, ("externalConversationId",), "c" * 64, "c" * 65),
    "business case": (BOT, ("businessCases", 0), "b" * 64, "b" * 65),
    "intent's name": (BOT, ("intents", 0, "name"), "n" * 64, "n" * 65),
    "intent's id": (BOT, ("intents", 0, "id"), "i" * 64, "i" * 65),
    "confidence, least": (BOT, ("intents", 0, "confidence"), 0, -0.01),
    "confidence, most": (BOT, ("intents", 0, "confidence"), 1, 1.01),
    "message Watson refers to, whole": (
        "request/metadata/accepted-watson",
        ("referred_visitor_message_sequences", 0),
        1,
        0.5,
    ),
    "app version": (PROPERTIES, ("appVersion",), "v" * 32, "v" * 33),
    "address of the consumer": (PROPERTIES, ("ipAddress",), "255.255.255.255", "255.255.255.256"),
    **{
        f"client's {name}": (PROPERTIES, (name,), "x" * 64, "x" * 65)
        for name in (
            *("appId", "osVersion", "osName", "integrationVersion", "browser", "browserVersion"),
            *("timeZone", "deviceManufacture", "deviceModel"),
        )
    },
    "retries, fewest": (MANIFEST, (*HOOK, "max_retries"), 0, -1),
    "retries, most": (MANIFEST, (*HOOK, "max_retries"), 5, 6),
    "retention, shortest": (MANIFEST, RETENTION, 2, 1),
    "retention, longest": (MANIFEST, RETENTION, 259_200, 259_201),
    "receiver on this machine": (
        MANIFEST,
        (*HOOK, "endpoint"),
        "http://localhost/",
        "http://localhost.example.test/",
    ),
    "client name": (MANIFEST, ("client_name",), "c", ""),
}

GRAMMAR: dict[str, Row] = {
    "text": ("accepted-text", ("text",), "x" * 5000, "x" * 5001),
    "address of an image": ("accepted-image", ("url",), "u" * 2048, "u" * 2049),
    "caption of an image": ("accepted-image", ("caption",), "c" * 128, "c" * 129),
    "title of a button": ("accepted-button", ("title",), "t" * 128, "t" * 129),
    "address of a link preview": ("accepted-link-preview", ("url",), "u" * 2048, "u" * 2049),
    "title of a link preview": ("accepted-link-preview", ("title",), "t" * 128, "t" * 129),
    "title of a template": ("accepted-template", ("title",), "t" * 5000, "t" * 5001),
    "reply of a template": ("accepted-template", ("resp", 0), "r" * 128, "r" * 129),
    "replies of a template": ("accepted-template", ("resp",), ["yes"], []),
    "actions of a click": ("accepted-button", ("click", "actions"), [ACTION] * 4, [ACTION] * 5),
    "id of a click": ("accepted-button", ("click", "metadata", 0, "id"), "i" * 64, "i" * 65),
    "limit deep inside": (
        "accepted-nested",
        ("elements", 0, "elements", 0, "elements"),
        [{"type": "button", "title": "t" * 128}],
        [{"type": "button", "title": "t" * 129}],
    ),
}
"""The limits of structured content, which hold for what is sent and for what arrives."""

LIMITS |= {
    f"{name}, request": (f"request/structured_content/{base}", path, inside, outside)
    for name, (base, path, inside, outside) in GRAMMAR.items()
}


@pytest.mark.parametrize(("base", "path", "inside", "_"), LIMITS.values(), ids=LIMITS)
def test_value_at_the_limit_is_accepted(
    base: str, path: tuple[str | int, ...], inside: JsonValue, _: JsonValue
) -> None:
    """The last value inside a limit satisfies the schema."""
    assert CONTRACT.differences(changed(base, path, inside), base.rpartition("/")[0]) == []


@pytest.mark.parametrize(("base", "path", "_", "outside"), LIMITS.values(), ids=LIMITS)
def test_value_past_the_limit_is_refused(
    base: str, path: tuple[str | int, ...], _: JsonValue, outside: JsonValue
) -> None:
    """The first value outside a limit is the one difference."""
    assert len(CONTRACT.differences(changed(base, path, outside), base.rpartition("/")[0])) == 1
