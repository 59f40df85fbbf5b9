"""A sentence that is defined twice: every output names the definition that ran."""

import json
import re

import pytest

from tests.project import Project

FOLDER = """
    from pytest_bdd import given, then


    @given("the shop is open")
    def the_shop_is_open():
        pass


    @then("the shop is open")
    def the_shop_is_still_open():
        assert {holds}
"""
FEATURE = """
    Feature: {name}
      Scenario: The shop of {name}
        Given the shop is open
        Then the shop is open
"""


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["one-process", "a-worker"])
def test_definition_that_ran_is_named(project: Project, workers: tuple[str, ...]) -> None:
    """By folder, and by kind of step: messages, failures, Allure and the list of sentences."""
    for name, holds in (("north", False), ("south", True)):
        project.write(f"features/{name}/conftest.py", FOLDER.format(holds=holds))
        project.feature(FEATURE.format(name=name), f"features/{name}/shop.feature")

    run = project.run("--messages", "m.ndjson", *workers)

    run.assert_outcomes(passed=1, failed=1)
    assert places(project) == {
        "The shop of north": ["features/north/conftest.py:4", "features/north/conftest.py:9"],
        "The shop of south": ["features/south/conftest.py:4", "features/south/conftest.py:9"],
    }
    run.stdout.fnmatch_lines(["*code: features/north/conftest.py:11"])
    [failed] = [each for each in project.results() if each["status"] == "failed"]
    assert "features/north/conftest.py:11" in failed["statusDetails"]["trace"]
    assert "south" not in failed["statusDetails"]["trace"]
    listed = project.run("--steps").stdout.str()
    used = re.findall(r"(features/\w+/conftest\.py:\d+), used once", listed)
    assert sorted(used) == sorted(each for told in places(project).values() for each in told)


def places(project: Project) -> dict[str, list[str]]:
    """Return where the sentences of each scenario are defined, as the messages have it."""
    lines = (project.root / "m.ndjson").read_text(encoding="utf-8").splitlines()
    messages = [json.loads(line) for line in lines]
    definitions = {
        each["id"]: each["sourceReference"]
        for each in (message.get("stepDefinition") for message in messages)
        if each
    }
    titles = {each["id"]: each["name"] for each in (m.get("pickle") for m in messages) if each}
    return {
        titles[case["pickleId"]]: [
            f"{place['uri']}:{place['location']['line']}"
            for step in case["testSteps"]
            for place in map(definitions.__getitem__, step["stepDefinitionIds"])
        ]
        for case in (message.get("testCase") for message in messages)
        if case
    }
