"""Where the services of an account live. Source: API facts §1."""

import re
from typing import Final

from connector_harness.client.exchange import Exchange, NotJsonError
from connector_harness.client.origins import is_loopback, speaks_plainly
from connector_harness.client.settings import Endpoint
from connector_harness.documents import JsonValue

_HOST: Final = re.compile(r"([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?", re.ASCII)


class DomainError(Exception):
    """The Domain API did not say where a service lives.

    Attributes:
        exchange: The look-up and its answer.
    """

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

    def learn(self, exchange: Exchange, *, service: str) -> str:
        """Remember every service the list in *exchange* names, and return that of *service*.

        Settings keep winning over what the list says.

        Raises:
            DomainError: The answer is no list of services, or lacks *service*.
        """
        found = dict(self._origins(exchange))
        self._hosts = found | self._hosts
        if service not in found:
            named = ", ".join(sorted(found)) or "none"
            raise DomainError(
                f"the Domain API names no service {service!r} for this account\n"
                f"  at: {exchange.title}; it names: {named}\n"
                f"  next: check the account, or give the host of {service} under `hosts`",
                exchange,
            )
        return found[service]

    def _origins(self, exchange: Exchange) -> list[tuple[str, str]]:
        entries = _entries(exchange)
        if entries is None:
            raise DomainError(
                "the Domain API answered without a list of services\n"
                f"  at: {exchange.title}\n"
                "  next: check the account and the discovery address",
                exchange,
            )
        return [pair for entry in entries if (pair := self._origin(entry)) is not None]

    def _origin(self, entry: JsonValue) -> tuple[str, str] | None:
        match entry:
            case {"service": str(service), "baseURI": str(host)} if _HOST.fullmatch(host):
                return service, f"{self._scheme(host)}://{host.lower()}"
            case _:
                return None

    def _scheme(self, host: str) -> str:
        # A sandbox names its services without a scheme, as the API does, and has no TLS.
        name = host if host.endswith("]") else host.rpartition(":")[0] or host
        return "http" if speaks_plainly(self._discovery) and is_loopback(name) else "https"


def _entries(exchange: Exchange) -> list[JsonValue] | None:
    try:
        document = exchange.document
    except NotJsonError:
        return None
    match exchange.status, document:
        case 200, {"baseURIs": list(entries)}:
            return entries
        case _:
            return None
