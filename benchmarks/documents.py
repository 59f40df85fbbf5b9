"""What the documents for people cost: for the scenarios of this repository, and for thousands.

The results of one run of all features are written again and again, in folders of other features,
until there are enough. From these the documents are made in a process of its own; shown are its
CPU time, part by part, its memory, and the size of what it wrote. Where there is a Chromium, and a
folder with the npm package playwright-core in CONNECTOR_NODE_MODULES, the document is opened and
filtered as well.

    python -m benchmarks.documents [--scenarios 399 3000] [--results reports/allure-results]
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from benchmarks.many_results import multiply
from connector_harness.report.making import gc_paused

ROOT = Path(__file__).parents[1]
SCRIPT = Path(__file__).with_name("documents.js")
MIB = 1024 * 1024
BAR_MS = 4.0
"""CPU time that a scenario may cost, in a run of thousands: 12 seconds for 3,000."""


class Stopwatch:
    """Measures the parts of something.

    Attributes:
        parts: What each took, in seconds of CPU.
    """

    def __init__(self) -> None:
        self.parts: dict[str, float] = {}

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Measure what is done inside."""
        start = time.process_time()
        yield
        self.parts[name] = time.process_time() - start


def make(results: Path, out: Path) -> dict[str, float]:
    """Make the documents as the end of a run does, and return what each part cost in seconds."""
    watch = Stopwatch()
    with watch.part("loading modules"):
        from connector_harness.report.coverage.coverage import Coverage, coverage_of  # noqa: PLC0415 - measured
        from connector_harness.report.coverage.file import write_coverage  # noqa: PLC0415 - measured
        from connector_harness.report.coverage.section import coverage_section  # noqa: PLC0415 - measured
        from connector_harness.report.page import document  # noqa: PLC0415 - measured
        from connector_harness.results.contract_file import KeptContract  # noqa: PLC0415 - measured
        from connector_harness.results.reader import read_results  # noqa: PLC0415 - measured
    with watch.part("reading results"):
        read = read_results(results)
    with watch.part("laying out"):
        page = document.page_of(read)
    with watch.part("coverage: reading"):
        coverage = coverage_of(read) or Coverage((), KeptContract({}))
    with watch.part("coverage: section"):
        page = replace(page, sections=(coverage_section(coverage, read, page.links),))
    with watch.part("coverage: file"):
        write_coverage(coverage, read, page.links, out)
    with watch.part("rendering"):
        document.write(page, out)
    return watch.parts


def make_and_tell(results: Path, out: Path) -> None:
    """Print as JSON what `make` cost, with the most memory that it had, in MiB."""
    with gc_paused():
        parts = make(results, out)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"parts": parts, "memory": usage.ru_maxrss / 1024}))


def browse(file: Path) -> dict[str, float]:
    """Return how long a reader waits for the document in a browser, in milliseconds."""
    modules, chromium = os.environ.get("CONNECTOR_NODE_MODULES"), shutil.which("chromium")
    node = shutil.which("node")
    if not (modules and chromium and node):
        return {}
    done = subprocess.run(
        [node, str(SCRIPT), str(file), modules, chromium],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def measure(results: Path, folder: Path, scenarios: int) -> float:
    """Measure and show the documents of so many scenarios; return the CPU time of all of it."""
    many, out = folder / f"results-{scenarios}", folder / f"out-{scenarios}"
    count = multiply(results, many, scenarios)
    command = [sys.executable, "-m", "benchmarks.documents", "--make", str(many), str(out)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    found = json.loads(done.stdout)
    total = float(sum(found["parts"].values()))
    print(f"{count:,} scenarios: {total:.2f} s of CPU, {found['memory']:.0f} MiB")
    for name, seconds in found["parts"].items():
        print(f"  {name:<20} {seconds:6.2f} s")
    for file in sorted(out.iterdir()):
        print(f"  {file.name:<20} {file.stat().st_size / MIB:6.2f} MiB")
    for name, milliseconds in browse(out / "spec.html").items():
        print(f"  {name:<20} {milliseconds:6.0f} ms")
    return 1000 * total / count


def one_run(folder: Path) -> Path:
    """Run all features of this repository, and return the folder of the results."""
    command = [sys.executable, "-m", "pytest", "-q", f"--alluredir={folder}"]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return folder


def main() -> int:
    """Measure, show the figures, and return 1 if thousands of scenarios cost too much."""
    parser = argparse.ArgumentParser(description="Measure what the documents cost.")
    parser.add_argument("--scenarios", type=int, nargs="+", default=[399, 3000])
    parser.add_argument("--results", type=Path, help="a run of all features (default: a new one)")
    parser.add_argument("--make", type=Path, nargs=2, help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.make:
        make_and_tell(*told.make)
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        results = told.results or one_run(folder / "run")
        costs = [measure(results, folder, scenarios) for scenarios in told.scenarios]
    print(f"a scenario costs {costs[-1]:.2f} ms; the bar is {BAR_MS}")
    return int(costs[-1] > BAR_MS)


if __name__ == "__main__":
    sys.exit(main())
