"""Runs end in messages as they do in Cucumber: its compatibility kit's samples, in Python."""

import json
import shutil
from pathlib import Path
from typing import Any, TypeAlias

import jsonschema
import pytest

from tests.project import Project
from tests.report.cucumber.kit import DIFFERENT, HEADER, NOT_TOLD, STEPS
from tests.report.npm import install

Messages: TypeAlias = list[dict[str, Any]]

KIT = "node_modules/@cucumber/compatibility-kit/features"
SCHEMA = "node_modules/@cucumber/messages/messages.schema.json"


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kit, and the schema of messages."""
    packages = ("@cucumber/compatibility-kit@30", "@cucumber/messages@34")
    return install(tmp_path_factory.mktemp("npm"), *packages)


def read(file: Path) -> Messages:
    """Return the messages in *file*."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def of(messages: Messages, kind: str) -> list[dict[str, Any]]:
    """Return the messages of one kind."""
    return [each[kind] for each in messages if kind in each]


def ran(project: Project, sample: Path) -> Messages:
    """Return the messages of a run of a sample."""
    project.write("conftest.py", HEADER + STEPS[sample.name])
    shutil.copytree(sample, project.root / "features")
    project.run("--messages", "messages.ndjson", "-p", "rerunfailures")
    return read(project.root / "messages.ndjson")


def ends(messages: Messages) -> tuple[list[Any], bool]:
    """Return the scenarios in the order of their runs, each with how its steps ended."""
    names = {each["id"]: each["name"] for each in of(messages, "pickle")}
    cases = {each["id"]: names[each["pickleId"]] for each in of(messages, "testCase")}
    found: dict[str, tuple[str, int, list[str]]] = {}
    for each in of(messages, "testCaseStarted"):
        found[each["id"]] = (cases[each["testCaseId"]], each["attempt"], [])
    for each in of(messages, "testStepFinished"):
        found[each["testCaseStartedId"]][2].append(each["testStepResult"]["status"])
    [finished] = of(messages, "testRunFinished")
    return [*found.values()], finished["success"]


def plain(message: Any) -> Any:  # noqa: ANN401  # JSON
    """Return a part of a message without ids, and without where the file is."""
    if isinstance(message, list):
        return [plain(each) for each in message]
    if not isinstance(message, dict):
        return message
    left_out = ("id", "uri", "astNodeIds", "astNodeId")
    return {name: plain(each) for name, each in message.items() if name not in left_out}


@pytest.mark.whole_run
@pytest.mark.parametrize("sample", STEPS)
def test_sample_ends_as_in_cucumber(project: Project, modules: Path, sample: str) -> None:
    """Scenarios are the same, and where nothing else is said, the status of each step, too."""
    kit = modules / KIT / sample
    theirs, ours = read(kit / f"{sample}.ndjson"), ran(project, kit)

    judge = jsonschema.Draft202012Validator(json.loads((modules / SCHEMA).read_bytes()))
    assert [error.message for each in ours for error in judge.iter_errors(each)] == []
    by_place = sorted(of(ours, "pickle"), key=lambda each: (each["uri"], each["location"]["line"]))
    assert plain(by_place) == plain(of(theirs, "pickle"))
    assert (ends(ours) == ends(theirs)) is (sample not in DIFFERENT), DIFFERENT.get(sample, "")


def test_every_sample_is_told_of(modules: Path) -> None:
    """Those that end as in Cucumber, and those that do not, by name; 31 of 46 do."""
    found = {each.name for each in (modules / KIT).iterdir()}

    assert found == STEPS.keys() | NOT_TOLD.keys()
    assert (len(STEPS.keys() - DIFFERENT.keys()), len(found)) == (31, 46)


@pytest.mark.parametrize(
    "sample", ["attachments", "examples-tables-attachment", "hooks-attachment"]
)
def test_attachments_are_those_of_cucumber(project: Project, modules: Path, sample: str) -> None:
    """The same content with the same media type and encoding, at the same step."""
    kit = modules / KIT / sample
    theirs, ours = read(kit / f"{sample}.ndjson"), ran(project, kit)

    assert shown(ours) == shown(theirs)


def shown(messages: Messages) -> list[tuple[int, str, str, str]]:
    """Return each attachment, with the number of the step that it stands at."""
    steps = [each["testStepId"] for each in of(messages, "testStepFinished")]
    return [
        (
            steps.index(each["testStepId"]),
            each["mediaType"],
            each["contentEncoding"],
            each["body"],
        )
        for each in of(messages, "attachment")
    ]


@pytest.mark.parametrize("sample", ["regular-expression", "ambiguous", "unused-steps"])
def test_definitions_are_those_of_cucumber(project: Project, modules: Path, sample: str) -> None:
    """All are there, each step names those that it could mean, with the same arguments."""
    kit = modules / KIT / sample
    theirs, ours = read(kit / f"{sample}.ndjson"), ran(project, kit)

    assert kinds(ours) == kinds(theirs)
    assert arguments(ours) == arguments(theirs)


def kinds(messages: Messages) -> list[str]:
    """Return the kind of each definition."""
    return [each["pattern"]["type"] for each in of(messages, "stepDefinition")]


def arguments(messages: Messages) -> list[Any]:
    """Return which definitions each step could mean, by their numbers, and each argument."""
    ids = [each["id"] for each in of(messages, "stepDefinition")]
    return [
        (
            [ids.index(each) for each in step["stepDefinitionIds"]],
            [
                [told(a["group"]) for a in each["stepMatchArguments"]]
                for each in step["stepMatchArgumentsLists"]
            ],
        )
        for case in of(messages, "testCase")
        for step in case["testSteps"]
    ]


def told(group: dict[str, Any]) -> tuple[int | None, str | None]:
    """Return where a group begins, and what it holds."""
    return group.get("start"), group.get("value")
