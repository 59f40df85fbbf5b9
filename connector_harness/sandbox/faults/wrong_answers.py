"""Answers that are not what they should be: refusals out of the blue, and good ones spoilt."""

from collections.abc import Callable

from connector_harness.json_types import JsonValue
from connector_harness.sandbox.faults.faults import Fault
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
_LISTS: dict[str, Callable[[list[JsonValue]], list[JsonValue]]] = {
    "reordered_answers": lambda answers: answers[::-1],
    "duplicate_answer": lambda answers: [answers[0], *answers],
    "missing_answer": lambda answers: answers[:-1],
}
_SHORTEST_LISTS = {"reordered_answers": 2}


def instead_of(fault: Fault) -> Answer | None:
    """Return what a call with a fault is answered with whatever it asks, None for the usual.

    Source: API facts §10.1, §16.
    """
    reason = f"injected fault {fault.name}"
    if fault.name == "reset_before" or (fault.name == "timeout" and not is_processed(fault)):
        return UNANSWERED
    if fault.name == "throttled":
        return plain_error(429, _TITLES[429], reason, error_code=42901).answer
    if fault.name == "expired_token":
        whose = fault.parameters.get("token", "app")
        return authentication_error(40103 if whose == "consumer" else 40102, reason).answer
    if fault.name.startswith("status_"):
        status = int(fault.name.removeprefix("status_"))
        return plain_error(status, _TITLES[status], reason).answer
    return None


def is_processed(fault: Fault) -> bool:
    """Return whether a call is carried out although its answer has nothing to do with that."""
    return fault.parameters.get("processed") is True


def altered(fault: Fault, answer: Answer) -> Answer | None:
    """Return an answer with its items as the fault has them, None where it has none to alter."""
    alter = _LISTS.get(fault.name)
    if alter is None:
        return answer
    items = answer.body
    if not isinstance(items, list) or len(items) < _SHORTEST_LISTS.get(fault.name, 1):
        return None
    # Not the rest of it: what a gateway hands on has bytes beside its document.
    return Answer(answer.status, alter(items), reason=answer.reason)


def spoilt(fault: Fault, content: bytes, media_type: str | None) -> tuple[bytes, str | None]:
    """Return the body and the media type as the fault has them."""
    if fault.name == "wrong_content_type":
        return content, str(fault.parameters.get("content_type", "text/html"))
    # No document is one still without its last character.
    return (content[:-1] if fault.name == "invalid_json" else content), media_type


def headers_of(fault: Fault) -> dict[str, str]:
    """Return the headers that a fault adds to the answer."""
    wait_s = fault.parameters.get("retry_after") if fault.name == "throttled" else None
    return {} if wait_s is None else {"retry-after": str(wait_s)}
