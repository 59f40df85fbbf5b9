"""Several folders of results made into one: the shards of a run, or its reruns."""

import json
import re
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from connector_harness.results.files import SPEC_FILE, is_result_file
from connector_harness.results.reader import ResultsError
from connector_harness.results.run_facts import RUN_FILE, Run, read_run

FOLDER: Final = "allure-results"
"""The name of the merged folder."""

HISTORY: Final = "history"
"""The folder that Allure 2 reads the history of earlier runs from."""

_RESULT: Final = re.compile(r"[0-9a-f-]{36}-(result|container|globals)\.json")


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
    _write(into / SPEC_FILE, _merged_spec(folders))
    runs = [run for run in map(read_run, folders) if run]
    if runs:
        _write(into / RUN_FILE, _merged_run(runs, into).document)
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


def _merged_spec(folders: Iterable[Path]) -> dict[str, Any]:
    features: dict[str, Any] = {}
    documents: dict[tuple[str, str], Any] = {}
    uses: dict[str, Any] = {}
    meant: dict[str, Any] = {}
    for file in (folder / SPEC_FILE for folder in folders):
        found = json.loads(file.read_bytes()) if file.is_file() else {}
        features |= {each["path"]: each for each in found.get("features", ())}
        uses |= found.get("uses", {})
        meant |= found.get("meant", {})
        documents |= {(kind, name): each for kind, name, each in found.get("documents", ())}
    return {
        "version": 1,
        "features": list(features.values()),
        "documents": [[kind, name, each] for (kind, name), each in documents.items()],
        "uses": uses,
        "meant": meant,
    }


def _merged_run(runs: Sequence[Run], into: Path) -> Run:
    """Return the facts of all runs; what one did not come to may have been run by another."""
    files = (file for file in into.iterdir() if _RESULT.fullmatch(file.name))
    done = {json.loads(file.read_bytes()).get("fullName") for file in files}
    missing = dict.fromkeys(each for run in runs for each in run.not_run if each not in done)
    return Run(
        min(run.start for run in runs),
        max(run.stop for run in runs),
        max(run.exit_code for run in runs),
        sum(run.processes for run in runs),
        tuple(missing),
        properties=tuple(dict.fromkeys(each for run in runs for each in run.properties)),
    )


def _write(file: Path, document: dict[str, Any]) -> None:
    file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
