"""The CI system is told by its variables; without them there is none."""

from pathlib import Path

import pytest

from connector_harness.results.ci_system import detect

ROOT = Path("/builds/shop/e2e")


@pytest.mark.parametrize(
    ("environment", "name"),
    [
        ({"GITHUB_ACTIONS": "true"}, "github"),
        ({"GITLAB_CI": "true"}, "gitlab"),
        ({"TF_BUILD": "True"}, "azure"),
    ],
)
def test_system_is_known_by_its_variable(environment: dict[str, str], name: str) -> None:
    """Each sets one variable everywhere."""
    found = detect(environment, ROOT)

    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("environment", [{}, {"GITHUB_ACTIONS": "false"}, {"CI": "true"}], ids=str)
def test_anything_else_is_none(environment: dict[str, str]) -> None:
    """On one's own machine there is none."""
    assert detect(environment, ROOT) is None


@pytest.mark.parametrize(
    ("checkout", "path"),
    [("/builds/shop", "e2e/f.feature"), ("/builds/shop/e2e", "f.feature"), ("/x", "f.feature")],
)
def test_paths_are_those_of_the_checkout(checkout: str, path: str) -> None:
    """A project in a folder of its repository is found there."""
    found = detect({"GITLAB_CI": "true", "CI_PROJECT_DIR": checkout}, ROOT)

    assert found is not None
    assert found.path("f.feature") == path


def test_github_has_a_place_for_summary_and_sources(tmp_path: Path) -> None:
    """Both are told by variables."""
    server = {"GITHUB_SERVER_URL": "https://g.test", "GITHUB_REPOSITORY": "a/b", "GITHUB_SHA": "c0"}
    told = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(tmp_path / "s.md")}

    found = detect(server | told, ROOT)

    assert found is not None
    assert (found.source, found.summary) == ("https://g.test/a/b/blob/c0/", tmp_path / "s.md")
