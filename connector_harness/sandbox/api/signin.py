"""Signing in: tokens for those who may have them, and whom a call speaks for with them."""

import secrets
from urllib.parse import parse_qsl

from connector_harness.json_types import JsonError, JsonValue, read_json
from connector_harness.sandbox.api.context import Sandbox
from connector_harness.sandbox.http import (
    FORM_MEDIA_TYPE,
    JSON_MEDIA_TYPE,
    Answer,
    Call,
    RefusedError,
    authentication_error,
    bad_request,
)
from connector_harness.sandbox.rules import rules
from connector_harness.sandbox.rules.commands import first_id
from connector_harness.sandbox.rules.shapes import as_object, members, non_empty_string
from connector_harness.sandbox.state.tokens import ClaimsError, Consumer, InvalidTokenError

_CONSUMER_REQUEST = members({"ext_consumer_id": non_empty_string})


def issue_app_token(sandbox: Sandbox, call: Call) -> Answer:
    """Answer with an app token for the right credentials.

    The four parameters may stand in the query, in the form body or in both; the query
    wins. Both versions of the path issue the same kind of token.
    Source: API facts §2.1, §2.2, §16.
    """
    form = call.body.decode(errors="replace") if call.media_type == FORM_MEDIA_TYPE else ""
    given = {**dict(parse_qsl(form, keep_blank_values=True)), **call.query}
    if given.get("grant_type") != "client_credentials":
        reason = f"grant_type is {given.get('grant_type', '')[:60]!r}"
        raise RefusedError(400, {"error": "unsupported_grant_type"}, reason)
    client_id = given.get("client_id", "")
    if not _credentials_hold(sandbox, call.account, client_id, given.get("client_secret", "")):
        reason = f"no client {client_id[:60]!r} with this secret in account {call.account[:60]!r}"
        status = sandbox.assumptions.sign_in_failure_status
        raise RefusedError(status, {"error": "invalid_client"}, reason)
    token = sandbox.tokens.issue_app_token(call.account, client_id)
    return Answer(200, {"access_token": token, "token_type": "Bearer"})


def issue_consumer_token(sandbox: Sandbox, call: Call) -> Answer:
    """Answer with a token that speaks for one consumer. Source: API facts §3, §16."""
    check_app_token(sandbox, call)
    document = read_document(sandbox, call)
    fault = _CONSUMER_REQUEST(document, "$")
    if fault:
        raise bad_request(fault)
    call.consumer = str(as_object(document)["ext_consumer_id"])
    token = sandbox.tokens.issue_consumer_token(call.account, call.consumer)
    return Answer(201, {"token": token})


def publish_keys(sandbox: Sandbox, _call: Call) -> Answer:
    """Answer with the public keys. Source: API facts §2.1."""
    return Answer(200, sandbox.tokens.key_set())


def admit(sandbox: Sandbox, call: Call) -> Consumer:
    """Return whom a conversation call of the right version speaks for, or refuse it.

    Source: API facts §4.1, §10.1.
    """
    version, assumptions = call.query.get("v"), sandbox.assumptions
    if assumptions.version_before_tokens:
        rules.judge_version(version, assumptions)
    consumer = identify(sandbox, call)
    rules.judge_version(version, assumptions)
    return consumer


def read_document(sandbox: Sandbox, call: Call) -> JsonValue:
    """Return the JSON document of a call, or refuse it. Source: API facts §4.1."""
    try:
        document = read_json(call.body)
    except JsonError as exc:
        raise bad_request(str(exc)) from None
    if sandbox.assumptions.content_type_required and call.media_type != JSON_MEDIA_TYPE:
        reason = f"Content-Type is {call.media_type[:60]!r}"
        raise bad_request(reason, req_id=first_id(document))
    return document


def identify(
    sandbox: Sandbox, call: Call, *, on_behalf: str = "X-LP-ON-BEHALF", scheme: str = ""
) -> Consumer:
    """Return whom a call speaks for, by the token in its header *on_behalf*, or refuse it.

    *scheme* is the word that may stand before the app token. Source: API facts §10.1, §15.1.
    """
    if sandbox.assumptions.app_token_before_consumer_token:
        check_app_token(sandbox, call, scheme=scheme)
        return _read_consumer(sandbox, call, on_behalf)
    consumer = _read_consumer(sandbox, call, on_behalf)
    check_app_token(sandbox, call, scheme=scheme)
    return consumer


def check_app_token(sandbox: Sandbox, call: Call, *, scheme: str = "") -> None:
    """Accept a call whose app token holds, or refuse it. Source: API facts §10.1."""
    token = call.headers.get("authorization", "").removeprefix(f"{scheme} ")
    if not token:
        raise authentication_error(40105, "no Authorization header")
    try:
        sandbox.tokens.check_app_token(token, call.account)
    except ClaimsError as exc:
        status = sandbox.assumptions.claims_error_status
        raise authentication_error(40001, str(exc), status=status) from None
    except InvalidTokenError as exc:
        raise authentication_error(40102, str(exc)) from None


def _read_consumer(sandbox: Sandbox, call: Call, header: str) -> Consumer:
    token = call.headers.get(header, "")
    if not token:
        raise authentication_error(40104, f"no {header} header")
    try:
        consumer = sandbox.tokens.read_consumer_token(token, call.account)
    except InvalidTokenError as exc:
        raise authentication_error(40103, str(exc)) from None
    call.consumer = consumer.external_id
    return consumer


def _credentials_hold(
    sandbox: Sandbox, account_id: str, client_id: str, client_secret: str
) -> bool:
    account = sandbox.store.get(account_id)
    if account is None or account.client_id != client_id:
        return False
    given = client_secret.encode(errors="surrogatepass")
    return secrets.compare_digest(account.client_secret.encode(), given)
