"""The Allure report is made by the command that is there, in bounded time, and left whole."""

import os
from pathlib import Path

import pytest

from connector_harness.report.allure_command import (
    AllureCommand,
    AllureError,
    find_command,
    make_report,
)
from tests.report.commands import REPORTING, write_command

TAG = '<script async src="https://www.googletagmanager.com/gtag/js?id=G"></script>'


def found(folder: Path) -> AllureCommand:
    """Return the command among those in *folder*; the shell's own are beside it."""
    return find_command(
        {"PATH": f"{folder}{os.pathsep}{os.defpath}", "CONNECTOR_CLIENT_SECRET": "s"}
    )


def made(folder: Path, history: Path | None = None) -> str:
    """Return the report that the command in *folder* makes."""
    file = make_report(found(folder), folder, folder / "report", history=history)
    return file.read_text("utf-8")


def test_installed_command_comes_first(tmp_path: Path) -> None:
    """What is here already need not be fetched."""
    write_command(tmp_path, "npx")
    allure = write_command(tmp_path, "allure", version="2.46.1")

    command = found(tmp_path)

    assert (command.words, command.major, command.keeps_file) == ((str(allure),), 2, False)


def test_npx_comes_second(tmp_path: Path) -> None:
    """Without the command, npx fetches the third Allure, and asks nobody."""
    npx = write_command(tmp_path, "npx")

    command = found(tmp_path)

    assert (command.words, command.major) == ((str(npx), "--yes", "allure@3"), 3)


def test_neither_is_told_with_a_way_out(tmp_path: Path) -> None:
    """Who has neither is told how to get one."""
    with pytest.raises(AllureError) as caught:
        find_command({"PATH": str(tmp_path)})

    assert str(caught.value) == (
        "neither allure nor npx is here\n"
        "  next: install Node.js, which has npx, or the command with npm install -g allure"
    )


def test_settings_of_the_harness_are_kept_from_it(tmp_path: Path) -> None:
    """What makes a report has no use for secrets."""
    write_command(tmp_path, "allure")

    assert "CONNECTOR_CLIENT_SECRET" not in found(tmp_path).environ


@pytest.mark.parametrize(("version", "kind"), [("2.46.1", "generate"), ("3.18.0", "awesome")])
def test_report_is_one_file(tmp_path: Path, version: str, kind: str) -> None:
    """Either Allure is asked in its own words for a single file."""
    write_command(tmp_path, "allure", version=version, does=REPORTING)

    assert made(tmp_path).startswith(f"<p>{kind} {tmp_path} --single-file --output ")


@pytest.mark.parametrize(("version", "is_kept"), [("2.46.1", False), ("3.18.0", True)])
def test_history_is_kept_by_the_third_allure(
    tmp_path: Path, version: str, *, is_kept: bool
) -> None:
    """It keeps earlier runs in a file; the second one has no word for that."""
    write_command(tmp_path, "allure", version=version, does=REPORTING)

    made(tmp_path, history=tmp_path / "kept.jsonl")

    assert (tmp_path / "kept.jsonl").is_file() is is_kept


def test_reading_it_tells_nobody(tmp_path: Path) -> None:
    """The line that reports each reading to a service is taken out."""
    write_command(tmp_path, "allure", does=f"{REPORTING}\necho '{TAG}' >> $into/index.html")

    assert "googletagmanager" not in made(tmp_path)


@pytest.mark.parametrize(
    ("name", "does", "reason"),
    [
        ("allure", "echo; echo odd; exit 3", "allure ended with exit code 3: odd"),
        ("allure", "exit 3", "allure ended with exit code 3: it said nothing"),
        ("allure", "echo no tests", "allure has made no report: no tests"),
        ("npx", "echo npm error code EAI_AGAIN; exit 1", "npx cannot reach the registry to fetch"),
    ],
    ids=["fails", "silent", "makes nothing", "offline"],
)
def test_failure_says_why(tmp_path: Path, name: str, does: str, reason: str) -> None:
    """What the command said last is told, and what stood there is left."""
    write_command(tmp_path, name, does=does)
    (tmp_path / "report").mkdir()
    (tmp_path / "report/index.html").write_text("before", encoding="utf-8")

    with pytest.raises(AllureError) as caught:
        made(tmp_path)

    assert str(caught.value).startswith(reason)
    assert (tmp_path / "report/index.html").read_text("utf-8") == "before"


def test_time_is_bounded(tmp_path: Path) -> None:
    """A command that takes too long is ended, with what it has started."""
    write_command(tmp_path, "allure", does=f"sleep 60 & echo $! > {tmp_path}/child; wait")

    with pytest.raises(AllureError, match=r"allure took longer than 0\.5 s"):
        make_report(found(tmp_path), tmp_path, tmp_path / "report", timeout_s=0.5)

    child = Path("/proc", (tmp_path / "child").read_text("utf-8").strip(), "status")
    # The system may not yet have cleared it away.
    assert not child.exists() or "zombie" in child.read_text("utf-8")


def test_command_that_cannot_start_says_so(tmp_path: Path) -> None:
    """A file that is no program is told by its name."""
    write_command(tmp_path, "allure").write_text("#!/no/such/shell\n", encoding="utf-8")

    with pytest.raises(AllureError, match=r"allure cannot be started: No such file or directory"):
        found(tmp_path)
