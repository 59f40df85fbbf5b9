"""Several folders of results made into one: the shards of a run, or its reruns."""

import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from connector_harness.results.files import SPEC_FILE, is_result_file
from connector_harness.results.journal import ResultsError
from connector_harness.results.reader import merged_spec
from connector_harness.results.run_facts import Run

FOLDER: Final = "allure-results"
"""The name of the merged folder."""

HISTORY: Final = "history"
"""The folder that Allure 2 reads the history of earlier runs from."""


def merge(folders: Sequence[Path], into: Path) -> Path:
    """Copy the results in *folders* to one folder, and return it.

    Of what both have, the later in the list counts. What an earlier merge left in *into* is gone.

    Raises:
        ResultsError: A folder is missing, or one of them is *into* itself.
        OSError: Something cannot be written.
    """
    _check(folders, into)
    into.mkdir(parents=True, exist_ok=True)
    for file in into.iterdir():
        if is_result_file(file.name):
            file.unlink()
    shutil.rmtree(into / HISTORY, ignore_errors=True)
    for folder in folders:
        for file in sorted(folder.iterdir()):
            if is_result_file(file.name):
                shutil.copyfile(file, into / file.name)
        if (folder / HISTORY).is_dir():
            shutil.copytree(folder / HISTORY, into / HISTORY, dirs_exist_ok=True)
    _write(into / SPEC_FILE, merged_spec(folders))
    return into


def _check(folders: Iterable[Path], into: Path) -> None:
    for folder in folders:
        if not folder.is_dir():
            raise ResultsError(f"no folder {folder.as_posix()!r}\n  next: name a folder of results")
        if folder.resolve() == into.resolve():
            raise ResultsError(
                f"the merged results would go to {into.as_posix()!r}, which is one of their parts\n"
                "  next: let --out name another folder"
            )


def _write(file: Path, document: dict[str, Any]) -> None:
    file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


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
