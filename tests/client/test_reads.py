"""The calls that read what a conversation holds travel as their services ask."""

import json
from collections.abc import Callable
from urllib.parse import parse_qsl

import pytest

from connector_harness.client.connector import Connector
from connector_harness.client.domains import DomainError
from connector_harness.client.http.transport import TransportError
from connector_harness.client.settings import Secret
from connector_harness.redaction.redactor import Redactor
from tests.client.conftest import Record
from tests.client.held import conversation, history, message, page
from tests.client.server import APP_TOKEN, CONSUMER_TOKEN, LocalServer, RawServer

Connect = Callable[..., Connector]
TOKEN = "history-token-of-a-user"


def test_conversation_request(connector: Connector, server: LocalServer) -> None:
    """The state is asked for with both tokens, the account and the name of the caller."""
    server.will_answer("c%2F1", 200, conversation())
    reply = connector.read_conversation("c/1", consumer="shopper-1")
    request = server.requests("c%2F1")[0]
    assert (reply.status, reply.document) == (200, conversation())
    assert (request.method, request.target) == ("GET", "/messaging/v1/conversations/c%2F1")
    named = {
        "authorization": APP_TOKEN,
        "lp-on-behalf": CONSUMER_TOKEN,
        "brand-id": "70000001",
        "client-source": "connector-harness",
    }
    assert named.items() <= request.headers.items()


def test_each_request_has_an_id_of_its_own(connector: Connector, server: LocalServer) -> None:
    """No two calls have the same ``Request-ID``."""
    for _ in range(2):
        server.will_answer("c-1", 200, conversation())
        connector.read_conversation("c-1", consumer="shopper-1")
    ids = {each.headers["request-id"] for each in server.requests("c-1")}
    assert len(ids) == 2


@pytest.mark.parametrize(("dialog", "asked"), [(None, "c-1"), ("s-1", "s-1")])
def test_messages_request(
    connector: Connector, server: LocalServer, dialog: str | None, asked: str
) -> None:
    """A page is asked for by sequence; without a dialog it is that of the main one."""
    server.will_answer("messages", 200, page(message(7)))
    connector.read_messages("c-1", consumer="shopper-1", dialog_id=dialog, newer_than=7, limit=20)
    path, _, query = server.requests("messages")[0].target.partition("?")
    assert path == f"/messaging/v1/conversations/c-1/dialogs/{asked}/messages"
    assert dict(parse_qsl(query)) == {
        "newerThanSequence": "7",
        "sortBy": "sequence",
        "sortOrder": "ASC",
        "limit": "20",
    }


def test_refused_tokens_are_renewed_once(connector: Connector, server: LocalServer) -> None:
    """A 401 renews the tokens and repeats the read; the second one is the reply."""
    for _ in range(2):
        server.will_answer("c-1", 401, b"<html>")
    assert connector.read_conversation("c-1", consumer="shopper-1").status == 401
    assert (connector.app_token_requests, connector.consumer_token_requests) == (2, 2)


def test_lost_read_is_no_question(connect: Connect, raw_server: Callable[..., RawServer]) -> None:
    """Whether a read arrived does not matter, and nothing is said of it."""
    lost = raw_server(lambda connection: connection.close())
    connector = connect(hosts={"messagingRestApiDomain": lost.url})
    with pytest.raises(TransportError) as caught:
        connector.read_conversation("c-1", consumer="shopper-1")
    assert "may or may not" not in str(caught.value)


def test_service_of_the_reads_is_found(connect: Connect, server: LocalServer) -> None:
    """The host is the one that discovery names for the service; without one nothing is sent."""
    connector = connect(address=None)
    with pytest.raises(DomainError, match="no service 'messagingRestApiDomain'"):
        connector.read_conversation("c-1", consumer="shopper-1")
    assert server.requests("c-1") == []


@pytest.mark.parametrize("service", ["messagingRestApiDomain", "msgHist"])
def test_hosts_of_the_settings_win(connect: Connect, server: LocalServer, service: str) -> None:
    """A host in the settings is used for its service."""
    connector = connect(address=None, hosts={service: server.url})
    for word in ("c-1", "search"):
        server.will_answer(word, 200, {})
    if service == "msgHist":
        connector.search_history("c-1")
    else:
        connector.read_conversation("c-1", consumer="shopper-1")
    assert server.received[-1].target.startswith(("/messaging/v1/", "/messaging_history/api/"))


def test_history_request(connect: Connect, server: LocalServer, record: Record) -> None:
    """A conversation is searched for with the token of the settings; nobody signs in for it."""
    server.will_answer("search", 200, history())
    connect(history_token=Secret(TOKEN)).search_history("c-1")
    (request,) = server.received
    path = "/messaging_history/api/account/70000001/conversations/conversation/search"
    assert (request.method, request.target) == ("POST", f"{path}?source=connector-harness")
    assert json.loads(request.body) == {"conversationId": "c-1"}
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.headers["content-type"] == "application/json"
    assert [each.operation for each in record.exchanges] == ["search_history"]


def test_without_a_token_nobody_is_named(connector: Connector, server: LocalServer) -> None:
    """Where the settings have no history token, the connector's own does not stand in for it."""
    server.will_answer("search", 401, {})
    assert connector.search_history("c-1").status == 401
    assert "authorization" not in server.requests("search")[0].headers


def test_history_token_is_masked(connect: Connect, server: LocalServer, redactor: Redactor) -> None:
    """The token is masked wherever it shows up, also in what the endpoint answers."""
    server.will_answer("search", 400, f"who is {TOKEN}?")
    reply = connect(history_token=Secret(TOKEN)).search_history("c-1")
    assert TOKEN not in reply.text
    assert redactor.headers(reply.exchange.request_headers).count(("Authorization", "***")) == 1


def test_consumer_token_of_a_read_is_masked(
    connector: Connector, server: LocalServer, redactor: Redactor
) -> None:
    """The header has another name than elsewhere, and is no less secret."""
    server.will_answer("c-1", 200, conversation())
    exchange = connector.read_conversation("c-1", consumer="shopper-1").exchange
    assert ("LP-On-Behalf", "***") in redactor.headers(exchange.request_headers)
