"""Runs one shard of what is selected, and tells which part of the whole that was."""

import contextlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

from connector_harness.plugin.collecting.shard import Shard, fingerprint, split
from connector_harness.plugin.processes.channel import is_worker, outgoing, told
from connector_harness.results.journal import ResultsError, attempts, journals


@dataclass(frozen=True, slots=True)
class Split:
    """What a split came to.

    Attributes:
        selected: How many tests were to be split.
        mine: How many of them are in the shard that runs.
        timed: Of how many of them a duration was known.
        fingerprint: What all shards of the same split have in common.
    """

    selected: int
    mine: int
    timed: int
    fingerprint: str

    @property
    def is_empty(self) -> bool:
        """Whether there was something to run, and nothing of it for this shard."""
        return self.selected > 0 and not self.mine


class Sharding:
    """Leaves out what other shards run, after all that selects by name, tag or line.

    The split depends on which tests are selected and on the durations, and on nothing else: not
    on their order, the machine or the number of processes. Durations are those of the ``--since``
    folder, read once by the controlling process before results are cleared.

    Args:
        shard: Which part is to run.
        since: The results of an earlier run; None if there are none.

    Attributes:
        durations: How many seconds each scenario took in an earlier run, by node id.
        split: What the split came to; None before it is known.
    """

    def __init__(self, shard: Shard, since: Path | None) -> None:
        self.shard = shard
        self.split: Split | None = None
        self._since = since
        self.durations: dict[str, float] = {}

    @property
    def is_empty(self) -> bool:
        """Whether there was something to run, and nothing of it for this shard."""
        return self.split is not None and self.split.is_empty

    @property
    def fingerprint(self) -> str:
        """What all shards of the same split have in common; empty before that is known."""
        return self.split.fingerprint if self.split else ""

    def pytest_report_header(self) -> str:
        """Say which part runs."""
        return f"shard: {self.shard}"

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Read, or be told, how long scenarios take."""
        if is_worker(session.config):
            self.durations = told(session.config).durations
        elif self._since is not None:
            self.durations = durations(self._since)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Keep what is in this shard."""
        ids = [item.nodeid for item in items]
        parts = split(ids, self.durations, self.shard.of)
        others = [item for item in items if parts[item.nodeid] != self.shard.number]
        items[:] = [item for item in items if parts[item.nodeid] == self.shard.number]
        timed = sum(id_ in self.durations for id_ in ids)
        self.split = Split(len(ids), len(items), timed, fingerprint(parts))
        outgoing(config).split = asdict(self.split)
        if others:
            config.hook.pytest_deselected(items=others)

    def take_over(self, split: dict[str, Any] | None) -> None:
        """Take over what a worker has split: each splits the same in the same way."""
        if split is not None:
            self.split = Split(**split)

    def tell(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say how much of the whole this shard was."""
        found = self.split
        if found is None or not found.selected:
            return
        terminalreporter.section("shard", yellow=found.is_empty)
        if found.is_empty:
            terminalreporter.line(
                f"shard {self.shard} is empty: all {found.selected} selected are in other shards",
                yellow=True,
            )
            terminalreporter.line(f"  next: split into {found.selected} at the most")
            return
        terminalreporter.line(f"shard {self.shard}: {found.mine} of {found.selected} selected")
        terminalreporter.line(f"balanced by {_measure(found)}; split {found.fingerprint}")


def _measure(found: Split) -> str:
    """Return what the split was balanced by, in words."""
    if not found.timed:
        return "number; --since DIR balances by the durations of an earlier run"
    return f"duration, known of {found.timed}"


def durations(folder: Path) -> dict[str, float]:
    """Return how many seconds each scenario took that has a result in *folder*, by node id.

    What cannot be read is left out: it is not what the run is about.

    Args:
        folder: The results of an earlier run, or of several.
    """
    found: dict[str, tuple[int, float]] = {}
    for file in journals(folder):
        with contextlib.suppress(ResultsError):
            for each in attempts(file):
                taken = (each.start, each.duration_ms / 1000)
                found[each.full_name] = max(found.get(each.full_name, taken), taken)
    return {name: taken for name, (_, taken) in found.items()}


SHARDING = pytest.StashKey[Sharding]()
"""The shard that runs, where the command line names one."""
