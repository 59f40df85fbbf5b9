"""Messages are those of Cucumber: of its schema, and read by its own formatter."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from connector_harness.report.cucumber.message_cases import LOG, LONGEST
from connector_harness.report.cucumber.messages import messages, write_messages
from connector_harness.results.reader import Results, read_results
from connector_harness.results.run_facts import RUN_FILE, Run
from tests.report.conversations import Talk
from tests.report.edits import edit, failing_run, labels
from tests.report.npm import chromium, install, node
from tests.report.runs import START_MS, write_run

PACKAGES = ("@cucumber/html-formatter@24", "@cucumber/messages@34", "playwright-core@1")


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with Cucumber's formatter and the schema of its messages."""
    return install(tmp_path_factory.mktemp("npm"), *PACKAGES)


def of(results: Results, kind: str) -> list[dict[str, Any]]:
    """Return the messages of one kind."""
    return [each[kind] for each in messages(results) if kind in each]


def talking_run(folder: Path) -> Results:
    """Return a run with a failure, after a call that was refused."""
    failing_run(folder, trace="Scenario: One parcel\n  FAILED  it\n\n[product] it is late")
    talk = Talk(folder).say("Hello", 0).say_in_vain("Hello?", status=400)
    [talking] = talk.result().raw["steps"]
    given = {"name": "Given a shop", "status": "passed"}
    late = {"name": "Then it arrives in 3 days", "status": "failed"}
    edit(folder, "One parcel", steps=[given, {**talking, "attachments": []}, late])
    return read_results(folder)


def everything(folder: Path) -> Results:
    """Return a run with whatever there is: failures, rows, retries, what failed outside."""
    late = "A parcel to Rome"
    rest = ("One parcel", "A parcel to Oslo")
    write_run(folder, failed=(late,), left_out=rest, start_ms=START_MS - 99)
    talking_run(folder)
    broken = {"status": "broken", "statusDetails": {"message": "[spec] no power"}}
    edit(folder, "A parcel to Oslo", labels=labels(thread="7-gw0"), **broken)
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
    edit(tmp_path, "One parcel", status="skipped")
    results = read_results(tmp_path)

    ended = [each["testStepResult"]["status"] for each in of(results, "testStepFinished")]

    assert ended[:3] == ["PASSED", "PASSED", "SKIPPED"]
    assert of(results, "testRunFinished")[0]["success"]


def test_step_that_did_not_run_is_skipped(tmp_path: Path) -> None:
    """Cucumber has no other word for it."""
    write_run(tmp_path)
    steps = [{"name": "Given a shop", "stage": "scheduled", "status": "skipped"}]
    edit(tmp_path, "One parcel", status="skipped", steps=steps)

    ended = of(read_results(tmp_path), "testStepFinished")

    assert [each["testStepResult"]["status"] for each in ended[:3]] == ["SKIPPED"] * 3


def test_failure_outside_of_the_steps_is_one_of_a_hook(tmp_path: Path) -> None:
    """A set-up that failed is red, although no sentence is."""
    write_run(tmp_path)
    scheduled = [{"name": "Given a shop", "stage": "scheduled"}]
    details = {"message": "[spec] no power"}
    edit(tmp_path, "One parcel", status="broken", statusDetails=details, steps=scheduled)
    results = read_results(tmp_path)

    [hook] = of(results, "hook")
    case = of(results, "testCase")[0]

    assert (hook["name"], hook["type"]) == ("set-up", "BEFORE_TEST_CASE")
    assert case["testSteps"][0]["hookId"] == hook["id"]
    assert of(results, "testStepFinished")[0]["testStepResult"]["status"] == "FAILED"


def test_attempts_are_told_one_after_the_other(tmp_path: Path) -> None:
    """An attempt that was followed by another says so."""
    write_run(tmp_path, failed=("One parcel",))
    write_run(tmp_path, start_ms=START_MS + 9)
    results = read_results(tmp_path)

    attempts = [each["attempt"] for each in of(results, "testCaseStarted")]
    retried = [each["willBeRetried"] for each in of(results, "testCaseFinished")]

    assert (attempts[:2], retried[:2]) == ([0, 1], [True, False])
    assert of(results, "testRunFinished")[0]["success"]


def test_failure_counts_whatever_another_run_says(tmp_path: Path) -> None:
    """A run that was killed has left no exit code; that of another one says nothing of it."""
    write_run(tmp_path, failed=("One parcel",))
    run = Run(START_MS, START_MS + 2_000, 0)
    (tmp_path / RUN_FILE).write_text(json.dumps(run.document), encoding="utf-8")

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
    results = talking_run(tmp_path)
    for file in tmp_path.glob("*attachment*"):
        file.write_text(json.dumps("x" * 99_999))

    bodies = [each for each in of(results, "attachment") if "fileName" in each]

    assert {each["mediaType"] for each in bodies} == {"text/plain"}
    assert max(len(each["body"]) for each in bodies) < LONGEST + 40


def test_feature_that_did_not_run_is_left_out(tmp_path: Path) -> None:
    """A run of one feature is not a page of all."""
    every = ("One parcel", "A parcel to Rome", "A parcel to Oslo")

    assert of(read_results(write_run(tmp_path, left_out=every)), "source") == []


def test_sentence_has_its_definition(tmp_path: Path) -> None:
    """Where a sentence is defined, and which of its words are arguments, comes along."""
    write_run(tmp_path)
    spec = json.loads((tmp_path / "spec.json").read_bytes())
    spec["meant"] = {'it goes to "Rome"': ['it goes to "{place}"', "steps/parcel.py:9"]}
    (tmp_path / "spec.json").write_text(json.dumps(spec))
    results = read_results(tmp_path)

    [definition] = of(results, "stepDefinition")
    [step] = [
        step
        for case in of(results, "testCase")
        for step in case["testSteps"]
        if "stepDefinitionIds" in step
    ]

    assert definition["sourceReference"] == {"uri": "steps/parcel.py", "location": {"line": 9}}
    assert step["stepDefinitionIds"] == [definition["id"]]
    [argument] = step["stepMatchArgumentsLists"][0]["stepMatchArguments"]
    assert (argument["group"]["value"], argument["group"]["start"]) == ("Rome", 12)
