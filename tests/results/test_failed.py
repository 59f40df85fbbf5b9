"""What a pipeline tells of a failure: where it is in the feature, and why, in one line."""

from pathlib import Path

from connector_harness.results.failed import Failed, failed
from connector_harness.results.reader import read_results
from tests.report.edits import PLACE, edit, failing_run
from tests.report.runs import write_run


def test_failure_stands_at_the_line_of_its_step(tmp_path: Path) -> None:
    """A reader is led to the sentence; its place is not told twice."""
    sentence = "Then it arrives in 3 days"
    results = failing_run(tmp_path, f"[product] it is late ({sentence}, {PLACE}:14)")

    [found] = failed(results)

    assert found == Failed(
        key=results.scenarios[0].history_id,
        path=PLACE,
        line=14,
        title="One parcel",
        sentence=sentence,
        reason="It is late",
        kind="product",
        severity="critical",
        counts=True,
    )


def test_failure_outside_of_the_steps_stands_at_the_scenario(tmp_path: Path) -> None:
    """Where no sentence failed, the title is the place."""
    write_run(tmp_path)
    edit(tmp_path, "One parcel", status="broken", statusDetails={"message": "no power"})

    [found] = failed(read_results(tmp_path))

    assert (found.line, found.sentence, found.reason) == (12, "", "No power")


def test_quarantine_comes_last_and_in_one_line(tmp_path: Path) -> None:
    """What does not count stands after what does, without what became of the quarantine."""
    write_run(tmp_path, failed=("One parcel", "A parcel to Oslo"))
    message = f"[product] late (Then it arrives in 3 days, {PLACE}:14)\nin quarantine: failed"
    edit(tmp_path, "One parcel", statusDetails={"message": message, "muted": True})

    found = failed(read_results(tmp_path))

    assert [(each.title, each.counts) for each in found] == [
        ("A parcel to Oslo", True),
        ("One parcel", False),
    ]
    assert found[1].reason == "Late"
