"""Opening conversations. Source: API facts §4."""

from connector_harness.sandbox.api.closing import close_idle
from connector_harness.sandbox.api.context import Sandbox, announce, now_ms, publish
from connector_harness.sandbox.api.messages import AUTO_MESSAGES
from connector_harness.sandbox.api.signin import admit, read_document
from connector_harness.sandbox.http import Answer, Call, full
from connector_harness.sandbox.rules import rules
from connector_harness.sandbox.rules.commands import ClientProperties, read_properties
from connector_harness.sandbox.rules.rules import Batch
from connector_harness.sandbox.state.state import (
    ANY_SKILL,
    MOST_CONVERSATIONS,
    Account,
    Conversation,
    Participant,
    ResponseTime,
)
from connector_harness.sandbox.state.tokens import Consumer

DEFAULT_RESPONSE_TIME = "PRIORITIZED"
"""The kind of response time in every sample. Source: API facts §9.8."""


def create_conversation(sandbox: Sandbox, call: Call) -> Answer:
    """Carry out one create call, or refuse it."""
    consumer = admit(sandbox, call)
    batch = rules.judge_batch(read_document(sandbox, call), call.account, sandbox.assumptions)
    account = sandbox.store.account(call.account)
    _refuse_another(sandbox, account, consumer, batch)
    conversation = _open(sandbox, account, consumer, batch, read_properties(call.headers))
    return rules.opened(batch, conversation.id)


def _refuse_another(sandbox: Sandbox, account: Account, consumer: Consumer, batch: Batch) -> None:
    latest = account.latest.get(consumer.lp_id)
    if latest is not None:
        close_idle(sandbox, latest)
    survey_counts = sandbox.assumptions.open_while_survey_runs
    if account.open_conversation_of(consumer, survey_counts=survey_counts) is not None:
        account.profiles[consumer.lp_id] = batch.profile
        raise rules.already_open(batch, consumer.lp_id)
    if len(account.conversations) >= MOST_CONVERSATIONS:
        raise full(f"account {account.id!r} has {MOST_CONVERSATIONS} conversations")


def _open(
    sandbox: Sandbox,
    account: Account,
    consumer: Consumer,
    batch: Batch,
    properties: ClientProperties,
) -> Conversation:
    account.profiles[consumer.lp_id] = batch.profile
    now = now_ms(sandbox, consumer.external_id)
    conversation = account.open(consumer, batch.request, at_ms=now)
    conversation.features = properties.features
    conversation.greeting_due = AUTO_MESSAGES in properties.features
    _take_over_request(sandbox, conversation)
    announce(sandbox, conversation)
    if batch.first_event is not None:
        publish(
            sandbox,
            conversation,
            conversation.main,
            batch.first_event,
            author=Participant(consumer.lp_id, "CONSUMER"),
            metadata=batch.first_metadata,
            client_properties=properties.document,
        )
    return conversation


def _take_over_request(sandbox: Sandbox, conversation: Conversation) -> None:
    """Let a conversation have the skill and the response time that were asked for."""
    request, assumptions = conversation.request, sandbox.assumptions
    skill = request.get("skillId") if assumptions.requested_skill_shown else None
    conversation.skill = ANY_SKILL if skill is None else str(skill)
    asked = request.get("ttrDefName") if assumptions.requested_ttr_shown else None
    conversation.response_time = ResponseTime(
        str(asked or DEFAULT_RESPONSE_TIME), assumptions.response_time_s
    )
