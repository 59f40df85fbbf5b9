"""Messages are those of Cucumber: of its schema, and read by its own formatter."""

import base64
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from connector_harness.report.cucumber.attachments import LOG, LONGEST
from connector_harness.report.cucumber.messages import messages, write_messages
from connector_harness.results.failure_class import FailureClass
from connector_harness.results.reader import Results, read_results
from connector_harness.results.record import Phase, RecordedFailure, RecordedScenario, Status
from connector_harness.results.run_facts import Run
from tests.project import Project
from tests.report.conversations import Talk
from tests.report.edits import edit, failing_run
from tests.report.npm import chromium, install, node
from tests.report.runs import START_MS, write_facts, write_run

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAAAAADRSSBWAAAAC0lEQVR4nGP4zwAAAgEBADK6K5IAAAAASUVORK5CYII="
)
"""A picture of two points."""

PACKAGES = ("@cucumber/html-formatter@24", "@cucumber/messages@34", "playwright-core@1")


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with Cucumber's formatter and the schema of its messages."""
    return install(tmp_path_factory.mktemp("npm"), *PACKAGES)


def of(results: Results, kind: str) -> list[dict[str, Any]]:
    """Return the messages of one kind."""
    return [each[kind] for each in messages(results) if kind in each]


def talking_run(folder: Path, words: str = "Hello?") -> Results:
    """Return a run with a failure, after a call that was refused."""
    talk = Talk().say("Hello", 0).say_in_vain(words, status=400)

    def change(record: RecordedScenario) -> None:
        assert record.failure is not None
        record.failure.text = "[product] it is late"
        record.steps[1] = talk.step
        talk.step.status = Status.PASSED

    failing_run(folder)
    edit(folder, "One parcel", change)
    return read_results(folder)


def break_outside(record: RecordedScenario, phase: Phase) -> None:
    """Let a scenario have failed outside of its steps."""
    record.status, record.message = Status.BROKEN, "[spec] no power"
    record.failure = RecordedFailure(FailureClass.SPEC, "no power", phase=phase)


def everything(folder: Path) -> Results:
    """Return a run with whatever there is: failures, rows, retries, what failed outside."""
    late = "A parcel to Rome"
    rest = ("One parcel", "A parcel to Oslo")
    write_run(folder, failed=(late,), left_out=rest, start_ms=START_MS - 99)
    talking_run(folder)
    edit(folder, "A parcel to Oslo", lambda record: break_outside(record, Phase.TEARDOWN))
    return read_results(folder)


def test_every_message_is_of_the_schema(tmp_path: Path, modules: Path) -> None:
    """The schema that Cucumber publishes takes each of them."""
    [file] = modules.rglob("@cucumber/messages/messages.schema.json")
    judge = jsonschema.Draft202012Validator(json.loads(file.read_bytes()))

    found = list(messages(everything(tmp_path)))

    assert [error.message for each in found for error in judge.iter_errors(each)] == []
    assert not judge.is_valid({"meta": {}})


def test_official_formatter_shows_the_run(tmp_path: Path, modules: Path) -> None:
    """Cucumber's own page has the features, the numbers and the failure, without an error."""
    results = everything(tmp_path / "results")
    file = write_messages(results, tmp_path / "messages.ndjson")
    page = tmp_path / "page.html"
    script = Path(__file__).with_name("formatter.cjs")

    seen = json.loads(node(script, str(file), str(page), str(modules), chromium()))

    assert seen["errors"] == []
    text = " ".join(seen["text"].split())
    for told in ("33.3% (1 / 3) passed", "Feature: Parcels", "[product] it is late", "tear-down"):
        assert told in text


SHOWING = f"""
    import logging
    import allure


    @given("all is shown")
    def all_is_shown():
        allure.attach({PICTURE!r}, "picture", allure.attachment_type.PNG)
        logging.warning("it is hot")
        allure.dynamic.link("https://example.test/tea")
"""


def test_official_formatter_shows_what_is_beside_the_steps(
    project: Project, modules: Path, tmp_path: Path
) -> None:
    """A failure with a picture, a log and a link at its step; a sentence that nobody defines."""
    project.steps(SHOWING)
    scenario = "Feature: {}\n\n  Scenario: S\n    Given {}\n    Then the basket holds 3\n"
    project.feature(scenario.format("Shown", "a basket\n    And all is shown"))
    project.feature(scenario.format("Faulty", "a hat"), "features/faulty.feature")
    project.run("--continue-on-collection-errors", "--messages=m.ndjson")
    script, page = Path(__file__).with_name("formatter.cjs"), tmp_path / "page.html"

    told = node(script, str(project.root / "m.ndjson"), str(page), str(modules), chromium())

    seen = json.loads(told)
    assert (seen["errors"], seen["pictures"]) == ([], [2])
    text = " ".join(seen["text"].split())
    for shown in (
        *("the basket holds 0, not 3", "WARNING root: it is hot", "https://example.test/tea"),
        *("UNDEFINED 1", "FAILED 1", "No step definition found"),
    ):
        assert shown in text


def test_ids_are_each_given_once(tmp_path: Path) -> None:
    """AST, pickles, definitions and cases share one stream, and so their ids differ."""
    kinds = ("pickle", "testCase", "testCaseStarted", "testRunStarted", "hook", "stepDefinition")
    results = everything(tmp_path)

    ids = [each["id"] for kind in kinds for each in of(results, kind)]
    ids += [step["id"] for case in of(results, "testCase") for step in case["testSteps"]]
    ids += [step["id"] for pickle in of(results, "pickle") for step in pickle["steps"]]

    assert len(ids) == len(set(ids)) > 20


def test_every_step_has_its_result(tmp_path: Path) -> None:
    """What ran before a failure passed; the failure has its text, without the steps."""
    results = talking_run(tmp_path)

    ended = [each["testStepResult"] for each in of(results, "testStepFinished")]

    assert [each["status"] for each in ended[:3]] == ["PASSED", "PASSED", "FAILED"]
    assert ended[2]["message"] == "[product] it is late"
    assert ended[2]["exception"]["type"] == "product"


def test_expected_failure_is_skipped(tmp_path: Path) -> None:
    """What all other documents have as skipped is not red in this one."""
    write_run(tmp_path, failed=("One parcel",))

    def change(record: RecordedScenario) -> None:
        record.status = Status.SKIPPED

    edit(tmp_path, "One parcel", change)
    results = read_results(tmp_path)

    ended = [each["testStepResult"]["status"] for each in of(results, "testStepFinished")]

    assert ended[:3] == ["PASSED", "PASSED", "SKIPPED"]
    assert of(results, "testRunFinished")[0]["success"]


def test_step_that_did_not_run_is_skipped(tmp_path: Path) -> None:
    """Cucumber has no other word for it."""
    write_run(tmp_path)

    def change(record: RecordedScenario) -> None:
        record.status = Status.SKIPPED
        for step in record.steps:
            step.status = Status.NOT_RUN

    edit(tmp_path, "One parcel", change)

    ended = of(read_results(tmp_path), "testStepFinished")

    assert [each["testStepResult"]["status"] for each in ended[:3]] == ["SKIPPED"] * 3


@pytest.mark.parametrize(
    ("phase", "name", "place"), [(Phase.SETUP, "set-up", 0), (Phase.TEARDOWN, "tear-down", -1)]
)
def test_failure_outside_of_the_steps_is_one_of_a_hook(
    tmp_path: Path, phase: Phase, name: str, place: int
) -> None:
    """A fixture that failed is red, although no sentence is."""
    write_run(tmp_path)
    edit(tmp_path, "One parcel", lambda record: break_outside(record, phase))
    results = read_results(tmp_path)

    [hook] = of(results, "hook")
    case = of(results, "testCase")[0]
    own = [
        e
        for e in of(results, "testStepFinished")
        if e["testStepId"] == case["testSteps"][place]["id"]
    ]

    assert (hook["name"], case["testSteps"][place]["hookId"]) == (name, hook["id"])
    assert [each["testStepResult"]["status"] for each in own] == ["FAILED"]


def test_attempts_are_told_one_after_the_other(tmp_path: Path) -> None:
    """An attempt that was followed by another says so."""
    write_run(tmp_path, failed=("One parcel",))
    write_run(tmp_path, start_ms=START_MS + 9)
    results = read_results(tmp_path)

    [first, *_] = of(results, "testCase")
    attempts = [e for e in of(results, "testCaseStarted") if e["testCaseId"] == first["id"]]
    finished = {each["testCaseStartedId"]: each for each in of(results, "testCaseFinished")}

    assert [each["attempt"] for each in attempts] == [0, 1]
    assert [finished[each["id"]]["willBeRetried"] for each in attempts] == [True, False]
    assert of(results, "testRunFinished")[0]["success"]


def test_failure_counts_whatever_another_run_says(tmp_path: Path) -> None:
    """A run that was killed has left no exit code; that of another one says nothing of it."""
    write_run(tmp_path, failed=("One parcel",))
    run = Run(START_MS, START_MS + 2_000, 0)
    write_facts(tmp_path, run)

    assert not of(read_results(tmp_path), "testRunFinished")[0]["success"]


def test_exchanges_are_a_log_and_bodies_are_for_failures(tmp_path: Path) -> None:
    """Each call is a line; the bodies of the last two are there where the scenario failed."""
    found = of(talking_run(tmp_path), "attachment")

    [log] = [each["body"] for each in found if each["mediaType"] == LOG]
    names = [each["fileName"] for each in found if "fileName" in each]
    assert log.count("\n") == 1
    assert sorted({name.partition(" ")[0] for name in names}) == ["request", "response"]


def test_long_body_is_cut(tmp_path: Path) -> None:
    """A page is not made unusable by one answer."""
    results = talking_run(tmp_path, "x" * 99_999)

    bodies = [each for each in of(results, "attachment") if "fileName" in each]

    assert bodies[-1]["mediaType"] == "text/plain"
    assert LONGEST < max(len(each["body"]) for each in bodies) < LONGEST + 40


def test_feature_that_did_not_run_is_left_out(tmp_path: Path) -> None:
    """A run of one feature is not a page of all."""
    every = ("One parcel", "A parcel to Rome", "A parcel to Oslo")

    assert of(read_results(write_run(tmp_path, left_out=every)), "source") == []
