"""The reads of the Messaging REST API, for an app on behalf of a consumer.

Consumers and agents, who may read with tokens of their own, are not served.
Source: API facts §15.1.
"""

from connector_harness.json_types import JsonValue
from connector_harness.sandbox.api.closing import close_idle
from connector_harness.sandbox.api.context import Sandbox
from connector_harness.sandbox.api.signin import identify
from connector_harness.sandbox.http.answers import (
    Answer,
    RefusedError,
    authentication_error,
    plain_error,
)
from connector_harness.sandbox.http.calls import Call
from connector_harness.sandbox.rules.message_pages import page_of, read_range
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

    Shape: ``{"data": [message], "links": {"next"?: str}}`` out.
    """
    conversation = _find(sandbox, call)
    dialog = conversation.dialog(call.path_params["dialog"])
    if dialog is None:
        raise _unknown("dialog", call.path_params["dialog"])
    wanted = read_range(call.query)
    if isinstance(wanted, str):
        raise plain_error(400, "Bad Request", wanted)
    page = page_of(dialog, wanted, assumptions=sandbox.assumptions)
    if isinstance(page, str):
        raise plain_error(400, "Bad Request", page)
    return Answer(200, page.document(call.path, call.query))


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
        raise _unknown("conversation", call.path_params["conversation"])
    if conversation.consumer != consumer:
        raise authentication_error(40103, "the conversation is another consumer's")
    close_idle(sandbox, conversation)
    return conversation


def _unknown(what: str, name: str) -> RefusedError:
    return plain_error(404, "Not Found", f"{what} {name[:64]!r} does not exist")
