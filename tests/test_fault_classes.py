"""Tests of the classes in docs/faults.md: that of a scenario which does not expect the fault."""

from typing import Any, Final

import pytest

from connector_harness.gherkin.feature import ScenarioSpec, read_feature
from tests.endpoint.runs import make_project, run
from tests.test_faults_table import ROOT, TABLES, Row, of

ROWS = of(TABLES[0])
NUMBERED: Final = "it is accepted with number 0"
IN_ORDER: Final = "every command is accepted in order"
PLAIN: Final = {
    'the shopper tries to say "Where is my parcel?"': (
        'the shopper says "Where is my parcel?"',
        NUMBERED,
    ),
    'the shopper says "Where is my parcel?"': ('the shopper says "Where is my parcel?"', NUMBERED),
    'the shopper says "Is anybody there?"': ('the shopper says "Is anybody there?"', NUMBERED),
    "the shopper tries to open a conversation": (
        "the shopper asks for a conversation",
        "a conversation is open",
    ),
    "the connector tries to send the batch": ("the connector sends the batch", IN_ORDER),
    "the shopper tries to send it": ("the shopper sends it", NUMBERED),
    "the connector tries to fetch it": ("the connector fetches it", "the file is taken"),
}
"""What is said where nothing goes wrong: for the When of a scenario, a plain When and Then."""

BOTH: Final = """\
    And the shopper has said "Hello"
    When the shopper says "Is anybody there?"
    Then the conversation reads
      | who     | what              | number |
      | shopper | Hello             | 0      |
      | shopper | Is anybody there? | 1      |
"""
HEARD: Final = {
    "late": """\
    Given the next notification is one minute late
    When the shopper says "Hello"
    Then at once the shopper's "Hello" comes back with number 0
""",
    "twice": f"    Given the next notification comes twice\n{BOTH}",
    "out_of_order": f"    Given the next notification comes after the one behind it\n{BOTH}",
    "wrong_signature": """\
    Given a stranger tells of the next message
    When the shopper says "Hello"
    Then the connector does not believe the notification
""",
}
"""What is said of notifications by a scenario that does not know of the fault."""

STRANGER: Final = '''
"""A fault of which no scenario knows."""

from pytest_bdd import given

from steps.webhook_fault import misdeliver


@given("a stranger tells of the next message")
def a_stranger_tells(faults, consumer, listener):
    """Let a notification be signed wrongly, without saying so."""
    misdeliver(faults, consumer, listener, "wrong_signature")
'''


def scenario(place: str) -> ScenarioSpec:
    """Return the scenario at *place*."""
    path, _, name = place.partition("::")
    feature = read_feature(ROOT / path, path)
    assert feature is not None
    return next(each for each in feature.scenarios if each.name == name)


def plainly(number: int, row: Row) -> str:
    """Return the scenario of *row* as it would be written by somebody who expects no fault."""
    heard = HEARD.get(row.fault)
    background = "    Given the connector listens\n    And a shopper with an open conversation\n"
    if heard is not None:
        return f"  Scenario: {number}\n{background}{heard}"
    steps = scenario(row.places[0]).steps
    givens = [f"    Given {step.text}\n" for step in steps if step.type == "given"]
    (when,) = [step.text for step in steps if step.type == "when"]
    done, expected = PLAIN[when]
    return f"  Scenario: {number}\n{''.join(givens)}    When {done}\n    Then {expected}\n"


@pytest.fixture(scope="module")
def classes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The class of each plain scenario, by its title; ``none`` where it passed."""
    project = make_project(tmp_path_factory.mktemp("plain") / "project", "")
    folder = project / "features" / "plain"
    folder.mkdir()
    (folder / "conftest.py").write_text(STRANGER, encoding="utf-8")
    scenarios = "\n".join(plainly(number, row) for number, row in enumerate(ROWS))
    feature = f"Feature: Nobody expects a fault\n  Every one of these meets\n  one.\n\n{scenarios}"
    (folder / "plain.feature").write_text(feature, encoding="utf-8")
    ran = run(tmp_path_factory.mktemp("results"), "features/plain", cwd=project)
    assert ran.results, ran.output
    return {result["name"]: failure_class(result) for result in ran.results}


def failure_class(result: dict[str, Any]) -> str:
    """Return the class in the labels of an Allure *result*."""
    labels: dict[str, str] = {label["name"]: label["value"] for label in result["labels"]}
    return labels.get("failureClass", "none" if result["status"] == "passed" else "unknown")


@pytest.mark.parametrize(
    ("number", "row"), list(enumerate(ROWS)), ids=lambda value: getattr(value, "fault", None)
)
def test_fault_that_is_not_expected_has_its_class(
    classes: dict[str, str], number: int, row: Row
) -> None:
    """Whoever does not expect the fault is told what kind of failure it is, as the table says."""
    assert classes[str(number)] == row.cells["class"]
