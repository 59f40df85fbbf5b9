"""The coverage in the parts that product knows: calls, documents and notifications."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from connector_harness.contract.items import Kind
from connector_harness.contract.operations import OPERATIONS
from connector_harness.report.coverage.coverage import STATES, Coverage, Met, State
from connector_harness.report.page.slugs import slug

WORDS: Final[dict[Kind, tuple[str, str]]] = {
    "command": ("Commands", "were carried out"),
    "refusal": ("Refusals", "were seen"),
    "notification": ("Notifications", "were heard"),
    "field": ("Fields", "were sent or received"),
    "value": ("Listed values", "were used"),
}
"""What each kind is called, and what being exercised means for it."""

FOLDERS: Final = {
    "request": "What the connector sends",
    "response": "What it is answered",
    "notification": "What it is told",
    "shared": "What is part of several",
}
"""What the folders of schemas hold."""


@dataclass(frozen=True, slots=True)
class Line:
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
class Part:
    """A call, a document, or a type of notification.

    Attributes:
        name: As schemas and tables have it.
        title: As product has it.
        met: What belongs to it.
    """

    name: str
    title: str
    met: tuple[Met, ...]

    @property
    def id(self) -> str:
        """What links to it name; no scenario's has two hyphens together."""
        return f"contract--{slug(self.name)}"

    @property
    def folder(self) -> str:
        """The folder of its schema; empty for a call."""
        return self.name.rpartition("/")[0]

    @property
    def direction(self) -> str:
        """Which way it goes: ``sent``, ``answered``, ``told``; empty if that is not one."""
        ways = {"request": "sent", "response": "answered", "notification": "told"}
        return ways.get(self.folder, "")

    def of(self, *kinds: Kind) -> list[Met]:
        """Return what belongs to it of some kinds."""
        return [each for each in self.met if each.item.kind in kinds]

    def answered(self, status: str) -> list[Met]:
        """Return the refusals with *status* that belong to it."""
        return [each for each in self.of("refusal") if each.item.name.split()[0] == status]

    def exercised(self, *kinds: Kind) -> int:
        """Return how many were exercised, of all kinds or of some."""
        found = self.of(*kinds) if kinds else self.met
        return sum(each.state == "exercised" for each in found)

    def unreachable(self, kind: Kind) -> int:
        """Return how many of a kind cannot be exercised."""
        return sum(each.state == "unreachable" for each in self.of(kind))


def lines(coverage: Coverage) -> tuple[Line, ...]:
    """Return the numbers of each kind."""
    return tuple(
        Line(kind, {state: coverage.count(kind, state) for state in STATES}) for kind in WORDS
    )


def parts(coverage: Coverage) -> tuple[Part, ...]:
    """Return the parts, in the order of the API."""
    found: dict[str, list[Met]] = {}
    for met in coverage.met:
        found.setdefault(met.item.part, []).append(met)
    return tuple(Part(name, _title(name, coverage), tuple(held)) for name, held in found.items())


def statuses(found: tuple[Part, ...]) -> list[str]:
    """Return each status with which calls are refused, in order."""
    return sorted(set(_statuses(found)))


def _statuses(found: tuple[Part, ...]) -> Iterator[str]:
    for part in found:
        for met in part.of("refusal") if not part.folder else ():
            yield met.item.name.split()[0]


def _title(name: str, coverage: Coverage) -> str:
    schema = coverage.contract.schemas.get(name, {})
    return OPERATIONS.get(name) or str(schema.get("title", name))
