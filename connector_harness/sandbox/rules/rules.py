"""The rules of a create call: a batch comes in, commands or a refusal come out."""

from dataclasses import dataclass
from functools import lru_cache

from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.sandbox.assumptions import Assumptions
from connector_harness.sandbox.http.answers import (
    Answer,
    RefusedError,
    authentication_error,
    bad_request,
    ok,
    plain_error,
    rejected,
)
from connector_harness.sandbox.rules.envelopes import envelope, find_length, first_id
from connector_harness.sandbox.rules.metadata import METADATA
from connector_harness.sandbox.rules.profiles import profile_body
from connector_harness.sandbox.rules.shapes import (
    Shape,
    array,
    members,
    non_empty_string,
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
    """Accept version 3 of the conversation call. Source: API facts §4.1.

    Raises:
        RefusedError: It is another one.
    """
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
    """Return the commands of a create call. Source: API facts §4.2, §4.5, §4.6, §16.

    Args:
        document: The request body.
        account: The account in the path, which ``brandId`` must name.
        assumptions: The answers to what the API leaves open.

    Raises:
        RefusedError: It has not the form of one, or names another account.
    """
    fault = _find_fault(document, assumptions)
    if fault or not isinstance(document, list):
        raise bad_request(fault or "$ is not an array", req_id=first_id(document))
    commands = [command for command in document if isinstance(command, dict)]
    profile, request, *rest = [_object(command["body"]) for command in commands]
    if request.get("brandId") != account:
        raise authentication_error(
            40001,
            f"$[1].body.brandId is {str(request.get('brandId'))[:60]!r}, not {account!r}",
            status=assumptions.brand_error_status,
        )
    first_event = _object(rest[0]["event"]) if rest else None
    metadata = commands[-1].get("metadata") if rest else None
    return Batch(
        tuple(str(command["id"]) for command in commands),
        profile,
        request,
        first_event,
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


def _object(document: JsonValue) -> JsonObject:
    return document if isinstance(document, dict) else {}


@lru_cache(maxsize=8)
def _commands(assumptions: Assumptions) -> tuple[Shape, ...]:
    return (
        envelope(SET_PROFILE, body=profile_body(assumptions)),
        envelope(REQUEST_CONVERSATION, body=_conversation_request(assumptions)),
        envelope(PUBLISH_EVENT, body=_first_message(assumptions), metadata=METADATA),
    )


def _conversation_request(assumptions: Assumptions) -> Shape:
    absent = assumptions.null_means_absent
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
            "ttrDefName": one_of("NORMAL", "URGENT", "PRIORITIZED", "CUSTOM", None),
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
