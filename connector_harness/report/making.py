"""All documents of a run, made in one go."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from connector_harness.report.coverage.coverage import coverage_of
from connector_harness.report.coverage.file import write_coverage
from connector_harness.report.coverage.section import coverage_section
from connector_harness.report.page.document import page_of, write
from connector_harness.results.reader import Results

Maker: TypeAlias = tuple[str, Callable[[], Path]]
"""What is made, in one word, and what makes it and returns its file."""


def document_makers(
    results: Results, folder: Path, *, before: Results | None = None
) -> Iterator[Maker]:
    """Yield what makes the living document, and its coverage where a contract was kept."""
    page = page_of(results, before=before)
    coverage = coverage_of(results)
    section = coverage_section(coverage, results, page.links) if coverage is not None else None
    whole = replace(page, sections=() if section is None else (section,))
    yield "document", lambda: write(whole, folder)
    if coverage is not None:
        yield "coverage", lambda: write_coverage(coverage, results, page.links, folder)


@contextmanager
def gc_paused() -> Iterator[None]:
    """Keep Python's garbage collector from searching for as long as this lasts.

    Results are many small objects that all stay until the documents are made: to search them for
    garbage, again and again, takes as long as all the rest. It does not look at them later either,
    for by then little is left to do but to end.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()
