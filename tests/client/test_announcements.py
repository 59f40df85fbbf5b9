"""What a connector announces travels with every call for that consumer, and for no other."""

import json

import pytest

from connector_harness.client import commands
from connector_harness.client.connector import Connector
from connector_harness.client.tokens import SignIn
from tests.client.server import LocalServer


def announced(server: LocalServer, word: str) -> list[str | None]:
    """Return what the calls to *word* announced, call by call."""
    return [one.headers.get("client-properties") for one in server.requests(word)]


def test_announced_on_create_and_on_every_send(connector: Connector, server: LocalServer) -> None:
    """Features stay announced from create on, as the documented object."""
    connector.announce("shopper-1", ["RICH_CONTENT", "MULTI_DIALOG"])
    connector.create_conversation([], consumer="shopper-1")
    for number in ("1", "2"):
        connector.send(commands.command("ms.UnpublishEvent", {}, id=number), consumer="shopper-1")
    values = [*announced(server, "conversation"), *announced(server, "send")]
    expected = {"type": ".ClientProperties", "features": ["RICH_CONTENT", "MULTI_DIALOG"]}
    assert [json.loads(value or "null") for value in values] == [expected] * 3


def test_announced_for_one_consumer(connector: Connector, server: LocalServer) -> None:
    """What is announced for one consumer is not for another."""
    connector.announce("shopper-1", ["RICH_CONTENT"])
    connector.create_conversation([], consumer="shopper-2")
    assert announced(server, "conversation") == [None]


def test_announced_again_after_a_renewal(connector: Connector, server: LocalServer) -> None:
    """A call repeated after a 401 announces what the first one did."""
    connector.announce("shopper-1", ["RICH_CONTENT"])
    server.will_answer("send", 401, {})
    connector.send(commands.command("ms.UnpublishEvent", {}, id="1"), consumer="shopper-1")
    first, second = announced(server, "send")
    assert first == second is not None


def test_tokens_announce_nothing(connector: Connector, server: LocalServer) -> None:
    """Signing in announces nothing: the header belongs to conversations."""
    connector.announce("shopper-1", ["RICH_CONTENT"])
    connector.sign_in("shopper-1")
    assert [*announced(server, "token"), *announced(server, "consumer")] == [None, None]


def test_announcing_nothing(connector: Connector, server: LocalServer) -> None:
    """Without features the header is left out again, even where none was."""
    connector.announce("shopper-2", [])
    connector.announce("shopper-1", ["RICH_CONTENT"])
    connector.announce("shopper-1", [])
    connector.create_conversation([], consumer="shopper-1")
    assert announced(server, "conversation") == [None]


@pytest.mark.parametrize("value", ["[object Object]", '{"features":["JUGGLING"]}'])
def test_announced_as_given(connector: Connector, server: LocalServer, value: str) -> None:
    """A header that is wrong on purpose travels letter by letter."""
    connector.announce_as("shopper-1", value)
    connector.create_conversation([], consumer="shopper-1")
    assert announced(server, "conversation") == [value]


def test_calls_as_given_announce_nothing(connector: Connector, server: LocalServer) -> None:
    """A call that is made exactly as given is nobody's, so nothing is announced with it."""
    connector.announce("shopper-1", ["RICH_CONTENT"])
    connector.send_as({}, sign_in=SignIn(None, None))
    assert announced(server, "send") == [None]
