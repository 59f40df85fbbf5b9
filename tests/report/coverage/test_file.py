"""Programs read the coverage from a file."""

import json
from pathlib import Path
from typing import Any

from connector_harness.report.coverage.coverage import coverage_of
from connector_harness.report.coverage.file import write_coverage
from connector_harness.report.names import COVERAGE
from tests.report.covered import CODE, covered_run


def written(folder: Path, **options: Any) -> tuple[str, dict[str, Any]]:  # noqa: ANN401 - passed on
    """Return the file of a run, as text and as a document."""
    results = covered_run(folder, **options)
    links = {each.history_id: f"s-{each.spec.title}" for each in results.scenarios}
    coverage = coverage_of(results)
    assert coverage is not None
    file = write_coverage(coverage, results, links, folder)
    assert file == folder / COVERAGE
    text = file.read_text(encoding="utf-8")
    return text, json.loads(text)


def item(document: dict[str, Any], id_: str) -> dict[str, Any]:
    """Return one item."""
    return next(each for each in document["items"] if each["id"] == id_)


def test_item_names_its_scenarios(tmp_path: Path) -> None:
    """Each place leads to a scenario, and its id to it in the living document."""
    _, document = written(tmp_path)
    found = item(document, CODE)

    assert found == {
        "kind": "refusal",
        "id": CODE,
        "part": "response/authentication_error",
        "name": "errorCode 40104",
        "state": "exercised",
        "scenarios": [0],
    }
    assert document["scenarios"][0] == {
        "id": "s-One parcel",
        "fullName": "features/parcels.feature::One parcel",
        "title": "One parcel",
        "status": "passed",
    }


def test_totals_add_up(tmp_path: Path) -> None:
    """All items of a kind are in one state or another."""
    _, document = written(tmp_path)

    for counts in document["totals"].values():
        every = counts.pop("all")
        assert every == sum(counts.values()) > 0


def test_item_has_a_line_of_its_own(tmp_path: Path) -> None:
    """Two files can be compared line by line."""
    text, document = written(tmp_path)
    lines = [line.removesuffix(",") for line in text.splitlines()]

    assert all(json.dumps(each, ensure_ascii=False) in lines for each in document["items"])


def test_same_run_writes_the_same_file(tmp_path: Path) -> None:
    """Neither times nor folders are in it."""
    assert written(tmp_path / "one")[0] == written(tmp_path / "other")[0]


def test_failure_is_told_apart(tmp_path: Path) -> None:
    """What only a failed scenario met names it as such."""
    _, document = written(tmp_path, failed=("One parcel",))

    assert item(document, CODE)["failed"] == [0]
    assert "scenarios" not in item(document, CODE)
