"""Tests of the sentences about finding services."""

from collections.abc import Callable

import pytest

from connector_harness.client.connector import Connector
from connector_harness.client.reply import Reply
from connector_harness.client.settings import Endpoint
from connector_harness.json_types import JsonValue
from steps import discovery as sentences

Replying = Callable[[int, JsonValue], Reply]


def entry(endpoint: Endpoint, **changes: JsonValue) -> dict[str, JsonValue]:
    """Return a good entry with *changes*."""
    good: dict[str, JsonValue] = {
        "service": "idp",
        "account": endpoint.account,
        "baseURI": "h.test",
    }
    return good | changes


@pytest.mark.parametrize(
    "changes", [{"account": "1"}, {"baseURI": ""}, {"baseURI": "https://h.test"}, {"service": "x"}]
)
def test_entry_of_another_kind_is_not_found(
    replying: Replying, endpoint: Endpoint, changes: dict[str, JsonValue]
) -> None:
    """Another account, another service, no host, or an address instead of one fails."""
    sentences.it_is_found(replying(200, entry(endpoint)), endpoint, "idp")
    with pytest.raises(AssertionError):
        sentences.it_is_found(replying(200, entry(endpoint, **changes)), endpoint, "idp")


def test_service_listed_twice_fails(replying: Replying, endpoint: Endpoint) -> None:
    """A service has one place, not two and not none."""
    once: list[JsonValue] = [entry(endpoint)]
    sentences.each_of_them_is_found_once(replying(200, {"baseURIs": once}), endpoint, ("idp",))
    for wrong in ([*once, *once], []):
        reply = replying(200, {"baseURIs": wrong})
        with pytest.raises(AssertionError, match="expected one entry for idp"):
            sentences.each_of_them_is_found_once(reply, endpoint, ("idp",))


def test_host_in_a_refusal_fails(replying: Replying, endpoint: Endpoint) -> None:
    """A refusal that gives a host all the same is none."""
    with pytest.raises(AssertionError, match="expected no host"):
        sentences.no_service_is_given(replying(400, entry(endpoint)))


def test_unknown_purpose_is_found_before_the_run() -> None:
    """A purpose that no service has is answered with those that are known."""
    problem = sentences.Services().problem("message")

    assert problem == (
        "no service is for 'message'",
        "write one of: messages, app tokens, consumer tokens, files",
    )
    assert sentences.Services().problem("messages") is None


def test_services_are_found_in_the_sandbox(connector: Connector, endpoint: Endpoint) -> None:
    """The sentences hold on the sandbox, for all services and for one."""
    services = sentences.the_services_a_connector_needs()
    sentences.each_of_them_is_found_once(connector.domains(), endpoint, services)
    sentences.no_service_is_given(connector.domain(sentences.a_service_that_nobody_offers()))
