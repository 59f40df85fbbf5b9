"""What the documents are made from is read from the folder of the results alone."""

import json
from pathlib import Path

import pytest

from connector_harness.results.reader import ResultsError, read_results

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
    """Write a result with one step and one exchange."""
    exchange = {
        "name": "POST …/conversation/send → 200",
        "start": start,
        "stop": start + 5,
        "parameters": [
            {
                "name": "url",
                "value": "https://x.test/api/account/1/messaging/consumer/conversation/send?v=3",
            }
        ],
        "attachments": [{"name": "request", "source": "a.json", "type": "application/json"}],
    }
    step = {"name": "Given a parcel", "status": status, "steps": [exchange]}
    result = {
        "historyId": history_id,
        "status": status,
        "start": start,
        "stop": start + 30,
        "steps": [step],
    }
    folder.mkdir(exist_ok=True)
    (folder / "a.json").write_text('{"type": "cm.UpdateConversationField"}')
    (folder / f"{history_id}-{start}-result.json").write_text(json.dumps(result))


def test_scenarios_stand_in_the_order_of_the_spec(tmp_path: Path) -> None:
    """Each scenario has its result; one without was not run."""
    write_spec(tmp_path)
    write_result(tmp_path, "another", "passed")

    one, another = read_results(tmp_path).scenarios

    assert (one.spec.title, one.status) == ("One parcel", "not run")
    assert (another.spec.title, another.status) == ("Another parcel", "passed")


def test_exchange_knows_its_operation_and_documents(tmp_path: Path) -> None:
    """A call is named for what it was for, by its address and command."""
    write_spec(tmp_path)
    write_result(tmp_path, "one", "passed")

    result = read_results(tmp_path).scenarios[0].result
    assert result is not None
    (exchange,) = result.steps[0].exchanges

    assert (exchange.operation, exchange.status) == ("update_conversation_field", 200)
    assert exchange.request == {"type": "cm.UpdateConversationField"}


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


def test_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """Half a result stops the document, and the message says which file it is."""
    (tmp_path / "x-result.json").write_text("{")

    with pytest.raises(ResultsError, match=r"x-result\.json cannot be read.*\n.*\n  next: "):
        read_results(tmp_path)


def test_missing_folder_is_named(tmp_path: Path) -> None:
    """A folder that is not there is not taken for one without results."""
    with pytest.raises(ResultsError, match=r"no folder .*gone"):
        read_results(tmp_path / "gone")
