"""One deployment of the sandbox: what its routes share."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from connector_harness.sandbox.assumptions import Assumptions
from connector_harness.sandbox.journal import Journal
from connector_harness.sandbox.state import Store
from connector_harness.sandbox.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Deployment:
    """The state, tokens, journal and assumptions of one sandbox.

    ``clock`` gives seconds since the epoch; ``tokens`` must read the same one.
    """

    store: Store
    tokens: Tokens
    assumptions: Assumptions = field(default_factory=Assumptions)
    journal: Journal = field(default_factory=Journal)
    clock: Callable[[], float] = time.time
