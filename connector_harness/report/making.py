"""All documents of a run, made in one go."""

from dataclasses import dataclass, replace
from pathlib import Path

from connector_harness.report.coverage.file import write_coverage
from connector_harness.report.coverage.material import Material
from connector_harness.report.page.document import Page, page_of, write
from connector_harness.report.sections import sections
from connector_harness.results.reader import Results


@dataclass(frozen=True, slots=True)
class Made:
    """What has been made.

    Attributes:
        page: What stands in the document.
        files: What each file is, and the file; the living document comes first.
    """

    page: Page
    files: tuple[tuple[str, Path], ...]


def make_documents(results: Results, folder: Path, *, before: Results | None = None) -> Made:
    """Write the documents into *folder*.

    Args:
        results: What they are made from.
        folder: Where they go; made if it is missing.
        before: The results of the last run, to tell what has changed.

    Raises:
        OSError: One cannot be written.
    """
    page = page_of(results, before=before)
    material = Material(results, page.links)
    page = replace(page, extras=sections(material))
    files = [("document", write(page, folder)), ("coverage", write_coverage(material, folder))]
    return Made(page, tuple((kind, file) for kind, file in files if file))
