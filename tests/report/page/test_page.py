"""The document has its chapters, scenarios and rows where readers look for them."""

from pathlib import Path

from connector_harness.report.page.page import Chapter, PageBlock, parts_of
from connector_harness.results.reader import read_results
from tests.report.runs import START_MS, write_run


def chapter(folder: Path) -> Chapter:
    """Return the one chapter of a run."""
    ((part,), *_) = (each.chapters for each in parts_of(read_results(folder)))
    return part


def blocks(folder: Path) -> tuple[PageBlock, ...]:
    """Return the scenarios of the one rule."""
    (section,) = chapter(folder).sections
    return section.blocks


def test_background_stands_once(tmp_path: Path) -> None:
    """What goes before each scenario is told before the first, and not again."""
    found = chapter(write_run(tmp_path))

    assert [each.pieces[0].text for each in found.background] == ["a shop"]
    assert [len(each.sentences) for each in found.sections[0].blocks] == [2, 2]


def test_outline_has_a_row_for_each_example(tmp_path: Path) -> None:
    """An outline is told once, with its rows below."""
    outline = blocks(write_run(tmp_path))[1]

    (table,) = outline.tables
    assert (outline.title, table.title, table.columns) == (
        "A parcel to <place>",
        "near",
        ("place",),
    )
    assert [case.cells for case in table.cases] == [("Rome",), ("Oslo",)]


def test_outline_is_as_good_as_its_worst_row(tmp_path: Path) -> None:
    """One row that failed is not hidden by those that passed."""
    outline = blocks(write_run(tmp_path, failed=("A parcel to Oslo",)))[1]

    assert outline.status == "failed"
    assert outline.words == "1 failed, 1 passed"


def test_failed_sentence_is_known(tmp_path: Path) -> None:
    """The sentence that failed is counted without those of the background."""
    one, outline = blocks(write_run(tmp_path, failed=("One parcel",)))

    assert (one.failed_at, outline.failed_at) == (1, -1)


def test_scenario_that_passed_at_last_is_flaky(tmp_path: Path) -> None:
    """A result that was failed before is told."""
    first = write_run(tmp_path / "first", failed=("One parcel",))
    second = write_run(tmp_path / "second", start_ms=START_MS + 1000)

    ((part,),) = (each.chapters for each in parts_of(read_results(first, second)))

    assert [case.scenario.is_flaky for case in part.cases] == [True, False, False]


def test_id_in_a_tag_is_the_link(tmp_path: Path) -> None:
    """A link survives another title where the scenario has an id."""
    source = "Feature: F\n  @id:T-7\n  Scenario: S\n    Given a parcel\n"

    (case,) = chapter(write_run(tmp_path, source)).cases

    assert case.id == "t-7"


def test_named_documents_are_found(tmp_path: Path) -> None:
    """A scenario shows the documents that its sentences refer to."""
    folder = write_run(tmp_path)
    spec = (folder / "spec.json").read_text(encoding="utf-8")
    sentence = '"features/parcels.feature", "given", "a parcel"'
    extra = (
        '"documents": [["boxes", "big", {"cm": 90}]], '
        f'"uses": [[{sentence}, [["boxes", "big"]]]], '
    )
    (folder / "spec.json").write_text(spec.replace("{", f"{{{extra}", 1), encoding="utf-8")

    (document,) = next(chapter(folder).cases).documents

    assert (document.kind, document.name, document.text) == ("boxes", "big", '{"cm": 90}')
