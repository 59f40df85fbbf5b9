"""Several folders of results made into one: the shards of a run, or its reruns."""

import json
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from connector_harness.results.files import SPEC_FILE, is_result_file, write_whole
from connector_harness.results.journal import ResultsError, journals
from connector_harness.results.reader import merged_spec
from connector_harness.results.run_facts import Problem, Run, new_run_id, read_runs

FOLDER: Final = "allure-results"
"""The name of the merged folder."""

HISTORY: Final = "history"
"""The folder that Allure 2 reads the history of earlier runs from."""


def merge(folders: Sequence[Path], into: Path) -> Path:
    """Copy the results in *folders* to one folder, and return it.

    Of what both have, the later in the list counts. What an earlier merge left in *into* is gone.

    Raises:
        ResultsError: A folder is missing, one of them is *into* itself, or two hold one run.
        OSError: Something cannot be written.
    """
    check(folders, into)
    into.mkdir(parents=True, exist_ok=True)
    for file in into.iterdir():
        if is_result_file(file.name):
            file.unlink()
    shutil.rmtree(into / HISTORY, ignore_errors=True)
    for folder in folders:
        if not (read_runs(folder) or journals(folder)):
            _note_absence(folder, into)
        for file in sorted(folder.iterdir()):
            if is_result_file(file.name):
                shutil.copyfile(file, into / file.name)
        if (folder / HISTORY).is_dir():
            shutil.copytree(folder / HISTORY, into / HISTORY, dirs_exist_ok=True)
    write_whole(into / SPEC_FILE, json.dumps(merged_spec(folders)))
    return into


def check(folders: Sequence[Path], into: Path) -> None:
    """Look whether *folders* can be merged.

    Raises:
        ResultsError: A folder is missing, one of them is *into* itself, or two hold one run.
    """
    for folder in folders:
        if not folder.is_dir():
            raise ResultsError(f"no folder {folder.as_posix()!r}\n  next: name a folder of results")
        if folder.resolve() == into.resolve():
            raise ResultsError(
                f"the merged results would go to {into.as_posix()!r}, which is one of their parts\n"
                "  next: let --out name another folder"
            )
    known: dict[str, Path] = {}
    for folder in folders:
        for run in read_runs(folder):
            if run.id in known:
                both = f"{known[run.id].as_posix()!r} and {folder.as_posix()!r}"
                raise ResultsError(f"{both} hold the same run\n  next: name each run once")
            known[run.id] = folder


def _note_absence(folder: Path, into: Path) -> None:
    """Let what is made of *into* say that a part was not brought along."""
    told = Problem(
        f"no run has left anything in {folder.as_posix()!r}",
        "see why it left nothing, or name the folder of its results",
    )
    now = time.time_ns() // 1_000_000
    run = Run(now, now, 1, processes=0, problems=(told,), id=new_run_id())
    write_whole(into / run.file, json.dumps(run.document))
