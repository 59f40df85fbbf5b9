"""Which files a folder of results consists of, each written as a whole or not at all."""

import os
from pathlib import Path

import pytest

from connector_harness.results.ci_system import EXECUTOR
from connector_harness.results.contract_file import CONTRACT_FILE
from connector_harness.results.files import SPEC_FILE, is_draft, is_result_file, write_whole
from connector_harness.results.folder import CATEGORIES
from connector_harness.results.run_facts import Run

ID = "01234567-89ab-cdef-0123-456789abcdef"


@pytest.mark.parametrize(
    "name",
    [
        *(f"{ID}-result.json", f"{ID}-container.json", f"{ID}-globals.json"),
        *(f"{ID}-journal.jsonl", f"{ID}-attachment.json", f"{ID}-attachment.tar.gz"),
        *(
            CATEGORIES,
            CONTRACT_FILE,
            EXECUTOR,
            SPEC_FILE,
            "environment.properties",
            Run(0, id=ID).file,
        ),
    ],
)
def test_what_a_run_writes_is_known(name: str) -> None:
    """Every file of a run is one, and no draft."""
    assert (is_result_file(name), is_draft(name)) == (True, False)


@pytest.mark.parametrize(
    "name", [f".{ID}-result.json", f"{ID}-result.json.tmp", f"{ID}-attachment.json.tmp"]
)
def test_drafts_are_known(name: str) -> None:
    """What was to become a file of a run is a draft of it."""
    assert is_draft(name)


@pytest.mark.parametrize(
    "name", ["notes.txt", "0-result.json", f"{ID}-result.yaml", "run.json.tmp", ".run.json"]
)
def test_others_are_left_alone(name: str) -> None:
    """What somebody else has laid down there is neither."""
    assert (is_result_file(name), is_draft(name)) == (False, False)


def test_file_is_replaced(tmp_path: Path) -> None:
    """What was there goes, folders that are missing come, and no draft stays."""
    file = write_whole(tmp_path / "a" / "b.txt", "old")

    assert write_whole(file, "é").read_text(encoding="utf-8") == "é"
    assert list(file.parent.iterdir()) == [file]


def test_what_cannot_be_written_leaves_what_was(tmp_path: Path) -> None:
    """A folder in the place of the draft costs the new file, not the old one."""
    file = write_whole(tmp_path / "b.txt", "old")
    (tmp_path / ".b.txt.tmp").mkdir()

    with pytest.raises(OSError, match="Is a directory"):
        write_whole(file, "new")
    assert file.read_text(encoding="utf-8") == "old"


def test_device_is_written_to(tmp_path: Path) -> None:
    """A pipe stays a pipe."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)

    write_whole(pipe, "text")

    assert os.read(reader, 9) == b"text"
    os.close(reader)
