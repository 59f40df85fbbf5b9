"""Control routes: what a test may do to the sandbox; never part of the Connector API."""

from connector_harness.json_types import JsonError, JsonObject, JsonValue, read_json
from connector_harness.sandbox.api.closing import close_idle
from connector_harness.sandbox.api.context import Sandbox
from connector_harness.sandbox.http import Answer, Call, full, plain_error
from connector_harness.sandbox.rules import shapes
from connector_harness.sandbox.rules.commands import ID
from connector_harness.sandbox.state.state import Account, Conversation, Dialog, StateError
from connector_harness.sandbox.state.tokens import APP_TOKEN_LIFETIME_S

OUTDATED_S = 2 * APP_TOKEN_LIFETIME_S
_ACCOUNT_ID = shapes.pattern(
    "(le|qa)?[0-9]{1,20}", "digits, after le or qa for an internal account"
)
_ACCOUNT_REQUEST = shapes.members({}, {"account": _ACCOUNT_ID})
_TOKEN_REQUEST = shapes.members({"account": shapes.string})
_SURVEY_REQUEST = shapes.members(
    {"account": shapes.string, "skill": ID}, {"question": shapes.non_empty_string}
)


def add_account(sandbox: Sandbox, call: Call) -> Answer:
    """Add an account and answer with its credentials.

    Shape: ``{"account": str}`` or ``{}`` in; ``{"account", "clientId", "clientSecret"}`` out.
    """
    wanted = read_request(call, _ACCOUNT_REQUEST).get("account")
    if sandbox.store.is_full:
        raise full("the sandbox has as many accounts as it keeps")
    try:
        account = sandbox.store.add(None if wanted is None else str(wanted))
    except StateError as exc:
        raise plain_error(409, "Conflict", str(exc)) from None
    body: JsonObject = {
        "account": account.id,
        "clientId": account.client_id,
        "clientSecret": account.client_secret,
    }
    return Answer(201, body)


def read_journal(sandbox: Sandbox, call: Call) -> Answer:
    """Answer with the journal, narrowed by ``account`` and ``consumer``."""
    chosen = {name: call.query.get(name) for name in ("account", "consumer")}
    return Answer(200, sandbox.journal.read(**chosen, secrets=sandbox.store.secrets))


def list_conversations(sandbox: Sandbox, call: Call) -> Answer:
    """Answer with an account's conversations, all or those of one consumer, oldest first."""
    consumer = call.query.get("consumer")
    account = find_account(sandbox, call.query.get("account", ""))
    shown: list[JsonValue] = []
    for conversation in account.conversations.values():
        if consumer in (None, conversation.consumer.external_id):
            close_idle(sandbox, conversation)
            profile = account.profiles.get(conversation.consumer.lp_id, {})
            shown.append(_conversation(conversation, profile))
    return Answer(200, shown)


def add_survey(sandbox: Sandbox, call: Call) -> Answer:
    """Ask a survey's question after conversations of a skill from now on.

    Shape: ``{"account", "skill", "question"?}`` in; ``{}`` out.
    """
    document = read_request(call, _SURVEY_REQUEST)
    account = find_account(sandbox, document["account"])
    question = document.get("question", sandbox.assumptions.survey_question)
    account.surveys[str(document["skill"])] = str(question)
    return Answer(200, {})


def issue_outdated_app_token(sandbox: Sandbox, call: Call) -> Answer:
    """Answer with an app token that is wrong in nothing but that its hour is over.

    Shape: ``{"account"}`` in; ``{"token"}`` out. Source: API facts §2.2.
    """
    document = read_request(call, _TOKEN_REQUEST)
    account = find_account(sandbox, document["account"])
    token = sandbox.tokens.issue_app_token(account.id, account.client_id, age_s=OUTDATED_S)
    return Answer(201, {"token": token})


def read_request(call: Call, shape: shapes.Shape) -> JsonObject:
    """Return the document of a control call, or refuse one of another shape; no body is `{}`."""
    try:
        document = read_json(call.body or b"{}")
        fault = shape(document, "$")
    except JsonError as exc:
        document, fault = None, str(exc)
    if fault:
        raise plain_error(400, "Bad Request", fault)
    return shapes.as_object(document)


def find_account(sandbox: Sandbox, account_id: JsonValue) -> Account:
    """Return the account that a control call is about, or refuse the call."""
    name = str(account_id)
    account = sandbox.store.get(name)
    if account is None:
        raise plain_error(404, "Unknown account", f"account {name[:60]!r} does not exist")
    return account


def find_conversation(
    sandbox: Sandbox, account: Account, conversation_id: JsonValue
) -> Conversation:
    """Return the conversation that a control call is about, or refuse the call."""
    name = str(conversation_id)
    conversation = account.conversations.get(name)
    if conversation is None:
        raise plain_error(404, "Unknown conversation", f"conversation {name[:60]!r} does not exist")
    close_idle(sandbox, conversation)
    return conversation


def _conversation(conversation: Conversation, profile: JsonObject) -> JsonObject:
    return {
        "id": conversation.id,
        "consumer": conversation.consumer.external_id,
        "lpConsumerId": conversation.consumer.lp_id,
        "stage": conversation.stage,
        "state": conversation.state,
        "campaign": conversation.request.get("campaignInfo"),
        "request": conversation.request,
        "profile": profile,
        "dialogs": [_dialog(dialog) for dialog in conversation.dialogs],
    }


def _dialog(dialog: Dialog) -> JsonObject:
    messages: list[JsonValue] = [
        {
            "sequence": message.sequence,
            "text": message.event.get("message"),
            "from": message.author,
            "type": message.event.get("type"),
            "role": message.role,
            "at": message.at_ms,
        }
        for message in dialog.messages
    ]
    return {"id": dialog.id, "type": dialog.kind, "state": dialog.state, "messages": messages}
