"""Reading back: the Messaging REST API, for an app on behalf of a consumer, and the history.

Consumers and agents, who may read with tokens of their own, are not served by the first, and
nobody but a user of the account by the second. Source: API facts §15.1, §15.2.
"""

from connector_harness.json_types import JsonValue
from connector_harness.sandbox.api.closing import close_idle
from connector_harness.sandbox.api.context import Sandbox, now_ms
from connector_harness.sandbox.api.signin import check_app_token, identify, read_document
from connector_harness.sandbox.http import (
    Answer,
    Call,
    RefusedError,
    authentication_error,
    plain_error,
)
from connector_harness.sandbox.rules import readings
from connector_harness.sandbox.state.state import Conversation

REQUIRED_HEADERS = ("Brand-ID", "Client-source")
"""What a call must name beside its tokens: the account, and itself."""


def read_conversation(sandbox: Sandbox, call: Call) -> Answer:
    """Answer with the state of one conversation and of its dialogs.

    Shape: ``{"id", "stage", "dialogs": [{"id", "dialogType", "state"}]}`` out.
    """
    conversation = _find(sandbox, call)
    dialogs: list[JsonValue] = [
        {"id": dialog.id, "dialogType": dialog.kind, "state": dialog.state}
        for dialog in conversation.dialogs
    ]
    body: JsonValue = {"id": conversation.id, "stage": conversation.stage, "dialogs": dialogs}
    return Answer(200, body, headers={"ETag": f'"{conversation.changed_ms}"'})


def read_messages(sandbox: Sandbox, call: Call) -> Answer:
    """Answer with what was said in one dialog, a page at a time.

    Shape: that of `readings.page_of` out.
    """
    dialog = _find(sandbox, call).dialog(call.path_params["dialog"])
    if dialog is None:
        raise _unknown("dialog", call)
    assumptions = sandbox.assumptions
    page = readings.page_of(dialog, call.query, path=call.path, assumptions=assumptions)
    return Answer(200, page)


def search_consumer(sandbox: Sandbox, call: Call) -> Answer:
    """Answer with the conversations of one consumer in the history, the oldest first.

    Shape: ``{"consumer", "status": […], "contentToRetrieve"?}`` in;
    ``{"_metadata", "conversationHistoryRecords"}`` out.
    """
    return _search(sandbox, call, "consumer")


def search_conversation(sandbox: Sandbox, call: Call) -> Answer:
    """Answer with one conversation of the history, or none; otherwise as `search_consumer`.

    Shape: ``{"conversationId", "contentToRetrieve"?}`` in.
    """
    return _search(sandbox, call, "conversation")


def _find(sandbox: Sandbox, call: Call) -> Conversation:
    """Return the conversation that a call names, and may read."""
    if not sandbox.assumptions.messaging_rest_served:
        raise plain_error(404, "Not Found", "the account is not let in")
    missing = [name for name in REQUIRED_HEADERS if name not in call.headers]
    if missing:
        raise plain_error(400, "Bad Request", f"no {' and no '.join(missing)} header")
    consumer = identify(sandbox, call, on_behalf="LP-On-Behalf", scheme="Bearer")
    account = sandbox.store.account(call.account)
    conversation = account.conversations.get(call.path_params["conversation"])
    if conversation is None:
        raise _unknown("conversation", call)
    if conversation.consumer != consumer:
        raise authentication_error(40103, "the conversation is another consumer's")
    close_idle(sandbox, conversation)
    return conversation


def _unknown(what: str, call: Call) -> RefusedError:
    reason = f"{what} {call.path_params[what][:64]!r} does not exist"
    return plain_error(404, "Not Found", reason)


def _search(sandbox: Sandbox, call: Call, kind: str) -> Answer:
    _check_user(sandbox, call)
    search = readings.read_search(read_document(sandbox, call), kind)
    offset, limit = readings.read_window(call.query)
    conversations = sandbox.store.account(call.account).conversations.values()
    meant = [each for each in conversations if readings.is_meant(each, search)]
    records = [_record(sandbox, each) for each in meant]
    found = [each for each in records if each.is_found(search)]
    shown: list[JsonValue] = [each.document(search) for each in found[offset : offset + limit]]
    address = f"https://{call.headers.get('host', '')}{call.path}?limit={limit}&offset={offset}"
    return Answer(
        200,
        {
            "_metadata": {
                "count": len(found),
                "self": {"rel": "self", "href": address},
                "shardsStatusResult": {"partialResult": False},
            },
            "conversationHistoryRecords": shown,
        },
    )


def _record(sandbox: Sandbox, conversation: Conversation) -> readings.Record:
    close_idle(sandbox, conversation)
    now = now_ms(sandbox, conversation.consumer.external_id)
    return readings.Record(conversation, now, sandbox.assumptions.history_delay_s)


def _check_user(sandbox: Sandbox, call: Call) -> None:
    """Refuse who shows nothing, or the tokens of a connector; anybody else is taken for a user."""
    if sandbox.store.get(call.account) is None:
        raise plain_error(401, "Unauthorized", f"account {call.account[:60]!r} does not exist")
    shown = call.headers.get("authorization", "")
    token = shown.removeprefix("Bearer ")
    if sandbox.tokens.has_issued(token):
        if not sandbox.assumptions.history_accepts_app_token:
            raise plain_error(401, "Unauthorized", "the token is a connector's, no user's")
        check_app_token(sandbox, call, scheme="Bearer")
    elif token == shown and not shown.startswith("OAuth "):
        raise plain_error(401, "Unauthorized", "no Authorization header of a user")
