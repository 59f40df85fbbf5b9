"""The rules of a create call: a batch comes in, commands or a refusal come out."""

import json
from dataclasses import dataclass
from functools import lru_cache

from connector_harness.documents import JsonObject, JsonValue
from connector_harness.sandbox.answers import (
    Answer,
    Refusal,
    authentication_error,
    bad_request,
    ok,
    plain_error,
    rejected,
)
from connector_harness.sandbox.assumptions import Assumptions
from connector_harness.sandbox.shapes import (
    Shape,
    array,
    integer,
    members,
    non_empty_string,
    number,
    one_of,
    pattern,
    string,
    string_or_integer,
)

SUPPORTED_VERSION = "3"
SET_PROFILE = "userprofile.SetUserProfile"
REQUEST_CONVERSATION = "cm.ConsumerRequestConversation"
PUBLISH_EVENT = "ms.PublishEvent"
ORDER = (SET_PROFILE, REQUEST_CONVERSATION, PUBLISH_EVENT)
"""The types of a batch in the only order that is accepted. Source: API facts §4.2."""

AMR = (
    *("face", "fpt", "geo", "hwk", "iris", "kba", "mca", "mfa", "otp", "pin"),
    *("pwd", "rba", "retina", "sc", "sms", "swk", "tel", "user", "vbm", "wia"),
)
"""How somebody was authenticated. Source: API facts §12.3."""

_ID: Shape = pattern(r"(?s).{1,64}", "an id of 1 to 64 characters")


@dataclass(frozen=True, slots=True)
class Batch:
    """The commands of an accepted create call.

    ``ids`` are the request ids in order, as they go back; ``first_event`` is there
    when a third command brought the first message.
    """

    ids: tuple[str, ...]
    profile: JsonObject
    request: JsonObject
    first_event: "JsonObject | None"


def judge_version(version: str | None, assumptions: Assumptions) -> Refusal | None:
    """Refuse every version of the conversation call but 3. Source: API facts §4.1."""
    if version == SUPPORTED_VERSION or (
        version is None and not assumptions.missing_version_refused
    ):
        return None
    return plain_error(
        404,
        "Not Found",
        f"v is {version!r}; only {SUPPORTED_VERSION!r} is supported"[:200],
        error_code=assumptions.version_error_code,
    )


def judge_batch(document: JsonValue, account: str, assumptions: Assumptions) -> Batch | Refusal:
    """Return the commands of a create call, or why it is refused.

    Source: API facts §4.2, §4.5, §4.6, §16.

    Args:
        document: The request body.
        account: The account in the path, which ``brandId`` must name.
        assumptions: The answers to what the API leaves open.
    """
    req_id = first_id(document)
    fault = _find_fault(document, assumptions)
    if fault or not isinstance(document, list):
        return bad_request(fault or "$ is not an array", req_id=req_id)
    commands = [command for command in document if isinstance(command, dict)]
    profile, request, *rest = [_object(command["body"]) for command in commands]
    if request.get("brandId") != account:
        return authentication_error(
            40001,
            f"$[1].body.brandId is {str(request.get('brandId'))[:60]!r}, not {account!r}",
            status=assumptions.brand_error_status,
        )
    first_event = _object(rest[0]["event"]) if rest else None
    return Batch(tuple(str(c["id"]) for c in commands), profile, request, first_event)


def opened(batch: Batch, conversation_id: str) -> Answer:
    """Return the answer to a create call that was carried out. Source: API facts §4.7."""
    bodies: list[JsonObject] = [
        {"msg": "OK User Profile set successfully"},
        {"conversationId": conversation_id},
        {"sequence": 0},
    ]
    return Answer(200, [ok(body, req_id) for body, req_id in zip(bodies, batch.ids, strict=False)])


def already_open(batch: Batch, lp_id: str) -> Refusal:
    """Return the answer to a second create call while one is open. Source: API facts §4.9."""
    message = (
        f"Consumer request conversation failed: User {lp_id} already has open conversation. "
        "Can't open another one."
    )
    items: list[JsonValue] = [
        ok({"msg": "OK User Profile set successfully"}, batch.ids[0]),
        rejected(message, batch.ids[1]),
        *(rejected("Bad Request", req_id) for req_id in batch.ids[2:]),
    ]
    return Refusal(400, items, f"consumer {lp_id} has an open conversation")


def first_id(document: JsonValue) -> str:
    """Return the first usable request id of a body, or an empty string."""
    first = document[0] if isinstance(document, list) and document else document
    candidate = first.get("id") if isinstance(first, dict) else None
    return str(candidate) if _ID(candidate, "$") is None else ""


def _find_fault(document: JsonValue, assumptions: Assumptions) -> str | None:
    if not isinstance(document, list):
        return "$ is not an array"
    longest = len(ORDER) if assumptions.first_message_accepted else len(ORDER) - 1
    if not len(ORDER) - 1 <= len(document) <= longest:
        return f"$ has {len(document)} commands, not 2 to {longest}"
    for index, (command, shape) in enumerate(zip(document, _commands(assumptions), strict=False)):
        fault = shape(command, f"$[{index}]") or _find_length(command, index, assumptions)
        if fault:
            return fault
    return None if assumptions.duplicate_ids_accepted else _find_duplicate(document)


def _find_length(command: JsonValue, index: int, assumptions: Assumptions) -> str | None:
    length = len(json.dumps(command, ensure_ascii=False, separators=(",", ":")))
    if length <= assumptions.longest_command:
        return None
    return f"$[{index}] has {length} characters, more than {assumptions.longest_command}"


def _find_duplicate(commands: list[JsonValue]) -> str | None:
    ids = [str(_object(command)["id"]) for command in commands]
    return None if len(set(ids)) == len(ids) else f"an id is used twice among {ids!r}"


def _object(document: JsonValue) -> JsonObject:
    return document if isinstance(document, dict) else {}


def _any(_document: JsonValue, _at: str) -> str | None:
    return None


@lru_cache(maxsize=8)
def _commands(assumptions: Assumptions) -> tuple[Shape, ...]:
    bodies = (
        _profile(assumptions),
        _conversation_request(assumptions),
        _first_message(assumptions),
    )
    return tuple(
        members(
            {"id": _ID, "type": one_of(kind), "body": body},
            {"kind": one_of("req"), "metadata": array(members({}, {}))},
        )
        for kind, body in zip(ORDER, bodies, strict=True)
    )


def _profile(assumptions: Assumptions) -> Shape:
    def optional(**shapes: Shape) -> Shape:
        return members({}, shapes, null_means_absent=assumptions.null_means_absent)

    def strings(names: str) -> dict[str, Shape]:
        return dict.fromkeys(names.split(), string)

    push = optional(**strings("serviceName certName token"))
    sdes = array(_attributes(assumptions))
    return optional(
        authenticatedData=optional(lp_sdes=sdes),
        privateData=optional(pushNotificationData=push, **strings("mobileNum mail")),
        **strings("firstName lastName userId avatarUrl role backgndImgUri description"),
    )


def _attributes(assumptions: Assumptions) -> Shape:
    absent = assumptions.null_means_absent
    auth = members({}, {"amr": array(one_of(*AMR)), "iss": string}, null_means_absent=absent)
    date = members(dict.fromkeys(("day", "month", "year"), integer), {})
    customer_names = (
        "cstatus ctype customerId socialId imei userName accountName role companyBranch"
    )
    info = members(
        {},
        {
            **dict.fromkeys(customer_names.split(), string),
            "balance": number,
            "companySize": integer,
            "lastPaymentDate": date,
            "registrationDate": date,
        },
        null_means_absent=absent,
    )
    age = members({}, dict.fromkeys(("age", "year", "month", "day"), integer))
    contact = members({}, {"email": string, "phone": string}, null_means_absent=absent)
    personal = members(
        {},
        {
            **dict.fromkeys(("firstname", "lastname", "language", "company"), string),
            "gender": one_of("MALE", "FEMALE", "OTHER"),
            "age": age,
            "contacts": array(contact),
        },
        null_means_absent=absent,
    )
    kinds = {
        "ctmrinfo": members({"type": _any, "info": info}, {"auth": auth}),
        "personal": members({"type": _any, "personal": personal}, {"auth": auth}),
    }
    named = members({"type": one_of(*kinds)}, {})

    def check(document: JsonValue, at: str) -> str | None:
        return named(document, at) or kinds[str(_object(document)["type"])](document, at)

    return check


def _conversation_request(assumptions: Assumptions) -> Shape:
    absent = assumptions.null_means_absent
    ttr = (
        "NORMAL",
        "URGENT",
        "PRIORITIZED",
        *(["CUSTOM"] if assumptions.custom_ttr_accepted else []),
    )
    campaign: dict[str, Shape] = dict.fromkeys(("campaignId", "engagementId"), string_or_integer)
    context: dict[str, Shape] = {
        "type": one_of("SharkContext", "SMSContext", "MobileAppContext"),
        **dict.fromkeys(("visitorId", "sessionId", "lang"), string),
        "interactionContextId": string_or_integer,
        "features": array(string),
        "clientProperties": members({}, {}),
    }
    return members(
        {},
        {
            "channelType": one_of("MESSAGING"),
            "ttrDefName": one_of(*ttr, None),
            "skillId": pattern("-1|[0-9]{1,10}", "-1 or an id of at most 10 digits"),
            "campaignInfo": members({}, campaign, null_means_absent=absent),
            "conversationContext": members({}, context, null_means_absent=absent),
        },
        null_means_absent=absent,
    )


def _first_message(assumptions: Assumptions) -> Shape:
    message = string if assumptions.empty_text_accepted else non_empty_string
    text = members(
        {
            "type": one_of("ContentEvent"),
            "contentType": one_of("text/plain"),
            "message": message,
        },
        {},
    )
    return members({"event": text}, {})
