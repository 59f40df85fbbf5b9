"""One deployment of the sandbox: what its routes share."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from connector_harness.sandbox.assumptions import Assumptions
from connector_harness.sandbox.clocks import Clocks
from connector_harness.sandbox.connections import Connections
from connector_harness.sandbox.faults import FaultBook
from connector_harness.sandbox.file_store import FileStore
from connector_harness.sandbox.journal import Journal
from connector_harness.sandbox.state import Store
from connector_harness.sandbox.tokens import Tokens
from connector_harness.sandbox.webhooks import Webhooks


@dataclass(frozen=True, slots=True)
class Deployment:
    """The state, tokens, journal and assumptions of one sandbox.

    ``clock`` gives seconds since the epoch; ``tokens`` must read the same one, and ``clocks``,
    the time of each consumer, be based on it. ``webhooks`` must go by the same ``clocks`` and
    ``faults``.
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
