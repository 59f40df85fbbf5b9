"""A file is written as a whole or not at all."""

import os
from pathlib import Path

import pytest

from connector_harness.results.drafts import replace


def test_file_is_replaced(tmp_path: Path) -> None:
    """What was there goes, folders that are missing come, and no draft stays."""
    file = replace(tmp_path / "a" / "b.txt", "old")

    assert replace(file, "é").read_text(encoding="utf-8") == "é"
    assert list(file.parent.iterdir()) == [file]


def test_what_cannot_be_written_leaves_what_was(tmp_path: Path) -> None:
    """A folder in the place of the draft costs the new file, not the old one."""
    file = replace(tmp_path / "b.txt", "old")
    (tmp_path / ".b.txt.tmp").mkdir()

    with pytest.raises(OSError, match="Is a directory"):
        replace(file, "new")
    assert file.read_text(encoding="utf-8") == "old"


def test_device_is_written_to(tmp_path: Path) -> None:
    """A pipe stays a pipe."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)

    replace(pipe, "text")

    assert os.read(reader, 9) == b"text"
    os.close(reader)
