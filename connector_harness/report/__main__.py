"""Makes the documents again, from one folder of results or from several.

Where shards are merged and one is missing, the documents are made, and the exit code is 1.

``python -m connector_harness.report [RESULTS …] --out DIR [--since DIR] [--messages FILE]``
"""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from connector_harness.report.making import gc_paused, make_documents
from connector_harness.report.pipeline.pipeline import Pipeline
from connector_harness.results.ci_system import detect
from connector_harness.results.journal import ResultsError
from connector_harness.results.merge import FOLDER, merge, shard_problems
from connector_harness.results.reader import read_results
from connector_harness.results.run_facts import read_runs

USUAL: Final = "reports/allure-results"


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the documents, say where they are, and return the exit code."""
    told = _parser().parse_args(arguments)
    try:
        with gc_paused():
            for line in _make(told):
                sys.stdout.write(f"{line}\n")
        problems = list(shard_problems(run for each in told.results for run in read_runs(each)))
    except ResultsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"the documents cannot be written: {error}\n  next: name another --out\n")
        return 1
    sys.stderr.write("".join(f"{problem}\n" for problem in problems))
    return 1 if problems else 0


def _make(told: argparse.Namespace) -> Iterator[str]:
    """Make all documents, and yield what is said of each."""
    out: Path = told.out
    folders: list[Path] = told.results
    if len(folders) > 1:
        folders = [merge(folders, out / FOLDER)]
        yield f"results:  {folders[0].as_posix()}"
    before = read_results(told.since) if told.since else None
    results = read_results(*folders)
    yield from results.notes
    for kind, file in make_documents(results, out, before=before).items():
        yield f"{kind + ':':<9} {file.as_posix()}"
    system = detect(os.environ, Path.cwd())
    pipeline = Pipeline(folder=out, messages=told.messages, system=system)
    for name, make in pipeline.makers(results):
        file = make()
        yield f"{name + ':':<9} {file.as_posix()}"
        if command := pipeline.upload(name, file):
            yield command


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
