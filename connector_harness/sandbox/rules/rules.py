"""The rules of a create call and of profiles: commands come in, and a refusal may come out."""

from dataclasses import dataclass
from functools import lru_cache

from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.sandbox.assumptions import Assumptions
from connector_harness.sandbox.http import (
    Answer,
    RefusedError,
    authentication_error,
    bad_request,
    ok,
    plain_error,
    rejected,
)
from connector_harness.sandbox.rules.commands import METADATA, envelope, find_length, first_id
from connector_harness.sandbox.rules.shapes import (
    ANY_OBJECT,
    Shape,
    array,
    as_list,
    as_object,
    by_member,
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


@dataclass(frozen=True, slots=True)
class Batch:
    """The commands of an accepted create call.

    ``ids`` are the request ids in order, as they go back; ``first_event`` is there
    when a third command brought the first message, ``first_metadata`` when it had some.
    """

    ids: tuple[str, ...]
    profile: JsonObject
    request: JsonObject
    first_event: JsonObject | None
    first_metadata: list[JsonValue] | None = None


def judge_version(version: str | None, assumptions: Assumptions) -> None:
    """Accept version 3 of the conversation call, or refuse it. Source: API facts §4.1."""
    if version == SUPPORTED_VERSION or (
        version is None and not assumptions.missing_version_refused
    ):
        return
    raise plain_error(
        404,
        "Not Found",
        f"v is {version!r}; only {SUPPORTED_VERSION!r} is supported"[:200],
        error_code=assumptions.version_error_code,
    )


def judge_batch(document: JsonValue, account: str, assumptions: Assumptions) -> Batch:
    """Return the commands of a create call to *account*, or refuse it.

    Source: API facts §4.2, §4.5, §4.6, §16.
    """
    fault = _find_fault(document, assumptions)
    if fault:
        raise bad_request(fault, req_id=first_id(document))
    commands = [as_object(command) for command in as_list(document)]
    profile, request, *rest = [as_object(command["body"]) for command in commands]
    if request.get("brandId") != account:
        raise authentication_error(
            40001,
            f"$[1].body.brandId is {str(request.get('brandId'))[:60]!r}, not {account!r}",
            status=assumptions.brand_error_status,
        )
    metadata = commands[-1].get("metadata") if rest else None
    return Batch(
        tuple(str(command["id"]) for command in commands),
        profile,
        request,
        as_object(rest[0]["event"]) if rest else None,
        metadata if isinstance(metadata, list) else None,
    )


def opened(batch: Batch, conversation_id: str) -> Answer:
    """Return the answer to a create call that was carried out. Source: API facts §4.7."""
    bodies: list[JsonObject] = [
        {"msg": "OK User Profile set successfully"},
        {"conversationId": conversation_id},
        {"sequence": 0},
    ]
    return Answer(200, [ok(body, req_id) for body, req_id in zip(bodies, batch.ids, strict=False)])


def already_open(batch: Batch, lp_id: str) -> RefusedError:
    """Return the refusal of a second create call while one is open. Source: API facts §4.9."""
    message = (
        f"Consumer request conversation failed: User {lp_id} already has open conversation. "
        "Can't open another one."
    )
    items: list[JsonValue] = [
        ok({"msg": "OK User Profile set successfully"}, batch.ids[0]),
        rejected(message, batch.ids[1]),
        *(rejected("Bad Request", req_id) for req_id in batch.ids[2:]),
    ]
    return RefusedError(400, items, f"consumer {lp_id} has an open conversation")


def _find_fault(document: JsonValue, assumptions: Assumptions) -> str | None:
    if not isinstance(document, list):
        return "$ is not an array"
    # The third one is optional.
    if not len(ORDER) - 1 <= len(document) <= len(ORDER):
        return f"$ has {len(document)} commands, not 2 to {len(ORDER)}"
    for index, (command, shape) in enumerate(zip(document, _commands(assumptions), strict=False)):
        at = f"$[{index}]"
        fault = shape(command, at) or find_length(command, at)
        if fault:
            return fault
    return None


@lru_cache(maxsize=8)
def _commands(assumptions: Assumptions) -> tuple[Shape, ...]:
    return (
        envelope(SET_PROFILE, body=profile_body(assumptions)),
        envelope(REQUEST_CONVERSATION, body=_conversation_request(assumptions)),
        envelope(PUBLISH_EVENT, body=_first_message(assumptions), metadata=METADATA),
    )


def _conversation_request(assumptions: Assumptions) -> Shape:
    absent = assumptions.null_means_absent
    campaign = dict.fromkeys(("campaignId", "engagementId"), string_or_integer)
    context = {
        "type": one_of("SharkContext", "SMSContext", "MobileAppContext"),
        **dict.fromkeys(("visitorId", "sessionId", "lang"), string),
        "interactionContextId": string_or_integer,
        "features": array(string),
        "clientProperties": ANY_OBJECT,
    }
    request = {
        "channelType": one_of("MESSAGING"),
        "ttrDefName": one_of("NORMAL", "URGENT", "PRIORITIZED", "CUSTOM", None),
        "skillId": pattern("-1|[0-9]{1,10}", "-1 or an id of at most 10 digits"),
        "campaignInfo": members({}, campaign, null_means_absent=absent),
        "conversationContext": members({}, context, null_means_absent=absent),
    }
    return members({}, request, null_means_absent=absent)


def _first_message(assumptions: Assumptions) -> Shape:
    message = string if assumptions.empty_text_accepted else non_empty_string
    kind = {"type": one_of("ContentEvent"), "contentType": one_of("text/plain")}
    return members({"event": members({**kind, "message": message})})


@lru_cache(maxsize=8)
def profile_body(assumptions: Assumptions) -> Shape:
    """Return the shape of the body of a command that sets a profile.

    Source: API facts §4.5, §12.3.
    """

    def optional(names: str = "", **shapes: Shape) -> Shape:
        every = {**dict.fromkeys(names.split(), string), **shapes}
        return members({}, every, null_means_absent=assumptions.null_means_absent)

    auth = optional("iss", amr=array(one_of(*AMR)))
    date = members(dict.fromkeys(("day", "month", "year"), integer))
    info = optional(
        "cstatus ctype customerId socialId imei userName accountName role companyBranch",
        balance=number,
        companySize=integer,
        lastPaymentDate=date,
        registrationDate=date,
    )
    personal = optional(
        "firstname lastname language company",
        gender=one_of("MALE", "FEMALE", "OTHER"),
        age=members({}, dict.fromkeys(("age", "year", "month", "day"), integer)),
        contacts=array(optional("email phone")),
    )
    attributes = by_member(
        "type",
        {
            "ctmrinfo": members({"info": info}, {"auth": auth}),
            "personal": members({"personal": personal}, {"auth": auth}),
        },
    )
    push = optional("serviceName certName token")
    return optional(
        "firstName lastName userId avatarUrl role backgndImgUri description",
        authenticatedData=optional(lp_sdes=array(attributes)),
        privateData=optional("mobileNum mail", pushNotificationData=push),
    )
