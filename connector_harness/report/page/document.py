"""The living document: one HTML file that needs nothing else."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from markupsafe import Markup

from connector_harness.report.chat.transcript_text import moment_of
from connector_harness.report.names import DOCUMENT
from connector_harness.report.page.page import Chapter, PageCase, PagePart, parts_of
from connector_harness.report.page.rendering import count_of, duration, environment, source
from connector_harness.results.changes import Changes, changes
from connector_harness.results.files import write_whole
from connector_harness.results.reader import Results
from connector_harness.results.record import FAILED, Attempt, Status
from connector_harness.results.run_facts import Problem
from connector_harness.results.totals import Totals, by_tag, in_words, totals

FAILING_SHOWN: Final = 60
"""How many failures the list at the beginning names."""


@dataclass(frozen=True, slots=True)
class Section:
    """A section between the numbers and the scenarios, such as the coverage."""

    id: str
    title: str
    html: Markup


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """What the template shows."""

    headline: str
    problems: tuple[Problem, ...]
    facts: tuple[tuple[str, str], ...]
    totals: Totals
    failing: tuple[PageCase, ...]
    failing_left_out: int
    changes: Changes | None
    links: dict[str, str]
    parts: tuple[PagePart, ...]
    tags: list[tuple[str, Totals]]
    sections: tuple[Section, ...]
    not_run: tuple[str, ...]
    strays: int
    made_from: str

    @property
    def chapters(self) -> list[Chapter]:
        """All features."""
        return [chapter for part in self.parts for chapter in part.chapters]

    @property
    def cases(self) -> Iterator[PageCase]:
        """All scenarios as they ran."""
        return (case for chapter in self.chapters for case in chapter.cases)


def render(page: DocumentPage) -> str:
    """Return the document."""
    template = environment().get_template("spec.html")
    return template.render(page=page, style=source("spec.css"), script=source("spec.js"))


def write(page: DocumentPage, folder: Path) -> Path:
    """Write the document into *folder* and return its file; a reader never sees half of it."""
    return write_whole(folder / DOCUMENT, render(page))


def page_of(results: Results, *, before: Results | None = None) -> DocumentPage:
    """Return what the document shows, in order, without what others add."""
    parts = parts_of(results)
    chapters = [chapter for part in parts for chapter in part.chapters]
    cases = [case for chapter in chapters for case in chapter.cases]
    failing = [case for case in cases if case.failure]
    found = totals(results.scenarios)
    return DocumentPage(
        verdict(results, found),
        results.problems,
        tuple(_facts(results)),
        found,
        tuple(failing[:FAILING_SHOWN]),
        max(0, len(failing) - FAILING_SHOWN),
        changes(before, results) if before else None,
        {case.scenario.history_id: case.id for case in cases},
        parts,
        by_tag(results.scenarios),
        (),
        results.not_run,
        len(results.strays),
        _made_from(results),
    )


def verdict(results: Results, found: Totals) -> str:
    """Return how the run went, in one sentence: its scenarios, and whatever else made it red."""
    return f"{headline(found)}{besides(results)}"


def besides(results: Results) -> str:
    """Return what is wrong beside the scenarios, as the rest of a sentence; empty for nothing."""
    others = sum(each.status in FAILED for each in results.others)
    told = [f"{count_of(others, 'other test')} failed"] if others else []
    gists = [*dict.fromkeys(each.gist for each in results.problems)]
    told += gists[:1]
    if (more := len(gists) - 1) > 0:
        told.append(f"{count_of(more, 'more thing')} {'is' if more == 1 else 'are'} wrong")
    first = "and" if any(each.status in FAILED for each in results.scenarios) else "but"
    return f", {first} {', and '.join(told)}" if told else ""


def headline(found: Totals) -> str:
    """Return how the scenarios went, in one sentence."""
    ran = found.all - found.of(Status.NOT_RUN, Status.SKIPPED)
    scenarios = "scenario" if ran == 1 else "scenarios"
    if not ran:
        return "No scenario was run"
    excused = found.of(Status.QUARANTINED)
    if found.failed:
        besides = f", {excused:,} more in quarantine" if excused else ""
        return f"{found.failed:,} of {ran:,} {scenarios} failed{besides}"
    if excused:
        return f"{ran - excused:,} of {ran:,} {scenarios} passed, {excused:,} failed in quarantine"
    if ran == 1:
        return "The one scenario passed"
    return f"All {ran:,} {scenarios} passed" if ran == found.all else f"{ran:,} {scenarios} passed"


def _facts(results: Results) -> Iterable[tuple[str, str]]:
    facts = results.environment
    for name in ("endpoint", "address", "account"):
        if facts.get(name):
            yield name.capitalize(), facts[name]
    latest = [each.result for each in results.scenarios if each.result]
    if not_run := in_words(results):
        yield "Not run here", not_run
    if latest:
        yield "Date", _span(latest)
    if results.runs:
        yield "Took", duration(sum(run.duration_ms for run in results.runs))


def _span(latest: Sequence[Attempt]) -> str:
    first = moment_of(min(each.start for each in latest))
    last = moment_of(max(each.start for each in latest))
    if first is None or last is None:
        return "unknown"
    if first.date() == last.date():
        return f"{_day(last)}, {last:%H:%M} UTC"
    return f"{_day(first)} to {_day(last)}"


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"


def _made_from(results: Results) -> str:
    # The shards of one split are one run.
    count = len({run.split or run.id for run in results.runs})
    runs = "a run" if count < 2 else f"{count} runs"  # noqa: PLR2004 - one is no plural
    codes = {str(run.exit_code) for run in results.runs if run.has_ended}
    return f"{runs} that ended with exit code {', '.join(sorted(codes))}" if codes else runs
