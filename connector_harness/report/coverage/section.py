"""The coverage of the contract as a section of the document, for product to read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from connector_harness.contract.items import OPERATIONS, Kind
from connector_harness.report.coverage.coverage import STATES, Coverage, CoveredItem, State
from connector_harness.report.page.document import Section
from connector_harness.report.page.rendering import environment, slug
from connector_harness.results.reader import Results, Scenario
from connector_harness.results.record import Status
from connector_harness.results.totals import totals

ID: Final = "contract"
TITLE: Final = "How much of the API was exercised"

SHOWN: Final = 3
"""How many scenarios are named with an item; the file beside the document has them all."""

WORDS: Final[dict[Kind, tuple[str, str]]] = {
    "command": ("Commands", "were carried out"),
    "refusal": ("Refusals", "were seen"),
    "notification": ("Notifications", "were heard"),
}
"""What each kind is called, and what being exercised means for it."""


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """How much of one kind was exercised."""

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
    """A call, a document, or a type of notification."""

    name: str
    title: str
    met: list[CoveredItem]

    @property
    def id(self) -> str:
        """What links to it name; no scenario's has two hyphens together."""
        return f"contract--{slug(self.name)}"

    def of(self, state: State) -> list[CoveredItem]:
        """Return what belongs to it and is in *state*."""
        return [each for each in self.met if each.state == state]


@dataclass(frozen=True)
class CoverageView:
    """What the template shows."""

    lines: list[CoverageLine]
    parts: list[CoveragePart]
    scenarios: Sequence[Scenario]
    links: Mapping[str, str]

    @property
    def words(self) -> str:
        """The numbers in one sentence."""
        told = [line.words for line in self.lines]
        words = f"{', '.join(told[:-1])} and {told[-1]}"
        return f"{words[:1].upper()}{words[1:]}."

    @property
    def passed(self) -> int:
        """How many scenarios passed."""
        return totals(self.scenarios).of(Status.PASSED)

    def number(self, state: State) -> int:
        """Return how many items are in *state*."""
        return sum(line.counts[state] for line in self.lines)

    def examples(self, met: CoveredItem) -> list[tuple[str, str]]:
        """Return the ids and titles of the first scenarios that exercise something."""
        found = (self.scenarios[place] for place in (met.passed or met.failed)[:SHOWN])
        return [(self.links.get(each.history_id, ""), each.spec.title) for each in found]


def coverage_section(coverage: Coverage, results: Results, links: Mapping[str, str]) -> Section:
    """Return the section."""
    counts = {kind: {each: coverage.count(kind, each) for each in STATES} for kind in WORDS}
    lines = [CoverageLine(kind, each) for kind, each in counts.items()]
    view = CoverageView(lines, _parts(coverage), results.scenarios, links)
    html = environment().get_template("coverage.html").render(view=view, most_examples=SHOWN)
    return Section(ID, TITLE, Markup(html))  # noqa: S704  # the template escapes what it is given


def _parts(coverage: Coverage) -> list[CoveragePart]:
    """Return the parts, in the order of the API."""
    parts: dict[str, CoveragePart] = {}
    for met in coverage.met:
        name = met.item.part
        title = str(coverage.contract.schemas.get(name, {}).get("title", name))
        part = CoveragePart(name, OPERATIONS.get(name, title), [])
        parts.setdefault(name, part).met.append(met)
    return [*parts.values()]
