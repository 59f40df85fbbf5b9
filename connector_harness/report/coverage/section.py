"""The coverage of the contract as a section of the document, for product to read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from itertools import groupby
from typing import Final

from markupsafe import Markup

from connector_harness.report.coverage.coverage import Coverage, Met, State
from connector_harness.report.coverage.parts import FOLDERS, Line, Part, lines, parts, statuses
from connector_harness.report.page.document import Section
from connector_harness.report.page.rendering import environment
from connector_harness.results.reader import Results, Scenario
from connector_harness.results.totals import totals

ID: Final = "contract"
TITLE: Final = "How much of the API was exercised"

OPEN: Final = 40
"""How long a list may be to be shown unasked."""

SHOWN: Final = 3
"""How many scenarios are named with an item; the file beside the document has them all."""


@dataclass(frozen=True)
class View:
    """What the template shows.

    Attributes:
        coverage: What was exercised.
        parts: The same in parts.
        lines: The numbers.
        scenarios: All scenarios, in the order of the document.
        links: The id in the document of each, by its history id.
    """

    coverage: Coverage
    parts: tuple[Part, ...]
    lines: tuple[Line, ...]
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
        return totals(self.scenarios).of("passed")

    @property
    def left_out(self) -> int:
        """How many scenarios did not pass, for whatever reason."""
        return len(self.scenarios) - self.passed

    @property
    def calls(self) -> list[Part]:
        """The calls of the API."""
        return [part for part in self.parts if part.of("command")]

    @property
    def statuses(self) -> list[tuple[str, str]]:
        """The statuses with which calls are refused, each with what it means."""
        return [(each, HTTPStatus(int(each)).phrase) for each in statuses(self.parts)]

    @property
    def others(self) -> list[tuple[Part, Met]]:
        """The notifications, and the refusals that have a number."""
        held = [(part, met) for part in self.parts for met in part.of("notification")]
        codes = [part for part in self.parts if part.folder]
        return held + [(part, met) for part in codes for met in part.of("refusal")]

    @property
    def documents(self) -> list[tuple[str, list[Part]]]:
        """The documents that are sent and received, by where they go."""
        held = [part for part in self.parts if part.of("field", "value")]
        return [
            (FOLDERS.get(folder, folder), sorted(group, key=lambda part: part.title))
            for folder, group in groupby(held, key=lambda part: part.folder)
        ]

    @property
    def count_of_documents(self) -> int:
        """How many documents there are."""
        return sum(len(found) for _, found in self.documents)

    def shape(self, met: Met) -> str:
        """Return what an answer is called where a status has several."""
        name = met.item.name.partition(" ")[2]
        schema = self.coverage.contract.schemas.get(f"response/{name}", {})
        return str(schema.get("title", name))

    def missing(self, state: State) -> list[tuple[Part, list[Met]]]:
        """Return what is in *state*, by part."""
        found = [(part, [met for met in part.met if met.state == state]) for part in self.parts]
        return [(part, held) for part, held in found if held]

    def number(self, state: State) -> int:
        """Return how many items are in *state*."""
        return sum(met.state == state for met in self.coverage.met)

    @property
    def reasons(self) -> list[tuple[str, list[tuple[Part, list[Met]]]]]:
        """Why something cannot be exercised, with what that holds for, by part."""
        found: dict[str, dict[Part, list[Met]]] = {}
        for part, held in self.missing("unreachable"):
            for met in held:
                found.setdefault(met.reason, {}).setdefault(part, []).append(met)
        return [(reason, list(of.items())) for reason, of in found.items()]

    def examples(self, met: Met) -> list[tuple[str, str]]:
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
    view = View(coverage, parts(coverage), lines(coverage), results.scenarios, links)
    template = environment().get_template("coverage.html")
    html = template.render(view=view, most_examples=SHOWN, most_open=OPEN)
    return Section(ID, TITLE, Markup(html))  # noqa: S704  # the template escapes what it is given
