"""The coverage in the parts that product knows: calls, documents and notifications."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from connector_harness.contract.items import Kind
from connector_harness.contract.operations import OPERATIONS
from connector_harness.report.coverage.coverage import STATES, Coverage, CoveredItem, State
from connector_harness.report.page.slugs import slug

WORDS: Final[dict[Kind, tuple[str, str]]] = {
    "command": ("Commands", "were carried out"),
    "refusal": ("Refusals", "were seen"),
    "notification": ("Notifications", "were heard"),
}
"""What each kind is called, and what being exercised means for it."""


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """How much of one kind was exercised.

    Attributes:
        kind: The kind.
        counts: How many there are in each state.
    """

    kind: Kind
    counts: dict[State, int]

    @property
    def title(self) -> str:
        """What the kind is called."""
        return WORDS[self.kind][0]

    @property
    def all(self) -> int:
        """How many there are."""
        return sum(self.counts.values())

    @property
    def words(self) -> str:
        """The number in words, as ``41 of 44 refusals were seen (3 more cannot be, here)``."""
        title, verb = WORDS[self.kind]
        exercised, out_of_reach = self.counts["exercised"], self.counts["unreachable"]
        all_ = self.all - out_of_reach
        number = f"all {all_}" if exercised == all_ else f"{exercised} of {all_}"
        besides = f" ({out_of_reach} more cannot be, here)" if out_of_reach else ""
        return f"{number} {title.lower()} {verb}{besides}"


@dataclass(frozen=True, slots=True)
class CoveragePart:
    """A call, a document, or a type of notification.

    Attributes:
        name: As schemas and tables have it.
        title: As product has it.
        met: What belongs to it.
    """

    name: str
    title: str
    met: tuple[CoveredItem, ...]

    @property
    def id(self) -> str:
        """What links to it name; no scenario's has two hyphens together."""
        return f"contract--{slug(self.name)}"

    @property
    def is_call(self) -> bool:
        """Whether it is a call, and no document."""
        return self.name in OPERATIONS

    def of(self, *kinds: Kind) -> list[CoveredItem]:
        """Return what belongs to it of some kinds."""
        return [each for each in self.met if each.item.kind in kinds]

    def answered(self, status: str) -> list[CoveredItem]:
        """Return the refusals with *status* that belong to it."""
        return [each for each in self.of("refusal") if each.item.name.split()[0] == status]

    @property
    def exercised(self) -> int:
        """How many were exercised."""
        return sum(each.state == "exercised" for each in self.met)


def lines(coverage: Coverage) -> tuple[CoverageLine, ...]:
    """Return the numbers of each kind."""
    return tuple(
        CoverageLine(kind, {state: coverage.count(kind, state) for state in STATES})
        for kind in WORDS
    )


def parts(coverage: Coverage) -> tuple[CoveragePart, ...]:
    """Return the parts, in the order of the API."""
    found: dict[str, list[CoveredItem]] = {}
    for met in coverage.met:
        found.setdefault(met.item.part, []).append(met)
    return tuple(
        CoveragePart(name, _title(name, coverage), tuple(held)) for name, held in found.items()
    )


def statuses(found: tuple[CoveragePart, ...]) -> list[str]:
    """Return each status with which calls are refused, in order."""
    return sorted(set(_statuses(found)))


def _statuses(found: tuple[CoveragePart, ...]) -> Iterator[str]:
    for part in found:
        for met in part.of("refusal") if part.is_call else ():
            yield met.item.name.split()[0]


def _title(name: str, coverage: Coverage) -> str:
    schema = coverage.contract.schemas.get(name, {})
    return OPERATIONS.get(name) or str(schema.get("title", name))
