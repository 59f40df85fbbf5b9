"""All documents of a run, made in one go."""

from dataclasses import dataclass
from pathlib import Path

from connector_harness.report.document import Page, page_of, write
from connector_harness.report.results import Results
from connector_harness.report.sections import sections


@dataclass(frozen=True, slots=True)
class Made:
    """What has been made.

    Attributes:
        page: What stands in the document.
        files: The files, the living document first.
    """

    page: Page
    files: tuple[Path, ...]


def make_documents(results: Results, folder: Path, *, before: Results | None = None) -> Made:
    """Write the documents into *folder*.

    Args:
        results: What they are made from.
        folder: Where they go; made if it is missing.
        before: The results of the last run, to tell what has changed.

    Raises:
        OSError: One cannot be written.
    """
    page = page_of(results, before=before, extras=sections(results))
    return Made(page, (write(page, folder),))
