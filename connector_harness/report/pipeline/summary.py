"""The summary of a job: how the run went, in Markdown."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote

from connector_harness.report.page.document import headline
from connector_harness.report.page.lacking import lacking
from connector_harness.report.page.rendering import count_of
from connector_harness.report.pipeline.failures import ReportedFailure
from connector_harness.results.ci_system import CiSystem
from connector_harness.results.files import write_whole
from connector_harness.results.reader import Results
from connector_harness.results.record import FAILED, Attempt, Status
from connector_harness.results.totals import Totals, totals

NAME: Final = "summary.md"
"""The name of the file, where the system has no place of its own for a summary."""

LEAKED: Final = (
    "\n**The run failed all the same**: the leak audit found secrets in what it wrote.\n"
)
"""What is added where that was found after all else."""

FAILURES: Final = 50
"""How many failures are told."""

FEATURES: Final = 300
"""How many features the table holds."""

NOT_RUN: Final = 20
"""How many tests are named that were planned and did not run, or are no scenarios."""

_MEANING: Final = re.compile(r"([\\`*_{}\[\]()#+!|~$:@>-])")
_NUMBER: Final = re.compile(r"^(\d+)\.")
# GitHub makes a link of it, though nothing says so.
_SITE: Final = re.compile(r"(www)\.", re.IGNORECASE)
_LONGEST: Final = 300


def write_summary(
    results: Results, failures: Sequence[ReportedFailure], system: CiSystem, folder: Path
) -> Path:
    """Write the summary to where *system* looks for it, or into *folder*; return its file.

    Raises:
        OSError: It cannot be written.
    """
    text = summary(results, failures, system)
    if system.summary is None:
        return write_whole(folder / NAME, text)
    # What other steps of the job have said stays.
    return add_to_summary(text, system, folder)


def add_to_summary(text: str, system: CiSystem, folder: Path) -> Path:
    """Write *text* below what the summary says by now, and return its file.

    Raises:
        OSError: It cannot be written.
    """
    place = system.summary or folder / NAME
    with place.open("a", encoding="utf-8", errors="replace") as file:
        file.write(text)
    return place


def summary(results: Results, failures: Sequence[ReportedFailure], system: CiSystem) -> str:
    """Return the summary, ready to be shown."""
    found = totals(each for each in results.scenarios if each.results)
    counting = [each for each in failures if each.counts]
    strays = [each for each in results.others if each.status in FAILED]
    lines = [f"## {plain(_title(results, found, len(strays)))}", "", *_facts(results, found)]
    lines += _red_all_the_same(results, is_told=bool(counting or strays))
    lines += _section("Failed", counting, system)
    lines += _others(strays)
    lines += _section("Failed in quarantine", [x for x in failures if not x.counts], system)
    lines += _not_offered(results)
    lines += _missing(results)
    lines += _features(results)
    return "\n".join([*lines, ""])


def _title(results: Results, found: Totals, others: int) -> str:
    shards = {run.shard for run in results.runs if run.shard}
    which = f" (shard {shards.pop()})" if len(shards) == 1 else ""
    but = f", but {count_of(others, 'other test')} failed" if others else ""
    return f"{headline(found)}{but}{which}"


def _facts(results: Results, found: Totals) -> Iterator[str]:
    endpoint = results.environment.get("endpoint", "")
    took = sum(run.duration_ms for run in results.runs)
    facts = [
        f"{found.words}",
        *([f"endpoint {plain(endpoint)}"] if endpoint else []),
        *([f"{took / 1000:,.1f} s"] if took else []),
    ]
    yield " · ".join(facts)


def _red_all_the_same(results: Results, *, is_told: bool) -> Iterator[str]:
    """Yield that a run was not green where nothing that failed tells it."""
    codes = sorted({run.exit_code for run in results.runs if run.exit_code})
    if codes and not is_told:
        told = ", ".join(map(str, codes))
        yield from ("", f"**The run failed all the same** (exit code {told}): its end says why.")


def _others(tests: Sequence[Attempt]) -> Iterator[str]:
    """Yield the ordinary tests that failed."""
    if not tests:
        return
    yield from ("", f"### Other tests that failed: {len(tests):,}", "")
    for each in tests[:NOT_RUN]:
        yield f"- **{plain(each.title)}**: {plain(each.message.partition(chr(10))[0])}"
    if len(tests) > NOT_RUN:
        yield f"- … and {len(tests) - NOT_RUN:,} more"


def _section(title: str, failures: Sequence[ReportedFailure], system: CiSystem) -> Iterator[str]:
    if not failures:
        return
    yield from ("", f"### {title}", "")
    rows = [
        (_place(each, system), f"**{plain(each.title)}**", plain(_why(each)), each.kind)
        for each in failures[:FAILURES]
    ]
    yield from table(("where", "scenario", "why", "class"), rows)
    if len(failures) > FAILURES:
        yield from ("", f"… and {len(failures) - FAILURES:,} more, in the documents.")


def _why(failure: ReportedFailure) -> str:
    return f"{failure.sentence}: {failure.reason}" if failure.sentence else failure.reason


def _place(failure: ReportedFailure, system: CiSystem) -> str:
    text = plain(f"{failure.path}:{failure.line}")
    if not system.source:
        return text
    return f"[{text}]({system.source}{quote(system.path(failure.path))}#L{failure.line})"


def _not_offered(results: Results) -> Iterator[str]:
    """Yield what the endpoint does not offer, with how many scenarios were not run for that."""
    needs = lacking(results)
    if needs:
        yield from ("", "### Not run here", "")
        yield from table(("scenarios", "need"), [(f"{n:,}", plain(need)) for need, n in needs])


def _missing(results: Results) -> Iterator[str]:
    missing = [each for run in results.runs for each in run.not_run]
    if missing:
        yield from ("", f"### Not run: {len(missing):,}", "")
        yield from (f"- {plain(each)}" for each in missing[:NOT_RUN])
        if len(missing) > NOT_RUN:
            yield f"- … and {len(missing) - NOT_RUN:,} more"


def _features(results: Results) -> Iterator[str]:
    rows = []
    for feature in results.features:
        found = totals(each for each in results.of(feature) if each.results)
        if found.all:
            cells = (found.of(Status.PASSED), found.failed, found.of(Status.SKIPPED))
            took = f"{found.duration_ms / 1000:,.1f} s"
            rows.append((plain(feature.title), *(f"{count:,}" for count in cells), took))
    if rows:
        head = ("feature", "passed", "failed", "skipped", "took")
        yield from ("", f"<details><summary>{len(rows):,} features</summary>", "")
        yield from table(head, rows[:FEATURES])
        yield from ("", "</details>")


def plain(words: str) -> str:
    """Return *words* on one line, cut where it is long, without a sign that means something."""
    line = " ".join(words.split())
    cut = line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
    text = _MEANING.sub(r"\\\1", cut.replace("&", "&amp;").replace("<", "&lt;"))
    return _SITE.sub(r"\1\\.", _NUMBER.sub(r"\1\\.", text))


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Return the lines of a table whose cells are Markdown."""
    lines = [head, tuple("---" for _ in head), *rows]
    return [f"| {' | '.join(cells)} |" for cells in lines]
