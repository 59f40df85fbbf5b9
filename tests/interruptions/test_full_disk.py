"""A disk that is full where the results go."""

import contextlib
import shutil
import subprocess
import xml.etree.ElementTree as ET

import pytest

from tests.interruptions.runs import Project, assert_whole

pytestmark = pytest.mark.whole_run

DISK = """
from pathlib import Path

from pytest_bdd import when

FILLER = Path("reports/filler")


@when("the disk runs full")
def the_disk_runs_full():
    with FILLER.open("wb", buffering=0) as filler:
        try:
            while filler.write(bytes(512)):
                pass
        except OSError:
            pass


@when("there is room again")
def there_is_room_again():
    FILLER.unlink()
"""

SCENARIOS = [
    "SWIFT Before",
    "STEP the disk runs full",
    "SWIFT In the meantime",
    "STEP there is room again",
    "SWIFT After",
]

LOST = {"the disk runs full", "In the meantime"}

ON_A_SMALL_DISK = """
mount -t tmpfs -o size=600k none reports || exit 99
eval "$1"; shift
"$@"; code=$?
cp -a reports kept && umount reports && cp -a kept/. reports
exit $code
"""
"""Runs a shell command and what follows it while a small disk is mounted, and keeps its files."""


@pytest.fixture(scope="module")
def namespace() -> list[str]:
    """What runs a command with mounts of its own; skips where that is not allowed."""
    unshare = shutil.which("unshare") or "unshare"
    for options in (["-m"], ["-Urm"]):
        command = [unshare, *options]
        mount = [*command, "mount", "-t", "tmpfs", "none", "/mnt"]
        with contextlib.suppress(FileNotFoundError):
            if subprocess.run(mount, capture_output=True, check=False).returncode == 0:  # noqa: S603  # our own
                return command
    pytest.skip("no small disk can be mounted: neither root nor namespaces of users")


@pytest.fixture
def disk(project: Project) -> Project:
    """A project with steps that fill the disk of its reports."""
    (project.folder / "disk.py").write_text(DISK, encoding="utf-8")
    with (project.folder / "conftest.py").open("a", encoding="utf-8") as conftest:
        conftest.write('pytest_plugins.append("disk")\n')
    (project.folder / "reports").mkdir()
    return project.feature(*SCENARIOS)


def on_a_small_disk(namespace: list[str], first: str = "true") -> list[str]:
    """Return what runs a command with a small disk at ``reports``, after the command *first*."""
    return [*namespace, "sh", "-c", ON_A_SMALL_DISK, "sh", first]


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["one-process", "a-worker"])
def test_a_full_disk_costs_results_and_not_the_run(
    disk: Project, namespace: list[str], workers: tuple[str, ...]
) -> None:
    """Every scenario runs, the run is not green, and it says how many results are missing."""
    run = disk.run(*workers, within=on_a_small_disk(namespace))

    assert run.exit_code == pytest.ExitCode.TESTS_FAILED, run.output
    assert f"= {len(SCENARIOS)} passed in " in run.output
    assert f"{len(LOST)} result(s) in reports/allure-results: No space left on device" in run.output
    assert "Traceback" not in run.output
    assert_whole(run)
    titles = {scenario.partition(" ")[2] for scenario in SCENARIOS}
    assert run.statuses == dict.fromkeys(titles - LOST, "passed")


def test_a_disk_that_is_full_from_the_beginning_stops_the_run(
    disk: Project, namespace: list[str]
) -> None:
    """Nothing is sent where nothing could be reported."""
    fill = "cat /dev/zero > reports/filler"
    run = disk.run(within=on_a_small_disk(namespace, fill))

    assert run.exit_code == pytest.ExitCode.USAGE_ERROR, run.output
    assert "ERROR: the results cannot be written: [Errno 28] No space left on device" in run.output
    assert "Traceback" not in run.output


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["one-process", "a-worker"])
def test_files_of_limited_size_cost_what_does_not_fit(
    project: Project, workers: tuple[str, ...]
) -> None:
    """The results that fit are there, and what is made of them says what is lost."""
    project.feature(*(f"STEP the basket is empty {number}" for number in range(60)))
    with (project.folder / "gates.py").open("a", encoding="utf-8") as gates:
        gates.write('\n\n@when(parsers.parse("the basket is empty {_}"))\ndef empty():\n    pass\n')

    run = project.run(*workers, within=limited_to(80))

    assert run.exit_code == pytest.ExitCode.TESTS_FAILED, run.output
    assert "document: not made: OSError: [Errno 27] File too large" in run.output
    assert "Traceback" not in run.output
    assert not (project.folder / "reports/spec.html").exists()
    root = ET.parse(project.folder / "junit.xml").getroot()  # noqa: S314  # just written
    assert "File too large" in str(next(root.iter("error")).get("message"))


def limited_to(blocks: int) -> list[str]:
    """Return what runs a command whose files are no larger than so many blocks of 512 bytes."""
    return ["sh", "-c", f'ulimit -f {blocks}; exec "$@"', "sh"]


def test_a_junit_file_that_cannot_be_written_is_told(project: Project) -> None:
    """The summary is there, and the run is not green."""
    project.feature("SWIFT Before")

    run = project.run("--junitxml=/dev/full")

    assert run.exit_code == pytest.ExitCode.TESTS_FAILED, run.output
    assert "/dev/full: No space left on device" in run.output
    assert "= 1 passed in " in run.output
    assert "Traceback" not in run.output
