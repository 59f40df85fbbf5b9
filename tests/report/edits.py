"""Results of a run, changed afterwards to what a test needs."""

from collections.abc import Callable
from pathlib import Path

from connector_harness.results.journal import AttemptJournal, attempts, journals
from connector_harness.results.reader import Results, read_results
from connector_harness.results.record import Label, RecordedScenario
from tests.report.runs import write_run

PLACE = "features/parcels.feature"


def edit(folder: Path, name: str, change: Callable[[RecordedScenario], object]) -> None:
    """Let *change* change the result of the scenario *name*."""
    found = (each for file in journals(folder) for each in attempts(file))
    every = sorted(found, key=lambda each: each.start)
    for file in journals(folder):
        file.unlink()
    chosen = [each for each in every if each.full_name == f"{PLACE}::{name}"]
    for each in chosen:
        assert isinstance(each, RecordedScenario)
        change(each)
    if not chosen:
        raise LookupError(name)
    journal = AttemptJournal(folder)
    for attempt in every:
        journal.append(attempt)


def failing_run(folder: Path, reason: str = "it is late") -> Results:
    """Return a run in which one parcel is late, at line 14, in the words of *reason*.

    Args:
        folder: Where its results go.
        reason: Why it failed.
    """
    write_run(folder, failed=("One parcel",))

    def change(record: RecordedScenario) -> None:
        assert record.failure is not None
        record.message, record.failure.reason = f"[product] {reason}", reason
        record.labels, record.host = [Label("severity", "critical")], "here"

    edit(folder, "One parcel", change)
    return read_results(folder)
