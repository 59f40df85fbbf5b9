"""Shards and reruns become one folder of results."""

from pathlib import Path

import pytest

from connector_harness.results.merge import merge
from connector_harness.results.reader import ResultsError, read_results
from connector_harness.results.run_facts import RUN_FILE, Run, read_run
from tests.report.runs import START_MS, write_run


def write_facts(folder: Path, *not_run: str, exit_code: int = 0) -> None:
    """Write the facts of a run."""
    run = Run(START_MS, START_MS + 9, exit_code, not_run=not_run)
    (folder / RUN_FILE).write_text(str(run.document).replace("'", '"'), encoding="utf-8")


@pytest.fixture
def shards(tmp_path: Path) -> tuple[Path, Path]:
    """Two folders; each has what the other has not."""
    one = write_run(tmp_path / "1", left_out=("One parcel",))
    rest = ("A parcel to Rome", "A parcel to Oslo")
    return one, write_run(tmp_path / "2", left_out=rest, start_ms=START_MS + 5)


def test_shards_are_one_run(shards: tuple[Path, Path], tmp_path: Path) -> None:
    """Together the parts are whole."""
    results = read_results(merge(shards, tmp_path / "all"))

    assert [each.status for each in results.scenarios] == ["passed"] * 3


def test_merged_twice_is_merged_once(shards: tuple[Path, Path], tmp_path: Path) -> None:
    """What an earlier merge left is gone."""
    merge(shards, tmp_path / "all")

    results = read_results(merge(shards[:1], tmp_path / "all"))

    assert [each.status for each in results.scenarios] == ["not run", "passed", "passed"]


def test_what_another_shard_has_run_is_not_missing(
    shards: tuple[Path, Path], tmp_path: Path
) -> None:
    """Only what none of them came to was not run."""
    write_facts(shards[0], "features/parcels.feature::One parcel", "x::y", exit_code=1)
    write_facts(shards[1])

    run = read_run(merge(shards, tmp_path / "all"))

    assert run is not None
    assert (run.not_run, run.exit_code) == (("x::y",), 1)


def test_parts_are_not_overwritten(shards: tuple[Path, Path]) -> None:
    """A folder cannot be merged into itself."""
    with pytest.raises(ResultsError, match="which is one of their parts\n  next: let --out"):
        merge(shards, shards[0])


def test_history_goes_along(shards: tuple[Path, Path], tmp_path: Path) -> None:
    """What Allure 2 shows of earlier runs is found among the merged results."""
    (shards[1] / "history").mkdir()
    (shards[1] / "history/history.json").write_text("{}", encoding="utf-8")

    merge(shards, tmp_path / "all")
    assert (tmp_path / "all/history/history.json").is_file()

    merge(shards[:1], tmp_path / "all")
    assert not (tmp_path / "all/history").exists()
