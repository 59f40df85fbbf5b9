"""Opening conversations. Source: API facts §4."""

from connector_harness.sandbox.api.closing import close_idle
from connector_harness.sandbox.api.context import Deployment
from connector_harness.sandbox.api.messages import AUTO_MESSAGES
from connector_harness.sandbox.api.publishing import announce, now_ms, publish
from connector_harness.sandbox.api.signin import admit, read_document
from connector_harness.sandbox.assumptions import Assumptions
from connector_harness.sandbox.http.answers import Answer, Refusal, plain_error
from connector_harness.sandbox.http.calls import Call
from connector_harness.sandbox.rules import rules
from connector_harness.sandbox.rules.client_properties import ClientProperties, read_properties
from connector_harness.sandbox.rules.rules import Batch
from connector_harness.sandbox.state.dialogs import Participant
from connector_harness.sandbox.state.state import ANY_SKILL, Account, Conversation, ResponseTime
from connector_harness.sandbox.state.tokens import Consumer

DEFAULT_RESPONSE_TIME = "PRIORITIZED"
"""The kind of response time in every sample. Source: API facts §9.8."""


def create_conversation(deployment: Deployment, call: Call) -> Answer:
    """Carry out one create call, or refuse it."""
    consumer = admit(deployment, call)
    if isinstance(consumer, Refusal):
        return consumer
    document = read_document(deployment, call)
    if isinstance(document, Refusal):
        return document
    batch = rules.judge_batch(document, call.account, deployment.assumptions)
    if isinstance(batch, Refusal):
        return batch
    account = deployment.store.account(call.account)
    refusal = _refuse_another(deployment, account, consumer, batch)
    if refusal:
        return refusal
    conversation = _open(deployment, account, consumer, batch, read_properties(call.headers))
    return rules.opened(batch, conversation.id)


def _refuse_another(
    deployment: Deployment, account: Account, consumer: Consumer, batch: Batch
) -> Refusal | None:
    latest = account.latest_conversation_of(consumer)
    if latest is not None:
        close_idle(deployment, latest)
    survey_counts = deployment.assumptions.open_while_survey_runs
    if account.open_conversation_of(consumer, survey_counts=survey_counts) is not None:
        account.profiles[consumer.lp_id] = batch.profile
        return rules.already_open(batch, consumer.lp_id)
    limit = deployment.assumptions.conversation_limit
    if len(account.conversations) >= limit:
        reason = f"account {account.id!r} has {limit} conversations, the most the sandbox keeps"
        return plain_error(503, "Unable to access resource", reason)
    return None


def _open(
    deployment: Deployment,
    account: Account,
    consumer: Consumer,
    batch: Batch,
    properties: ClientProperties,
) -> Conversation:
    account.profiles[consumer.lp_id] = batch.profile
    now = now_ms(deployment, consumer.external_id)
    conversation = account.open(consumer, batch.request, at_ms=now)
    conversation.features = properties.features
    conversation.greeting_due = AUTO_MESSAGES in properties.features
    _take_over_request(conversation, deployment.assumptions)
    announce(deployment, conversation)
    if batch.first_event is not None:
        publish(
            deployment,
            conversation,
            conversation.main,
            batch.first_event,
            author=Participant(consumer.lp_id, "CONSUMER"),
            metadata=batch.first_metadata,
            client_properties=properties.document,
        )
    return conversation


def _take_over_request(conversation: Conversation, assumptions: Assumptions) -> None:
    """Let a conversation have the skill and the response time that were asked for."""
    request = conversation.request
    skill = request.get("skillId") if assumptions.requested_skill_shown else None
    conversation.skill = ANY_SKILL if skill is None else str(skill)
    asked = request.get("ttrDefName") if assumptions.requested_ttr_shown else None
    conversation.response_time = ResponseTime(
        str(asked or DEFAULT_RESPONSE_TIME), assumptions.response_time_s
    )
