"""Whether the shards that were merged are all of one whole."""

from collections.abc import Iterable, Iterator

from connector_harness.results.run_facts import Run


def shard_problems(runs: Iterable[Run]) -> Iterator[str]:
    """Yield what is wrong with the shards among *runs*, with what to do about it.

    Nothing is wrong where no run was a shard, or where each shard of one split is there; one that
    was run again is there as well.
    """
    parts = [run for run in runs if run.shard]
    splits: dict[tuple[str, str], set[int]] = {}
    for run in parts:
        number, _, of = run.shard.partition("/")
        splits.setdefault((of, run.split), set()).add(int(number))
    if len(splits) > 1:
        told = "; ".join(
            f"{_listed(numbers, of)} as {split or 'is not known'}"
            for (of, split), numbers in splits.items()
        )
        yield (
            f"the shards were not split alike, so scenarios may have run twice or never: {told}\n"
            "  next: give all of them the same selection, the same number and the same --since"
        )
        return
    for (of, _), numbers in splits.items():
        missing = set(range(1, int(of) + 1)) - numbers
        if missing:
            yield (
                f"no results of {_listed(missing, of)}: what they had to run is missing here\n"
                "  next: see why they left none, or name their folders too"
            )


def _listed(numbers: Iterable[int], of: str) -> str:
    return f"shard {', '.join(f'{number}/{of}' for number in sorted(numbers))}"
