"""All that is made of a run: its documents, and what its CI system reads and shows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from connector_harness.report.cucumber.messages import write_messages
from connector_harness.report.making import Maker, document_makers
from connector_harness.report.names import JUNIT
from connector_harness.report.pipeline import junit
from connector_harness.report.pipeline.annotations import annotations
from connector_harness.report.pipeline.ci_output import issued
from connector_harness.report.pipeline.failures import ReportedFailure, failures
from connector_harness.report.pipeline.summary import add_to_summary, told_late, write_summary
from connector_harness.results.ci_system import CiSystem
from connector_harness.results.reader import Results
from connector_harness.results.run_facts import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """Where outputs go.

    Attributes:
        folder: Where they go that nobody wants elsewhere.
        junit: Where the JUnit file goes; None for its usual place in the folder.
        messages: Where Cucumber's messages go; None if nobody wants them.
        system: The CI system that runs this, if any does.
    """

    folder: Path
    junit: Path | None = None
    messages: Path | None = None
    system: CiSystem | None = None

    def make(
        self, results: Results, *, before: Results | None, news: Sequence[Problem] = ()
    ) -> Iterator[tuple[str, Path | Exception]]:
        """Make all outputs; yield in a word what each is, with its file or why there is none.

        Where it was made before, a summary that other steps share is given the *news* alone.
        """
        documents = document_makers(results, self.folder, before=before)
        for makers in (documents, self._makers(results, before, news)):
            try:
                for name, make in makers:
                    yield name, _made(make)
            except Exception as error:  # noqa: BLE001 - the others are made, whatever it is
                yield "document", error

    def _makers(
        self, results: Results, before: Results | None, news: Sequence[Problem]
    ) -> Iterator[Maker]:
        yield "junit", lambda: self._write_junit(results)
        wanted = self.messages
        if wanted is not None:
            yield "messages", lambda: write_messages(results, wanted)
        system = self.system
        if system is None or system.name == "jenkins":
            return
        if news and system.summary is not None:
            yield "summary", lambda: add_to_summary(told_late(news), system, self.folder)
        else:
            found = failures(results)
            make = partial(write_summary, results, found, system, self.folder, before=before)
            yield "summary", make

    def _write_junit(self, results: Results) -> Path:
        usual = self.folder / JUNIT
        try:
            file = junit.write_junit(results, self.junit or usual)
        except Exception:
            if self.junit is not None and self.junit.is_file():
                # What pytest has written there knows neither what is wrong nor what is secret.
                self.junit.unlink()
            raise
        if file.resolve() != usual.resolve():
            # That of an earlier run, whose results are gone.
            usual.unlink(missing_ok=True)
        return file

    def commands(self, found: Sequence[ReportedFailure]) -> Iterator[str]:
        """Yield what the CI system is told on the output about failures, or findings."""
        if self.system is not None:
            yield from map(issued, annotations(found, self.system))

    def upload(self, made: str, file: Path) -> str | None:
        """Return what tells the CI system on the output to take a file, if it has to be told."""
        is_asked = made == "summary" and self.system is not None and self.system.name == "azure"
        return issued(f"##vso[task.uploadsummary]{file.resolve()}") if is_asked else None


def _made(make: Callable[[], Path]) -> Path | Exception:
    try:
        return make()
    except Exception as error:  # noqa: BLE001 - as above
        return error
