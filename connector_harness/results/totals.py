"""How many scenarios went how, and how many were not run for what the endpoint lacks."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from connector_harness.gherkin.tags import NEEDS
from connector_harness.results.reader import Results, Scenario
from connector_harness.results.record import FAILED, Status

ORDER: Final = tuple(Status)
"""The worst first; what failed is what a reader looks for."""


@dataclass(frozen=True, slots=True)
class Totals:
    """How many scenarios there are, and how they went."""

    counts: tuple[tuple[Status, int], ...]
    duration_ms: int = 0

    @property
    def all(self) -> int:
        """How many there are."""
        return sum(count for _, count in self.counts)

    def of(self, *statuses: Status) -> int:
        """Return how many went one of these ways."""
        return sum(count for status, count in self.counts if status in statuses)

    @property
    def failed(self) -> int:
        """How many failed, for whatever reason, and make the run fail."""
        return self.of(*FAILED)

    @property
    def words(self) -> str:
        """The numbers in words, as ``1 failed, 12 passed``."""
        return ", ".join(f"{count:,} {status}" for status, count in self.counts) or "none"


def totals(scenarios: Iterable[Scenario]) -> Totals:
    """Return how *scenarios* went."""
    listed = list(scenarios)
    found = Counter(scenario.status for scenario in listed)
    durations = (scenario.result.duration_ms for scenario in listed if scenario.result)
    return Totals(
        tuple((status, found[status]) for status in ORDER if status in found), sum(durations)
    )


def worst(statuses: Iterable[Status]) -> Status:
    """Return how the worst went."""
    return min(statuses, key=ORDER.index, default=Status.NOT_RUN)


def by_tag(scenarios: Iterable[Scenario]) -> list[tuple[str, Totals]]:
    """Return each tag with how its scenarios went, in the order of the alphabet."""
    tagged: dict[str, list[Scenario]] = {}
    for scenario in scenarios:
        for tag in scenario.spec.tags:
            tagged.setdefault(tag, []).append(scenario)
    return [(tag, totals(tagged[tag])) for tag in sorted(tagged, key=str.casefold)]


def lacking(results: Results) -> list[tuple[str, int]]:
    """Return each need in words, as ``an agent``, with how many scenarios lack it; most first.

    A scenario that lacks several things counts for each.
    """
    latest = (scenario.result for scenario in results.scenarios if scenario.result)
    return Counter(need for each in latest for need in each.labelled(NEEDS)).most_common()


def in_words(results: Results) -> str:
    """Return all of it in words, as ``56 need an agent, 1 needs faults``; empty for nothing."""
    return ", ".join(
        f"{count:,} {'needs' if count == 1 else 'need'} {need}" for need, count in lacking(results)
    )
