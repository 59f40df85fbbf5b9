"""Whether an answer belongs to the commands that were sent: each once, in their order."""

import json
from collections.abc import Iterator
from typing import Final

from connector_harness.contract.contract import ContractError
from connector_harness.json_types import JsonValue

_BEGIN: Final = b'{"kind":"req","id":'


def check(request: bytes, answer: JsonValue, *, operation: str) -> None:
    """Fail unless a good answer names the ids that were sent, in their order.

    Source: API facts §4.7 and §5.2.

    Args:
        request: What was sent: a command or a list of them.
        answer: What was answered.
        operation: What was called, for the message.

    Raises:
        ContractError: It names others, or not all of them, or in another order.
    """
    __tracebackhide__ = True
    answered = list(_values(answer, "reqId"))
    if _are_seen(answered, request):
        return
    sent = list(_values(json.loads(request), "id"))
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


def _are_seen(ids: list[str], body: bytes) -> bool:
    """Return whether *body* shows at a glance to hold commands with these ids and no others.

    Reading it again, only for its ids, would cost a run of thousands of scenarios seconds.
    """
    place = -1
    for id_ in ids:
        begin = b'%s"%s",' % (_BEGIN, id_.encode(errors="surrogatepass"))
        place = body.find(begin, place + 1)
        # An id with quotes in it could pass for an id and what follows it.
        if place < 0 or '"' in id_:
            return False
    return body.count(_BEGIN) == len(ids)


def _values(document: JsonValue, member: str) -> Iterator[str]:
    for item in document if isinstance(document, list) else [document]:
        # An id that was sent as a number comes back as a text.
        yield str(item.get(member)) if isinstance(item, dict) else ""
