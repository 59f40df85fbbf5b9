"""One process at a time writes a folder of results."""

import os
import re
import signal
from pathlib import Path

import pytest

from connector_harness.results.folder_lock import NAME, FolderInUseError, FolderLock


def test_second_is_told_who_has_it(tmp_path: Path) -> None:
    """Process, time and command, with no secret in it."""
    first = FolderLock(tmp_path, lambda text: re.sub("pytest", "***", text))
    first.take()

    with pytest.raises(FolderInUseError) as caught:
        FolderLock(tmp_path).take()

    told = rf"{tmp_path.as_posix()} is being written by another run: process {os.getpid()}, since "
    assert re.match(rf"{told}\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d UTC: ", str(caught.value))
    assert "pytest" not in str(caught.value).partition("UTC")[2]


def test_released_is_free(tmp_path: Path) -> None:
    """To take it again is no matter, and the next can have it; nothing is said any more."""
    first = FolderLock(tmp_path)
    first.take()
    first.take()
    first.release()
    first.release()
    assert (tmp_path / NAME).read_bytes() == b""

    FolderLock(tmp_path).take()


def test_what_a_dead_process_left_is_free(tmp_path: Path) -> None:
    """A file that says who has the folder says it of whoever has it, and locks nothing itself."""
    (tmp_path / NAME).write_text('{"pid": 1, "host": "x", "since": "y", "command": "z"}')

    FolderLock(tmp_path).take()


def test_child_of_a_run_has_no_part_in_it(tmp_path: Path) -> None:
    """What a step has forked may outlive the run."""
    lock = FolderLock(tmp_path)
    lock.take()
    ready, told = os.pipe()
    pid = os.fork()
    if not pid:
        os.write(told, b"!")
        signal.pause()

    try:
        os.read(ready, 1)
        lock.forget()
        FolderLock(tmp_path).take()
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def test_half_a_word_is_no_word(tmp_path: Path) -> None:
    """Whoever has just taken it has not said yet who it is."""
    first = FolderLock(tmp_path)
    first.take()
    (tmp_path / NAME).write_text("{")

    with pytest.raises(FolderInUseError, match="not yet said which it is"):
        FolderLock(tmp_path).take()
