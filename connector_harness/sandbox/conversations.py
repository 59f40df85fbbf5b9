"""Opening conversations. Source: API facts §4."""

from connector_harness.sandbox import rules
from connector_harness.sandbox.answers import Answer, Refusal, bad_request, plain_error
from connector_harness.sandbox.bodies import BodyError, parse_json
from connector_harness.sandbox.calls import JSON_MEDIA_TYPE, Call
from connector_harness.sandbox.deployment import Deployment
from connector_harness.sandbox.rules import Batch
from connector_harness.sandbox.signin import identify
from connector_harness.sandbox.tokens import Consumer


def create_conversation(deployment: Deployment, call: Call) -> Answer:
    """Carry out one create call, or refuse it."""
    wrong_version = rules.judge_version(call.query.get("v"), deployment.assumptions)
    if wrong_version and deployment.assumptions.version_before_tokens:
        return wrong_version
    consumer = identify(deployment, call)
    if isinstance(consumer, Refusal):
        return consumer
    if wrong_version:
        return wrong_version
    batch = _read_batch(deployment, call)
    if isinstance(batch, Refusal):
        return batch
    return _open(deployment, call.account, consumer, batch)


def _read_batch(deployment: Deployment, call: Call) -> Batch | Refusal:
    assumptions = deployment.assumptions
    try:
        document = parse_json(call.body, deepest=assumptions.deepest_body)
    except BodyError as exc:
        return bad_request(str(exc))
    if assumptions.content_type_required and call.media_type != JSON_MEDIA_TYPE:
        reason = f"Content-Type is {call.media_type[:60]!r}"
        return bad_request(reason, req_id=rules.first_id(document))
    return rules.judge_batch(document, call.account, assumptions)


def _open(deployment: Deployment, account_id: str, consumer: Consumer, batch: Batch) -> Answer:
    account = deployment.store.account(account_id)
    survey_counts = deployment.assumptions.open_while_survey_runs
    if account.open_conversation_of(consumer, survey_counts=survey_counts) is not None:
        account.profiles[consumer.lp_id] = batch.profile
        return rules.already_open(batch, consumer.lp_id)
    limit = deployment.assumptions.conversation_limit
    if len(account.conversations) >= limit:
        reason = f"account {account_id!r} has {limit} conversations, the most the sandbox keeps"
        return plain_error(503, "Unable to access resource", reason)
    account.profiles[consumer.lp_id] = batch.profile
    conversation = account.open(consumer, batch.request)
    if batch.first_event is not None:
        conversation.main.publish(batch.first_event, author=consumer.lp_id)
    return rules.opened(batch, conversation.id)
