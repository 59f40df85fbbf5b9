"""Messages of what findings keep from running: undefined and ambiguous steps, and syntax errors."""

import json
from pathlib import Path
from typing import Any

import pytest

from connector_harness.report.__main__ import main
from tests.project import PASSING, Project
from tests.report.runs import write_run

FAULTY = """
    Feature: Faulty

      Scenario: Undefined
        Given a basket
        And a hat
        And a basket
        And a hat on a hat

      Scenario: Ambiguous
        Given a cat and a dog

      Scenario: Sound
        Given a basket
"""
TWO = """
    @given(parsers.parse("a {one} and a dog"))
    def with_a_dog(one): ...


    @given(parsers.parse("a cat and a {other}"))
    def with_a_cat(other): ...
"""
BROKEN = "Feature: Broken\n\n  Scenario: S\n    Given a basket\n  Nonsense\n"


def read(file: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the messages in *file* by kind."""
    found: dict[str, list[dict[str, Any]]] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        for kind, message in json.loads(line).items():
            found.setdefault(kind, []).append(message)
    return found


@pytest.fixture
def faulty(project: Project) -> Project:
    """A project with a feature of each kind of fault, and the messages of an earlier run."""
    project.steps(TWO)
    project.feature(FAULTY, "features/faulty.feature")
    project.write("features/broken.feature", BROKEN)
    project.feature(PASSING, "features/good.feature")
    project.write("messages.ndjson", "{}\n")
    return project


STATUSES = [
    *("SKIPPED", "UNDEFINED", "SKIPPED", "UNDEFINED"),
    "AMBIGUOUS",
]


@pytest.mark.parametrize("more", [(), ("-n", "1")], ids=["one-process", "a-worker"])
@pytest.mark.parametrize("goes_on", [(), ("--continue-on-collection-errors",)], ids=["stops", "on"])
def test_steps_are_undefined_and_ambiguous(
    faulty: Project, more: tuple[str, ...], goes_on: tuple[str, ...]
) -> None:
    """Each with why, in place of the messages of an earlier run; the run is no success."""
    run = faulty.run("--messages", "messages.ndjson", *more, *goes_on)

    found = read(faulty.root / "messages.ndjson")
    ended = [each["testStepResult"] for each in found["testStepFinished"]]
    assert [each["status"] for each in ended] == STATUSES + ["PASSED"] * 3 * len(goes_on)
    assert "no step definition for: And a hat\n" in ended[1]["message"]
    assert "2 step definitions for: Given a cat and a dog" in ended[4]["message"]
    [finished] = found["testRunFinished"]
    assert not finished["success"]
    assert "no step definition for: And a hat on a hat" in finished["message"]
    [error] = found["parseError"]
    assert error["source"] == {"uri": "features/broken.feature", "location": {"line": 5}}
    assert run.ret != 0


def test_ambiguous_step_names_all_that_it_could_mean(faulty: Project) -> None:
    """With the arguments that each of them takes; all definitions are there."""
    faulty.run("--messages", "messages.ndjson")

    found = read(faulty.root / "messages.ndjson")
    sources = {each["id"]: each["pattern"]["source"] for each in found["stepDefinition"]}
    [_, ambiguous] = found["testCase"]
    [step] = ambiguous["testSteps"]
    assert [sources[each] for each in step["stepDefinitionIds"]] == [
        "a {one} and a dog",
        "a cat and a {other}",
    ]
    values = [
        [argument["group"]["value"] for argument in each["stepMatchArguments"]]
        for each in step["stepMatchArgumentsLists"]
    ]
    assert values == [["cat"], ["dog"]]
    assert "the basket holds {count:d}" in sources.values()


def test_secret_in_a_finding_is_masked(faulty: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing has run, and still nobody reads it."""
    secret = "correct-horse-battery"  # no real one
    monkeypatch.setenv("CONNECTOR_CLIENT_SECRET", secret)
    faulty.feature(FAULTY.replace("a hat on a hat", secret), "features/faulty.feature")

    faulty.run("--messages", "messages.ndjson")

    assert secret not in (faulty.root / "messages.ndjson").read_text(encoding="utf-8")


def test_messages_made_again_tell_the_same(faulty: Project, tmp_path: Path) -> None:
    """What is refused is kept with the results, as long as no other run has taken it."""
    faulty.run("--continue-on-collection-errors")
    out = tmp_path / "again.ndjson"

    main([str(faulty.results_folder), "--out", str(tmp_path), "--messages", str(out)])

    ended = [each["testStepResult"]["status"] for each in read(out)["testStepFinished"]]
    assert ended == [*STATUSES, *["PASSED"] * 3]
    mended = write_run(tmp_path / "mended", path="features/faulty.feature")
    folders = [str(faulty.results_folder), str(mended)]
    main([*folders, "--out", str(tmp_path / "both"), "--messages", str(out)])
    assert "UNDEFINED" not in out.read_text(encoding="utf-8")
