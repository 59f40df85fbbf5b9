"""A scenario that listens ends once all was told that its shoppers are owed."""

import pytest

from connector_harness.results.reader import read_results
from tests.endpoint.runs import make_project, run

FEATURE = """\
Feature: Nobody asks for what comes
  It
  comes.

  Background:
    Given the connector listens
    And a shopper with an open conversation

  Scenario: The last step says it
    When the shopper says "Hello"

  Scenario: A step fails right after it
    When the shopper says "Hello"
    Then it is accepted with number 7

  Scenario: The step that says it fails
    When the shopper says "Hello" and stumbles
    Then the connector hears of no further message
"""
STEPS = '''
"""A shopper who stumbles."""

from pytest_bdd import when


@when('the shopper says "Hello" and stumbles')
def says_and_stumbles(conversation):
    """Write it, and fail."""
    conversation.send_text("Hello")
    raise ValueError("stumbled")
'''


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one-process", "workers"])
def test_what_comes_at_the_end_is_shown(
    tmp_path_factory: pytest.TempPathFactory, workers: tuple[str, ...]
) -> None:
    """Of a last step, and of a step that fails, too, which nobody waits for otherwise."""
    project = make_project(tmp_path_factory.mktemp("waits") / "project", "")
    folder = project / "features" / "plain"
    folder.mkdir()
    (folder / "conftest.py").write_text(STEPS, encoding="utf-8")
    (folder / "plain.feature").write_text(FEATURE, "utf-8")

    ran = run(tmp_path_factory.mktemp("results"), "features/plain", *workers, cwd=project)

    heard = {
        each.spec.name: sum(
            '"message":"Hello"' in str(told.body.content)
            for step in each.result.steps
            for told in step.notifications
        )
        for each in read_results(ran.folder / "allure").scenarios
        if each.result is not None
    }
    assert heard == dict.fromkeys(heard, 1), ran.output
    assert len(heard) == 3
