"""A reply tells what its answer holds, and says so when it is no JSON."""

import json

import pytest

from connector_harness.client.http.exchange import Exchange, NotJsonError
from connector_harness.client.reply import Reply
from tests.client.server import CREATED, PUBLISHED


def reply_with(document: object) -> Reply:
    """Return a reply that carries *document*."""
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    exchange = Exchange("create_conversation", "POST", "http://h/x", (), b"", 200, (), body, 0, 0)
    return Reply(exchange, 200)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (CREATED, "c-1"),
        ([CREATED[1], CREATED[1]], None),
        ([{"body": {"conversationId": 7}}, 7], None),
        ({"body": {"conversationId": "c-1"}}, None),
    ],
    ids=["one", "two", "number", "object"],
)
def test_conversation_id(document: object, expected: str | None) -> None:
    """The conversation's id is the only one in a batch answer; two are none."""
    assert reply_with(document).conversation_id == expected


@pytest.mark.parametrize(
    ("document", "code", "error_code"),
    [
        ({"code": 401, "body": {"errorCode": 40102}}, 401, 40102),
        ({"code": "BAD_REQUEST", "body": {"msg": "Bad Request"}}, "BAD_REQUEST", None),
        ({"code": [], "body": {"errorCode": "40102"}}, None, None),
        (CREATED, None, None),
    ],
    ids=["authentication", "business", "odd", "batch"],
)
def test_codes(document: object, code: object, error_code: int | None) -> None:
    """A single answer tells its code, an authentication error its number too."""
    assert (reply_with(document).code, reply_with(document).error_code) == (code, error_code)


@pytest.mark.parametrize(
    ("operation", "status", "uncertain"),
    [
        ("publish_event", 500, True),
        ("create_conversation", 504, True),
        ("put_file", 503, True),
        ("publish_event", 429, False),
        ("publish_event", 200, False),
        ("app_token", 503, False),
        ("get_file", 500, False),
    ],
)
def test_failure_of_the_endpoint_is_uncertain(
    operation: str, status: int, *, uncertain: bool
) -> None:
    """Where the endpoint failed, what would have changed something may have done so."""
    exchange = Exchange(operation, "POST", "http://h/x", (), b"", status, (), b"", 0, 0)

    assert Reply(exchange, status).is_uncertain is uncertain


def test_reply_without_json() -> None:
    """Asking a page for answers says that it is a page, instead of finding none."""
    with pytest.raises(NotJsonError):
        _ = reply_with(b"<html>").answers


@pytest.mark.parametrize(
    ("document", "sequence"),
    [
        (PUBLISHED, 0),
        ({"body": {"sequence": 12}}, 12),
        ({"body": {"sequence": "12"}}, None),
        ({"body": {"sequence": True}}, None),
        ({"body": {"msg": "Bad Request"}}, None),
        ([PUBLISHED], None),
    ],
    ids=["first", "later", "text", "truth", "refusal", "batch"],
)
def test_sequence(document: object, sequence: int | None) -> None:
    """A single answer tells the number of the event, if it gave one."""
    assert reply_with(document).sequence == sequence


@pytest.mark.parametrize(
    ("document", "message", "request_id"),
    [
        ({"reqId": "c-1", "code": "OK", "body": {"msg": "OK resolved"}}, "OK resolved", "c-1"),
        ({"reqId": 3, "body": {"msg": None}}, None, None),
        ({"body": "Bad Request"}, None, None),
        (CREATED, None, None),
    ],
    ids=["answer", "odd", "bare", "batch"],
)
def test_words_of_an_answer(document: object, message: str | None, request_id: str | None) -> None:
    """A single answer tells its message and the command it belongs to."""
    reply = reply_with(document)
    assert (reply.message, reply.request_id) == (message, request_id)


def test_bytes_of_an_answer() -> None:
    """Bytes that are no text are there as they came."""
    assert reply_with(b"\x89PNG\xff").content == b"\x89PNG\xff"


def test_shown_text_is_masked() -> None:
    """What a reply shows as text carries no signature, and no byte keeps it from showing."""
    reply = reply_with(b'{"temp_url_sig":"b0e523dbaf04bbd1"} \xff')
    assert reply.text == '{"temp_url_sig":"***"} \ufffd'
