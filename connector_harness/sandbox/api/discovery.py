"""Where each service lives: the Domain API. Source: API facts §1."""

from connector_harness.json_types import JsonObject
from connector_harness.sandbox.api.context import Sandbox
from connector_harness.sandbox.http import Answer, Call, plain_error

MESSAGING_REST = "messagingRestApiDomain"
"""The service that not every account is let in to. Source: API facts §15.1."""

SERVICES = (
    "asyncMessagingEnt",
    "sentinel",
    "idp",
    "swift",
    "swiftDomain",
    "accountConfigReadWrite",
    "msgHist",
    "liveperson-monitor-domain",
    "mtlsGateway",
    MESSAGING_REST,
)
"""Every service a connector may look up, spelled as the Domain API spells it."""


def list_services(sandbox: Sandbox, call: Call) -> Answer:
    """Answer with the host of every service."""
    _check_account(sandbox, call)
    return Answer(200, {"baseURIs": [_entry(sandbox, name, call) for name in _listed(sandbox)]})


def find_service(sandbox: Sandbox, call: Call) -> Answer:
    """Answer with the host of the service the path names."""
    _check_account(sandbox, call)
    name = call.path_params["service"]
    if name not in _listed(sandbox):
        status = sandbox.assumptions.unknown_service_status
        raise plain_error(status, "Unknown service", f"service {name[:60]!r} does not exist")
    return Answer(200, _entry(sandbox, name, call))


def _listed(sandbox: Sandbox) -> list[str]:
    is_let_in = sandbox.assumptions.messaging_rest_served
    return [name for name in SERVICES if is_let_in or name != MESSAGING_REST]


def _check_account(sandbox: Sandbox, call: Call) -> None:
    if sandbox.store.get(call.account) is None:
        status, name = sandbox.assumptions.unknown_account_status, call.account[:60]
        raise plain_error(status, "Unknown account", f"account {name!r} does not exist")


def _entry(sandbox: Sandbox, name: str, call: Call) -> JsonObject:
    host = sandbox.hosts.get(name, call.headers.get("host", ""))
    return {"service": name, "account": call.account, "baseURI": host}
