"""Who may make a conversation call, and the document that comes with it.

Source: API facts §4.1, §10.1.
"""

from connector_harness.json_types import JsonValue
from connector_harness.sandbox.api.signin import identify
from connector_harness.sandbox.context import Deployment
from connector_harness.sandbox.http.answers import Refusal, bad_request
from connector_harness.sandbox.http.calls import JSON_MEDIA_TYPE, Call
from connector_harness.sandbox.rules import rules
from connector_harness.sandbox.rules.envelopes import first_id
from connector_harness.sandbox.state.bodies import BodyError, parse_json
from connector_harness.sandbox.state.tokens import Consumer


def admit(deployment: Deployment, call: Call) -> Consumer | Refusal:
    """Return whom a call of the right version speaks for, or why it is refused."""
    wrong_version = rules.judge_version(call.query.get("v"), deployment.assumptions)
    if wrong_version and deployment.assumptions.version_before_tokens:
        return wrong_version
    consumer = identify(deployment, call)
    if isinstance(consumer, Refusal):
        return consumer
    return wrong_version or consumer


def read_document(deployment: Deployment, call: Call) -> JsonValue | Refusal:
    """Return the JSON document of a call, or why it is refused."""
    assumptions = deployment.assumptions
    try:
        document = parse_json(call.body, deepest=assumptions.deepest_body)
    except BodyError as exc:
        return bad_request(str(exc))
    if assumptions.content_type_required and call.media_type != JSON_MEDIA_TYPE:
        reason = f"Content-Type is {call.media_type[:60]!r}"
        return bad_request(reason, req_id=first_id(document))
    return document
