"""Answers that are not what they should be: refusals out of the blue, and good ones spoilt."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from connector_harness.json_types import JsonValue
from connector_harness.sandbox.faults.fault import (
    CALL,
    CONVERSATION,
    CREATE,
    DOCUMENT,
    Fault,
    FaultKind,
)
from connector_harness.sandbox.http import Answer, authentication_error, plain_error

UNANSWERED = Answer(0, None)
"""Stands for none, where a call was not carried out and is not answered."""

_TITLES = {
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Unable to access resource",
    504: "Gateway Timeout",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongAnswer(FaultKind):
    """A fault for which an answer says something else.

    Attributes:
        instead: What a call is answered with, whatever it asks.
        items: What becomes of the items of an answer.
        least: How many items that takes.
        content: What becomes of body and media type.
    """

    instead: Callable[[Fault], Answer] | None = None
    items: Callable[[list[JsonValue]], list[JsonValue]] | None = None
    least: int = 1
    content: Callable[[Fault, bytes, str | None], tuple[bytes, str | None]] | None = None


def _throttled(fault: Fault) -> Answer:
    return plain_error(429, _TITLES[429], _reason(fault), error_code=42901).answer


def _expired(fault: Fault) -> Answer:
    code = 40103 if fault.parameters.get("token") == "consumer" else 40102
    return authentication_error(code, _reason(fault)).answer


def _failed(fault: Fault) -> Answer:
    status = int(fault.name.removeprefix("status_"))
    return plain_error(status, _TITLES[status], _reason(fault)).answer


def _reason(fault: Fault) -> str:
    return f"injected fault {fault.name}"


def _mislabelled(fault: Fault, content: bytes, _: str | None) -> tuple[bytes, str]:
    return content, str(fault.parameters.get("content_type", "text/html"))


def _cut(_: Fault, content: bytes, media_type: str | None) -> tuple[bytes, str | None]:
    # No document is one still without its last character.
    return content[:-1], media_type


FAULTS: Final[Mapping[str, WrongAnswer]] = {
    "wrong_content_type": WrongAnswer(CALL, takes=("content_type",), content=_mislabelled),
    "invalid_json": WrongAnswer(DOCUMENT, content=_cut),
    "reordered_answers": WrongAnswer(CREATE, items=lambda answers: answers[::-1], least=2),
    "duplicate_answer": WrongAnswer(CREATE, items=lambda answers: [answers[0], *answers]),
    "missing_answer": WrongAnswer(CREATE, items=lambda answers: answers[:-1]),
    "throttled": WrongAnswer(CALL, takes=("retry_after",), instead=_throttled),
    **dict.fromkeys(
        ("status_500", "status_502", "status_503", "status_504"),
        WrongAnswer(CALL, takes=("processed",), instead=_failed),
    ),
    "expired_token": WrongAnswer(
        (*CONVERSATION, "consumer_token"), takes=("token",), instead=_expired
    ),
}
"""The faults of what an answer says, by name. Source: API facts §10.1, §16."""

_NONE: Final = WrongAnswer(())


def instead_of(fault: Fault) -> Answer | None:
    """Return what a call with a fault is answered with whatever it asks, None for the usual."""
    if fault.name == "reset_before" or (fault.name == "timeout" and not is_processed(fault)):
        return UNANSWERED
    instead = FAULTS.get(fault.name, _NONE).instead
    return instead and instead(fault)


def is_processed(fault: Fault) -> bool:
    """Return whether a call is carried out although its answer has nothing to do with that."""
    return fault.parameters.get("processed") is True


def altered(fault: Fault, answer: Answer) -> Answer | None:
    """Return an answer with its items as the fault has them, None where it has none to alter."""
    kind, items = FAULTS.get(fault.name, _NONE), answer.body
    if kind.items is None:
        return answer
    if not isinstance(items, list) or len(items) < kind.least:
        return None
    # Not the rest of it: what a gateway hands on has bytes beside its document.
    return Answer(answer.status, kind.items(items), reason=answer.reason)


def spoilt(fault: Fault, content: bytes, media_type: str | None) -> tuple[bytes, str | None]:
    """Return the body and the media type as the fault has them."""
    spoil = FAULTS.get(fault.name, _NONE).content
    return (content, media_type) if spoil is None else spoil(fault, content, media_type)


def headers_of(fault: Fault) -> dict[str, str]:
    """Return the headers that a fault adds to the answer."""
    wait_s = fault.parameters.get("retry_after") if fault.name == "throttled" else None
    return {} if wait_s is None else {"retry-after": str(wait_s)}
