"""At its end, a run closes what it has opened on an endpoint that outlives it."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import pytest

from connector_harness.client.connector import Connector
from connector_harness.client.settings import Endpoint
from connector_harness.plugin.account.closing import Closer, Unconcerned
from connector_harness.plugin.endpoint.endpoint import ENDPOINT
from connector_harness.plugin.endpoint.rate_limit import throttle, turn
from connector_harness.plugin.processes.channel import worker_count, worker_id
from connector_harness.plugin.processes.shared_folder import shared_folder
from connector_harness.plugin.running.exchange_recorder import EVIDENCE
from connector_harness.plugin.running.opened import Ledger
from connector_harness.plugin.stash import REDACTOR
from connector_harness.redaction.terminal_safe import one_line

INTERRUPTED_S: Final = 4.0
"""How long is spent on closing after Ctrl-C; pytest-xdist ends its workers soon after."""

ENDED: Final = frozenset({pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED})
"""The exit codes of a run that came to its end."""

SHOWN: Final = 20
"""How many of the calls without an answer are listed."""

NEXT: Final = (
    "  next: close them by hand, or wait until the account closes what has long been silent"
)


class Cleanup:
    """Closes the conversations of a run at its end, whatever the end.

    Every process closes its own; the controlling one then closes those of workers that died
    or were cut short, and lists what is left.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._worker = worker_id(config)
        ledger = Ledger(self._folder / f"{self._worker}.ledger" if self._worker else None)
        self._ledgers = [ledger]
        config.stash[EVIDENCE].ledger = ledger
        config.add_cleanup(ledger.end)

    @property
    def _keeps(self) -> bool:
        return bool(self._config.getoption("keep_conversations"))

    @property
    def _folder(self) -> Path:
        return shared_folder(self._config)

    def close(self, exitstatus: int) -> None:
        """Close what is open, once pytest-xdist has ended its workers."""
        if not self._worker and self._config.pluginmanager.hasplugin("dsession"):
            self._ledgers += map(Ledger.of, sorted(self._folder.glob("*.ledger")))
        count = sum(len(ledger.left) for ledger in self._ledgers)
        if count and not self._keeps:
            endpoint = self._config.stash[ENDPOINT].endpoint
            within_s = self._budget_s(endpoint, count) if exitstatus in ENDED else INTERRUPTED_S
            closer = Closer(self._connector, within_s=within_s)
            for ledger in self._ledgers:
                closer.close(ledger)

    def _budget_s(self, endpoint: Endpoint, count: int) -> float:
        workers = worker_count(self._config)
        rate = endpoint.requests_per_second
        return 10 + count * (1 if rate is None else 1 + 2 * workers / rate)

    def _connector(self, wait: Callable[[float], None]) -> Connector:
        endpoint = self._config.stash[ENDPOINT].endpoint
        return Connector(
            endpoint,
            witness=Unconcerned(),
            redactor=self._config.stash[REDACTOR],
            wait=wait,
            turn=turn(self._config, endpoint, wait=wait),
            throttle=throttle(self._config, endpoint, wait=wait),
        )

    def tell(self, terminalreporter: pytest.TerminalReporter) -> None:
        """List the conversations that are still open, whether or not they should be."""
        lines = list(_lines(self._ledgers))
        if lines:
            lines.append(NEXT)
        if self._keeps:
            lines[:0] = _kept(self._ledgers)
        if lines:
            name = self._config.stash[ENDPOINT].name
            terminalreporter.section(f"conversations left open at {name}", yellow=True)
            for line in lines:
                terminalreporter.line(line)


def _kept(ledgers: Sequence[Ledger]) -> Iterator[str]:
    kept = [each for ledger in ledgers for each in ledger.left.items()]
    for id_, consumer in kept[:SHOWN]:
        yield f"kept: {id_} of {consumer!r}" if consumer else f"kept: {id_}"
    if len(kept) > SHOWN:
        yield f"kept: … and {len(kept) - SHOWN} more"


def _lines(ledgers: Sequence[Ledger]) -> Iterator[str]:
    for ledger in ledgers:
        yield from (f"not closed: {one_line(id_)} {why}" for id_, why in ledger.kept.items())
    unanswered = [each for ledger in ledgers for each in ledger.unanswered]
    for consumer, why in unanswered[:SHOWN]:
        whose = f"of {consumer!r} " if consumer else ""
        yield f"perhaps opened, by a call without a usable answer: one {whose}({why})"
    if len(unanswered) > SHOWN:
        yield f"perhaps opened: … and {len(unanswered) - SHOWN} more"


CLEANUP: Final = pytest.StashKey[Cleanup]()
"""What closes conversations at the end; there where the endpoint outlives the run."""
