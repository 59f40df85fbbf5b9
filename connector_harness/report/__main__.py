"""Makes the documents again, from one folder of results or from several.

Where a run did not come to its end, a shard is missing, or parts do not belong together, the
documents are made and say so, and the exit code is 1.

``python -m connector_harness.report [RESULTS …] --out DIR [--since DIR] [--messages FILE]``
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from connector_harness.report.making import gc_paused
from connector_harness.report.pipeline.pipeline import Pipeline
from connector_harness.results.ci_system import detect
from connector_harness.results.folder_lock import FolderInUseError, held
from connector_harness.results.journal import ResultsError
from connector_harness.results.merge import FOLDER, check, merge
from connector_harness.results.reader import read_results
from connector_harness.results.run_facts import shard_problems

USUAL: Final = "reports/allure-results"


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the documents, say where they are, and return the exit code."""
    told = _parser().parse_args(arguments)
    try:
        with gc_paused():
            problems = _make(told)
    except ResultsError as error:
        problems = [str(error)]
    except OSError as error:
        problems = [f"the results cannot be merged: {error}\n  next: name another --out"]
    sys.stderr.write("".join(f"{problem}\n" for problem in problems))
    return 1 if problems else 0


def _make(told: argparse.Namespace) -> list[str]:
    """Make all documents of the results, merged if need be, and return what is wrong."""
    out: Path = told.out
    folders: list[Path] = told.results
    if len(folders) == 1:
        return _document(told, folders[0])
    check(folders, out / FOLDER)
    try:
        with held(out / FOLDER):
            merged = merge(folders, out / FOLDER)
            _say(f"results:  {merged.as_posix()}")
            return _document(told, merged)
    except FolderInUseError as error:
        raise ResultsError(f"{error}\n  next: wait for its end, or name another --out") from None


def _document(told: argparse.Namespace, folder: Path) -> list[str]:
    """Make all documents of the results in *folder*, and return what is wrong."""
    out: Path = told.out
    before = read_results(told.since) if told.since else None
    results = read_results(folder)
    for note in results.notes:
        _say(note)
    found = [*results.problems, *(shard_problems(results.runs) if len(results.runs) == 1 else ())]
    problems = [str(each) for each in found]
    system = detect(os.environ, Path.cwd())
    pipeline = Pipeline(folder=out, messages=told.messages, system=system)
    for name, made in pipeline.make(results, before=before):
        if isinstance(made, Path):
            _say(f"{name + ':':<9} {made.as_posix()}")
            if command := pipeline.upload(name, made):
                _say(command)
        elif isinstance(made, OSError):
            problems.append(f"{name}: not made: {made}\n  next: make room, or name another --out")
        else:
            raise made
    return problems


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m connector_harness.report",
        description="Make the documents for people from results on disk.",
    )
    parser.add_argument(
        "results",
        nargs="*",
        type=Path,
        default=[Path(USUAL)],
        metavar="RESULTS",
        help=f"folders of results; several are merged (default: {USUAL})",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("reports"),
        metavar="DIR",
        help="where the documents go (default: reports)",
    )
    parser.add_argument(
        "--since", type=Path, metavar="DIR", help="results of the last run, to tell what is new"
    )
    parser.add_argument(
        "--messages", type=Path, metavar="FILE", help="write Cucumber's messages to this file"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
