"""Every limit of the schemas from both sides: its last value is accepted, the next refused."""

import pytest

from connector_harness.json_types import JsonValue
from tests.schema_examples import CONTRACT, Place, changed, example

Row = tuple[str, Place, JsonValue, JsonValue]
"""An example, a place in it, the last value inside the limit there and the first outside."""

CONVERSATION = "request/consumer_request_conversation/accepted-full"
OPENED = "response/conversation/accepted-first-message"
DUPLICATE = "response/duplicate_conversation/accepted-first-message"
PROFILE = "request/set_user_profile/accepted-empty"
MESSAGE = "request/first_message/accepted-text"
UNAUTHENTICATED = "response/authentication_error/accepted-40102"
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
ADDRESS = "response/upload_url/accepted-documented"
QUERY = ("body", "queryParams")
NUMBER = ("body", "sequence")
CHANGE = "notification/messaging_event_change/accepted-text"
STATE = "notification/conversation_state/accepted-created"
DETAILS = "notification/conversation_details/accepted-all-members"
PREVIEW = "data:image/png;base64,"
ACTION: JsonValue = {"type": "publishText", "text": "Yes"}
MAIN = example("notification/dialog/accepted-main")
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
    "service": ("response/domain/accepted-host", ("service",), "s", ""),
    "account": ("response/domain/accepted-host", ("account",), "1", ""),
    "host": ("response/domain/accepted-host", ("baseURI",), "[::1]:80", ""),
    "conversation id, shortest": (OPENED, (1, "body", "conversationId"), "c", ""),
    "conversation id, longest": (OPENED, (1, "body", "conversationId"), "c" * 64, "c" * 65),
    "request id, shortest": (OPENED, (0, "reqId"), "r", ""),
    "request id, longest": (OPENED, (2, "reqId"), "r" * 64, "r" * 65),
    "sequence, least": (OPENED, (2, "body", "sequence"), 0, -1),
    "sequence, whole": (OPENED, (2, "body", "sequence"), 1, 0.5),
    "duplicate's request id": (DUPLICATE, (2, "reqId"), "r", ""),
    "refused request id": ("response/refusal/accepted-documented", ("reqId",), "r" * 64, "r" * 65),
    "duplicate's request id, longest": (DUPLICATE, (2, "reqId"), "r" * 64, "r" * 65),
    "profile's request id in a duplicate": (DUPLICATE, (0, "reqId"), "r" * 64, "r" * 65),
    "profile's request id in a duplicate, shortest": (DUPLICATE, (0, "reqId"), "r", ""),
    "conversation's request id in a duplicate": (DUPLICATE, (1, "reqId"), "r" * 64, "r" * 65),
    "conversation's request id in a duplicate, shortest": (DUPLICATE, (1, "reqId"), "r", ""),
    "profile's request id": (OPENED, (0, "reqId"), "r" * 64, "r" * 65),
    "conversation's request id": (OPENED, (1, "reqId"), "r" * 64, "r" * 65),
    "conversation's request id, shortest": (OPENED, (1, "reqId"), "r", ""),
    "message's request id, shortest": (OPENED, (2, "reqId"), "r", ""),
    "profile's id, shortest": (PROFILE, ("id",), "1", ""),
    "profile's id, longest": (PROFILE, ("id",), "i" * 64, "i" * 65),
    "message's id, shortest": (MESSAGE, ("id",), "1", ""),
    "message's id, longest": (MESSAGE, ("id",), "i" * 64, "i" * 65),
    "token of three parts": (
        "response/consumer_token/accepted-documented",
        ("token",),
        "a.b.c",
        "a.b",
    ),
    "company size, whole": (CUSTOMER, ("info", "companySize"), 1, 0.5),
    "day of a payment, whole": (CUSTOMER, ("info", "lastPaymentDate", "day"), 1, 0.5),
    "age, whole": (PERSON, ("personal", "age", "age"), 1, 0.5),
    "refusal of a token": ("response/token_refusal/accepted-oauth", ("error",), "e", ""),
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
    "replies in a row": ("shared/quick_replies/accepted-buttons", ("itemsPerRow",), 1, 0),
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
    "number of an event, least": ("response/published/accepted-documented", NUMBER, 0, -1),
    "number of an event, whole": ("response/published/accepted-documented", NUMBER, 1, 0.5),
    "signature of an address, shortest": (ADDRESS, (*QUERY, "temp_url_sig"), "a" * 40, "a" * 39),
    "signature of an address, longest": (ADDRESS, (*QUERY, "temp_url_sig"), "f" * 40, "f" * 41),
    "signature of an address, no line end": (
        ADDRESS,
        (*QUERY, "temp_url_sig"),
        "0" * 40,
        "0" * 40 + "\n",
    ),
    "expiry of an address": (ADDRESS, (*QUERY, "temp_url_expires"), "1", ""),
    "expiry of an address, no line end": (ADDRESS, (*QUERY, "temp_url_expires"), "1", "1\n"),
    **{
        f"request id of {name}, {end}": (
            f"response/{name}/accepted-documented",
            ("reqId",),
            inside,
            outside,
        )
        for name in ("published", "field_updated", "profile_set", "upload_url", "download_url")
        for end, inside, outside in (("shortest", "r", ""), ("longest", "r" * 64, "r" * 65))
    },
    "number of a change, least": (CHANGE, ("sequence",), 0, -1),
    "number of a change, whole": (CHANGE, ("sequence",), 1, 0.5),
    "time of a change": (CHANGE, ("serverTimestamp",), 0, -1),
    "who caused a change": (CHANGE, ("originatorId",), "o", ""),
    "who caused a change, again": (CHANGE, ("originatorMetadata", "id"), "o", ""),
    "dialog of a change, shortest": (CHANGE, ("dialogId",), "d", ""),
    "dialog of a change, longest": (CHANGE, ("dialogId",), "d" * 64, "d" * 65),
    "conversation of a change": (CHANGE, ("conversationId",), "c" * 64, "c" * 65),
    "deadline": (STATE, ("result", "effectiveTTR"), -1, -2),
    "conversation": (STATE, ("result", "convId"), "c" * 64, "c" * 65),
    "response time": (DETAILS, ("ttr", "value"), 0, -1),
    "stars told, fewest": (DETAILS, ("csat", "csatRate"), 1, 0),
    "stars told, most": (DETAILS, ("csat", "csatRate"), 5, 6),
    "time in milliseconds, whole": (DETAILS, ("startTs",), 0, 0.5),
    "brand": (DETAILS, ("brandId",), "b", ""),
    "skill": (DETAILS, ("skillId",), "s", ""),
    "reason for closing": (DETAILS, ("closeReason",), "r", ""),
    "dialogs of a conversation": (DETAILS, ("dialogs",), [MAIN], []),
    "id of a dialog": ("notification/dialog/accepted-main", ("dialogId",), "d" * 64, "d" * 65),
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
    f"{name}, {folder}": (f"{folder}/structured_content/{base}", path, inside, outside)
    for name, (base, path, inside, outside) in GRAMMAR.items()
    for folder in ("request", "shared")
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
