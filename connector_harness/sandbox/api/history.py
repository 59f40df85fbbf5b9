"""The history search, for a user of the account. Source: API facts §15.2."""

from collections.abc import Callable

from connector_harness.json_types import JsonValue
from connector_harness.sandbox.api.closing import close_idle
from connector_harness.sandbox.api.context import Sandbox
from connector_harness.sandbox.api.publishing import now_ms
from connector_harness.sandbox.api.signin import check_app_token, read_document
from connector_harness.sandbox.http.answers import Answer, RefusedError, plain_error
from connector_harness.sandbox.http.calls import Call
from connector_harness.sandbox.rules.history_records import (
    Criteria,
    Record,
    Window,
    read_consumer,
    read_conversation,
    read_window,
)
from connector_harness.sandbox.state.state import Conversation

_Read = Callable[[JsonValue], Criteria | str]


def search_consumer(sandbox: Sandbox, call: Call) -> Answer:
    """Answer with the conversations of one consumer, the oldest first.

    Shape: ``{"consumer", "status": […], "contentToRetrieve"?}`` in;
    ``{"_metadata", "conversationHistoryRecords"}`` out.
    """
    return _search(sandbox, call, read_consumer)


def search_conversation(sandbox: Sandbox, call: Call) -> Answer:
    """Answer with one conversation, or none; otherwise as `search_consumer`.

    Shape: ``{"conversationId", "contentToRetrieve"?}`` in.
    """
    return _search(sandbox, call, read_conversation)


def _search(sandbox: Sandbox, call: Call, read: _Read) -> Answer:
    _check_caller(sandbox, call)
    criteria, window = read(read_document(sandbox, call)), read_window(call.query)
    if isinstance(criteria, str):
        raise plain_error(400, "Bad Request", criteria)
    if isinstance(window, str):
        raise plain_error(400, "Bad Request", window)
    conversations = sandbox.store.account(call.account).conversations.values()
    meant = [each for each in conversations if criteria.mean(each)]
    records = [_record(sandbox, each) for each in meant]
    found = [each for each in records if each.is_found(criteria)]
    shown: list[JsonValue] = [each.document(criteria) for each in window.of(found)]
    return Answer(
        200,
        {
            "_metadata": {
                "count": len(found),
                "self": {"rel": "self", "href": _address(call, window)},
                "shardsStatusResult": {"partialResult": False},
            },
            "conversationHistoryRecords": shown,
        },
    )


def _record(sandbox: Sandbox, conversation: Conversation) -> Record:
    close_idle(sandbox, conversation)
    now = now_ms(sandbox, conversation.consumer.external_id)
    return Record(conversation, now, sandbox.assumptions.history_delay_s)


def _address(call: Call, window: Window) -> str:
    host = call.headers.get("host", "")
    return f"https://{host}{call.path}?limit={window.limit}&offset={window.offset}"


def _check_caller(sandbox: Sandbox, call: Call) -> None:
    """Refuse who shows nothing, or the tokens of a connector; anybody else is taken for a user."""
    if sandbox.store.get(call.account) is None:
        raise _unauthorized(f"account {call.account[:60]!r} does not exist")
    shown = call.headers.get("authorization", "")
    token = shown.removeprefix("Bearer ")
    if sandbox.tokens.has_issued(token):
        if not sandbox.assumptions.history_accepts_app_token:
            raise _unauthorized("the token is a connector's, no user's")
        check_app_token(sandbox, call, scheme="Bearer")
    elif token == shown and not shown.startswith("OAuth "):
        raise _unauthorized("no Authorization header of a user")


def _unauthorized(reason: str) -> RefusedError:
    return plain_error(401, "Unauthorized", reason)
