"""Where other words come than a scenario waits for, it is told which, in the chat too."""

from typing import Any

import pytest

from tests.endpoint.runs import make_project, run

FEATURE = """
Feature: Somebody says something else
  The words are wrong, and time is not what lacks.

  Background:
    Given the connector listens
    And a shopper with an open conversation
    And an agent has joined

  Scenario: The agent
    When the agent answers "On its way."
    Then at once the agent's "It has come." arrives with number 0

  Scenario: The agent, before somebody else
    When the agent answers "On its way."
    Then the agent's "On its way." arrives with number 0
    And at once the shopper's "Thanks" comes back with number 1

  Scenario: The shopper
    When the shopper says "Where is it?"
    Then at once the shopper's "Where are you?" comes back with number 0

  Scenario: The number is somebody else's
    Given the shopper has said "Where is it?"
    When the agent answers "On its way."
    Then at once the shopper's "Thanks" comes back with number 1
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The result of each scenario, by its title, with its conversation."""
    project = make_project(tmp_path_factory.mktemp("other") / "project", "")
    (project / "features" / "other_words.feature").write_text(FEATURE, encoding="utf-8")
    ran = run(tmp_path_factory.mktemp("results"), "features/other_words.feature", cwd=project)
    for result in ran.results:
        attached = [each for each in result["attachments"] if each["name"] == "conversation"]
        result["chat"] = "".join(
            (ran.folder / "allure" / each["source"]).read_text("utf-8") for each in attached
        )
    return {result["name"]: result for result in ran.results}


@pytest.mark.parametrize(
    ("title", "kind", "said", "came"),
    [
        ("The agent", "product", "expected the agent's 'It has come.'", "On its way."),
        ("The agent, before somebody else", "timeout", "waited 1 s in vain", "On its way."),
        ("The shopper", "product", "expected the shopper's 'Where are you?'", "Where is it?"),
        ("The number is somebody else's", "product", "expected the shopper's 'T", "On its way."),
    ],
)
def test_other_words_are_the_products(
    told: dict[str, dict[str, Any]], title: str, kind: str, said: str, came: str
) -> None:
    """What came counts, and the chat goes as far as the message that is at fault."""
    message = told[title]["statusDetails"]["message"]

    assert message.startswith(f"[{kind}] {said}")
    assert came in told[title]["chat"]
