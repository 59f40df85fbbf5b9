"""Where the services of an account live. Source: API facts §1."""

from typing import Final
from urllib.parse import urlsplit

from connector_harness.client.http.exchange import Exchange
from connector_harness.client.http.origins import bare_host, is_loopback, is_within, speaks_plainly
from connector_harness.client.settings import Endpoint
from connector_harness.json_types import JsonValue

LIVE_PERSON_DOMAINS: Final = ("liveperson.net", "lpsnmedia.net")
"""Where the services of real accounts live. Source: API facts §1."""

SERVICES: Final = ("asyncMessagingEnt", "sentinel", "idp", "swift")
"""What a connector needs of an account, by the names of the Domain API. Source: API facts §1."""

DISCOVERY: Final = "discovery"
"""Stands for the Domain API itself among the services."""

_EXCERPT: Final = 80


class DomainError(Exception):
    """The Domain API did not say where a service lives, or named a place that is not allowed."""

    def __init__(self, message: str, exchange: Exchange) -> None:
        """Keep *exchange* beside the message."""
        super().__init__(message)
        self.exchange = exchange


class Domains:
    """The origins of one endpoint's services, found once."""

    def __init__(self, endpoint: Endpoint) -> None:
        """Know what the settings say; discovery has not been asked yet."""
        self._address = endpoint.address
        self._discovery = endpoint.discovery
        self._hosts = dict(endpoint.hosts)
        discovery = bare_host(urlsplit(endpoint.discovery).netloc)
        own = [] if discovery is None else [discovery]
        self._allowed = tuple(endpoint.allowed_domains or [*own, *LIVE_PERSON_DOMAINS])
        self._path = f"/api/account/{endpoint.account}/service"

    @property
    def list_url(self) -> str:
        """Where every service of the account is listed."""
        return f"{self._discovery}{self._path}/baseURI.json?version=1.0"

    def service_url(self, service: str) -> str:
        """Return where the one *service* is looked up."""
        return f"{self._discovery}{self._path}/{service}/baseURI.json?version=1.0"

    def known(self, service: str) -> str | None:
        """Return the origin of *service*; None while only discovery can tell."""
        return self._hosts.get(service) or self._address

    @property
    def origins(self) -> dict[str, str]:
        """The origin of each service that is known, and of `DISCOVERY`."""
        at_address = dict.fromkeys(SERVICES, self._address) if self._address else {}
        return {DISCOVERY: self._discovery, **at_address, **self._hosts}

    def named(self, exchange: Exchange) -> dict[str, str]:
        """Return the host of every service that the list in *exchange* names.

        Raises:
            DomainError: The answer is no list of services.
        """
        entries = _entries(exchange)
        if entries is None:
            raise DomainError(
                "the Domain API answered without a list of services\n"
                f"  at: {exchange.title}\n"
                "  next: check the account (CONNECTOR_ACCOUNT beats the table) and the discovery "
                "address",
                exchange,
            )
        named: dict[str, str] = {}
        for entry in entries:
            match entry:
                case {"service": str(service), "baseURI": str(host)} if host:
                    named[service] = host
        return named

    def learn(self, exchange: Exchange, *, service: str) -> str:
        """Remember every service the list in *exchange* names, and return that of *service*.

        Settings keep winning over what the list says. A host outside the allowed domains is not
        remembered: tokens would go there.

        Raises:
            DomainError: The answer is no list of services, lacks *service*, or names a host for
                it that is not allowed.
        """
        named = self.named(exchange)
        found = {name: self._origin(host) for name, host in named.items() if self._allows(host)}
        self._hosts = found | self._hosts
        if service not in found:
            raise self._refusal(service, named, exchange)
        return found[service]

    def _refusal(self, service: str, named: dict[str, str], exchange: Exchange) -> DomainError:
        if service not in named:
            return DomainError(
                f"the Domain API names no service {service!r} for this account\n"
                f"  at: {exchange.title}; it names: {_listed(named)}\n"
                f"  next: check the account, or give the host of {service} under `hosts`",
                exchange,
            )
        host = named[service]
        if bare_host(host) is None:
            what = "which is no host name"
            remedy = f"see the endpoint's list, or give the host of {service} under `hosts`"
        else:
            what = "a host outside the allowed domains"
            remedy = (
                "if the host is right, add its domain to `allowed_domains` of the endpoint, "
                f"or give the host of {service} under `hosts`"
            )
        return DomainError(
            f"the Domain API names {_shown(host)} for the service {service!r}, {what}: "
            "nothing was sent there\n"
            f"  at: {exchange.title}; allowed: {', '.join(self._allowed)} and this machine\n"
            f"  next: {remedy}",
            exchange,
        )

    def _allows(self, host: str) -> bool:
        name = bare_host(host)
        return name is not None and (is_loopback(name) or is_within(name, self._allowed))

    def _origin(self, host: str) -> str:
        # A sandbox names its services without a scheme, as the API does, and has no TLS.
        plain = speaks_plainly(self._discovery) and is_loopback(bare_host(host) or "")
        return f"{'http' if plain else 'https'}://{host.lower()}"


def _shown(host: str) -> str:
    # What stands before the @ may be a password.
    *hidden, shown = host.rsplit("@", 1)
    return repr(f"…@{shown}"[:_EXCERPT] if hidden else shown[:_EXCERPT])


def _listed(named: dict[str, str]) -> str:
    return ", ".join(sorted(named))[: 10 * _EXCERPT] or "none"


def _entries(exchange: Exchange) -> list[JsonValue] | None:
    match exchange.status, exchange.document_if_any:
        case 200, {"baseURIs": list(entries)}:
            return entries
        case _:
            return None
