"""Whether the Domain API names the services of the account, and in allowed domains."""

from collections.abc import Collection, Sequence
from typing import Final

from connector_harness.client.connector import HISTORY, MESSAGING_REST
from connector_harness.client.domains import SERVICES, DomainError, Domains
from connector_harness.client.http.exchange import Exchange
from connector_harness.client.http.transport import TransportError
from connector_harness.doctor.result import CheckResult, all_wrong, failed, good, not_tried, wrong
from connector_harness.doctor.session import Session

READ_BACK: Final = {"messaging-rest": MESSAGING_REST, "history": HISTORY}
"""The service that each way to read back calls besides. Source: API facts §15."""

DISCOVERY: Final = "discovery"
ALLOWED: Final = "allowed domains"


def check_discovery(session: Session) -> list[CheckResult]:
    """Return whether the services are found, and whether where they are is allowed."""
    endpoint = session.endpoint
    needed = (*SERVICES, *([READ_BACK[endpoint.read_back]] if endpoint.read_back else []))
    known = {name: endpoint.hosts.get(name) or endpoint.address for name in needed}
    session.origins |= {name: origin for name, origin in known.items() if origin}
    if all(known.values()):
        told = f"address = {endpoint.address}" if endpoint.address else "hosts"
        why = f"not asked: {told} says where every service is"
        return [not_tried(DISCOVERY, why), not_tried(ALLOWED, "what settings name is allowed")]
    try:
        exchange = session.connector.domains().exchange
        named = Domains(endpoint).named(exchange)
    except (DomainError, TransportError) as error:
        return [failed(DISCOVERY, error), not_tried(ALLOWED, "not tried: no discovery")]
    return [
        _found(session, exchange, named, needed),
        _allowed(session, exchange, [name for name in needed if name in named]),
    ]


def _found(
    session: Session, exchange: Exchange, named: Collection[str], needed: Sequence[str]
) -> CheckResult:
    missing = [name for name in needed if name not in {*named, *session.origins}]
    if missing:
        return wrong(
            DISCOVERY,
            f"no service {', '.join(missing)} for account {session.endpoint.account}; "
            f"there are: {', '.join(sorted(named)) or 'none'}",
            "check the account, or give the host of each under hosts in the endpoint's table",
        )
    return good(DISCOVERY, f"{', '.join(needed)}, in {exchange.elapsed_s:.2f} s")


def _allowed(session: Session, exchange: Exchange, named: Sequence[str]) -> CheckResult:
    domains, problems, hosts = Domains(session.endpoint), [], []
    for name in named:
        if name in session.origins:
            continue
        try:
            session.origins[name] = domains.learn(exchange, service=name)
        except DomainError as error:
            result = failed(ALLOWED, error)
            problems.append((result.told, result.next))
        else:
            hosts.append(session.origins[name].partition("://")[2])
    if problems:
        return all_wrong(ALLOWED, problems)
    told = ", ".join(dict.fromkeys(hosts))
    return good(ALLOWED, told) if told else not_tried(ALLOWED, "not tried: no service was found")
