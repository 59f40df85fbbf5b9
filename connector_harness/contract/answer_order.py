"""Whether an answer belongs to the commands that were sent: each once, in their order."""

from connector_harness.contract.contract import ContractError
from connector_harness.json_types import JsonValue


def check(request: JsonValue, answer: JsonValue, *, operation: str) -> None:
    """Fail unless a good answer names the ids that were sent, in their order.

    Source: API facts §4.7 and §5.2.

    Raises:
        ContractError: It names others, or not all of them, or in another order.
    """
    __tracebackhide__ = True
    sent, answered = _values(request, "id"), _values(answer, "reqId")
    if answered == sent:
        return
    missing = [id_ for id_ in sent if id_ not in answered]
    what = "is not that to what was sent"
    if missing:
        what = f"lacks some: command {', '.join(map(repr, missing))} has no answer"
    raise ContractError(
        f"answer of {operation} {what}\n"
        f"  at: reqId: sent were the ids {sent}; answered were {answered}\n"
        "  next: let the endpoint answer every command once, in the order sent"
    )


def _values(document: JsonValue, member: str) -> list[str]:
    items = document if isinstance(document, list) else [document]
    # An id that was sent as a number comes back as a text.
    return [str(each.get(member)) if isinstance(each, dict) else "" for each in items]
