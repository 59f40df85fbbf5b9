"""The connector repeats what may be repeated, nothing else, and keeps all of it as evidence."""

import json
from collections.abc import Callable

import pytest

from connector_harness.client import commands, events
from connector_harness.client.commands import request_conversation, set_user_profile
from connector_harness.client.connector import Connector
from connector_harness.client.tokens import SignIn
from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.redaction.redactor import Redactor
from tests.client.conftest import Record
from tests.client.server import APP_TOKEN, CONSUMER_TOKEN, CREATED, PUBLISHED, LocalServer

Connect = Callable[..., Connector]


def batch() -> list[JsonObject]:
    """Return the smallest batch."""
    return [set_user_profile({}, id="1"), request_conversation(id="2", account="70000001")]


def test_create_request(connector: Connector, server: LocalServer) -> None:
    """The batch travels as it is, with bare tokens, to version 3."""
    connector.create_conversation(batch(), consumer="shopper-1")
    request = server.requests("conversation")[0]
    assert request.target == "/api/account/70000001/messaging/consumer/conversation?v=3"
    assert json.loads(request.body) == batch()
    named = {"authorization": APP_TOKEN, "x-lp-on-behalf": CONSUMER_TOKEN}
    assert named.items() <= request.headers.items()
    assert request.headers["content-type"] == "application/json"


def test_created_reply(connector: Connector) -> None:
    """The reply carries status, answers and the conversation's id."""
    reply = connector.create_conversation(batch(), consumer="shopper-1")
    assert (reply.status, reply.answers, reply.conversation_id) == (200, CREATED, "c-1")
    assert repr(reply) == "<Reply POST …/conversation → 200>"


def test_text_travels_unescaped(connector: Connector, server: LocalServer) -> None:
    """Letters beyond ASCII travel as UTF-8."""
    connector.create_conversation_as("Grüße", sign_in=SignIn(None, None))
    assert server.received[0].body == '"Grüße"'.encode()


def test_half_a_character_travels_escaped(connector: Connector, server: LocalServer) -> None:
    """What has no UTF-8 form travels as a JSON escape instead of failing here."""
    connector.create_conversation_as("\ud83d", sign_in=SignIn(None, None))
    assert server.received[0].body == b'"\\ud83d"'


@pytest.mark.parametrize(
    ("error_code", "app_tokens", "consumer_tokens"),
    [(40102, 2, 2), (40103, 1, 2), (40104, 1, 2), (40105, 2, 2), (None, 2, 2)],
)
def test_renewal(
    connector: Connector,
    server: LocalServer,
    error_code: int | None,
    app_tokens: int,
    consumer_tokens: int,
) -> None:
    """A 401 renews the token it names, and the call is repeated once."""
    server.will_answer("conversation", 401, {"body": {"errorCode": error_code}})
    assert connector.create_conversation(batch(), consumer="shopper-1").status == 200
    made = (connector.app_token_requests, connector.consumer_token_requests)
    assert made == (app_tokens, consumer_tokens)


def test_second_refusal_is_the_reply(connector: Connector, server: LocalServer) -> None:
    """A 401 after the renewal is the outcome."""
    for _ in range(2):
        server.will_answer("conversation", 401, b"<html>")
    assert connector.create_conversation(batch(), consumer="shopper-1").status == 401
    assert len(server.requests("conversation")) == 2


@pytest.mark.parametrize("status", [400, 403, 404, 500, 502, 503])
def test_other_refusals_are_not_repeated(
    connector: Connector, server: LocalServer, status: int
) -> None:
    """Any other refusal is the outcome at once; after a 5xx the conversation may exist."""
    server.will_answer("conversation", status, {}, Retry_After="1")
    assert connector.create_conversation(batch(), consumer="shopper-1").status == status
    assert len(server.requests("conversation")) == 1


def test_sent_as_given(connector: Connector, server: LocalServer, record: Record) -> None:
    """A request that is wrong on purpose is neither checked nor repeated nor given tokens."""
    server.will_answer("conversation", 401, {})
    reply = connector.create_conversation_as({}, sign_in=SignIn(None, "other"), version="2&x")
    assert (reply.status, record.sent, len(server.received)) == (401, [], 1)
    assert server.received[0].target.endswith("/conversation?v=2%26x")
    assert "authorization" not in server.received[0].headers
    assert server.received[0].headers["x-lp-on-behalf"] == "other"


def test_witness_sees_requests_first(connector: Connector, record: Record) -> None:
    """Each request meant to be right is shown once, in the order of leaving."""
    connector.create_conversation(batch(), consumer="shopper-1")
    operations = ["create_conversation", "app_token", "consumer_token"]
    assert [operation for operation, _ in record.sent] == operations
    assert record.sent[0][1] == batch()


def test_witness_sees_every_exchange(connector: Connector, record: Record) -> None:
    """Every exchange is kept, in the order of the calls."""
    connector.create_conversation(batch(), consumer="shopper-1")
    titles = [exchange.title for exchange in record.exchanges]
    assert titles == [
        "POST …/app/token → 200",
        "POST …/consumer → 201",
        "POST …/conversation → 200",
    ]


def test_witness_can_stop_a_request(
    connector: Connector, server: LocalServer, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A witness that objects keeps the request from leaving."""

    def object_to(_: str, document: JsonValue) -> None:
        raise LookupError(str(document))

    monkeypatch.setattr(record, "sending", object_to)
    with pytest.raises(LookupError):
        connector.create_conversation(batch(), consumer="shopper-1")
    assert server.received == []


def test_token_with_another_secret(
    connector: Connector, server: LocalServer, redactor: Redactor, record: Record
) -> None:
    """A wrong secret can be shown on purpose: unchecked, not kept, and masked like a right one."""
    server.will_answer("token", 401, {"error": "invalid_client"})
    assert connector.request_app_token(client_secret="wrong-secret").status == 401
    assert b"client_secret=wrong-secret" in server.received[0].body
    assert (record.sent, redactor.text("wrong-secret")) == ([], "***")


def test_short_wrong_secret(connector: Connector) -> None:
    """A wrong secret too short to mask can still be shown."""
    assert connector.request_app_token(client_secret="x").status == 200


def test_token_with_another_app_token(
    connector: Connector, server: LocalServer, record: Record
) -> None:
    """A wrong app token can be shown on purpose: unchecked, and without signing in."""
    connector.request_consumer_token("shopper-1", app_token="forged")
    assert server.received[0].headers["authorization"] == "forged"
    assert (record.sent, connector.app_token_requests) == ([], 0)


def test_connector_closes_at_the_end_of_a_with_block(connect: Connect) -> None:
    """A with block closes the connections; a later call opens new ones."""
    with connect() as connector:
        connector.domains()
    assert connector.domains().status == 200


def message() -> JsonObject:
    """Return the command that publishes a message."""
    return commands.publish_event(events.text_event("Hi"), id="1", dialog_id="c-1")


def test_send_request(connector: Connector, server: LocalServer) -> None:
    """A command travels as it is, not in a list, with bare tokens, to version 3."""
    assert connector.send(message(), consumer="shopper-1").document == PUBLISHED
    request = server.requests("send")[0]
    assert request.target == "/api/account/70000001/messaging/consumer/conversation/send?v=3"
    assert json.loads(request.body) == message()
    named = {"authorization": APP_TOKEN, "x-lp-on-behalf": CONSUMER_TOKEN}
    assert named.items() <= request.headers.items()


def test_send_uses_the_tokens_there_are(connector: Connector) -> None:
    """Commands after the create call need no further sign-in."""
    connector.create_conversation(batch(), consumer="shopper-1")
    for _ in range(3):
        connector.send(message(), consumer="shopper-1")
    assert (connector.app_token_requests, connector.consumer_token_requests) == (1, 1)


def test_signed_out(connector: Connector) -> None:
    """After signing out the next command signs in anew."""
    connector.sign_in("shopper-1")
    connector.sign_out()
    connector.send(message(), consumer="shopper-1")
    assert (connector.app_token_requests, connector.consumer_token_requests) == (2, 2)


@pytest.mark.parametrize(
    ("error_code", "app_tokens", "consumer_tokens"), [(40102, 2, 2), (40103, 1, 2), (None, 2, 2)]
)
def test_renewal_before_a_command(
    connector: Connector,
    server: LocalServer,
    error_code: int | None,
    app_tokens: int,
    consumer_tokens: int,
) -> None:
    """A 401 renews the token it names, and the command is sent once more."""
    server.will_answer("send", 401, {"body": {"errorCode": error_code}})
    assert connector.send(message(), consumer="shopper-1").sequence == 0
    made = (connector.app_token_requests, connector.consumer_token_requests)
    assert made == (app_tokens, consumer_tokens)


def test_conversation_of_another_consumer(connector: Connector, server: LocalServer) -> None:
    """A 401 that a new consumer token does not cure is the reply, after one repeat."""
    for _ in range(3):
        server.will_answer("send", 401, {"code": 401, "body": {"errorCode": 40103}})
    reply = connector.send(message(), consumer="shopper-1")
    assert (reply.status, reply.error_code, len(server.requests("send"))) == (401, 40103, 2)
    assert (connector.app_token_requests, connector.consumer_token_requests) == (1, 2)


@pytest.mark.parametrize("status", [400, 403, 404, 500, 502, 503])
def test_other_refusals_of_a_command(
    connector: Connector, server: LocalServer, status: int
) -> None:
    """Any other refusal is the reply at once; after a 5xx the event may have been published."""
    server.will_answer("send", status, {}, Retry_After="1")
    assert connector.send(message(), consumer="shopper-1").status == status
    assert len(server.requests("send")) == 1


@pytest.mark.parametrize(
    ("command", "operation"),
    [
        (message(), "publish_event"),
        (
            commands.update_conversation_field({}, id="1", conversation_id="c-1"),
            "update_conversation_field",
        ),
        (
            commands.generate_upload_url(size=1, file_type="PNG", id="1"),
            "generate_upload_url",
        ),
        (commands.generate_download_url("/v1/a", id="1"), "generate_download_url"),
        (commands.set_user_profile({}, id="1"), "set_user_profile"),
        (commands.command("ms.UnpublishEvent", {}, id="1"), "publish_event"),
    ],
)
def test_operation_of_a_command(
    connector: Connector, record: Record, command: JsonObject, operation: str
) -> None:
    """Request and exchange go by the name that the command's type has in the contract."""
    connector.send(command, consumer="shopper-1")
    assert record.sent[0] == (operation, command)
    assert record.exchanges[-1].operation == operation


@pytest.mark.parametrize(
    ("document", "operation"),
    [
        (commands.set_user_profile({}, id="1"), "set_user_profile"),
        ([message()], "publish_event"),
        ({"type": ["ms.PublishEvent"]}, "publish_event"),
        (None, "publish_event"),
    ],
)
def test_command_sent_as_given(
    connector: Connector, server: LocalServer, record: Record, document: JsonValue, operation: str
) -> None:
    """A command that is wrong on purpose is neither checked nor repeated nor given tokens."""
    server.will_answer("send", 401, {})
    reply = connector.send_as(document, sign_in=SignIn("app", None), version="2&x")
    assert (reply.status, record.sent, len(server.received)) == (401, [], 1)
    assert server.received[0].target.endswith("/conversation/send?v=2%26x")
    assert "x-lp-on-behalf" not in server.received[0].headers
    assert record.exchanges[0].operation == operation


def test_witness_can_stop_a_command(
    connector: Connector, server: LocalServer, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A witness that objects keeps the command from leaving."""

    def object_to(_: str, document: JsonValue) -> None:
        raise LookupError(str(document))

    monkeypatch.setattr(record, "sending", object_to)
    with pytest.raises(LookupError):
        connector.send(message(), consumer="shopper-1")
    assert server.received == []
