"""`--steps` prints the sentences that features can use, and runs nothing."""

import json
from typing import Any

import pytest

from tests.project import PASSING, Project

WITH_DOCUMENTS = '''
    from pathlib import Path

    from connector_harness.gherkin.named_documents import NamedDocuments


    @given(
        parsers.parse('the customer "{customer}" with {count:d} parcels'),
        converters={"customer": NamedDocuments(Path("features/data/customers"), "customer")},
    )
    def the_customer(customer, count):
        """Know a customer.

        And more of them.
        """
'''


def listed(run: pytest.RunResult) -> dict[str, Any]:
    """Return the catalogue that was printed, which must be all of standard output."""
    document: dict[str, Any] = json.loads(run.stdout.str())
    return document


def sentence(run: pytest.RunResult, pattern: str) -> dict[str, Any]:
    """Return one sentence of the catalogue."""
    [found] = [each for each in listed(run)["sentences"] if each["pattern"] == pattern]
    return dict(found)


def test_sentences_are_listed_for_people(project: Project) -> None:
    """Each with its parameters, its place and its uses; nothing runs."""
    project.feature(PASSING)

    run = project.run("--steps")

    assert run.ret == pytest.ExitCode.OK
    run.stdout.fnmatch_lines(
        [
            "When",
            '  "{name}" is added',
            "      name: text",
            "      shop_steps.py:12, used once",
            "  UNUSED  these are added:",
            "      table below: rows as the step reads them",
            "      shop_steps.py:17, not used",
            "5 sentence(s), 2 unused in 1 feature(s)",
            "unused: these are added:  (shop_steps.py:17)",
        ]
    )
    assert project.seen == []
    assert not (project.root / "reports").exists()


def test_sentences_are_listed_for_editors(project: Project) -> None:
    """Standard output is one JSON document, and each sentence has all its members."""
    project.feature(PASSING)

    run = project.run("--steps=json")

    assert run.ret == pytest.ExitCode.OK
    assert (listed(run)["version"], listed(run)["features"], listed(run)["problems"]) == (1, 1, [])
    assert sentence(run, '"{name}" is added') == {
        "keyword": "when",
        "pattern": '"{name}" is added',
        "description": "",
        "file": "shop_steps.py",
        "line": 12,
        "parameters": [{"name": "name", "type": "text", "accepts": [], "advice": "", "folder": ""}],
        "table": None,
        "text": False,
        "gives": "",
        "used": 1,
        "uses": ["features/shop.feature:5"],
    }


def test_parameters_say_what_they_accept(project: Project) -> None:
    """Named documents are listed by name, numbers are told from texts."""
    project.steps(WITH_DOCUMENTS)
    project.write("features/data/customers/old_friend.json", "{}")
    project.feature(PASSING)

    found = sentence(
        project.run("--steps=json"), 'the customer "{customer}" with {count:d} parcels'
    )

    customer, count = found["parameters"]
    assert (customer["type"], customer["accepts"]) == ("customer", ["old friend"])
    assert (customer["folder"], count["type"]) == ("features/data/customers", "whole number")
    assert found["description"] == "Know a customer."


def test_table_and_text_below_are_told(project: Project) -> None:
    """What stands below a sentence is a part of it."""
    project.feature(PASSING)

    run = project.run("--steps=json")

    assert sentence(run, "these are added:")["table"]["type"] == "table"
    assert sentence(run, "the note is written:")["text"]
    assert sentence(run, "a basket")["gives"] == "basket"


def test_line_of_an_outline_is_one_use(project: Project) -> None:
    """Rows do not count."""
    project.feature("""
        Feature: A basket

          Scenario Outline: Adding <name>
            Given a basket
            When "<name>" is added
            Then the basket holds 1

            Examples:
              | name |
              | tea  |
              | milk |
    """)

    assert sentence(project.run("--steps=json"), "a basket")["used"] == 1


def test_sentences_of_a_folder_are_listed(project: Project) -> None:
    """Those that a conftest.py gives to the features beside it are found as well."""
    project.write("features/near/conftest.py", """
        from pytest_bdd import given

        @given("something near")
        def something_near():
            pass
    """)  # fmt: skip
    project.feature(PASSING, "features/near/shop.feature")

    found = sentence(project.run("--steps=json"), "something near")

    assert (found["file"], found["line"]) == ("features/near/conftest.py", 3)


def test_unfinished_feature_does_not_hide_them(project: Project) -> None:
    """Whoever looks for a sentence gets them all, and is told what is wrong."""
    project.feature(PASSING.replace("a basket\n", "a baskt\n"))

    run = project.run("--steps=json")

    assert run.ret == pytest.ExitCode.OK
    assert sentence(run, '"{name}" is added')["used"] == 1
    assert "no step definition for: Given a baskt" in listed(run)["problems"][0]


def test_what_is_no_gherkin_is_told(project: Project) -> None:
    """A file that cannot be read at all counts for nothing, and ends nothing."""
    project.feature("Feature: A\n  Scenario: B\n    Given x\n    Gibberish\n")

    run = project.run("--steps")

    assert run.ret == pytest.ExitCode.OK
    run.stdout.fnmatch_lines(["5 sentence(s), 5 unused in 0 feature(s)"])


def test_several_processes_are_one(project: Project) -> None:
    """`-n` changes nothing: one process prints it."""
    project.feature(PASSING)

    run = project.run("--steps=json", "-n", "2")

    assert len(listed(run)["sentences"]) == 5
