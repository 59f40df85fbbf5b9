"""Calls with a fault: which, and what becomes of them until they are answered."""

from collections.abc import Awaitable, Callable

from starlette.responses import Response

from connector_harness.sandbox.api.context import Sandbox
from connector_harness.sandbox.faults.broken_responses import DELIVERIES, BrokenResponse
from connector_harness.sandbox.faults.faults import Fault
from connector_harness.sandbox.faults.wrong_answers import (
    altered,
    headers_of,
    instead_of,
    is_processed,
)
from connector_harness.sandbox.http.answers import Answer, RefusedError
from connector_harness.sandbox.http.bodies import BodyError, parse_json
from connector_harness.sandbox.http.calls import Call
from connector_harness.sandbox.state.tokens import InvalidTokenError

Carry = Callable[[], Answer | Awaitable[Answer]]
"""Carries out a call and returns its answer."""

_SAME = {"domain": "domains"}
"""Operations that faults call by the name of another one."""


def find_fault(sandbox: Sandbox, operation: str, call: Call) -> Fault | None:
    """Return the fault that applies to a call, None for none."""
    if not sandbox.faults.is_armed(call.account):
        return None
    consumer = _consumer_of(sandbox, operation, call)
    fault = sandbox.faults.find(call.account, _SAME.get(operation, operation), consumer)
    if fault is not None:
        # Known to the journal even if the call is not carried out.
        call.consumer = consumer
    return fault


async def carry_out(
    sandbox: Sandbox, call: Call, fault: Fault, usually: Carry
) -> tuple[Answer, Fault | None]:
    """Return the answer to a call with a fault, and the fault unless it found nothing to change.

    Args:
        sandbox: Where the call arrived.
        call: The call.
        fault: The fault.
        usually: Carries the call out.
    """
    instead = instead_of(fault)
    if instead is None:
        usual = await answer_of(usually)
        answer = altered(fault, usual)
        if answer is None:
            return usual, None
    else:
        answer = instead
        if is_processed(fault):
            await answer_of(usually)
    sandbox.faults.apply(call.account, fault)
    return answer, fault


async def answer_of(carry: Carry) -> Answer:
    """Return the answer to a call, a refusal among them."""
    try:
        done = carry()
        return done if isinstance(done, Answer) else await done
    except RefusedError as exc:
        return exc.answer


def deliver(sandbox: Sandbox, fault: Fault, response: Response) -> Response:
    """Return a response as a call with a fault gets it."""
    response.headers.update(headers_of(fault))
    if fault.name in DELIVERIES:
        return BrokenResponse(response, fault, sandbox.connections)
    return response


def _consumer_of(sandbox: Sandbox, operation: str, call: Call) -> str | None:
    """Return whom a call is for before it is carried out, None where nobody can know."""
    if operation == "consumer_token":
        return _named_in(call.body)
    if operation in {"put_file", "get_file"}:
        file = sandbox.files.get(f"/{call.path.lstrip('/')}")
        return file.owner.external_id if file else None
    try:
        token = call.headers.get("x-lp-on-behalf", "")
        return sandbox.tokens.read_consumer_token(token, call.account).external_id
    except InvalidTokenError:
        return None


def _named_in(body: bytes) -> str | None:
    try:
        document = parse_json(body)
    except BodyError:
        return None
    named = document.get("ext_consumer_id") if isinstance(document, dict) else None
    return named if isinstance(named, str) else None
