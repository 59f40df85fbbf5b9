"""The documents can be made again from the command line."""

from pathlib import Path

import pytest

from connector_harness.report.__main__ import main
from connector_harness.results.run_facts import Run
from tests.report.runs import START_MS, write_facts, write_run


@pytest.fixture(autouse=True)
def outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """No CI system, whatever runs these tests."""
    for variable in ("GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD"):
        monkeypatch.delenv(variable, raising=False)


def test_document_is_made_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder of results is all that is needed; where the document is, is said."""
    folder = write_run(tmp_path / "results")

    assert main([str(folder), "--out", str(tmp_path / "out")]) == 0
    lines = capsys.readouterr().out.splitlines()
    said = {what: file.strip() for what, _, file in (line.partition(":") for line in lines)}
    assert said["document"] == (tmp_path / "out/spec.html").as_posix()
    assert said["junit"] == (tmp_path / "out/junit.xml").as_posix()


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


def test_messages_are_made_where_they_are_wanted(tmp_path: Path) -> None:
    """A run of long ago can be read by Cucumber's formatter."""
    folder = write_run(tmp_path / "results")
    file = tmp_path / "messages.ndjson"

    assert main([str(folder), "--out", str(tmp_path), "--messages", str(file)]) == 0
    assert file.read_text(encoding="utf-8").startswith('{"meta":')


def test_missing_shard_is_told_beside_the_documents(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is there is made readable, and the exit code says that it is not all."""
    folders = [write_run(tmp_path / number, start_ms=START_MS + int(number)) for number in "12"]
    for number, folder in enumerate(folders, 1):
        run = Run(START_MS, START_MS, 0, shard=f"{number}/3", split="a")
        write_facts(folder, run)

    assert main([*map(str, folders), "--out", str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err.startswith("no results of shard 3/3: ")
    assert (tmp_path / "out/junit.xml").is_file()


def test_ci_system_gets_its_summary_of_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where shards are merged, the system is told of all of them together."""
    monkeypatch.setenv("GITLAB_CI", "true")
    write_run(tmp_path / "results", failed=("One parcel",))

    main([str(tmp_path / "results"), "--out", str(tmp_path)])

    assert "1 of 3 scenarios failed" in (tmp_path / "summary.md").read_text(encoding="utf-8")


def test_missing_folder_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A mistake is a message and not a traceback."""
    assert main([str(tmp_path / "gone"), "--out", str(tmp_path)]) == 1
    assert "next: name a folder of results" in capsys.readouterr().err
