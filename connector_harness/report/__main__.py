"""Makes the documents again, from one folder of results or from several.

``python -m connector_harness.report [RESULTS …] --out DIR [--since DIR]``
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from connector_harness.report.collector import collector_at_rest
from connector_harness.report.making import make_documents
from connector_harness.report.merge import FOLDER, merge
from connector_harness.report.results import ResultsError, read_results

USUAL: Final = "reports/allure-results"


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the documents, say where they are, and return the exit code.

    Args:
        arguments: Those of the command line; None for this process's own.
    """
    told = _parser().parse_args(arguments)
    try:
        with collector_at_rest():
            lines = _make(told.results or [Path(USUAL)], told.out, told.since)
        sys.stdout.writelines(f"{line}\n" for line in lines)
    except ResultsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"the documents cannot be written: {error}\n  next: name another --out\n")
        return 1
    return 0


def _make(folders: Sequence[Path], out: Path, since: Path | None) -> list[str]:
    lines = []
    if len(folders) > 1:
        folders = [merge(folders, out / FOLDER)]
        lines.append(f"results:  {folders[0].as_posix()}")
    before = read_results(since) if since else None
    made = make_documents(read_results(*folders), out, before=before)
    return [*lines, *(f"{kind}: {file.as_posix()}" for kind, file in made.files)]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m connector_harness.report",
        description="Make the documents for people from results on disk.",
    )
    parser.add_argument(
        "results",
        nargs="*",
        type=Path,
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
    return parser


if __name__ == "__main__":
    sys.exit(main())
