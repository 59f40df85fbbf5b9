"""One sandbox: what its routes share, and how what happens in it is kept and told."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.sandbox.assumptions import Assumptions
from connector_harness.sandbox.faults.faults import FaultBook
from connector_harness.sandbox.rules.events import as_published, is_message
from connector_harness.sandbox.state.clocks import Clocks
from connector_harness.sandbox.state.file_store import FileStore
from connector_harness.sandbox.state.journal import Journal
from connector_harness.sandbox.state.room import Room
from connector_harness.sandbox.state.state import Conversation, Dialog, Message, Participant, Store
from connector_harness.sandbox.state.tokens import Tokens
from connector_harness.sandbox.webhooks import notifications
from connector_harness.sandbox.webhooks.webhooks import Webhooks

# Loaded only once an app subscribes: a sandbox without webhooks starts without it.
if TYPE_CHECKING:
    import httpx


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The state, tokens, journal and assumptions of one sandbox.

    ``clock`` gives seconds since the epoch; ``tokens`` must read the same one, and ``clocks``,
    the time of each consumer, be based on it. ``webhooks`` must go by the same ``clocks`` and
    ``faults``. ``hosts`` names where services live that have a host, or a port, of their own;
    all others are found where discovery was asked.
    """

    store: Store
    tokens: Tokens
    assumptions: Assumptions = field(default_factory=Assumptions)
    journal: Journal = field(default_factory=Journal)
    clock: Callable[[], float] = time.time
    files: FileStore = field(default_factory=FileStore)
    clocks: Clocks = field(default_factory=Clocks)
    webhooks: Webhooks = field(default_factory=Webhooks)
    faults: FaultBook = field(default_factory=FaultBook)
    hosts: Mapping[str, str] = field(default_factory=dict)
    room: Room = field(default_factory=Room)


def create_sandbox(
    store: Store,
    *,
    assumptions: Assumptions | None = None,
    clock: Callable[[], float] = time.time,
    tokens: Tokens | None = None,
    webhook_carrier: "httpx.AsyncBaseTransport | None" = None,
    hosts: Mapping[str, str] | None = None,
) -> Sandbox:
    """Return a sandbox whose parts fit together.

    Accounts may be added to *store* while it is served; *clock* gives seconds since the epoch, and
    tokens expire by it. By default a new key signs the tokens, connections to the apps carry what
    they are told, and no service has a host, or a port, of its own.
    """
    assumptions, clocks, faults = assumptions or Assumptions(), Clocks(clock), FaultBook()
    return Sandbox(
        store,
        tokens or Tokens(clock),
        assumptions,
        clock=clock,
        clocks=clocks,
        webhooks=Webhooks(clocks, assumptions, faults, webhook_carrier),
        faults=faults,
        hosts=hosts or {},
    )


def now_ms(sandbox: Sandbox, external_id: str) -> int:
    """Return the time of a consumer in milliseconds since the epoch."""
    return int(sandbox.clocks.now(external_id) * 1000)


def touch(sandbox: Sandbox, conversation: Conversation) -> int:
    """Note a change of a conversation and return its time, as `now_ms` or a little later."""
    return conversation.touch(now_ms(sandbox, conversation.consumer.external_id))


def publish(
    sandbox: Sandbox,
    conversation: Conversation,
    dialog: Dialog,
    event: JsonObject,
    *,
    author: Participant,
    metadata: list[JsonValue] | None = None,
    client_properties: JsonObject | None = None,
) -> Message:
    """Keep an event that was found to be right, notify the apps of it, and return it numbered.

    What it costs does not depend on how much was said before.
    """
    at_ms = now_ms(sandbox, conversation.consumer.external_id)
    message = dialog.publish(
        as_published(event), author=author.id, role=author.role, at_ms=at_ms, metadata=metadata
    )
    assumptions = sandbox.assumptions
    if assumptions.message_restarts_ttr and author.role == "CONSUMER" and is_message(event):
        conversation.waiting_since_ms = at_ms
    notification = notifications.event_published(
        conversation,
        dialog,
        message,
        client_properties=client_properties,
        audience_of_receipts=assumptions.audience_of_receipts,
    )
    sandbox.webhooks.notify(conversation.brand, notification)
    return message


def announce(sandbox: Sandbox, conversation: Conversation) -> None:
    """Notify the apps of a conversation's state as it is now."""
    survey_app = sandbox.store.account(conversation.brand).survey_app
    notification = notifications.conversation_changed(conversation, survey_app=survey_app)
    sandbox.webhooks.notify(conversation.brand, notification)
