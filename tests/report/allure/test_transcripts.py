"""A conversation is attached to its result, as text."""

import json
from pathlib import Path
from typing import Any

import pytest

from connector_harness.report.allure.transcripts import NAME, attach_transcripts
from connector_harness.report.page.document import page_of
from connector_harness.results.reader import read_results
from tests.report.conversations import Talk
from tests.report.runs import write_run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Results of three scenarios, in the first of which somebody talks."""
    write_run(tmp_path)
    talk = Talk(tmp_path).say("Hello", 0).result().raw
    result = json.loads(first_result(tmp_path).read_bytes())
    first_result(tmp_path).write_text(json.dumps(result | {"steps": talk["steps"]}))
    return tmp_path


def first_result(folder: Path) -> Path:
    """Return the file of the first result."""
    return min(folder.glob("*-result.json"))


def attachments(folder: Path) -> list[dict[str, Any]]:
    """Return what is attached to any of the results themselves."""
    files = sorted(folder.glob("*-result.json"))
    found = (json.loads(file.read_bytes()).get("attachments", []) for file in files)
    return [each for attached in found for each in attached]


def test_conversation_is_attached_once(folder: Path) -> None:
    """However often the documents are made, there is one transcript, where somebody talked."""
    for _ in range(2):
        attach_transcripts(page_of(read_results(folder)).cases)

    (entry,) = attachments(folder)
    assert (entry["name"], entry["type"]) == (NAME, "text/plain")
    assert "Hello" in (folder / entry["source"]).read_text(encoding="utf-8")


def test_result_stays_what_it_is(folder: Path) -> None:
    """Nothing but the attachment is added, and no draft stays."""
    before = json.loads(first_result(folder).read_bytes())

    attach_transcripts(page_of(read_results(folder)).cases)

    after = json.loads(first_result(folder).read_bytes())
    assert {**after, "attachments": None} == {**before, "attachments": None}
    assert list(folder.glob(".*")) == []
