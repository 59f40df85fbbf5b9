"""One shard of what is selected: the same parts of the whole on every machine."""

import contextlib
import re
import statistics
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from connector_harness.plugin.processes.channel import is_worker, outgoing, told
from connector_harness.results.journal import ResultsError, attempts, journals
from connector_harness.results.run_facts import version

_WRITTEN: Final = re.compile(r"([0-9]{1,4})/([0-9]{1,4})")


@dataclass(frozen=True, slots=True)
class Shard:
    """One part of several: which one, counted from 1, of how many."""

    number: int
    of: int

    def __str__(self) -> str:
        """Return it as the command line has it, for example ``2/5``."""
        return f"{self.number}/{self.of}"


def parse_shard(written: str) -> Shard:
    """Return the shard that is *written*, for example ``2/5``.

    Raises:
        pytest.UsageError: It is none.
    """
    match = _WRITTEN.fullmatch(written.strip())
    if match is None:
        raise pytest.UsageError(
            f"--shard {written!r} is no part of a whole\n"
            "  next: name the part and how many there are, as --shard 2/5"
        )
    shard = Shard(int(match[1]), int(match[2]))
    if not 1 <= shard.number <= shard.of:
        last = max(shard.of, 1)
        raise pytest.UsageError(
            f"--shard {written!r}: there is no part {shard.number} of {shard.of}\n"
            f"  next: name one from 1 to {last}, as --shard {min(shard.number or 1, last)}/{last}"
        )
    return shard


def split(keys: Collection[str], durations: Mapping[str, float], of: int) -> dict[str, int]:
    """Return in which of so many parts each of *keys* is, whatever order they come in.

    The longest go first, each into the part that has least to do so far; so no two parts differ
    by more than the longest takes, or by more than one in number where no duration is known.
    """
    known = [taken for key in keys if (taken := durations.get(key)) is not None]
    usual = statistics.median(known) if known else 1.0
    loads = [(0.0, 0, number) for number in range(1, of + 1)]
    parts: dict[str, int] = {}
    for taken, key in sorted((-durations.get(key, usual), key) for key in keys):
        load, count, number = min(loads)
        loads[number - 1] = (load - taken, count + 1, number)
        parts[key] = number
    return parts


def fingerprint(parts: Mapping[str, int]) -> str:
    """Return what is the same for all parts of one split, and for no other: 16 hex digits."""
    return version("\n".join(sorted(f"{key}\0{number}" for key, number in parts.items())))


@dataclass(frozen=True, slots=True)
class Split:
    """What a split came to: how many tests were to be split, and how many are in this shard.

    Of the `timed` ones a duration was known; all shards of a split have one fingerprint.
    """

    selected: int = 0
    mine: int = 0
    timed: int = 0
    fingerprint: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there was something to run, and nothing of it for this shard."""
        return self.selected > 0 and not self.mine


class Sharding:
    """Leaves out what other shards run, after all that selects by name, tag or line.

    The split depends on which tests are selected and on the durations, and on nothing else: not
    on their order, the machine or the number of processes. Durations are those of *since*, the
    results of an earlier run, read once by the controlling process before results are cleared.
    """

    def __init__(self, shard: Shard, since: Path | None) -> None:
        self.shard = shard
        self.split = Split()
        self._since = since
        self.durations: dict[str, float] = {}

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
        found, shard, line = self.split, self.shard, terminalreporter.line
        if not found.selected:
            return
        terminalreporter.section("shard", yellow=found.is_empty)
        if found.is_empty:
            told = f"shard {shard} is empty: all {found.selected} selected are in other shards"
            line(told, yellow=True)
            line(f"  next: split into {found.selected} at the most")
            return
        measure = f"duration, known of {found.timed}"
        if not found.timed:
            measure = "number; --since DIR balances by the durations of an earlier run"
        line(f"shard {shard}: {found.mine} of {found.selected} selected")
        line(f"balanced by {measure}; split {found.fingerprint}")


def durations(folder: Path) -> dict[str, float]:
    """Return how many seconds each scenario took that has a result in *folder*, by node id.

    What cannot be read is left out: it is not what the run is about.
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
