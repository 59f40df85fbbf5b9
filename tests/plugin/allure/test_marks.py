"""The options of allure-pytest that select by labels know those of scenarios."""

import pytest

from tests.project import Project, names

FEATURE = """
    @epic:Shop
    Feature: F

      @critical @team:blue
      Scenario: One
        Given a basket

      @AS_ID:417
      Scenario: Two
        Given a basket
"""


@pytest.mark.parametrize(
    ("option", "chosen"),
    [
        ("--allure-severities=critical", ["One"]),
        ("--allure-severities=normal", ["Two"]),
        ("--allure-ids=417", ["Two"]),
        ("--allure-label=team=blue", ["One"]),
        ("--allure-epics=Shop", ["One", "Two"]),
        ("--allure-features=F", ["One", "Two"]),
    ],
)
def test_labels_select(project: Project, option: str, chosen: list[str]) -> None:
    """What a report shows as a label, of tags or of titles, chooses the scenario."""
    project.feature(FEATURE)

    found = names(project.run("--co", "-q", option))

    assert [each.partition("::")[2] for each in found] == chosen
