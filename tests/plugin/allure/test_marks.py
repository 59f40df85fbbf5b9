"""What Allure makes of tags: options that select by labels, and marks."""

import pytest

from tests.project import FAILING, PASSING, Project, names

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


@pytest.mark.parametrize(
    ("text", "marks"),
    [(FAILING, []), (PASSING, ["known", "muted"])],
    ids=["failed", "passed"],
)
def test_no_mark_takes_a_failure_out_of_the_count(
    project: Project, text: str, marks: list[str]
) -> None:
    """What counts everywhere else is neither known nor muted in Allure, which would skip it."""
    project.feature(text.replace("Feature:", "@muted @known\nFeature:", 1).lstrip())

    run = project.run()

    details = project.result()["statusDetails"]
    assert sorted(name for name in ("known", "muted") if details.get(name)) == marks
    assert run.ret == (pytest.ExitCode.OK if text is PASSING else pytest.ExitCode.TESTS_FAILED)
