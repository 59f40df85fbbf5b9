"""Merged shards are told apart from a part of them."""

import pytest

from connector_harness.results.run_facts import Run
from connector_harness.results.shards import shard_problems


def problems(*shards: str) -> list[str]:
    """Return what is wrong with *shards*, each written as ``"1/3 split"``."""
    parts = [each.split(" ") for each in shards]
    return list(shard_problems(Run(0, 0, 0, shard=shard, split=split) for shard, split in parts))


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
