"""Sentences about finding services."""

from pytest_bdd import given, parsers, then, when

from connector_harness.client.connector import Connector
from connector_harness.client.reply import Reply
from connector_harness.client.settings import Endpoint
from connector_harness.json_types import JsonObject
from steps.conversation import answered

SERVICES = {
    "messages": "asyncMessagingEnt",
    "app tokens": "sentinel",
    "consumer tokens": "idp",
    "files": "swift",
}
"""The services that a connector speaks to, by what for (API facts §1)."""

_SERVICES = ("domains", "domain")


class Services:
    """The converter from a purpose to its service; the guard asks it before the run."""

    def __call__(self, purpose: str) -> str:
        """Return the name of the service for *purpose*."""
        return SERVICES[purpose]

    def problem(self, purpose: str) -> tuple[str, str] | None:
        """Return what is wrong with *purpose* and what to do next, or None where nothing is."""
        if purpose in SERVICES:
            return None
        return f"no service is for {purpose!r}", f"write one of: {', '.join(SERVICES)}"


@given("the services a connector needs", target_fixture="services")
def the_services_a_connector_needs() -> tuple[str, ...]:
    """Name all of them."""
    return tuple(SERVICES.values())


@given(
    parsers.parse("the service for {purpose}"),
    converters={"purpose": Services()},
    target_fixture="service",
)
def the_service_for(purpose: str) -> str:
    """Name one of them."""
    return purpose


@given("a service that nobody offers", target_fixture="service")
def a_service_that_nobody_offers() -> str:
    """Name one that there is not."""
    return "noSuchService"


@when("the connector looks them all up", target_fixture="reply")
def the_connector_looks_them_all_up(connector: Connector) -> Reply:
    """Ask for every service of the account."""
    return connector.domains()


@when("the connector looks it up", target_fixture="reply")
def the_connector_looks_it_up(connector: Connector, service: str) -> Reply:
    """Ask for one service of the account."""
    return connector.domain(service)


@then("each of them is found once, for this account")
def each_of_them_is_found_once(reply: Reply, endpoint: Endpoint, services: tuple[str, ...]) -> None:
    """Expect one entry for each service, with a bare host."""
    assert reply.status == 200, answered(reply, "the services", of=_SERVICES)
    found = entries(reply)
    for service in services:
        matching = [entry for entry in found if entry["service"] == service]
        assert len(matching) == 1, answered(reply, f"one entry for {service}")
        assert is_found(matching[0], endpoint), answered(reply, f"a host for {service}")


@then("it is found for this account")
def it_is_found(reply: Reply, endpoint: Endpoint, service: str) -> None:
    """Expect the service's own entry, with a bare host."""
    assert reply.status == 200, answered(reply, "the service", of=_SERVICES)
    entry = reply.document
    assert isinstance(entry, dict)
    assert entry["service"] == service, answered(reply, service)
    assert is_found(entry, endpoint), answered(reply, f"a host for {service}")


@then("no service is given")
def no_service_is_given(reply: Reply) -> None:
    """Expect a documented refusal (API facts §1) without a host in it."""
    assert reply.status in (400, 401), answered(reply, "nothing found", of=_SERVICES)
    assert "baseURI" not in reply.text, answered(reply, "no host", of=_SERVICES)


def entries(reply: Reply) -> list[JsonObject]:
    """Return the entries of a list of services."""
    match reply.document:
        case {"baseURIs": [*found]}:
            return [entry for entry in found if isinstance(entry, dict)]
    raise AssertionError(answered(reply, "a list of services", of=_SERVICES))


def is_found(entry: JsonObject, endpoint: Endpoint) -> bool:
    """Return whether *entry* is for the account under test and names a bare host."""
    host = str(entry["baseURI"])
    return entry["account"] == endpoint.account and host != "" and "/" not in host
