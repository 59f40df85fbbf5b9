"""The coverage of the contract as a section of the document, for product to read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from markupsafe import Markup

from connector_harness.report.coverage.coverage import Coverage, CoveredItem, State
from connector_harness.report.coverage.parts import (
    CoverageLine,
    CoveragePart,
    lines,
    parts,
    statuses,
)
from connector_harness.report.page.document import Section
from connector_harness.report.page.rendering import environment
from connector_harness.results.reader import Results, Scenario
from connector_harness.results.record import Status
from connector_harness.results.totals import totals

ID: Final = "contract"
TITLE: Final = "How much of the API was exercised"

OPEN: Final = 40
"""How long a list may be to be shown unasked."""

SHOWN: Final = 3
"""How many scenarios are named with an item; the file beside the document has them all."""


@dataclass(frozen=True)
class CoverageView:
    """What the template shows.

    Attributes:
        coverage: What was exercised.
        parts: The same in parts.
        lines: The numbers.
        scenarios: All scenarios, in the order of the document.
        links: The id in the document of each, by its history id.
    """

    coverage: Coverage
    parts: tuple[CoveragePart, ...]
    lines: tuple[CoverageLine, ...]
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

    @property
    def left_out(self) -> int:
        """How many scenarios did not pass, for whatever reason."""
        return len(self.scenarios) - self.passed

    @property
    def calls(self) -> list[CoveragePart]:
        """The calls of the API."""
        return [part for part in self.parts if part.of("command")]

    @property
    def statuses(self) -> list[tuple[str, str]]:
        """The statuses with which calls are refused, each with what it means."""
        return [(each, HTTPStatus(int(each)).phrase) for each in statuses(self.parts)]

    @property
    def others(self) -> list[tuple[CoveragePart, CoveredItem]]:
        """The notifications, and the refusals that have a number."""
        held = [(part, met) for part in self.parts for met in part.of("notification")]
        codes = [part for part in self.parts if not part.is_call]
        return held + [(part, met) for part in codes for met in part.of("refusal")]

    def shape(self, met: CoveredItem) -> str:
        """Return what an answer is called where a status has several."""
        name = met.item.name.partition(" ")[2]
        schema = self.coverage.contract.schemas.get(f"response/{name}", {})
        return str(schema.get("title", name))

    def missing(self, state: State) -> list[tuple[CoveragePart, list[CoveredItem]]]:
        """Return what is in *state*, by part."""
        found = [(part, [met for met in part.met if met.state == state]) for part in self.parts]
        return [(part, held) for part, held in found if held]

    def number(self, state: State) -> int:
        """Return how many items are in *state*."""
        return sum(met.state == state for met in self.coverage.met)

    @property
    def reasons(self) -> list[tuple[str, list[tuple[CoveragePart, list[CoveredItem]]]]]:
        """Why something cannot be exercised, with what that holds for, by part."""
        found: dict[str, dict[CoveragePart, list[CoveredItem]]] = {}
        for part, held in self.missing("unreachable"):
            for met in held:
                found.setdefault(met.reason, {}).setdefault(part, []).append(met)
        return [(reason, list(of.items())) for reason, of in found.items()]

    def examples(self, met: CoveredItem) -> list[tuple[str, str]]:
        """Return the ids and titles of the first scenarios that exercise something."""
        found = (self.scenarios[place] for place in (met.passed or met.failed)[:SHOWN])
        return [(self.links.get(each.history_id, ""), each.spec.title) for each in found]


def coverage_section(coverage: Coverage, results: Results, links: Mapping[str, str]) -> Section:
    """Return the section.

    Args:
        coverage: What was exercised.
        results: What it was read from.
        links: The id in the document of each scenario, by its history id.
    """
    view = CoverageView(coverage, parts(coverage), lines(coverage), results.scenarios, links)
    template = environment().get_template("coverage.html")
    html = template.render(view=view, most_examples=SHOWN, most_open=OPEN)
    return Section(ID, TITLE, Markup(html))  # noqa: S704  # the template escapes what it is given
