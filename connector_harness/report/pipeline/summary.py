"""The summary of a job: how the run went, in Markdown."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import quote

import jinja2

from connector_harness.report.coverage.coverage import coverage_of
from connector_harness.report.names import SUMMARY
from connector_harness.report.page.document import besides, headline
from connector_harness.report.page.rendering import NO_THEN, environment, plain
from connector_harness.report.pipeline.failures import ReportedFailure, wrong
from connector_harness.results.changes import changes
from connector_harness.results.ci_system import CiSystem
from connector_harness.results.files import write_whole
from connector_harness.results.reader import Results
from connector_harness.results.record import FAILED, Status
from connector_harness.results.run_facts import Problem
from connector_harness.results.totals import lacking, totals

FAILURES: Final = 50
"""How many failures are told."""

FEATURES: Final = 300
"""How many features the table holds."""

NOT_RUN: Final = 20
"""How many tests are named that were planned and did not run, or are no scenarios."""

LONGEST: Final = 1_000
"""How much of what is wrong beside the scenarios is told, in characters."""


def write_summary(
    results: Results,
    failures: Sequence[ReportedFailure],
    system: CiSystem,
    folder: Path,
    *,
    before: Results | None = None,
) -> Path:
    """Write the summary to where *system* looks for it, or into *folder*; return its file."""
    text = summary(results, failures, system, before=before)
    if system.summary is None:
        return write_whole(folder / SUMMARY, text)
    # What other steps of the job have said stays.
    return add_to_summary(text, system, folder)


def add_to_summary(text: str, system: CiSystem, folder: Path) -> Path:
    """Write *text* below what the summary says by now, and return its file."""
    place = system.summary or folder / SUMMARY
    with place.open("a", encoding="utf-8", errors="replace") as file:
        file.write(text)
    return place


def told_late(problems: Iterable[Problem]) -> str:
    """Return what is added where *problems* were found after all else."""
    return "".join(
        f"\n**The run failed all the same**: {plain(each.reason, LONGEST)}\n"
        for each in wrong(problems)
    )


def summary(
    results: Results,
    failures: Sequence[ReportedFailure],
    system: CiSystem,
    *,
    before: Results | None = None,
) -> str:
    """Return the summary, ready to be shown; what fails newly does so since *before*."""
    found = totals(each for each in results.scenarios if each.results)
    strays = [each for each in results.others if each.status in FAILED]
    found_wrong = wrong(results.problems)
    shards = {run.shard for run in results.runs if run.shard}
    which = f" (shard {shards.pop()})" if len(shards) == 1 else ""
    endpoint = results.environment.get("endpoint", "")
    took = sum(run.duration_ms for run in results.runs)
    by_feature = (
        (feature.title, totals(each for each in results.of(feature) if each.results))
        for feature in results.features
    )
    return _template().render(
        title=f"{headline(found)}{besides(results)}{which}",
        facts=[
            found.words,
            *([f"endpoint {plain(endpoint)}"] if endpoint else []),
            *([f"{took / 1000:,.1f} s"] if took else []),
        ],
        numbers=dict(_numbers(results, before)),
        counting=[each for each in failures if each.counts],
        wrong=[
            f"{_place(e, system)}: " * bool(e.path) + plain(e.reason, LONGEST) for e in found_wrong
        ],
        excused=[each for each in failures if not each.counts],
        strays=[f"**{plain(e.title)}**: {plain(e.message, LONGEST)}" for e in strays],
        unexpecting=[*dict.fromkeys(_without_then(results, system))],
        lacking=lacking(results),
        missing=[plain(each) for each in results.not_run],
        rows=[(title, went) for title, went in by_feature if went.all],
        place=lambda failure: _place(failure, system),
    )


def _without_then(results: Results, system: CiSystem) -> Iterator[str]:
    """Yield the scenarios that ran and say nothing of what is expected; an outline once."""
    for each in results.scenarios:
        if each.results and not each.spec.expects:
            outline = each.spec.outline
            where = _link(each.feature.path, outline.line, system)
            yield f"{where}: **{plain(outline.title)}** has {NO_THEN}"


def _numbers(results: Results, before: Results | None) -> Iterator[tuple[str, str]]:
    """Yield what product looks for first, by what it is called."""
    ran = [each for each in results.scenarios if each.results]
    found = totals(ran)
    yield "passed", f"{found.of(Status.PASSED):,}"
    yield "failed", f"{found.failed:,}"
    if before is not None:
        news = dict(changes(before, results).kinds)
        yield "newly failing", f"{len(news.get('newly failing', ())):,}"
    yield "flaky", f"{sum(each.is_flaky for each in ran):,}"
    yield "in quarantine", f"{found.of(Status.QUARANTINED):,}"
    yield "skipped", f"{found.of(Status.SKIPPED):,}"
    coverage = coverage_of(results)
    if coverage is not None:
        within_reach = [each for each in coverage.met if each.state != "unreachable"]
        exercised = sum(each.state == "exercised" for each in within_reach)
        yield "of the API exercised", f"{exercised:,} of {len(within_reach):,}"


@cache
def _template() -> jinja2.Template:
    template = environment().get_template("summary.md")
    template.globals.update(failures=FAILURES, features=FEATURES, not_run=NOT_RUN)
    return template


def _place(failure: ReportedFailure, system: CiSystem) -> str:
    return _link(failure.path, failure.line, system)


def _link(path: str, line: int, system: CiSystem) -> str:
    text = plain(f"{path}:{line}")
    if not system.source:
        return text
    return f"[{text}]({system.source}{quote(system.path(path))}#L{line})"
