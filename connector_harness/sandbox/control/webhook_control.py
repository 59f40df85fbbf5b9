"""Control routes of webhooks and time; never part of the Connector API."""

from connector_harness.sandbox.api.context import Sandbox
from connector_harness.sandbox.control.control import find_account, read_request
from connector_harness.sandbox.http import Answer, Call, full, plain_error
from connector_harness.sandbox.rules import shapes
from connector_harness.sandbox.state.state import MOST_CONVERSATIONS
from connector_harness.sandbox.webhooks.subscriptions import (
    ALGORITHMS,
    ENCODINGS,
    SignatureForm,
    manifest,
    read_subscription,
)

LONGEST_ADVANCE_S = 864_000
SHORTEST_ADVANCE_S = 0.001

# It travels in a header, so it must be fit for one.
_CLIENT_ID = shapes.pattern("[!-~]{1,128}", "1 to 128 characters without spaces")
_SIGNATURE = {"algorithm": shapes.one_of(*ALGORITHMS), "encoding": shapes.one_of(*ENCODINGS)}
_SUBSCRIBE = shapes.members(
    {"account": shapes.string, "capabilities": shapes.members({"webhooks": manifest}, closed=True)},
    {
        "clientId": _CLIENT_ID,
        "clientSecret": shapes.non_empty_string,
        "signature": shapes.members({}, _SIGNATURE, closed=True),
    },
    closed=True,
)
_SECONDS = shapes.between(SHORTEST_ADVANCE_S, LONGEST_ADVANCE_S)
_ADVANCE = shapes.members(
    {"account": shapes.string, "consumer": shapes.non_empty_string, "seconds": _SECONDS},
    closed=True,
)


def subscribe(sandbox: Sandbox, call: Call) -> Answer:
    """Subscribe an app; without an id it is the account's own. Source: API facts §9.1.

    Shape: ``{"account", "clientId"?, "clientSecret"?, "signature"?: {"algorithm"?, "encoding"?},
    "capabilities": {"webhooks": {…}}}`` in; ``{"clientId"}`` out.
    """
    document = read_request(call, _SUBSCRIBE)
    account = find_account(sandbox, document["account"])
    webhooks = sandbox.webhooks
    client_id = str(document.get("clientId", account.client_id))
    known = webhooks.subscription_of(account.id, client_id)
    usual = account.client_secret if client_id == account.client_id else known and known.secret
    secret = document.get("clientSecret") or usual
    if secret is None:
        raise plain_error(400, "Bad Request", f"app {client_id!r} is new and has no clientSecret")
    if not webhooks.has_room(account.id, client_id):
        raise full(f"account {account.id!r} has as many apps as the sandbox keeps")
    form = shapes.as_object(document.get("signature"))
    subscription = read_subscription(
        shapes.as_object(shapes.as_object(document["capabilities"])["webhooks"]),
        client_id=client_id,
        secret=str(secret),
        signature=SignatureForm(**{name: str(value) for name, value in form.items()}),
    )
    webhooks.subscribe(account.id, subscription)
    return Answer(201, {"clientId": client_id})


def unsubscribe(sandbox: Sandbox, call: Call) -> Answer:
    """Let an app be told nothing more, and drop what is pending for it.

    ``account`` and ``clientId`` are in the query; without an id it is the account's own app.
    """
    account = find_account(sandbox, call.query.get("account", ""))
    client_id = call.query.get("clientId", account.client_id)
    if not sandbox.webhooks.unsubscribe(account.id, client_id):
        raise plain_error(404, "Unknown app", f"app {client_id[:60]!r} is not subscribed")
    return Answer(200, {})


async def show_webhooks(sandbox: Sandbox, call: Call) -> Answer:
    """Answer with apps and deliveries, once what is due now has been tried.

    ``account`` is in the query, and ``consumer`` if only theirs are wanted, and waited for.
    """
    account = find_account(sandbox, call.query.get("account", ""))
    consumer = call.query.get("consumer")
    await sandbox.webhooks.quiet(account.id, consumer)
    return Answer(200, sandbox.webhooks.show(account.id, consumer))


async def advance_clock(sandbox: Sandbox, call: Call) -> Answer:
    """Let time pass for one consumer, and answer once what became due has been tried.

    Shape: ``{"account", "consumer", "seconds"}`` in; ``{"now": seconds}`` out.
    """
    document = read_request(call, _ADVANCE)
    account, clocks = find_account(sandbox, document["account"]), sandbox.clocks
    if clocks.advanced >= MOST_CONVERSATIONS:
        raise full(f"the time of {clocks.advanced} consumers was advanced")
    consumer, seconds = str(document["consumer"]), float(str(document["seconds"]))
    # What is due already belongs to the time before.
    await sandbox.webhooks.quiet(account.id, consumer)
    now = clocks.advance(consumer, seconds)
    await sandbox.webhooks.quiet(account.id, consumer)
    return Answer(200, {"now": now})
