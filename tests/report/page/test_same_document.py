"""However a run is divided, its document is the same but for times."""

import difflib
import subprocess
import sys
from pathlib import Path

import pytest

from connector_harness.report.__main__ import main
from tests.endpoint.runs import ROOT, environment
from tests.report.moments import without_moments

FEATURES = ("features", "--ignore=features/faults")
"""All features but those of faults, which wait too long for this."""

SHARDS = 2
TIMEOUT_S = 120


def run(folder: Path, *arguments: str) -> Path:
    """Run the features and return the folder of the results."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    ended = subprocess.run(  # noqa: S603  # our own command line
        [*command, f"--alluredir={folder}", *FEATURES, *arguments],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout
    return folder


def document(out: Path, *results: Path) -> str:
    """Return the document that is made from all of *results*, whenever that was."""
    assert main([*map(str, results), "--out", str(out)]) == 0
    return without_moments((out / "spec.html").read_text(encoding="utf-8"))


def differences(one: str, other: str) -> list[str]:
    """Return the lines that stand in one document alone."""
    lines = difflib.unified_diff(one.splitlines(), other.splitlines(), n=0, lineterm="")
    return [line[:2_000] for line in lines]


@pytest.fixture(scope="module")
def undivided(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The document of a run in one process."""
    folder = tmp_path_factory.mktemp("undivided")
    return document(folder, run(folder / "results"))


@pytest.mark.whole_run
def test_processes_do_not_show(undivided: str, tmp_path: Path) -> None:
    """Two processes make what one makes."""
    results = run(tmp_path / "results", "-n", "2")

    assert differences(undivided, document(tmp_path, results)) == []


@pytest.mark.whole_run
def test_shards_do_not_show(undivided: str, tmp_path: Path) -> None:
    """Two shards, merged, make what one run makes."""
    shards = [
        run(tmp_path / f"shard-{number}", "--shard", f"{number}/{SHARDS}")
        for number in range(1, SHARDS + 1)
    ]

    assert differences(undivided, document(tmp_path / "merged", *shards)) == []


def test_only_moments_are_left_out(undivided: str) -> None:
    """What is compared is nearly all of the document: its words, its numbers and its order."""
    assert undivided.count("Where is my parcel?") > 15
    assert undivided.count("✓ passed") > 35
    assert "refused with 400" in undivided
