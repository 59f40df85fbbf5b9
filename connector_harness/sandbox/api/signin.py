"""Signing in: tokens for those who may have them, and whom a call speaks for with them."""

import secrets

from connector_harness.json_types import JsonValue
from connector_harness.sandbox.api.context import Sandbox
from connector_harness.sandbox.http.answers import (
    Answer,
    Refusal,
    authentication_error,
    bad_request,
)
from connector_harness.sandbox.http.bodies import BodyError, parse_json
from connector_harness.sandbox.http.calls import FORM_MEDIA_TYPE, JSON_MEDIA_TYPE, Call
from connector_harness.sandbox.rules import rules
from connector_harness.sandbox.rules.envelopes import first_id
from connector_harness.sandbox.rules.shapes import members, non_empty_string
from connector_harness.sandbox.state.tokens import ClaimsError, Consumer, InvalidTokenError

_CONSUMER_REQUEST = members({"ext_consumer_id": non_empty_string}, {})


def issue_app_token(sandbox: Sandbox, call: Call) -> Answer:
    """Answer with an app token for the right credentials.

    The four parameters may stand in the query, in the form body or in both; the query
    wins. Both versions of the path issue the same kind of token.
    Source: API facts §2.1, §2.2, §16.
    """
    form = call.form() if call.media_type == FORM_MEDIA_TYPE else {}
    given = {**form, **call.query}
    if given.get("grant_type") != "client_credentials":
        reason = f"grant_type is {given.get('grant_type', '')[:60]!r}"
        return Refusal(400, {"error": "unsupported_grant_type"}, reason)
    client_id = given.get("client_id", "")
    if not _credentials_hold(sandbox, call.account, client_id, given.get("client_secret", "")):
        reason = f"no client {client_id[:60]!r} with this secret in account {call.account[:60]!r}"
        status = sandbox.assumptions.sign_in_failure_status
        return Refusal(status, {"error": "invalid_client"}, reason)
    token = sandbox.tokens.issue_app_token(call.account, client_id)
    return Answer(200, {"access_token": token, "token_type": "Bearer"})


def issue_consumer_token(sandbox: Sandbox, call: Call) -> Answer:
    """Answer with a token that speaks for one consumer. Source: API facts §3, §16."""
    refusal = refuse_app_token(sandbox, call)
    if refusal:
        return refusal
    document = read_document(sandbox, call)
    if isinstance(document, Refusal):
        return document
    fault = _CONSUMER_REQUEST(document, "$")
    if fault or not isinstance(document, dict):
        return bad_request(fault or "")
    call.consumer = str(document["ext_consumer_id"])
    longest = sandbox.assumptions.longest_consumer_id
    if longest is not None and len(call.consumer) > longest:
        return bad_request(f"$.ext_consumer_id is longer than {longest} characters")
    token = sandbox.tokens.issue_consumer_token(call.account, call.consumer)
    return Answer(201, {"token": token})


def publish_keys(sandbox: Sandbox, _call: Call) -> Answer:
    """Answer with the public keys. Source: API facts §2.1."""
    return Answer(200, sandbox.tokens.key_set())


def admit(sandbox: Sandbox, call: Call) -> Consumer | Refusal:
    """Return whom a conversation call of the right version speaks for, or why it is refused.

    Source: API facts §4.1, §10.1.
    """
    wrong_version = rules.judge_version(call.query.get("v"), sandbox.assumptions)
    if wrong_version and sandbox.assumptions.version_before_tokens:
        return wrong_version
    consumer = identify(sandbox, call)
    if isinstance(consumer, Refusal):
        return consumer
    return wrong_version or consumer


def read_document(sandbox: Sandbox, call: Call) -> JsonValue | Refusal:
    """Return the JSON document of a call, or why it is refused. Source: API facts §4.1."""
    assumptions = sandbox.assumptions
    try:
        document = parse_json(call.body, deepest=assumptions.deepest_body)
    except BodyError as exc:
        return bad_request(str(exc))
    if assumptions.content_type_required and call.media_type != JSON_MEDIA_TYPE:
        reason = f"Content-Type is {call.media_type[:60]!r}"
        return bad_request(reason, req_id=first_id(document))
    return document


def identify(
    sandbox: Sandbox, call: Call, *, on_behalf: str = "X-LP-ON-BEHALF", scheme: str = ""
) -> Consumer | Refusal:
    """Return whom a call speaks for, or why it may not.

    Source: API facts §10.1, §15.1.

    Args:
        sandbox: Where the call arrived.
        call: The call.
        on_behalf: The header with the consumer token.
        scheme: The word that may stand before the app token.
    """
    if sandbox.assumptions.app_token_before_consumer_token:
        refusal = refuse_app_token(sandbox, call, scheme=scheme)
        return refusal or _read_consumer(sandbox, call, on_behalf)
    consumer = _read_consumer(sandbox, call, on_behalf)
    if isinstance(consumer, Refusal):
        return consumer
    return refuse_app_token(sandbox, call, scheme=scheme) or consumer


def refuse_app_token(sandbox: Sandbox, call: Call, *, scheme: str = "") -> Refusal | None:
    """Refuse a call whose app token is missing or does not hold. Source: API facts §10.1."""
    token = call.headers.get("authorization", "").removeprefix(f"{scheme} ")
    if not token:
        return authentication_error(40105, "no Authorization header")
    try:
        sandbox.tokens.check_app_token(token, call.account)
    except ClaimsError as exc:
        status = sandbox.assumptions.claims_error_status
        return authentication_error(40001, str(exc), status=status)
    except InvalidTokenError as exc:
        return authentication_error(40102, str(exc))
    return None


def _read_consumer(sandbox: Sandbox, call: Call, header: str) -> Consumer | Refusal:
    token = call.headers.get(header, "")
    if not token:
        return authentication_error(40104, f"no {header} header")
    try:
        consumer = sandbox.tokens.read_consumer_token(token, call.account)
    except InvalidTokenError as exc:
        return authentication_error(40103, str(exc))
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
