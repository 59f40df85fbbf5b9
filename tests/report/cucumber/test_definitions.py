"""Step definitions in messages: all of them, the one that ran, and what of a sentence they take."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from connector_harness.report.cucumber.definitions import groups
from connector_harness.report.cucumber.messages import messages
from connector_harness.results.merge import merge
from connector_harness.results.reader import Definition, read_results
from tests.project import Project
from tests.report.runs import write_run


def shape(group: dict[str, Any]) -> Any:  # noqa: ANN401  # nested as deep as brackets are
    """Return a group as its text, or as its text and those inside of it."""
    inside = [shape(each) for each in group["children"]]
    return (group.get("value"), *inside) if inside else group.get("value")


@pytest.mark.parametrize(
    ("pattern", "flags", "sentence", "shapes"),
    [
        ('it goes to "{place}"', None, 'it goes to "Rome"', ["Rome"]),
        ("{n:d} go to {place}", None, "3 Go To Rome", ["3", "Rome"]),
        ("a {brace}", None, "a {brace}", []),
        ("it goes", None, "it goes", []),
        ('it goes to "{place}"', None, 'within 20 seconds it goes to "Rome"', ["Rome"]),
        ("a (.*?)(?: and a (.*))?", re.UNICODE, "a cat and a dog", ["cat", "dog"]),
        ("a (.*?)(?: and a (.*))?", re.UNICODE, "a cat", ["cat", None]),
        (r"(?P<way>(\w+)-(\w+)) is (late)", re.UNICODE, "A-B is late", [("A-B", "A", "B"), "late"]),
        ("IT goes (.)", re.IGNORECASE, "it goes x", ["x"]),
        (r"[(] \( (?#() (x)", re.UNICODE, "( (  x", ["x"]),
        (r"[])(] (?:(a)(?=.)|b)(.)", re.UNICODE, "( ac", ["a", "c"]),
        ("(a) # a (comment)", re.VERBOSE, "a", ["a"]),
        ("(a)?(?(1)b|(c))", re.UNICODE, "c", [None, "c"]),
    ],
)
def test_arguments_are_those_of_the_definition(
    pattern: str, flags: int | None, sentence: str, shapes: list[Any]
) -> None:
    """Each with its text, and inside of it what has brackets of its own there."""
    found = groups(Definition(pattern, "steps/x.py", 1, flags), sentence)

    assert [shape(each) for each in found] == shapes


def test_place_is_told_as_readers_cut_texts() -> None:
    """A sign beyond the first 65,536 is two units of theirs."""
    definition = Definition("{who} says {what}", "steps/x.py", 1)

    found = groups(definition, "\N{CAT FACE} says no")

    assert [each["start"] for each in found] == [0, 8]


TWO = {
    "conftest.py": """
        from pytest_bdd import given, parsers, then

        pytest_plugins = ["shop_steps"]

        @given("a hat")
        def a_hat(): ...
    """,
    "features/red/conftest.py": """
        import re
        from pytest_bdd import parsers, then

        @then(parsers.re("it is (?P<colour>.+)", flags=re.IGNORECASE))
        def it_is(colour):
            assert colour == "red"
    """,
    "features/blue/conftest.py": """
        from pytest_bdd import parsers, then

        @then(parsers.re("it is (?P<colour>.+)"))
        def it_is(colour):
            assert colour == "blue"
    """,
}


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_definition_that_ran_is_named(project: Project, workers: tuple[str, ...]) -> None:
    """Of one sentence that two folders define, each feature names its own."""
    for path, text in TWO.items():
        project.write(path, text)
    for colour in ("red", "blue"):
        text = f"Feature: A\n\n  Scenario: In {colour}\n    Given a hat\n    Then it is {colour}\n"
        project.feature(text, f"features/{colour}/a.feature")

    run = project.run("--messages", "messages.ndjson", *workers)

    run.assert_outcomes(passed=2)
    lines = (project.root / "messages.ndjson").read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    defined = {d["id"]: d for d in (e["stepDefinition"] for e in found if "stepDefinition" in e)}
    pickles = {each["pickle"]["id"]: each["pickle"] for each in found if "pickle" in each}
    for case in (each["testCase"] for each in found if "testCase" in each):
        [used] = case["testSteps"][-1]["stepDefinitionIds"]
        folder = Path(pickles[case["pickleId"]]["uri"]).parent
        assert Path(defined[used]["sourceReference"]["uri"]).parent == folder
        assert defined[used]["pattern"]["type"] == "REGULAR_EXPRESSION"
    # Those of the shop, which nothing uses.
    used_once = {
        id_
        for c in found
        for s in c.get("testCase", {}).get("testSteps", ())
        for id_ in s["stepDefinitionIds"]
    }
    unused = {each["pattern"]["source"] for id_, each in defined.items() if id_ not in used_once}
    assert "a basket" in unused
    assert "trace" not in unused


def keep_definitions(folder: Path, *kept: list[Any], meant: list[list[int]]) -> Path:
    """Let the spec in *folder* hold definitions, and what the first steps mean."""
    file = folder / "spec.json"
    spec = json.loads(file.read_bytes())
    spec["definitions"], spec["features"][0]["meant"] = kept, meant
    file.write_text(json.dumps(spec), encoding="utf-8")
    return folder


def test_merged_results_keep_what_was_meant(tmp_path: Path) -> None:
    """Definitions of two runs have numbers of their own, and keep their names."""
    one = keep_definitions(
        write_run(tmp_path / "one", path="features/one.feature"),
        ["a shop", "steps/one.py:1", None],
        meant=[[0]],
    )
    two = keep_definitions(
        write_run(tmp_path / "two", path="features/two.feature"),
        ["never", "steps/two.py:1", None],
        ["a shop", "steps/two.py:9", None],
        meant=[[1]],
    )

    results = read_results(merge([one, two], tmp_path / "both"))

    meant = {each.feature.path: each.meant[0] for each in results.scenarios if any(each.meant)}
    assert {path: each.path for path, [each] in meant.items()} == {
        "features/one.feature": "steps/one.py",
        "features/two.feature": "steps/two.py",
    }
    assert sum("stepDefinition" in each for each in messages(results)) == 3
