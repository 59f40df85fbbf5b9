"""Shards and reruns become one folder of results."""

from pathlib import Path

import pytest

from connector_harness.results.files import SPEC_FILE
from connector_harness.results.journal import ResultsError
from connector_harness.results.merge import merge
from connector_harness.results.reader import read_results
from connector_harness.results.run_facts import Run, shard_problems
from tests.report.runs import START_MS, write_facts, write_run


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
    missing = ("features/parcels.feature::One parcel", "x::y")
    write_facts(shards[0], Run(START_MS, START_MS + 9, 1, not_run=missing))

    results = read_results(merge(shards, tmp_path / "all"))

    assert results.not_run == ("x::y",)
    assert {run.exit_code for run in results.runs} == {0, 1}


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


def problems(*shards: str) -> list[str]:
    """Return what is wrong with *shards*, each written as ``"1/3 split"``."""
    parts = [each.split(" ") for each in shards]
    return list(
        map(str, shard_problems(Run(0, 0, 0, shard=shard, split=split) for shard, split in parts))
    )


@pytest.mark.parametrize(
    "shards", [(), ("1/1 a",), ("1/2 a", "2/2 a"), ("1/2 a", "2/2 a", "1/2 a")]
)
def test_whole_is_no_problem(shards: tuple[str, ...]) -> None:
    """All shards of one split are a whole, also where one was run again."""
    assert problems(*shards) == []


def test_run_that_is_no_shard_is_no_problem() -> None:
    """Reruns of everything can be merged."""
    assert list(shard_problems([Run(0, 0, 0), Run(1, 1, 0)])) == []


def test_missing_shards_are_named() -> None:
    """A shard that left no results does not go unnoticed."""
    [problem] = problems("2/4 a", "1/4 a")

    assert problem.startswith("no results of shard 3/4, 4/4: ")
    assert "\n  next: see why" in problem


@pytest.mark.parametrize("other", ["2/2 b", "2/3 a"])
def test_shards_of_different_splits_are_told(other: str) -> None:
    """Parts of different wholes may overlap, or leave something out."""
    [problem] = problems("1/2 a", other)

    assert "were not split alike" in problem
    assert "shard 1/2 as a" in problem


def test_unreadable_spec_is_named(shards: tuple[Path, Path], tmp_path: Path) -> None:
    """A shard with half a spec stops a merge, and the message says which file it is."""
    (shards[1] / SPEC_FILE).write_text("{", encoding="utf-8")

    with pytest.raises(ResultsError, match=r"spec\.json cannot be read(.|\n)*at: .*/2"):
        merge(shards, tmp_path / "all")
