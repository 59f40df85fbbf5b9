"""One sandbox of the sandbox: what its routes share."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector_harness.sandbox.assumptions import Assumptions
from connector_harness.sandbox.faults.connections import Connections
from connector_harness.sandbox.faults.faults import FaultBook
from connector_harness.sandbox.state.clocks import Clocks
from connector_harness.sandbox.state.file_store import FileStore
from connector_harness.sandbox.state.journal import Journal
from connector_harness.sandbox.state.state import Store
from connector_harness.sandbox.state.tokens import Tokens
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
    connections: Connections = field(default_factory=Connections)
    hosts: Mapping[str, str] = field(default_factory=dict)


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

    Args:
        store: The accounts; they may be added to while it is served.
        assumptions: The answers to what the API leaves open; default: the proposed ones.
        clock: Seconds since the epoch; tokens expire by it.
        tokens: The issuer; default: a new one with a new key.
        webhook_carrier: What deliveries to apps travel by; default: connections to them.
        hosts: Host, and port if need be, of services by name; default: none of their own.
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
