"""The documents can be made again from the command line."""

from pathlib import Path

import pytest

from connector_harness.report.__main__ import main
from tests.report.runs import START_MS, write_run


def test_document_is_made_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder of results is all that is needed; where the document is, is said."""
    folder = write_run(tmp_path / "results")

    assert main([str(folder), "--out", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().out == f"document: {(tmp_path / 'out/spec.html').as_posix()}\n"


def test_several_folders_become_one(tmp_path: Path) -> None:
    """Merged results lie beside the document."""
    one = write_run(tmp_path / "1")
    two = write_run(tmp_path / "2", start_ms=START_MS + 9)

    assert main([str(one), str(two), "--out", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out/allure-results/spec.json").is_file()


def test_change_since_is_told(tmp_path: Path) -> None:
    """With an earlier run the document says what is new."""
    before = write_run(tmp_path / "1", failed=("One parcel",))
    now = write_run(tmp_path / "2")

    main([str(now), "--out", str(tmp_path), "--since", str(before)])

    assert "1 fixed." in (tmp_path / "spec.html").read_text(encoding="utf-8")


def test_missing_folder_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A mistake is a message and not a traceback."""
    assert main([str(tmp_path / "gone"), "--out", str(tmp_path)]) == 1
    assert "next: name a folder of results" in capsys.readouterr().err
