"""Control routes of faults; never part of the Connector API."""

from connector_harness.json_types import JsonObject
from connector_harness.sandbox.api.context import Sandbox
from connector_harness.sandbox.control.control import find_account, read_request
from connector_harness.sandbox.faults.fault import (
    ANONYMOUS,
    NARROWING,
    OPERATIONS,
    WEBHOOK,
    FaultKind,
)
from connector_harness.sandbox.faults.faults import FAULTS, MOST_FAULTS
from connector_harness.sandbox.http import Answer, Call, full, plain_error
from connector_harness.sandbox.rules import shapes

LONGEST_DELAY_S = 600
"""Real seconds that an answer can be late, and that a chunk of one can be."""

LATEST_WEBHOOK_S = 864_000
MOST_TIMES, LARGEST_CHUNK = 1_000_000, 1_048_576

_COMMON: dict[str, shapes.Shape] = {
    "consumer": shapes.non_empty_string,
    "operation": shapes.one_of(*OPERATIONS),
    "times": shapes.between(1, MOST_TIMES, shapes.integer),
}
_DELAY = shapes.between(0, LONGEST_DELAY_S)
# A value for a header.
_MEDIA_TYPE = shapes.pattern("[ -~]{1,200}", "1 to 200 printable characters")
_PARAMETERS: dict[str, shapes.Shape] = {
    "delay_s": _DELAY,
    "chunk_s": _DELAY,
    "chunk_bytes": shapes.between(1, LARGEST_CHUNK, shapes.integer),
    "content_type": _MEDIA_TYPE,
    "retry_after": shapes.between(0, LATEST_WEBHOOK_S, shapes.integer),
    "token": shapes.one_of("app", "consumer"),
    "processed": shapes.boolean,
    **dict.fromkeys(NARROWING, shapes.string),
}
_OF_WEBHOOKS = {**_PARAMETERS, "delay_s": shapes.between(0, LATEST_WEBHOOK_S)}


def _shape(kind: FaultKind) -> shapes.Shape:
    known = _OF_WEBHOOKS if kind.operations == (WEBHOOK,) else _PARAMETERS
    return shapes.members(
        {"account": shapes.string, "fault": shapes.string, **{n: known[n] for n in kind.needs}},
        {**_COMMON, **{name: known[name] for name in kind.takes}},
        null_means_absent=True,
        closed=True,
    )


_INJECT = shapes.by_member("fault", {name: _shape(kind) for name, kind in FAULTS.items()})
_NO_PARAMETERS = frozenset({"account", "fault", *_COMMON})


def inject(sandbox: Sandbox, call: Call) -> Answer:
    """Let calls or webhooks of an account go wrong from now on.

    Shape: ``{"account", "fault", "consumer"?, "operation"?, "times"?: int | null, …}`` in, with
    the parameters of the fault; ``{"id"}`` out. ``times`` is 1 where it is left out, and null
    until recovered; any other null is like nothing.
    """
    return add_fault(sandbox, read_request(call, shapes.ANY_OBJECT))


def add_fault(sandbox: Sandbox, document: JsonObject) -> Answer:
    """Let calls or webhooks go wrong from now on, as a document says that `inject` takes."""
    unfit = _INJECT(document, "$")
    if unfit:
        raise plain_error(400, "Bad Request", unfit)
    account = find_account(sandbox, document["account"])
    name, operation, consumer = (_text(document, key) for key in ("fault", "operation", "consumer"))
    misfit = _find_misfit(str(name), operation, consumer)
    if misfit:
        raise plain_error(400, "Bad Request", misfit)
    if not sandbox.faults.has_room(account.id):
        raise full(f"{MOST_FAULTS} faults are waiting, the most the sandbox keeps")
    times = document.get("times", 1)
    fault = sandbox.faults.inject(
        account.id,
        str(name),
        operation=operation,
        consumer=consumer,
        times=times if isinstance(times, int) else None,
        parameters={
            key: value
            for key, value in document.items()
            if key not in _NO_PARAMETERS and value is not None
        },
    )
    return Answer(201, {"id": fault.id})


def show(sandbox: Sandbox, call: Call) -> Answer:
    """Answer with faults and how often each was applied.

    ``account`` is in the query, and ``consumer`` or ``id`` if only theirs are wanted.
    """
    account = find_account(sandbox, call.query.get("account", ""))
    fault_id = call.query.get("id")
    faults = sandbox.faults.read(account.id, consumer=call.query.get("consumer"), fault_id=fault_id)
    if fault_id is not None and not faults:
        raise plain_error(404, "Unknown fault", f"fault {fault_id[:60]!r} is not known")
    return Answer(200, {"faults": faults})


def recover(sandbox: Sandbox, call: Call) -> Answer:
    """End faults, and let go on what they hold back.

    ``account`` is in the query, and ``consumer`` or ``id`` if only theirs are meant.
    """
    account = find_account(sandbox, call.query.get("account", ""))
    ended = sandbox.faults.recover(
        account.id, consumer=call.query.get("consumer"), fault_id=call.query.get("id")
    )
    sandbox.webhooks.release(account.id, ended)
    return Answer(200, {})


def _find_misfit(name: str, operation: str | None, consumer: str | None) -> str | None:
    """Return why a fault could never apply, or None."""
    fitting = FAULTS[name].operations
    if operation is not None and operation not in fitting:
        return f"{name} cannot apply to {operation!r}, but to {', '.join(fitting)}"
    if operation in ANONYMOUS and consumer is not None:
        return f"the consumer of {operation!r} is not known; leave it out, to mean everybody's"
    return None


def _text(document: JsonObject, name: str) -> str | None:
    value = document.get(name)
    return None if value is None else str(value)
