"""A result is there as a whole or not at all."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from connector_harness.redaction.redactor import Redactor
from connector_harness.results.folder import ResultsFolder
from connector_harness.results.journal import attempts, journals
from connector_harness.results.record import RecordedTest
from connector_harness.results.run_facts import Problem, Run, read_runs


@pytest.fixture
def folder(tmp_path: Path) -> ResultsFolder:
    """An empty folder."""
    return ResultsFolder(tmp_path / "results", Redactor())


def document(folder: ResultsFolder, *contents: str) -> dict[str, Any]:
    """Write attachments with *contents* and return a result that refers to them."""
    sources = [folder.write_attachment(text.encode(), "txt") for text in contents]
    return {"uuid": str(uuid4()), "attachments": [{"source": source} for source in sources]}


def write(folder: ResultsFolder, document: Callable[[], dict[str, Any]]) -> None:
    """Write a result."""
    folder.write(RecordedTest("h", "tests#test", "test"), lambda: {"result": document()})


def names(folder: ResultsFolder) -> list[str]:
    """Return what kinds of file there are."""
    return sorted(file.name[36:] for file in folder.path.iterdir())


def unwritable(folder: ResultsFolder, *contents: str) -> dict[str, Any]:
    """Return a result whose file cannot be written: a folder has its name."""
    result = document(folder, *contents)
    (folder.path / f".{result['uuid']}-result.json").mkdir()
    return result


def test_a_result_that_cannot_be_written_leaves_nothing(folder: ResultsFolder) -> None:
    """Its attachments go, and why it is missing is noted."""
    write(folder, lambda: unwritable(folder, "one", "two"))

    assert [file for file in folder.path.iterdir() if file.is_file()] == []
    assert folder.lost == ["Is a directory"]


def test_attachments_of_other_results_stay(folder: ResultsFolder) -> None:
    """What an earlier result refers to is not taken away with a later one."""
    write(folder, lambda: document(folder, "one"))
    write(folder, lambda: unwritable(folder, "one", "two"))

    [kept] = folder.path.glob("*-attachment.txt")
    assert kept.read_text(encoding="utf-8") == "one"


def test_no_two_attachments_share_a_file(folder: ResultsFolder) -> None:
    """What says the same is written again: Allure 3 shows a file in one place alone."""
    write(folder, lambda: document(folder, "one", "one"))

    assert len(list(folder.path.glob("*-attachment.txt"))) == 2


def test_a_fault_of_the_code_is_no_full_disk(folder: ResultsFolder) -> None:
    """It is raised, and leaves nothing either."""

    def broken() -> dict[str, Any]:
        document(folder, "one")
        raise LookupError

    with pytest.raises(LookupError):
        write(folder, broken)

    assert (names(folder), folder.lost) == ([], [])


def test_orphans_are_removed(folder: ResultsFolder) -> None:
    """What a killed process left goes; what a result or a person refers to stays."""
    write(folder, lambda: document(folder, "one"))
    document(folder, "of no result")
    (folder.path / f".{uuid4()}-result.json").write_text("{", encoding="utf-8")
    (folder.path / "notes.txt").write_text("mine", encoding="utf-8")

    folder.remove_orphans()

    assert names(folder) == ["", "-attachment.txt", "-journal.jsonl", "-result.json"]


def test_attachments_of_containers_are_no_orphans(folder: ResultsFolder) -> None:
    """Ordinary tests have results of more kinds."""
    source = document(folder, "one")["attachments"][0]["source"]
    container = folder.path / f"{uuid4()}-container.json"
    container.write_text(f'{{"befores": [{{"source": "{source}"}}]}}', encoding="utf-8")

    folder.remove_orphans()

    assert (folder.path / source).exists()


def test_what_the_journal_cannot_take_has_no_result(folder: ResultsFolder) -> None:
    """Allure's files and the journal tell of the same attempts."""
    write(folder, lambda: document(folder, "one"))
    [journal] = journals(folder.path)
    journal.unlink()
    journal.mkdir()

    write(folder, lambda: document(folder, "one", "two"))

    assert folder.lost == ["Is a directory"]
    assert names(folder) == ["-attachment.txt", "-journal.jsonl", "-result.json"]


def test_what_is_written_is_masked(folder: ResultsFolder) -> None:
    """No secret is left in an attempt once it is written."""
    folder.redactor.add("the-secret")
    folder.path.mkdir()
    attempt = RecordedTest("h", "tests#test", "test", message="it is the-secret")

    folder.write(attempt)

    [kept] = [each for file in journals(folder.path) for each in attempts(file)]
    assert (attempt.message, kept.message) == ("it is ***", "it is ***")


def test_facts_of_the_run_are_masked(folder: ResultsFolder) -> None:
    """What breaks a run, and what tests record for the whole of it, may quote a secret."""
    folder.redactor.add("open-sesame")
    told = Problem("no till takes open-sesame", "try open-sesame")
    run = Run(0, id=str(uuid4()), properties=(("till", "open-sesame"),), problems=(told,))
    folder.path.mkdir()

    folder.write_run(run)

    [kept] = read_runs(folder.path)
    assert kept.properties == (("till", "***"),)
    assert kept.problems == (Problem("no till takes ***", "try ***"),)
