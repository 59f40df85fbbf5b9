"""Sentences about what the connector hears."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from pytest_bdd import given, parsers, then

from connector_harness.client.connector import Connector
from connector_harness.client.conversation import Conversation
from connector_harness.client.reply import Reply
from connector_harness.client.settings import Endpoint
from connector_harness.control.routes import SandboxView
from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.receiver.inbox import Inbox
from connector_harness.receiver.notification import Change
from steps.conversation import OPENING, answered, minimal_batch
from steps.shown_message import PROBE, MessageCounts, is_probe
from steps.webhook import heard


@given("the connector listens", target_fixture="webhook_inbox")
def the_connector_listens(messages: Inbox) -> Inbox | None:
    """Be told of everything from now on; where that is read, nothing is told by itself."""
    assert messages.overflow == []
    return messages if messages.is_told else None


@dataclass(frozen=True)
class SettledInbox:
    """Knows when all that has happened was told, so that nothing further is under way.

    Attributes:
        inbox: Where it is told.
        view: Says so on the sandbox; elsewhere a further message does, once it is heard.
        connector: Opens another conversation for that message where the first is closed.
        endpoint: Where.
        counts: Counts the message, and knows since when something is further.
    """

    inbox: Inbox
    view: SandboxView | None
    connector: Connector
    endpoint: Endpoint
    counts: MessageCounts

    def wait(self, conversation: Conversation) -> None:
        """Return once all that has happened in *conversation* was told."""
        if self.view is not None:
            self.view.wait_until_told(conversation.consumer)
            return
        place = self.counts.elsewhere.get(conversation.id, conversation)
        if self.counts.ask(place).status != 200:
            place = self.counts.elsewhere[conversation.id] = self._elsewhere(conversation)
            accepted = self.counts.ask(place)
            assert accepted.status == 200, answered(accepted, "a message accepted")
        count = self.counts.asked(place)
        self.inbox.wait_until(
            place.id,
            lambda changes: sum(map(is_probe, changes)) >= count,
            what=repr(PROBE),
        )

    def state(self, conversation: Conversation) -> JsonObject:
        """Return how *conversation* stands, once all that has happened was told."""
        self.wait(conversation)
        states = [each.details for each in self.inbox.of(conversation.id) if each.details]
        assert states, "expected to hear how the conversation stands; the connector heard nothing"
        return states[-1]

    def _elsewhere(self, conversation: Conversation) -> Conversation:
        """Return a new conversation, of somebody else where a survey keeps the shopper's open."""
        consumer = conversation.consumer
        for each in (consumer, f"{consumer}-friend"):
            batch = minimal_batch(self.endpoint)
            reply = self.connector.create_conversation(batch, consumer=each)
            if reply.conversation_id is not None:
                return Conversation(self.connector, consumer=each, id=reply.conversation_id)
        raise AssertionError(answered(reply, "a conversation for a further message"))


@pytest.fixture
def quiet(
    inbox: Inbox,
    sandbox_view: SandboxView | None,
    connector: Connector,
    endpoint: Endpoint,
    counts: MessageCounts,
) -> SettledInbox:
    """What knows when nothing further is under way."""
    return SettledInbox(inbox, sandbox_view, connector, endpoint, counts)


@pytest.fixture
def settled(
    messages: Inbox,
    sandbox_view: SandboxView | None,
    connector: Connector,
    endpoint: Endpoint,
    counts: MessageCounts,
) -> SettledInbox:
    """What knows when no further message is under way."""
    return SettledInbox(messages, sandbox_view, connector, endpoint, counts)


def nothing_since(
    quiet: SettledInbox, conversation: Conversation, unwanted: Callable[[Change], bool]
) -> None:
    """Expect nothing *unwanted* since the latest Whens began, once all was told."""
    is_news = quiet.counts.latest.brought
    quiet.wait(conversation)
    changes = [each for each in quiet.inbox.of(conversation.id) if is_news(each)]
    none_of([str(each) for each in changes if unwanted(each)], quiet, conversation)


def none_of(further: list[str], quiet: SettledInbox, conversation: Conversation) -> None:
    """Expect *further* to be empty; the message lists all that was heard."""
    listed = ", and ".join(further)
    told = heard(quiet.inbox, conversation)
    assert not further, f"expected nothing further; the connector heard: {listed}\n{told}"


@then("the connector hears of no further change")
def the_connector_hears_of_no_further_change(
    quiet: SettledInbox, conversation: Conversation
) -> None:
    """Expect that the conversation stands as it stood."""
    nothing_since(quiet, conversation, lambda change: change.kind == "conversation")


@then("the connector hears of no further message")
def the_connector_hears_of_no_further_message(
    settled: SettledInbox, conversation: Conversation, counts: MessageCounts
) -> None:
    """Expect that every message told was there before the latest Whens."""
    settled.wait(conversation)
    first: dict[tuple[str, int], JsonObject] = {}
    further = []
    for change in settled.inbox.of(conversation.id):
        if not change.is_content:
            continue
        dialog, number = str(change.dialog_id), change.sequence
        is_known = is_probe(change) or (number is not None and number < counts.before(dialog))
        # What is told twice is no further message; another one with its number is.
        if not is_known or first.setdefault((dialog, number or 0), change.event) != change.event:
            further.append(str(change))
    none_of(further, settled, conversation)


@then("everything the connector heard was signed and well formed")
def everything_was_signed_and_well_formed(quiet: SettledInbox, conversation: Conversation) -> None:
    """Expect every notification of the conversation to be without a fault, once all was told."""
    quiet.wait(conversation)
    inbox = quiet.inbox
    assert inbox.notifications_of(conversation.id), (
        "expected something; the connector heard nothing"
    )
    faults = inbox.faults_of(conversation.id)
    assert faults == [], f"expected no fault in what was heard; {len(faults)} came\n{faults}"
    twice = [str(change) for change in inbox.duplicates(conversation.id)]
    assert twice == [], f"expected nothing twice\n{heard(inbox, conversation)}"


@then(parsers.parse("the connector hears that the shopper has opened it"))
def the_connector_hears_of_the_opening(
    inbox: Inbox, endpoint: Endpoint, reply: Reply, wait_s: float
) -> None:
    """Expect the first state of the conversation, as documented (API facts §9.8)."""
    conversation_id = reply.conversation_id
    assert conversation_id, answered(reply, "a conversation", of=OPENING)
    change = inbox.wait_for(
        conversation_id,
        lambda change: change.kind == "conversation",
        what="the opening of the conversation",
        within_s=wait_s,
    )
    details = change.details
    came = f"the connector heard: {change}"
    assert (details["state"], details["stage"]) == ("OPEN", "OPEN"), f"expected it open; {came}"
    assert details["brandId"] == endpoint.account, "expected the brand of this account"
    assert roles(details["participants"]) == ["CONSUMER"], f"expected the shopper alone; {came}"
    match details["dialogs"]:
        case [{"dialogId": dialog_id, "dialogType": "MAIN", "state": "OPEN"}]:
            assert dialog_id == conversation_id, "expected the main dialog to have the same id"
        case dialogs:
            raise AssertionError(f"expected one open main dialog; {dialogs} came")


def roles(participants: JsonValue) -> list[JsonValue]:
    """Return the roles of *participants*, in their order."""
    listed = participants if isinstance(participants, list) else []
    return [each.get("role") for each in listed if isinstance(each, dict)]


def dialogs_of(details: JsonObject) -> list[JsonObject]:
    """Return the dialogs that the state of a conversation tells of."""
    listed = details.get("dialogs")
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
