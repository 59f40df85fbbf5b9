"""Whoever looks for an output finds it on the page about reports."""

from pathlib import Path

from connector_harness.report.making import make_documents
from connector_harness.report.pipeline.pipeline import Pipeline
from tests.report.covered import covered_run

PAGE = Path(__file__).parents[2] / "docs" / "reports.md"


def test_every_output_is_on_the_page(tmp_path: Path) -> None:
    """Each file that a run makes without being asked for has its row."""
    results = covered_run(tmp_path)
    made = [*make_documents(results, tmp_path / "out").values()]
    made += [make() for _, make in Pipeline(folder=tmp_path / "out").makers(results, before=None)]
    page = PAGE.read_text(encoding="utf-8")

    assert [each.name for each in made if f"\n| `reports/{each.name}` |" not in page] == []
