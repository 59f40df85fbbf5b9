"""The JUnit file is what CI systems read, and holds what they show."""

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
import xmlschema

from connector_harness.report.pipeline.junit import NOT_RUN, write_junit
from connector_harness.results.failure_class import FailureClass
from connector_harness.results.journal import AttemptJournal
from connector_harness.results.reader import read_results
from connector_harness.results.record import (
    Label,
    Link,
    QuarantineOutcome,
    RecordedFailure,
    RecordedScenario,
    RecordedTest,
    Status,
)
from connector_harness.results.run_facts import Run
from tests.report.edits import PLACE, edit, failing_run
from tests.report.runs import PARCELS, START_MS, write_facts, write_run

GRAMMAR = xmlschema.XMLSchema(Path(__file__).with_name("junit.xsd"))
TEXT = "[product] it is late\n\nnext: wait"
TRACE = f"Scenario: One parcel\n  FAILED   Then it arrives\n\n{TEXT}"


def made(folder: Path) -> ET.Element:
    """Return the JUnit file of the results in *folder*; it keeps to the grammar."""
    file = write_junit(read_results(folder), folder / "junit.xml")
    GRAMMAR.validate(file)
    return ET.parse(file).getroot()  # noqa: S314 - just written


def failing(folder: Path) -> None:
    """Write a run in which one parcel is late, with all that is told of it."""

    def change(record: RecordedScenario) -> None:
        assert record.failure is not None
        record.trace, record.failure.text = TRACE, TEXT

    failing_run(folder)
    edit(folder, "One parcel", change)


def case(folder: Path, name: str = "One parcel") -> ET.Element:
    """Return the test case of a scenario."""
    found = made(folder).find(f".//testcase[@name='{name}']")
    assert found is not None
    return found


def properties(element: ET.Element) -> list[tuple[str | None, str | None]]:
    """Return name and value of each property of *element* itself."""
    return [(each.get("name"), each.get("value")) for each in element.iterfind("properties/*")]


def test_feature_is_a_suite_with_its_numbers(tmp_path: Path) -> None:
    """The suite has the feature's title and file, when it began, and how many went how."""
    write_run(tmp_path, failed=("One parcel",))

    suite = made(tmp_path).find("testsuite")

    assert suite is not None
    assert suite.attrib == {
        "name": "Parcels",
        "tests": "3",
        "failures": "1",
        "errors": "0",
        "skipped": "0",
        "time": "0.090",
        "file": PLACE,
        "timestamp": "2023-11-14T22:13:20",
    }


def test_scenario_is_a_case_at_its_line(tmp_path: Path) -> None:
    """A row stands at its own line of the feature file."""
    write_run(tmp_path)

    assert case(tmp_path, "A parcel to Oslo").attrib == {
        "name": "A parcel to Oslo",
        "classname": "features.parcels",
        "file": PLACE,
        "line": "23",
        "time": "0.030",
    }


def test_steps_and_failure_text_are_the_output(tmp_path: Path) -> None:
    """What happened is read in the case itself, the steps once."""
    failing(tmp_path)

    told = case(tmp_path).findtext("system-out")

    assert told == (
        "Feature: Parcels  (features/parcels.feature:12)\n"
        "Rule: A parcel arrives\n"
        "Scenario: One parcel\n"
        "  passed   Given a shop  (0.000 s)\n"
        "  passed   Given a parcel  (0.000 s)\n"
        "  FAILED   Then it arrives in 3 days  (0.000 s)\n"
        "\n"
        "[product] it is late\n\nnext: wait"
    )


def test_failure_has_class_reason_and_text(tmp_path: Path) -> None:
    """The class is the type; message and text are those of the terminal."""
    failing(tmp_path)

    failure = case(tmp_path).find("failure")

    assert failure is not None
    assert failure.attrib == {"message": "[product] it is late", "type": "product"}
    assert failure.text == TRACE


def test_what_is_no_verdict_is_an_error(tmp_path: Path) -> None:
    """A scenario that could not be judged is no failure of the product."""
    write_run(tmp_path)

    def change(record: RecordedScenario) -> None:
        record.status, record.message = Status.BROKEN, "[timeout] in vain"
        record.failure = RecordedFailure(FailureClass.TIMEOUT, "in vain")

    edit(tmp_path, "One parcel", change)

    error = case(tmp_path).find("error")

    assert error is not None
    assert error.attrib == {"message": "[timeout] in vain", "type": "timeout"}


def test_quarantine_is_skipped_with_the_reason(tmp_path: Path) -> None:
    """A failure that does not count is none here; why is told."""
    failing_run(tmp_path)

    def change(record: RecordedScenario) -> None:
        words = "in quarantine until 2099-12-31 (ABC-1)"
        record.quarantine = QuarantineOutcome(words, "failed", excuses=True)

    edit(tmp_path, "One parcel", change)

    skipped = case(tmp_path).find("skipped")

    assert skipped is not None
    assert skipped.get("message") == (
        "in quarantine until 2099-12-31 (ABC-1): [product] it is late"
    )


def test_skipped_scenario_has_its_reason(tmp_path: Path) -> None:
    """Why it was not run stands in the file."""
    write_run(tmp_path)

    def change(record: RecordedScenario) -> None:
        record.status, record.message = Status.SKIPPED, "no agent"

    edit(tmp_path, "One parcel", change)

    skipped = case(tmp_path).find("skipped")

    assert skipped is not None
    assert skipped.get("message") == "no agent"


def test_planned_scenario_that_did_not_run_is_told(tmp_path: Path) -> None:
    """What the run did not come to is there; what nobody asked for is not."""
    write_run(tmp_path, left_out=("One parcel", "A parcel to Rome"))
    run = Run(START_MS, START_MS, 2, not_run=(f"{PLACE}::One parcel",))
    write_facts(tmp_path, run)

    skipped = case(tmp_path).find("skipped")

    assert skipped is not None
    assert skipped.get("message") == NOT_RUN
    suites = {each.get("name"): each.get("tests") for each in made(tmp_path)}
    assert suites == {"the run": "1", "Parcels": "2"}


def test_tags_labels_and_links_are_properties(tmp_path: Path) -> None:
    """Tags first, each once; what only says where the scenario stands is no property."""
    write_run(tmp_path)

    def change(record: RecordedScenario) -> None:
        named = {"tag": "slow", "owner": "Ada", "suite": "S"}
        record.labels = [Label(name, value) for name, value in named.items()]
        record.links = [Link("issue", "ABC-1", "https://x.test/ABC-1")]

    edit(tmp_path, "One parcel", change)

    assert properties(case(tmp_path)) == [
        ("tag", "parcels"),
        ("tag", "slow"),
        ("owner", "Ada"),
        ("issue", "https://x.test/ABC-1"),
    ]


def test_attempts_are_counted_and_told(tmp_path: Path) -> None:
    """Of several results the latest is the case; the others are named."""
    write_run(tmp_path, failed=("One parcel",))
    write_run(tmp_path, start_ms=START_MS + 9)

    found = case(tmp_path)

    assert ("attempts", "2") in properties(found)
    assert "attempt 1: failed, [product] it is late" in (found.findtext("system-out") or "")
    assert found.find("failure") is None


def test_ordinary_test_has_a_suite_of_its_own(tmp_path: Path) -> None:
    """What ran beside the features is not lost; it stands under its module."""
    write_run(tmp_path)
    other = RecordedTest("other", "tests.test_a#test_b", "test_b", Status.FAILED, "no", start=1)
    AttemptJournal(tmp_path).append(other)

    found = made(tmp_path).find(".//testcase[@name='test_b']")

    assert found is not None
    assert (found.get("classname"), found.find("failure") is None) == ("tests.test_a", False)


def test_subject_of_the_run_is_told(tmp_path: Path) -> None:
    """What was under test stands with each suite, and so does what was recorded for the run."""
    write_run(tmp_path)
    (tmp_path / "environment.properties").write_text("endpoint = staging\npytest = 9\n")
    run = Run(START_MS, START_MS, 0, properties=(("build", "7"),))
    write_facts(tmp_path, run)

    suite = made(tmp_path).find("testsuite")

    assert suite is not None
    assert properties(suite) == [("endpoint", "staging"), ("build", "7")]


def test_what_xml_cannot_hold_is_spelled_out(tmp_path: Path) -> None:
    """A control character or half a letter in an answer does not cost the file."""
    failing_run(tmp_path, "a\x00b\ud800 & <c>\x1b[31m")

    failure = case(tmp_path).find("failure")

    assert failure is not None
    assert failure.get("message") == "[product] a\\x00b\\xd800 & <c>\\x1b[31m"


@pytest.mark.parametrize(
    "fault",
    [
        {"file": "f", "lines": "1"},
        {"line": "none"},
        {"time": "1 s"},
        {"time": "-1"},
    ],
    ids=str,
)
def test_grammar_refuses_what_is_none(tmp_path: Path, fault: dict[str, Any]) -> None:
    """The grammar that these tests trust can say no."""
    write_run(tmp_path)
    root = made(tmp_path)
    next(root.iter("testcase")).attrib.update(fault)

    assert not GRAMMAR.is_valid(root)


def test_nothing_else_is_left(tmp_path: Path) -> None:
    """The file is written in one go, and no draft stays beside it."""
    write_run(tmp_path / "results")
    write_junit(read_results(tmp_path / "results"), tmp_path / "made" / "junit.xml")

    assert [file.name for file in (tmp_path / "made").iterdir()] == ["junit.xml"]


def test_scenario_without_a_then_says_that_it_checks_nothing(tmp_path: Path) -> None:
    """It is a property, as what else is known of it."""
    write_run(tmp_path, PARCELS.replace("      Then it arrives in 3 days\n", ""))

    told = ("worth a look", "no Then: it checks nothing but that its steps run")
    assert told in properties(case(tmp_path))
    assert told not in properties(case(tmp_path, "A parcel to Rome"))
