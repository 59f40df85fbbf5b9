"""What a pipeline tells of a failure: where it is in the feature, and why, in one line."""

from pathlib import Path

from connector_harness.report.pipeline.failures import ReportedFailure, failures
from connector_harness.results.reader import read_results
from connector_harness.results.record import (
    Phase,
    QuarantineOutcome,
    RecordedFailure,
    RecordedScenario,
    Status,
)
from tests.report.edits import PLACE, edit, failing_run
from tests.report.runs import write_run


def test_failure_stands_at_the_line_of_its_step(tmp_path: Path) -> None:
    """A reader is led to the sentence; its place is not told twice."""
    [found] = failures(failing_run(tmp_path))

    assert found == ReportedFailure(
        path=PLACE,
        line=14,
        title="One parcel",
        sentence="Then it arrives in 3 days",
        reason="It is late",
        kind="product",
        counts=True,
    )


def test_failure_outside_of_the_steps_stands_at_the_scenario(tmp_path: Path) -> None:
    """Where no sentence failed, the title is the place."""
    write_run(tmp_path)

    def change(record: RecordedScenario) -> None:
        record.status = Status.BROKEN
        record.failure = RecordedFailure(reason="no power", phase=Phase.SETUP)

    edit(tmp_path, "One parcel", change)

    [found] = failures(read_results(tmp_path))

    assert (found.line, found.sentence, found.reason) == (12, "", "No power")


def test_quarantine_comes_last(tmp_path: Path) -> None:
    """What does not count stands after what does."""
    write_run(tmp_path, failed=("One parcel", "A parcel to Oslo"))

    def change(record: RecordedScenario) -> None:
        record.quarantine = QuarantineOutcome("in quarantine", "failed", excuses=True)

    edit(tmp_path, "One parcel", change)

    assert [(each.title, each.counts) for each in failures(read_results(tmp_path))] == [
        ("A parcel to Oslo", True),
        ("One parcel", False),
    ]
