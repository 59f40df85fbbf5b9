"""Whether the services are found."""

import ssl
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from tests.client.server import LocalServer
from tests.doctor.deployment import Deployment
from tests.doctor.looking import endpoint_at, look_over

NOWHERE = "http://127.0.0.1:9"


def listed(**hosts: str) -> dict[str, object]:
    """Return a list of services at these hosts."""
    return {"baseURIs": [{"service": name, "baseURI": host} for name, host in hosts.items()]}


def test_services_are_found(deployment: Deployment) -> None:
    """They are named with how long the answer took, and where they are."""
    found = look_over(endpoint_at(deployment.url))

    assert found["discovery"].told.startswith("asyncMessagingEnt, sentinel, idp, swift, in 0.")
    assert found["allowed domains"].told == deployment.url.removeprefix("http://")


def test_way_to_read_back_is_a_service_too(deployment: Deployment) -> None:
    """Where settings name one, it must be found as well."""
    found = look_over(endpoint_at(deployment.url, read_back="messaging-rest"))["discovery"]

    assert found.told.startswith("no service messagingRestApiDomain for account 70000001; ")


def test_what_settings_say_is_not_asked_for(deployment: Deployment) -> None:
    """One address for everything leaves nothing to discover."""
    found = look_over(endpoint_at(NOWHERE, address=deployment.url))

    assert found["discovery"].outcome == found["allowed domains"].outcome == "not tried"
    assert found["app token"].outcome == "good"


def test_discovery_does_not_answer() -> None:
    """What needs it is not tried, and says so; the rest is."""
    found = look_over(endpoint_at(NOWHERE))

    assert "connection refused (domains, GET http://127.0.0.1:9/" in found["discovery"].told
    assert found["discovery"].next == "start the endpoint, or correct its address"
    assert found["allowed domains"].told == "not tried: no discovery"
    assert found["app token"].told == "not tried: nobody knows where sentinel is"
    assert found["agent"].outcome == "not tried"


def test_discovery_that_demands_a_certificate(tmp_path: Path) -> None:
    """A certificate that is wanted, or not accepted, is told with the setting that names one."""
    authority, other = trustme.CA(), tmp_path / "other.pem"
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    trustme.CA().issue_cert("client.test").private_key_and_cert_chain_pem.write_to_path(other)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    with closing(LocalServer(context)) as server:
        endpoint = endpoint_at(server.url, ca_file=tmp_path / "ca.pem")
        wanted = look_over(endpoint)["discovery"]
        refused = look_over(replace(endpoint, client_certificate=other))["discovery"]

    assert "the server wants a client certificate" in wanted.told
    assert wanted.next == "name one in `client_certificate` of the endpoint"
    assert "the server refuses the client certificate" in refused.told


@pytest.mark.parametrize("answer", [(404, {}), (200, {}), (200, b"<html>")])
def test_no_list_of_services(deployment: Deployment, answer: tuple[int, object]) -> None:
    """An unknown account and a wrong address look alike."""
    deployment.will_answer("baseURI.json", *answer)

    found = look_over(endpoint_at(deployment.url))

    where = f"(GET …/baseURI.json → {answer[0]})"
    what = f"the Domain API answered without a list of services {where}"
    assert found["discovery"].told == what
    assert found["discovery"].next == (
        "check the account (CONNECTOR_ACCOUNT beats the table) and the discovery address"
    )
    assert found["allowed domains"].told == "not tried: no discovery"


def test_no_services(deployment: Deployment) -> None:
    """A list without a service is one that lacks all of them."""
    deployment.will_answer("baseURI.json", 200, listed())

    found = look_over(endpoint_at(deployment.url))

    assert found["discovery"].told.endswith("for account 70000001; there are: none")
    assert found["allowed domains"].told == "not tried: no service was found"


def test_missing_services(deployment: Deployment) -> None:
    """All that are missing are named, with those that are there."""
    deployment.will_answer("baseURI.json", 200, listed(sentinel="127.0.0.1:9", idp="127.0.0.1:9"))

    found = look_over(endpoint_at(deployment.url))["discovery"]

    missing = "no service asyncMessagingEnt, swift for account 70000001; there are: idp, sentinel"
    assert (found.outcome, found.told) == ("wrong", missing)
    assert "under hosts in the endpoint's table" in found.next


def test_host_outside_the_allowed_domains(deployment: Deployment) -> None:
    """Nothing is sent there, and the setting that would allow it is named."""
    here = deployment.url.removeprefix("http://")
    hosts = dict.fromkeys(("asyncMessagingEnt", "idp", "swift"), here)
    deployment.will_answer("baseURI.json", 200, listed(sentinel="evil.example.test", **hosts))

    found = look_over(endpoint_at(deployment.url))

    assert "names 'evil.example.test' for the service 'sentinel'" in found["allowed domains"].told
    assert "`allowed_domains`" in found["allowed domains"].next
    assert found["app token"].told == "not tried: nobody knows where sentinel is"
