"""Whoever looks for an output finds it on the page about reports."""

from pathlib import Path

from connector_harness.report.pipeline.pipeline import Pipeline
from tests.report.covered import covered_run

PAGE = Path(__file__).parents[2] / "docs" / "reports.md"


def test_every_output_is_on_the_page(tmp_path: Path) -> None:
    """Each file that a run makes without being asked for has its row."""
    results = covered_run(tmp_path)
    made = dict(Pipeline(folder=tmp_path / "out").make(results, before=None))
    page = PAGE.read_text(encoding="utf-8")

    files = [each for each in made.values() if isinstance(each, Path)]
    assert len(files) == len(made)
    assert [each.name for each in files if f"\n| `reports/{each.name}` |" not in page] == []
