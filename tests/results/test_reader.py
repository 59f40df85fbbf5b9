"""What the documents are made from is read from the folder of the results alone."""

import json
from pathlib import Path

import pytest

from connector_harness.results.journal import AttemptJournal, ResultsError
from connector_harness.results.reader import read_results
from connector_harness.results.record import RecordedScenario, Status

SOURCE = """Feature: Parcels
  Scenario: One parcel
    Given a parcel
  Scenario: Another parcel
    Given a parcel
"""


def write_spec(folder: Path, path: str = "features/parcels.feature", source: str = SOURCE) -> None:
    """Write the spec of a run with two scenarios."""
    folder.mkdir(exist_ok=True)
    feature = {"path": path, "source": source, "scenarios": ["one", "another"]}
    (folder / "spec.json").write_text(json.dumps({"version": 1, "features": [feature]}))


def write_result(folder: Path, history_id: str, status: str, *, start: int = 1000) -> None:
    """Write the result of a scenario."""
    folder.mkdir(exist_ok=True)
    record = RecordedScenario(history_id, "f.feature::S", "S", Status(status), start=start)
    AttemptJournal(folder).append(record)


def test_scenarios_stand_in_the_order_of_the_spec(tmp_path: Path) -> None:
    """Each scenario has its result; one without was not run."""
    write_spec(tmp_path)
    write_result(tmp_path, "another", "passed")

    one, another = read_results(tmp_path).scenarios

    assert (one.spec.title, one.status) == ("One parcel", "not run")
    assert (another.spec.title, another.status) == ("Another parcel", "passed")


def test_the_latest_result_counts(tmp_path: Path) -> None:
    """Of several folders the latest result is the truth, and the others are retries."""
    write_spec(tmp_path / "first")
    write_result(tmp_path / "first", "one", "failed", start=1000)
    write_result(tmp_path / "second", "one", "passed", start=2000)

    one, _ = read_results(tmp_path / "second", tmp_path / "first").scenarios

    assert one.status == "passed"
    assert [each.status for each in one.retries] == ["failed"]


def test_features_stand_in_the_order_of_folders(tmp_path: Path) -> None:
    """A folder's own features come before those of its folders."""
    for number, path in enumerate(
        ("features/b/x.feature", "features/z.feature", "features/a/y.feature")
    ):
        write_spec(tmp_path / str(number), path)

    results = read_results(*(tmp_path / str(number) for number in range(3)))

    paths = [feature.path for feature in results.features]
    assert paths == ["features/z.feature", "features/a/y.feature", "features/b/x.feature"]


def test_result_that_no_spec_names_is_kept_apart(tmp_path: Path) -> None:
    """A result of a scenario that is gone is not lost."""
    write_spec(tmp_path)
    write_result(tmp_path, "gone", "passed")

    assert [each.history_id for each in read_results(tmp_path).strays] == ["gone"]


def test_journal_that_ends_in_half_a_line_is_told(tmp_path: Path) -> None:
    """A killed run has everything up to the kill, and says what is missing."""
    write_spec(tmp_path)
    write_result(tmp_path, "one", "passed")
    [journal] = tmp_path.glob("*-journal.jsonl")
    with journal.open("a", encoding="utf-8") as file:
        file.write('{"type":"scen')

    results = read_results(tmp_path)

    assert results.scenarios[0].status == "passed"
    assert results.notes[0].startswith(f"{journal.name} ends in half a line: the run was killed")


@pytest.mark.parametrize("line", ["{", "{}", '{"type": "scenario"}'])
def test_line_that_cannot_be_read_is_named(tmp_path: Path, line: str) -> None:
    """What somebody has damaged stops the document, and the message says where it is."""
    (tmp_path / "x-journal.jsonl").write_text(f"{line}\n")

    with pytest.raises(ResultsError, match=r"x-journal\.jsonl cannot be read: line 1: "):
        read_results(tmp_path)


def test_missing_folder_is_named(tmp_path: Path) -> None:
    """A folder that is not there is not taken for one without results."""
    with pytest.raises(ResultsError, match=r"no folder .*gone"):
        read_results(tmp_path / "gone")
