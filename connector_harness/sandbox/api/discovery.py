"""Where each service lives: the Domain API. Source: API facts §1."""

from connector_harness.json_types import JsonValue
from connector_harness.sandbox.api.context import Sandbox
from connector_harness.sandbox.http import Answer, Call, plain_error

MESSAGING_REST = "messagingRestApiDomain"
"""The service that not every account is let in to. Source: API facts §15.1."""

SERVICES = (
    *("asyncMessagingEnt", "sentinel", "idp", "swift", "swiftDomain", "accountConfigReadWrite"),
    *("msgHist", "liveperson-monitor-domain", "mtlsGateway", MESSAGING_REST),
)
"""Every service a connector may look up, spelled as the Domain API spells it."""


def list_services(sandbox: Sandbox, call: Call) -> Answer:
    """Answer with the host of every service."""
    return Answer(200, {"baseURIs": list(_entries(sandbox, call).values())})


def find_service(sandbox: Sandbox, call: Call) -> Answer:
    """Answer with the host of the service the path names."""
    name = call.path_params["service"]
    entry = _entries(sandbox, call).get(name)
    if entry is None:
        status = sandbox.assumptions.unknown_service_status
        raise plain_error(status, "Unknown service", f"service {name[:60]!r} does not exist")
    return Answer(200, entry)


def _entries(sandbox: Sandbox, call: Call) -> dict[str, JsonValue]:
    if sandbox.store.get(call.account) is None:
        status, name = sandbox.assumptions.unknown_account_status, call.account[:60]
        raise plain_error(status, "Unknown account", f"account {name!r} does not exist")
    here, is_let_in = call.headers.get("host", ""), sandbox.assumptions.messaging_rest_served
    return {
        name: {"service": name, "account": call.account, "baseURI": sandbox.hosts.get(name, here)}
        for name in SERVICES
        if is_let_in or name != MESSAGING_REST
    }
